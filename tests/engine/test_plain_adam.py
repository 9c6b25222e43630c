import keras
import numpy as np
import pytest
from keras import ops

from keras_bvae.engine import engine
from keras_bvae.engine.plain_adam import plain_adam_state


def variables():
    rng = np.random.default_rng(0)
    return [keras.Variable(rng.normal(size=s).astype("float32")) for s in ((9, 4), 4)]


def gradients(rng):
    # From tiny to large, so that epsilon matters in some places.
    return [
        ops.convert_to_tensor(rng.normal(size=s).astype("float32") * 10**power)
        for s, power in (((9, 4), rng.uniform(-8, 1)), (4, rng.uniform(-8, 1)))
    ]


def values(variables):
    return [ops.convert_to_numpy(v.value) for v in variables]


class OwnAdam(keras.optimizers.Adam):
    """A user's own: the same numbers, but nobody can know."""


def trained(optimizer, steps=20):
    own = variables()
    optimizer.build(own)
    rng = np.random.default_rng(1)
    for _ in range(steps):
        engine.apply_gradients(optimizer, gradients(rng), own)
    return values(own), values(optimizer.variables)


@pytest.mark.parametrize("rate", [1e-2, keras.optimizers.schedules.ExponentialDecay])
def test_one_pass_is_keras_adam(rate):
    def learning_rate():
        return rate if isinstance(rate, float) else rate(1e-2, 5, 0.5)

    ours, our_state = trained(keras.optimizers.Adam(learning_rate()))
    theirs, their_state = trained(OwnAdam(learning_rate()))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    for one, other in zip(our_state, their_state, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-9)


def is_plain(optimizer, count=2, dtype="float32"):
    own = variables()
    optimizer.build(own)
    given = [ops.cast(g, dtype) for g in gradients(np.random.default_rng(1))]
    state = plain_adam_state(optimizer, [*given[:count], *[None] * (2 - count)], own)
    return state is not None


def test_adam_and_nothing_else_is_plain():
    assert is_plain(keras.optimizers.Adam())
    assert is_plain(keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.9, epsilon=1e-3))


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda: keras.optimizers.SGD(),
        lambda: keras.optimizers.AdamW(),
        lambda: OwnAdam(),
        lambda: keras.optimizers.Adam(amsgrad=True),
        lambda: keras.optimizers.Adam(clipnorm=1.0),
        lambda: keras.optimizers.Adam(global_clipnorm=1.0),
        lambda: keras.optimizers.Adam(clipvalue=1.0),
        lambda: keras.optimizers.Adam(weight_decay=1e-2),
        lambda: keras.optimizers.Adam(use_ema=True),
        lambda: keras.optimizers.Adam(gradient_accumulation_steps=2),
        lambda: keras.optimizers.Adam(loss_scale_factor=2.0),
    ],
)
def test_whatever_does_more_is_keras_own(optimizer):
    assert not is_plain(optimizer())


def test_a_missing_gradient_or_another_dtype_is_keras_own():
    assert not is_plain(keras.optimizers.Adam(), count=1)
    assert not is_plain(keras.optimizers.Adam(), dtype="float16")


def test_a_constraint_is_keras_own():
    optimizer = keras.optimizers.Adam()
    layer = keras.layers.Dense(2, kernel_constraint="non_neg")
    layer.build((None, 2))
    optimizer.build(layer.trainable_variables)
    given = [ops.ones_like(v.value) for v in layer.trainable_variables]
    assert plain_adam_state(optimizer, given, layer.trainable_variables) is None
