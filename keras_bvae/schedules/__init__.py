"""Strengths that move while training: functions of the step, for β, γ and C."""

from keras_bvae.schedules.constant import Constant
from keras_bvae.schedules.cosine import Cosine
from keras_bvae.schedules.cyclic import Cyclic
from keras_bvae.schedules.linear import Linear
from keras_bvae.schedules.schedule import Schedule, require_steps

# Names that `kbvae train --beta-schedule` understands.
SCHEDULES = {
    "constant": Constant,
    "linear": Linear,
    "cosine": Cosine,
    "cyclic": Cyclic,
}

__all__ = [
    "SCHEDULES",
    "Constant",
    "Cosine",
    "Cyclic",
    "Linear",
    "Schedule",
    "require_steps",
]
