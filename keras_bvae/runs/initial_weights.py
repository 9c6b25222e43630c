"""A run that begins with the weights of another one, whatever trained them."""

import keras
import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.evaluation.model_state import model_state
from keras_bvae.models.checkpoint import load_checkpoint
from keras_bvae.rules import shown
from keras_bvae.runs.opened_run import checkpoint_of

# The networks that weights are taken for; a discriminator where both models have one.
_PARTS = ("encoder", "decoder", "discriminator")


def begin_with(model, path):
    """Gives a new model's networks the weights of a checkpoint.

    Nothing else comes along: the step is 0, the optimizer has no past, random streams
    are those of the run's seed, strengths those of its settings.

    Args:
        model: `VariationalAutoencoder`, compiled, not trained.
        path: str, a `.keras` file of any backend, or a run's folder; None: nothing is
            done.

    Returns:
        dict for a run's record: `init_from` with path, step and digest of the weights
        as they were there; empty for None.

    Raises:
        InvalidValue: the networks or the latents are others, or the file is damaged.
        OSError: there is no such file.
    """
    if path is None:
        return {}
    origin = load_checkpoint(checkpoint_of(path))
    _require_same_networks(model, origin, path)
    for name in _PARTS:
        mine, theirs = getattr(model, name, None), getattr(origin, name, None)
        if mine is not None and theirs is not None and _shapes(mine) == _shapes(theirs):
            for weight, other in zip(mine.weights, theirs.weights, strict=True):
                weight.assign(np.asarray(keras.ops.convert_to_numpy(other)))
    state = model_state(origin)
    if state["step"] is None:
        del state["step"]
    return {"init_from": {"path": str(path), **state}}


def begun_with_before(model, path, record):
    """As `begin_with`, for a run that was killed before its first checkpoint.

    Args:
        model, path: as for `begin_with`.
        record: dict, the run's.

    Raises:
        InvalidValue: the file has other weights than when the run began.
    """
    found = begin_with(model, path)
    before, now = record.get("init_from"), found.get("init_from")
    if path is not None and before is not None and _digest(before) != _digest(now):
        raise InvalidValue(
            "A run goes on with the weights that it began with; those of "
            f"{shown(path)} are others now. Put that checkpoint back, or start a new "
            "run."
        )


def _digest(state):
    return state["weights_sha256"]


def _require_same_networks(model, origin, path):
    facts = (
        ("images of the shape {}", tuple(origin.image_shape), tuple(model.image_shape)),
        ("{} latents", origin.latent_dim, model.latent_dim),
    )
    for words, there, here in facts:
        if there != here:
            raise _unlike(path, words.format(there), words.format(here))
    for part in ("encoder", "decoder"):
        if _shapes(getattr(origin, part)) != _shapes(getattr(model, part)):
            raise _unlike(path, "another network", "its own")


def _unlike(path, there, here):
    return InvalidValue(
        "A run begins with the weights of a model of its own network and latents; "
        f"{shown(str(path))} holds {there}, and the settings make {here}. Give the "
        "--network, --latent-dim and --data that it was trained with."
    )


def _shapes(network):
    return [tuple(weight.shape) for weight in network.weights]
