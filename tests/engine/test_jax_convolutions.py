import keras
import numpy as np
import pytest

from keras_bvae.engine import engine

if keras.backend.backend() != "jax":
    pytest.skip("JAX's convolutions run on JAX", allow_module_level=True)

import jax
import jax.extend
import jax.numpy as jnp
from jax import lax

from keras_bvae.engine import jax_convolutions
from keras_bvae.engine.jax_convolutions import (
    strided_convolution,
    strided_transposed_convolution,
)

CHANNELS_LAST = ("NHWC", "HWIO", "NHWC")


def normal(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), "float32")


def plain_convolution(images, kernel):
    return lax.conv_general_dilated(
        images, kernel, (2, 2), "SAME", dimension_numbers=CHANNELS_LAST
    )


def plain_transposed(images, kernel):
    batch, height, width, _ = images.shape
    large = jnp.zeros((batch, 2 * height, 2 * width, kernel.shape[2]))
    return jax.vjp(lambda large: plain_convolution(large, kernel), large)[1](images)[0]


# Channels of the large side and of the small one, so that every form comes up.
SIZES = pytest.mark.parametrize(("large", "small"), [(1, 6), (3, 2), (6, 5)])
DOWN = (strided_convolution, plain_convolution)
UP = (strided_transposed_convolution, plain_transposed)


def arguments_of(form, large, small, seed=0):
    images = (8, 4, large) if form is strided_convolution else (4, 2, small)
    return normal(2, *images, seed=seed), normal(4, 4, large, small, seed=seed + 1)


def assert_close(actual, expected):
    def one(a, b):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5 * np.abs(b).max())

    jax.tree.map(one, actual, expected)


def gradients(form):
    def loss(*operands):
        return jnp.sum(jnp.sin(form(*operands)))

    return jax.jit(jax.grad(loss, argnums=(0, 1)))


def convolutions_in(function, *operands):
    """All convolutions of the program, those of loops and calls included."""

    def walk(jaxpr):
        for equation in jaxpr.eqns:
            if equation.primitive.name == "conv_general_dilated":
                yield equation.params
            for inner in jax.extend.core.jaxprs_in_params(equation.params):
                yield from walk(inner)

    return list(walk(jax.make_jaxpr(function)(*operands).jaxpr))


@pytest.fixture(params=["one image at a time", "all at once"])
def cache(request, monkeypatch):
    if request.param == "one image at a time":
        monkeypatch.setattr(jax_convolutions, "_CACHE_BYTES", 1)


@SIZES
@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize(("form", "plain"), [DOWN, UP], ids=["down", "up"])
def test_values_and_gradients_are_those_of_the_plain_form(form, plain, large, small):
    operands = arguments_of(form, large, small)
    assert_close(jax.jit(form)(*operands), jax.jit(plain)(*operands))
    assert_close(gradients(form)(*operands), gradients(plain)(*operands))


@SIZES
@pytest.mark.parametrize("form", [DOWN[0], UP[0]], ids=["down", "up"])
def test_every_convolution_is_an_ordinary_forward_one(form, large, small):
    operands = arguments_of(form, large, small)
    convolutions = convolutions_in(gradients(form), *operands)
    assert convolutions
    for parameters in convolutions:
        numbers = parameters["dimension_numbers"]
        assert numbers.lhs_spec == (0, 3, 1, 2)
        assert numbers.rhs_spec == (3, 2, 0, 1)
        assert numbers.out_spec == (0, 3, 1, 2)
        assert parameters["lhs_dilation"] == parameters["rhs_dilation"] == (1, 1)
        assert parameters["batch_group_count"] == 1


@pytest.mark.parametrize(("form", "plain"), [DOWN, UP], ids=["down", "up"])
def test_loops_give_the_same_gradients(form, plain):
    images, kernel = arguments_of(form, 3, 6)

    def step(kernel):
        return kernel - 0.01 * gradients(form)(images, kernel)[1]

    @jax.jit
    def all_loops(kernel):
        _, one = lax.while_loop(
            lambda carry: carry[0] < 2,
            lambda carry: (carry[0] + 1, step(carry[1])),
            (0, kernel),
        )
        two = lax.fori_loop(0, 2, lambda _, kernel: step(kernel), kernel)
        three, _ = lax.scan(lambda kernel, _: (step(kernel), None), kernel, length=2)
        return [one, two, three]

    expected = kernel
    for _ in range(2):
        expected = expected - 0.01 * gradients(plain)(images, expected)[1]
    assert_close(all_loops(kernel), [expected] * 3)


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize(("form", "plain"), [DOWN, UP], ids=["down", "up"])
def test_vmap_over_images_and_kernels(form, plain):
    pairs = [arguments_of(form, 3, 6, seed) for seed in (0, 2)]
    images, kernels = (jnp.stack(values) for values in zip(*pairs, strict=True))
    expected = [gradients(plain)(*pair) for pair in pairs]
    expected = [jnp.stack(values) for values in zip(*expected, strict=True)]
    assert_close(list(jax.jit(jax.vmap(gradients(form)))(images, kernels)), expected)


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize(("form", "plain"), [DOWN, UP], ids=["down", "up"])
def test_a_second_derivative(form, plain):
    operands = arguments_of(form, 3, 6)

    def second(form):
        def norm(*operands):
            return sum(jnp.sum(g**2) for g in gradients(form)(*operands))

        return jax.jit(jax.grad(norm, argnums=(0, 1)))(*operands)

    assert_close(second(form), second(plain))


def test_the_engine_takes_the_fast_form_on_a_cpu_only(monkeypatch):
    images, kernel = arguments_of(strided_convolution, 3, 6)
    calls = (
        (engine.strided_convolution, (images, kernel, None)),
        (engine.strided_transposed_convolution, (images, kernel[..., :3], None)),
    )
    assert all(form(*arguments) is not None for form, arguments in calls)
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    assert all(form(*arguments) is None for form, arguments in calls)


@pytest.mark.parametrize(
    ("shape", "kernel"),
    [
        ((2, 7, 8, 3), (4, 4, 3, 2)),
        ((2, 8, 7, 3), (4, 4, 3, 2)),
        ((2, 8, 8, 3), (3, 4, 3, 2)),
        ((0, 8, 8, 3), (4, 4, 3, 2)),
    ],
)
def test_what_does_not_fit_is_left_to_keras(shape, kernel):
    convolution = jax_convolutions.convolution_for_cpu
    assert convolution(jnp.zeros(shape), jnp.zeros(kernel)) is None


def test_integers_are_left_to_keras():
    images, kernel = jnp.zeros((1, 4, 4, 1), int), jnp.zeros((4, 4, 1, 1), int)
    assert jax_convolutions.convolution_for_cpu(images, kernel) is None
    assert jax_convolutions.transposed_convolution_for_cpu(images, kernel) is None
