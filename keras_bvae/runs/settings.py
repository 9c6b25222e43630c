"""What a training run is told: every option in one record, and the papers' presets."""

import dataclasses
from numbers import Real

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.losses.reconstruction import LIKELIHOODS
from keras_bvae.networks import NETWORKS
from keras_bvae.rules import (
    require_finite,
    require_one_of,
    require_whole,
    shown,
)
from keras_bvae.runs.objectives import OPTIONS
from keras_bvae.runs.options import complete_options

OPTIMIZERS = ("adam", "adagrad", "adamw", "rmsprop", "sgd")
PRECISIONS = {
    "float32": "float32",
    "bfloat16": "mixed_bfloat16",
    "float16": "mixed_float16",
}

# The papers' settings in numbers. Steps are the papers' too: long runs, for a GPU.
PRESETS = {
    # Higgins et al. 2017, appendix A.1. The paper prints no batch size or step count.
    "higgins2017": {
        "network": "higgins2017",
        "latent_dim": 10,
        "objective": "beta_vae",
        "beta": 4.0,
        "likelihood": "bernoulli",
        "optimizer": "adagrad",
        "learning_rate": 1e-2,
    },
    # Higgins et al. 2017, appendix A.1, CelebA: network, 32 latents, Gaussian, Adam.
    # β = 250 is that of the paper's figure of CelebA as reimplementations cite it; the
    # paper itself was not at hand, and none of them gives the authors' scale of the
    # Gaussian or range of pixels. On those β hangs: only β · scale² matters. Here the
    # scale is 1 and pixels lie in [0, 1], so 250 presses hard: as in probabilistic PCA
    # (Lucas et al. 2019, arXiv:1911.02469) a latent pays where it saves 250 in squared
    # error, summed over the 12,288 values of an image. Try a smaller --beta where too
    # few latents stay active.
    "higgins2017_celeba": {
        "data": "tfds:celeb_a",
        "network": "higgins2017_conv",
        "latent_dim": 32,
        "objective": "beta_vae",
        "beta": 250.0,
        "likelihood": "gaussian",
        "optimizer": "adam",
        "learning_rate": 1e-4,
    },
    # Burgess et al. 2018, section 5 and appendix A.
    "burgess2018": {
        "network": "burgess2018",
        "latent_dim": 10,
        "objective": "annealed_vae",
        "gamma": 1000.0,
        "capacity": 25.0,
        "capacity_steps": 100_000,
        "likelihood": "bernoulli",
        "optimizer": "adam",
        "learning_rate": 5e-4,
        "batch_size": 64,
        "steps": 100_000,
    },
    # Locatello et al. 2019, appendix: β-VAE, one β of the six that they tried. With
    # another --objective the rest of the paper's settings stay.
    "locatello2019": {
        "network": "locatello2019",
        "latent_dim": 10,
        "objective": "beta_vae",
        "beta": 4.0,
        "likelihood": "bernoulli",
        "optimizer": "adam",
        "learning_rate": 1e-4,
        "batch_size": 64,
        "steps": 300_000,
    },
}

# A model counts its steps in 32 bits; JSON holds whole numbers up to 2⁵³.
_MOST_STEPS = 2**31 - 1
_MOST_PERIOD = 2**53
# Keras on PyTorch keeps a seed in 31 bits, and a model adds a little for each stream.
_MOST_SEED = 2_000_000_000
# Of whole numbers the least and the most.
_WHOLE = {
    "batch_size": (1, _MOST_STEPS),
    "steps": (1, _MOST_STEPS),
    "checkpoint_every": (1, _MOST_PERIOD),
    "metric_every": (0, _MOST_PERIOD),
    "keep_checkpoints": (0, _MOST_PERIOD),
    "pictures_every": (0, _MOST_PERIOD),
    "seed": (0, _MOST_SEED),
}
# Far more than any image has to tell; each costs weights.
_MOST_LATENTS = 2**16
# Of those above 0 the most: what float32 can still square.
_MOST = {"learning_rate": 1e12, "gaussian_scale": 1e12}
_LONGEST_NAME = 4096
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
        gaussian_scale: float > 0, a pixel's standard deviation if Gaussian.
        optimizer: one of `OPTIMIZERS`.
        learning_rate: float > 0.
        batch_size, steps: ints >= 1.
        seed: int from 0 to 2,000,000,000; initial weights, order of the data,
            posterior noise.
        precision: one of `PRECISIONS`.
        metric_every: int >= 0, steps between two scores during training; 0: only
            at the end.
        checkpoint_every: int >= 1, steps between two checkpoints.
        keep_checkpoints: int >= 0, steps between two that are kept; 0: only the last.
        pictures_every: int >= 0, steps between two drawings while training; 0: none.
        preset: where the defaults came from, or None.
        condition: None, or names of factors or labels of the data, with commas, that
            encoder and decoder are told.

    Raises:
        ValueError: a value breaks its rule.
    """

    likelihood: str = "bernoulli"
    gaussian_scale: float = 1.0
    optimizer: str = "adam"
    learning_rate: float = 5e-4
    batch_size: int = 64
    steps: int = 3000
    seed: int = 0
    precision: str = "float32"
    metric_every: int = 0
    checkpoint_every: int = 1000
    keep_checkpoints: int = 0
    pictures_every: int = 0
    preset: str | None = None
    condition: str | None = None

    def __post_init__(self):
        for name, value in list(vars(self).items()):
            if isinstance(value, np.generic):  # which JSON cannot hold
                self._set(name, value.item())
        _require_name(self.data)
        require_one_of("`network`", self.network, NETWORKS)
        require_one_of("`likelihood`", self.likelihood, LIKELIHOODS)
        require_one_of("`optimizer`", self.optimizer, OPTIMIZERS)
        require_one_of("`precision`", self.precision, PRECISIONS)
        if self.preset is not None:
            require_one_of("`preset`", self.preset, PRESETS)
        for name, bounds in _WHOLE.items():
            require_whole(name, getattr(self, name), *bounds, advice=_ADVICE[name])
        latents = (1, _MOST_LATENTS, _ADVICE["latent_dim"])
        require_whole("latent_dim", self.latent_dim, *latents, optional=True)
        for name, most in _MOST.items():
            bounds = {"above": 0, "most": most}
            require_finite(name, getattr(self, name), **bounds, advice=_ADVICE[name])
        if self.condition is not None:
            self._set("condition", ",".join(self._condition_names()))
        for name, value in complete_options(
            self.objective, self.options, self.steps, self.learning_rate
        ).items():
            self._set(name, value)
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
        if preset is None:
            return cls(**typed)
        require_one_of("`preset`", preset, PRESETS)
        defaults = PRESETS[preset]
        if typed.get("objective", defaults["objective"]) != defaults["objective"]:
            # The paper's strengths belong to its own objective.
            defaults = {k: v for k, v in defaults.items() if k not in OPTIONS}
        return cls(**{**defaults, "preset": preset, **typed})

    def to_dict(self):
        """A dict of plain values, for JSON."""
        return dataclasses.asdict(self)


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
