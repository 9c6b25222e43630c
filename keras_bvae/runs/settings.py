"""What a training run is told: every option in one record, each with its rule."""

import dataclasses
from numbers import Real

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.losses.reconstruction import LIKELIHOODS
from keras_bvae.models.gaussian_scale import require_gaussian_scale
from keras_bvae.networks import NETWORKS, network_for
from keras_bvae.rules import (
    LARGEST_SEED,
    require_finite,
    require_one_of,
    require_whole,
    shown,
)
from keras_bvae.runs.learning_rates import LEARNING_RATE_SCHEDULES, completed_end
from keras_bvae.runs.length import require_one_length, require_validation
from keras_bvae.runs.objectives import OPTIONS
from keras_bvae.runs.options import complete_options
from keras_bvae.runs.presets import PRESETS

OPTIMIZERS = ("adam", "adagrad", "adamw", "rmsprop", "sgd")
PRECISIONS = {
    "float32": "float32",
    "bfloat16": "mixed_bfloat16",
    "float16": "mixed_float16",
}

# A model counts its steps in 32 bits; JSON holds whole numbers up to 2⁵³.
_MOST_STEPS = 2**31 - 1
_MOST_PERIOD = 2**53
# Of whole numbers the least and the most.
_WHOLE = {
    "batch_size": (1, _MOST_STEPS),
    "steps": (1, _MOST_STEPS),
    "checkpoint_every": (1, _MOST_PERIOD),
    "metric_every": (0, _MOST_PERIOD),
    "keep_checkpoints": (0, _MOST_PERIOD),
    "pictures_every": (0, _MOST_PERIOD),
    "epochs": (1, _MOST_STEPS),
    "validation_every": (0, _MOST_PERIOD),
    "early_stopping": (0, _MOST_PERIOD),
    "warm_up_steps": (0, _MOST_STEPS),
    "seed": (0, LARGEST_SEED),
}
# Far more than any image has to tell; each costs weights.
_MOST_LATENTS = 2**16
# Of those above 0 the most: what float32 can still square.
_MOST = 1e12
_LONGEST_NAME = 4096
# None: worked out of the data, see `runs.length`; or there is none.
_MAY_LACK = ("steps", "epochs")
_STEPS = 3000
_ADVICE = {
    "gaussian_scale": "With 1 a squared error counts half.",
    "learning_rate": "5e-4 is a usual start with Adam.",
    "batch_size": "The papers use 64.",
    "latent_dim": "The papers use 10.",
    "steps": "3000 is a short run.",
    "checkpoint_every": "1000 is the default.",
    "seed": "Use seed=0.",
    "metric_every": "0 measures only at the end.",
    "keep_checkpoints": "0 keeps only the last.",
    "pictures_every": "0 draws only at the end.",
    "epochs": "One is a pass over the images that train.",
    "validation_every": "0 takes about one round a pass.",
    "early_stopping": "0 never stops early.",
    "warm_up_steps": "0 begins with the whole learning rate.",
}


@dataclasses.dataclass(frozen=True)
class _Beginning:
    """The first fields of `Settings`: a run's record keeps its order."""

    data: str = "dsprites"
    network: str = "burgess2018"
    latent_dim: int | None = None
    objective: str = "beta_vae"


_WithOptions = dataclasses.make_dataclass(
    "_WithOptions",
    [
        (name, (str if isinstance(option.kind, tuple) else option.kind) | None, None)
        for name, option in OPTIONS.items()
    ],
    bases=(_Beginning,),
    frozen=True,
)


@dataclasses.dataclass(frozen=True)
class Settings(_WithOptions):
    """All that decides a run's numbers; stored in its folder as JSON.

    The objectives' options are fields like the others, made from the table `OPTIONS` of
    `keras_bvae.runs.objectives`: a new one there is a field here.

    Attributes:
        data: name of a data set, see `keras_bvae.datasets.load`.
        network: one of `keras_bvae.networks.NETWORKS`.
        latent_dim: int; None: the network's own.
        objective: one of `keras_bvae.runs.objectives.OBJECTIVES`.
        beta … changed_factors: the objective's options; None: its own defaults, which
            stand in the record then. Those of other objectives stay None.
        likelihood: "bernoulli" or "gaussian".
        gaussian_scale: float > 0, a pixel's standard deviation if Gaussian; or
            "learned" or "optimal", one that follows the data.
        optimizer: one of `OPTIMIZERS`.
        learning_rate: float > 0.
        batch_size: int >= 1.
        steps: int >= 1; None: 3,000, or what `epochs` come to, see `runs.length`.
        seed: int from 0 to 4,294,967,295; initial weights, order of the data,
            posterior noise.
        precision: one of `PRECISIONS`.
        metric_every: int >= 0, steps between two scores during training; 0: only
            at the end.
        checkpoint_every: int >= 1, steps between two checkpoints.
        keep_checkpoints: int >= 0, steps between two that are kept; 0: only the last.
        pictures_every: int >= 0, steps between two drawings while training; 0: none.
        epochs: int >= 1 or None, passes over the images that train, in place of
            `steps`, which are in the record then too.
        validation: float from 0 to below 1, the share of the images that is held out
            by `Dataset.split` with the run's seed; 0: none.
        validation_every: int >= 0, steps between two validation rounds; 0: worked out,
            see `runs.length`.
        early_stopping: int >= 0, after how many validation rounds (log periods, where
            nothing is held out) without a lesser loss the run ends; 0: never.
        learning_rate_schedule: one of `LEARNING_RATE_SCHEDULES`, over all steps.
        learning_rate_end: float >= 0, what the learning rate falls to; None: 0, or a
            hundredth if "exponential".
        warm_up_steps: int >= 0, in which the learning rate rises from 0, before the
            schedule begins.
        init_from: str or None, path of a checkpoint, or of a run, whose weights the
            networks begin with.
        preset: where the defaults came from, or None.
        condition: None, or names of factors or labels of the data, with commas, that
            encoder and decoder are told.

    Raises:
        ValueError: a value breaks its rule.
    """

    likelihood: str = "bernoulli"
    gaussian_scale: float | str = 1.0
    optimizer: str = "adam"
    learning_rate: float = 5e-4
    batch_size: int = 64
    steps: int | None = None
    seed: int = 0
    precision: str = "float32"
    metric_every: int = 0
    checkpoint_every: int = 1000
    keep_checkpoints: int = 0
    pictures_every: int = 0
    epochs: int | None = None
    validation: float = 0.0
    validation_every: int = 0
    early_stopping: int = 0
    learning_rate_schedule: str = "constant"
    learning_rate_end: float | None = None
    warm_up_steps: int = 0
    init_from: str | None = None
    preset: str | None = None
    condition: str | None = None

    def __post_init__(self):
        for name, value in list(vars(self).items()):
            if isinstance(value, np.generic):  # which JSON cannot hold
                self._set(name, value.item())
        if self.steps is None and self.epochs is None:
            self._set("steps", _STEPS)
        _require_name(self.data)
        require_one_of("`network`", self.network, NETWORKS)
        require_one_of("`likelihood`", self.likelihood, LIKELIHOODS)
        require_one_of("`optimizer`", self.optimizer, OPTIMIZERS)
        require_one_of("`precision`", self.precision, PRECISIONS)
        require_one_of(
            "`learning_rate_schedule`",
            self.learning_rate_schedule,
            LEARNING_RATE_SCHEDULES,
        )
        if self.preset is not None:
            require_one_of("`preset`", self.preset, PRESETS)
        for name, bounds in _WHOLE.items():
            value = getattr(self, name)
            if value is not None or name not in _MAY_LACK:
                require_whole(name, value, *bounds, advice=_ADVICE[name])
        latents = (1, _MOST_LATENTS, _ADVICE["latent_dim"])
        require_whole("latent_dim", self.latent_dim, *latents, optional=True)
        bounds = {"above": 0, "most": _MOST, "advice": _ADVICE["learning_rate"]}
        require_finite("learning_rate", self.learning_rate, **bounds)
        require_gaussian_scale(
            self.gaussian_scale, self.likelihood, _MOST, _ADVICE["gaussian_scale"]
        )
        if self.condition is not None:
            self._set("condition", ",".join(self._condition_names()))
        for name, value in complete_options(
            self.objective, self.options, self.steps, self.learning_rate
        ).items():
            self._set(name, value)
        require_validation(self)
        self._set("learning_rate_end", completed_end(self))
        if self.init_from is not None:
            _require_path(self.init_from)
        for name, value in list(vars(self).items()):
            if isinstance(value, Real) and not isinstance(value, int | float):
                self._set(name, float(value))  # a fraction, say

    def _set(self, name, value):
        object.__setattr__(self, name, value)  # the class is frozen

    @property
    def condition_names(self):
        """Names of the factors or labels that are the condition; `()`: none."""
        return () if self.condition is None else tuple(self.condition.split(","))

    def _condition_names(self):
        names = self.condition
        names = names.split(",") if isinstance(names, str) else names
        names = [n.strip() if isinstance(n, str) else "" for n in names or ()]
        if not names or not all(names) or len(set(names)) < len(names):
            raise InvalidValue(
                "`condition` must name factors or labels, each once, with commas "
                f"between; received condition={shown(self.condition)}. `kbvae data` "
                "shows those of a data set."
            )
        if self.objective == "ada_gvae":
            raise InvalidValue(
                "ada_gvae finds by itself what the images of a pair share, and takes "
                f"no condition; received {shown(self.condition)}. Leave it out, or use "
                "beta_vae."
            )
        return names

    @property
    def options(self):
        """The objective's options, a dict; None for those of other objectives."""
        return {name: getattr(self, name) for name in OPTIONS}

    @classmethod
    def from_preset(cls, preset=None, **typed):
        """Defaults from a paper, overridden by what was typed.

        Args:
            preset: one of `PRESETS`, or None.
            **typed: fields of `Settings`.

        Raises:
            ValueError: an unknown preset, or a value that breaks its rule.
        """
        require_one_length(typed.get("steps"), typed.get("epochs"))
        if preset is None:
            return cls(**typed)
        require_one_of("`preset`", preset, PRESETS)
        defaults = PRESETS[preset]
        if typed.get("epochs") is not None:
            defaults = {k: v for k, v in defaults.items() if k != "steps"}
        if typed.get("objective", defaults["objective"]) != defaults["objective"]:
            # The paper's strengths belong to its own objective.
            defaults = {k: v for k, v in defaults.items() if k not in OPTIONS}
        return cls(**{**defaults, "preset": preset, **typed})

    @classmethod
    def for_data(cls, dataset, preset=None, **typed):
        """As `from_preset`; of what are no images with defaults that suit them.

        Those are the network of `networks.network_for`, the Gaussian likelihood with a
        learned scale, and β = 1: standardised columns are mostly noise to each other,
        and by a scale of 1 or β = 4 a small table collapses to its means.

        Args:
            dataset: the data set that is trained on.
            preset: one of `PRESETS`, or None.
            **typed: fields of `Settings`.

        Raises:
            ValueError: as `from_preset`; a paper's preset for what are no images.
        """
        if dataset.kind == "images":
            return cls.from_preset(preset, **typed)
        if preset is not None and "network" not in typed:
            raise InvalidValue(
                f"The preset {preset} is of a paper on images; received {dataset.name}"
                f", which holds {dataset.kind}. Name a network, such as --network "
                f"{network_for(dataset.image_shape)}, or leave the preset out."
            )
        usual = {
            "network": network_for(dataset.image_shape),
            "likelihood": "gaussian",
        }
        has_numbers = dataset.unscaled_columns < dataset.image_shape[-1]
        if typed.get("likelihood", "gaussian") == "gaussian" and has_numbers:
            usual["gaussian_scale"] = "learned"
        if typed.get("objective", cls.objective) == "beta_vae" and preset is None:
            usual["beta"] = 1.0
        return cls.from_preset(preset, **{**usual, **typed})

    def to_dict(self):
        """A dict of plain values, for JSON."""
        return dataclasses.asdict(self)


def _require_path(path):
    if not isinstance(path, str) or not 0 < len(path) <= _LONGEST_NAME:
        raise InvalidValue(
            f"`init_from` must be None or the path of a checkpoint, of 1 to "
            f"{_LONGEST_NAME:,} characters; received init_from={shown(path)}. Name a "
            "run's folder or a .keras file."
        )


def _require_name(data):
    """Raises unless `data` is a name that a record and a terminal can hold."""
    if not isinstance(data, str) or not 0 < len(data) <= _LONGEST_NAME:
        reason = f"a name of 1 to {_LONGEST_NAME:,} characters"
    elif not data.isprintable():
        reason = "a name without control characters"
    else:
        return
    raise InvalidValue(
        f"`data` must be {reason}; received data={shown(data)}. `kbvae data` lists "
        "the data sets."
    )
