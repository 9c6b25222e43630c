"""One σ of the Gaussian likelihood that training moves, after the σ-VAE.

A fixed σ is an untold β: with Σ(x - x̂)² in place of the nats, β = 2σ². One that follows
the data takes that choice away.
"""

from numbers import Real

from keras import ops

from keras_bvae.engine import engine
from keras_bvae.errors import InvalidValue
from keras_bvae.losses.reconstruction import MOVING_SCALES
from keras_bvae.models.scalar_weight import add_scalar_weight
from keras_bvae.rules import require_finite, shown

# Where the paper's code bends log σ off: data met exactly would drive it to -∞.
FLOOR = -6.0
# Training steps that the estimate for evaluation goes back, about.
_WINDOW = 50
# Of squared errors; far below the floor, and its logarithm is finite.
_TINY = 1e-12
_ADVICE = "1.0 is the usual choice."


def require_gaussian_scale(scale, likelihood, most=None, advice=_ADVICE):
    """Raises unless a scale is a number > 0, or a word that goes with the likelihood.

    Args:
        scale: what arrived.
        likelihood: "bernoulli" or "gaussian".
        most: number or None, the largest that is allowed.
        advice: str, a sentence: what number to take.

    Raises:
        ValueError: it is not.
    """
    if isinstance(scale, Real):
        require_finite("gaussian_scale", scale, most=most, above=0, advice=advice)
        return
    if not isinstance(scale, str) or scale not in MOVING_SCALES:
        raise InvalidValue(
            "`gaussian_scale` must be a finite number > 0, "
            f"{' or '.join(map(repr, MOVING_SCALES))}; received "
            f"gaussian_scale={shown(scale)}. {advice}"
        )
    if likelihood != "gaussian":
        raise InvalidValue(
            f"gaussian_scale={scale!r} is a scale of the gaussian likelihood; received "
            f"it with likelihood={likelihood!r}, which has none. Leave it out, or take "
            "the gaussian likelihood."
        )


class MovingScale:
    """log σ as a weight of a model.

    "learned": the weight is log σ, 0 at first, and the objective is minimised by it.

    "optimal": σ² is the mean squared error of the training batch, over all its numbers,
    which is the best there is for that batch; gradients go through it, though at the
    best they are 0 but for the floor. The weight is its running mean over about the
    last 50 steps, and stands for σ² in evaluation, in `log_likelihood`, and in training
    on one image at a time.

    Either way log σ has a soft floor at -6: floor + softplus(log σ - floor). It adds
    2.5 % to an optimal σ of 0.1; a learned one makes up for it.

    Args:
        model: `VariationalAutoencoder`; gets the weight, and logs σ.
        kind: one of `MOVING_SCALES`.

    Source: Rybkin, Daniilidis & Levine 2021 (arXiv:2006.13202), section 3, and their
    code for the floor.
    """

    def __init__(self, model, kind):
        self.is_learned = kind == "learned"
        if self.is_learned:
            self.weight = add_scalar_weight(model, "log_scale", trainable=True)
        else:
            self.weight = add_scalar_weight(model, "squared_error", initializer="ones")
        model.log_mean_of("gaussian_scale")

    def log_scale(self):
        """log σ as it stands, a scalar tensor, float32."""
        if self.is_learned:
            return _softly_floored(ops.convert_to_tensor(self.weight))
        return _log_scale_of(ops.convert_to_tensor(self.weight))

    def log_scale_of_batch(self, errors, step):
        """log σ that is best for a training batch, which the estimate then follows.

        Args:
            errors: tensor `(batch, …)`, what images differ from their means by. Each
                counts alike, whatever its sample weight.
            step: scalar, training steps done, this one included.

        Returns:
            Scalar float32 tensor.
        """
        error = engine.mean_over_devices(ops.mean(ops.square(errors)))
        step = ops.maximum(ops.cast(step, "float32"), 1.0)
        # The first steps are forgotten soon: errors fall fast then.
        rate = ops.maximum(2.0 / (step + 1.0), 1.0 / _WINDOW)
        before = ops.convert_to_tensor(self.weight)
        estimate = before + rate * (ops.stop_gradient(error) - before)
        self.weight.assign(estimate)
        has_several = ops.convert_to_tensor(ops.shape(errors)[0]) > 1
        return _log_scale_of(ops.where(has_several, error, estimate))


def _log_scale_of(squared_error):
    return _softly_floored(0.5 * ops.log(ops.maximum(squared_error, _TINY)))


def _softly_floored(log_scale):
    return FLOOR + ops.softplus(log_scale - FLOOR)
