"""What a training run is told: every option in one record, and the papers' presets."""

import dataclasses
import math

from keras_bvae.errors import InvalidValue
from keras_bvae.rules import require_one_of
from keras_bvae.runs.objectives import OPTIONS, complete_options

OPTIMIZERS = ("adam", "adagrad", "adamw", "rmsprop", "sgd")
PRECISIONS = {
    "float32": "float32",
    "bfloat16": "mixed_bfloat16",
    "float16": "mixed_float16",
}


@dataclasses.dataclass(frozen=True)
class Settings:
    """All that decides a run's numbers; stored in its folder as JSON.

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
        seed: int >= 0; initial weights, order of the data, posterior noise.
        precision: one of `PRECISIONS`.
        metric_every: int >= 0, steps between two scores during training; 0: only
            at the end.
        checkpoint_every: int >= 1, steps between two checkpoints.
        keep_checkpoints: int >= 0, steps between two that are kept; 0: only the last.
        pictures_every: int >= 0, steps between two drawings while training; 0: none.
        preset: where the defaults came from, or None.

    Raises:
        ValueError: a value breaks its rule.
    """

    data: str = "dsprites"
    network: str = "burgess2018"
    latent_dim: int | None = None
    objective: str = "beta_vae"
    beta: float | None = None
    beta_schedule: str | None = None
    beta_start: float | None = None
    beta_steps: int | None = None
    alpha: float | None = None
    gamma: float | None = None
    capacity: float | None = None
    capacity_steps: int | None = None
    estimator: str | None = None
    discriminator_learning_rate: float | None = None
    lambda_od: float | None = None
    lambda_d: float | None = None
    lambda_mmd: float | None = None
    bandwidth: float | None = None
    changed_factors: int | None = None
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

    def __post_init__(self):
        for name in ("batch_size", "steps", "checkpoint_every"):
            self._require_whole(name, least=1)
        for name in ("seed", "metric_every", "keep_checkpoints", "pictures_every"):
            self._require_whole(name, least=0)
        if self.latent_dim is not None:
            self._require_whole("latent_dim", least=1)
        self._require_finite(
            "learning_rate", "a finite number > 0", lambda value: value > 0
        )
        self._require_finite(
            "gaussian_scale", "a finite number > 0", lambda value: value > 0
        )
        require_one_of("`optimizer`", self.optimizer, OPTIMIZERS)
        require_one_of("`precision`", self.precision, tuple(PRECISIONS))
        for name, value in complete_options(
            self.objective, self.options, self.steps, self.learning_rate
        ).items():
            object.__setattr__(self, name, value)  # the class is frozen

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

    def _require_whole(self, name, least):
        value = getattr(self, name)
        if not isinstance(value, int) or value < least:
            raise InvalidValue(
                f"`{name}` must be a whole number >= {least}; received "
                f"{name}={value!r}. {_ADVICE.get(name, '')}".rstrip()
            )

    def _require_finite(self, name, rule, holds):
        value = getattr(self, name)
        if not math.isfinite(value) or not holds(value):
            raise InvalidValue(
                f"`{name}` must be {rule}; received {name}={value!r}. {_ADVICE[name]}"
            )


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

_ADVICE = {
    "gaussian_scale": "With 1 a squared error counts half.",
    "learning_rate": "5e-4 is a usual start with Adam.",
    "batch_size": "The papers use 64.",
    "latent_dim": "The papers use 10.",
    "metric_every": "0 measures only at the end.",
    "keep_checkpoints": "0 keeps only the last.",
    "pictures_every": "0 draws only at the end.",
}
