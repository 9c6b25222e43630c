"""Whether a checkpoint is of the model that a run's settings make."""

import warnings

import keras

from keras_bvae.callbacks.resume_state import require_state
from keras_bvae.errors import InvalidValue
from keras_bvae.models import strengths_of
from keras_bvae.models.checkpoint import read_state
from keras_bvae.runs.objectives import OBJECTIVES


def require_checkpoint_of_run(path, model, made, settings):
    """Raises unless a checkpoint can be gone on with as the run's record says.

    Args:
        path: Path of the checkpoint.
        model: what it holds.
        made: the model that the settings make, to hold it against.
        settings: the run's `Settings`.

    Raises:
        InvalidValue: another objective, network, size, likelihood, precision or
            optimizer; or its state is not of its weights.
    """
    here, there = _facts(made), _facts(model)
    for name, expected in here.items():
        if there[name] != expected:
            raise _not_its_own(path, _words(name, there[name]), _words(name, expected))
    if _shapes(model) != _shapes(made):
        raise _not_its_own(path, "another network", settings.network)
    _warn_of_other_strengths(path, model, made)
    state = read_state(path)
    if state:  # versions before 0.4 wrote none
        require_state(state, int(keras.ops.convert_to_numpy(model.step)), path)


def require_record_of_checkpoint(path, model, settings):
    """Raises if a run's record tells of another model than lies with it.

    What can be told without making the model of the settings: whoever only opens a run
    waits for no second model.

    Args:
        path: Path of the run's last checkpoint, or of one that it kept.
        model: what it holds.
        settings: the run's `Settings`.

    Raises:
        InvalidValue: another objective, number of latents, likelihood or condition.
    """
    entry = OBJECTIVES[settings.objective]
    expected = {
        "the objective": entry.model.__name__,
        "the variant": entry.fixed.get("variant"),
        "latents": settings.latent_dim or model.latent_dim,
        "the likelihood": settings.likelihood,
        "the condition": settings.condition,
    }
    there = _facts(model)
    for name, value in expected.items():
        if there[name] != value:
            raise InvalidValue(
                f"A run's record tells of its checkpoints; {str(path)!r} holds "
                f"{_words(name, there[name])}, and the run.json that it lies with says "
                f"{_words(name, value)}. Put the run's own file back; to use this "
                "checkpoint alone, copy it to another folder."
            )


def _not_its_own(path, there, here):
    return InvalidValue(
        f"A run goes on from a checkpoint of its own; {str(path)!r} holds {there}, and "
        f"the settings in run.json make {here}. Put the run's own checkpoint back, or "
        "start a new run."
    )


def _facts(model):
    """What tells one objective's model from another's, by the words for it."""
    players = getattr(model.optimizer, "players", {"": model.optimizer})
    return {
        "the objective": type(model).__name__,
        "the variant": getattr(model, "variant", None),
        "images of the shape": tuple(model.image_shape),
        "latents": model.latent_dim,
        "the likelihood": model.likelihood,
        "the condition": ",".join(model.condition or ()) or None,
        "the scale": model.gaussian_scale,
        "categories": model.categories,
        "the optimizer": " and ".join(type(each).__name__ for each in players.values()),
        "arithmetic in": ", ".join(_policies(model)),
    }


def _words(name, value):
    return f"{value} latents" if name == "latents" else f"{name} {value}"


def _policies(model):
    parts = (model.encoder, model.decoder)
    layers = (layer for part in parts for layer in part._flatten_layers())
    return sorted({layer.dtype_policy.name for layer in layers})


def _shapes(model):
    parts = (model.encoder, model.decoder)
    return [(w.name, tuple(w.shape)) for part in parts for w in part.weights]


def _warn_of_other_strengths(path, model, made):
    """A callback may have moved a strength on purpose: no more than a warning."""
    for name, strength in strengths_of(type(model)).items():
        there, here = strength.config_of(model), strength.config_of(made)
        if there != here:
            values = (_strength(value) for value in (there, here))
            warnings.warn(
                "{!r} has {name} = {}, and run.json says {}: the run goes on with what "
                "the checkpoint has.".format(str(path), *values, name=name),
                stacklevel=5,
            )


def _strength(config):
    if isinstance(config, dict):
        arguments = config.get("config", {})
        return f"{config.get('class_name')} {arguments}"
    return f"{config:g}"
