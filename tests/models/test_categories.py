import re

import keras
import numpy as np
import pytest
from keras import layers, ops
from scipy import special, stats
from small_model import small_networks

import keras_bvae as kb
from keras_bvae.models.checkpoint import load_checkpoint

RNG = np.random.default_rng(0)


def table(count=64, seed=0):
    """Two numbers, then a colour of three and a yes or no, which follow the first."""
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(count, 2)) * [1, 50] + [0, 1000]
    color = np.digitize(numbers[:, 0], [-0.5, 0.5])
    yes = (numbers[:, 0] > 0).astype(int)
    return np.hstack([numbers, np.eye(3)[color], np.eye(2)[yes]]).astype("float32")


def table_model(shape=(7,), categories=(3, 2), tail=None, **kwargs):
    encoder, decoder = small_networks(shape)
    if tail is not None:
        decoder = keras.Sequential([decoder, tail])
    arguments = {"likelihood": "gaussian", "categories": categories, "seed": 0}
    model = kb.BetaVAE(encoder, decoder, **{**arguments, **kwargs})
    model.compile(keras.optimizers.Adam(1e-2))
    return model


@pytest.mark.parametrize("scale", [0.5, "optimal"])
def test_the_nats_are_those_of_both_kinds_of_columns(scale):
    model = table_model(gaussian_scale=scale)
    x = table(5) - np.float32([0, 1000, 0, 0, 0, 0, 0])
    output = RNG.normal(size=x.shape).astype("float32")
    value = model._reconstruction_of_batch(
        *map(ops.convert_to_tensor, (x, output)), training=True
    )
    if scale == "optimal":  # of the two columns that are numbers
        scale = np.sqrt(np.mean((x - output)[:, :2].astype("float64") ** 2))
        assert model.current_scale == pytest.approx(scale, rel=1e-4)
    expected = -stats.norm(output[:, :2], scale).logpdf(x[:, :2]).sum(axis=1)
    for block in (slice(2, 5), slice(5, 7)):
        probabilities = special.softmax(output[:, block].astype("float64"), axis=1)
        expected -= (x[:, block] * np.log(probabilities)).sum(axis=1)
    np.testing.assert_allclose(ops.convert_to_numpy(value), expected, rtol=1e-4)


@pytest.mark.parametrize("shape", [(7,), (4, 7), (2, 2, 2, 7)])
@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_probabilities_come_back(shape, likelihood):
    model = table_model(shape, likelihood=likelihood)
    decoded = model.decode(RNG.normal(size=(6, 3)))
    assert decoded.shape == (6, *shape)
    for block in (slice(2, 5), slice(5, 7)):
        assert (decoded[..., block] > 0).all()
        np.testing.assert_allclose(decoded[..., block].sum(axis=-1), 1, rtol=1e-5)
    is_between = ((decoded[..., :2] > 0) & (decoded[..., :2] < 1)).all()
    assert is_between == (likelihood == "bernoulli")


def test_a_table_trains_in_its_own_units_and_is_saved(tmp_path):
    x = table(256)
    made = kb.Standardization.of(x, categories=(3, 2))
    assert made.mean.tolist()[2:] == [0] * 5
    assert made.scale.tolist()[2:] == [1] * 5
    model = table_model(gaussian_scale="learned", standardization=made)
    history = model.fit(x, batch_size=32, epochs=15, verbose=0).history
    assert history["loss"][-1] < 0.9 * history["loss"][0]
    rebuilt = model.predict(x, verbose=0)
    assert np.abs(rebuilt[:, 1].mean() - 1000) < 20
    assert (rebuilt[:, 2:5].argmax(1) == x[:, 2:5].argmax(1)).mean() > 0.7
    model.save(tmp_path / "m.keras")
    read = load_checkpoint(tmp_path / "m.keras")
    assert read.categories == (3, 2)
    codes = model.encode(x)[0]
    np.testing.assert_allclose(read.decode(codes), model.decode(codes), rtol=1e-6)
    np.testing.assert_allclose(
        read.log_likelihood(x, codes), model.log_likelihood(x, codes), rtol=1e-6
    )


def test_all_columns_may_be_categories():
    x = table(512)[:, 2:]
    model = table_model((5,))
    history = model.fit(x, epochs=8, verbose=0).history
    assert history["reconstruction"][-1] < 0.9 * history["reconstruction"][0]
    for each in (model, table_model((5,), likelihood="bernoulli")):
        decoded = each.decode(np.zeros((1, 3)))[0]
        np.testing.assert_allclose(decoded[:3].sum(), 1, rtol=1e-5)


def test_images_have_none_in_their_config():
    assert "categories" not in kb.BetaVAE(*small_networks()).get_config()
    assert table_model().get_config()["categories"] == [3, 2]


def changed(row, columns, value, dtype="float32"):
    x = table().astype(dtype)
    x[row, columns] = value
    return x


@pytest.mark.parametrize(
    ("x", "likelihood", "reason"),
    [
        (changed(9, 3, 0.5), "gaussian", "block 0 (columns 2 to 4)"),
        (changed(9, slice(5, 7), 0), "gaussian", "has [0, 0] in example 9"),
        (changed(9, slice(5, 7), (2, -1)), "gaussian", "has [2, -1] in example 9"),
        (changed(9, slice(5, 7), 1, "float64"), "gaussian", "one of 1 such rows"),
        (
            np.eye(7, dtype="uint8")[[2, 3]] + np.eye(7, dtype="uint8")[[5, 6]],
            "bernoulli",
            "in example 0, read as parts of 255",
        ),
    ],
    ids=lambda value: str(value)[:12] if isinstance(value, str) else "",
)
def test_what_is_no_row_of_classes_is_refused(x, likelihood, reason):
    model = table_model(likelihood=likelihood)
    stream = ((x[i : i + 2],) for i in range(0, len(x), 2))
    for use in (model.encode, lambda x: model.fit(x, verbose=0)):
        with pytest.raises(ValueError, match=re.escape(reason)):
            use(x)
    with pytest.raises(ValueError, match=re.escape(reason[:11])):
        model.fit(stream, steps_per_epoch=len(x) // 2, shuffle=False, verbose=0)


def test_probabilities_and_bytes_may_arrive():
    model = table_model(likelihood="bernoulli", categories=[np.int64(3), 2])
    x = np.zeros((4, 7), "uint8")
    x[:, 2] = x[:, 6] = 255
    model.fit(x, verbose=0)
    x = np.full((4, 7), 1 / 3, "float32")
    x[:, 5:] = 0.5
    model.fit(x, verbose=0)
    assert int(model.step) == 2


@pytest.mark.parametrize(
    ("shape", "arguments", "reason"),
    [
        ((7,), {"categories": 3}, "received categories=3. Use categories=(3, 2)"),
        ((7,), {"categories": (1, 2)}, "whole numbers >= 2"),
        ((7,), {"categories": (2.0,)}, "whole numbers >= 2"),
        ((7,), {"categories": "32"}, "categories='32'"),
        ((7,), {"categories": (5, 3)}, "8 columns, for data of the shape (7,)"),
        ((8, 8, 1), {"categories": (2,)}, "for images of the shape (8, 8, 1)"),
        (
            (5,),
            {"gaussian_scale": "learned"},
            "needs a column that is a number; received gaussian_scale='learned'",
        ),
        (
            (7,),
            {"standardization": kb.Standardization(np.zeros(7), np.full(7, 2.0))},
            "received others for the last 5",
        ),
    ],
)
def test_what_cannot_be_columns_is_refused(shape, arguments, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        table_model(shape, **arguments)


def test_a_standardization_of_too_few_columns_is_refused():
    with pytest.raises(ValueError, match="8 columns"):
        kb.Standardization.of(table(), categories=(5, 3))


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_logits_are_asked_for_where_they_must_be(likelihood):
    def blocks(function):
        return layers.Lambda(
            lambda y: ops.concatenate(
                [y[:, :2], *(function(y[:, a:b]) for a, b in ((2, 5), (5, 7)))], axis=1
            )
        )

    # Log probabilities are as good as other logits, and never above 0.
    for function in (ops.log_softmax, ops.relu):
        table_model(likelihood=likelihood, tail=blocks(function))
    for function in (ops.softmax, ops.sigmoid):
        with pytest.raises(ValueError, match="output for block 0 stays between"):
            table_model(likelihood=likelihood, tail=blocks(function))
    numbers = layers.Lambda(
        lambda y: ops.concatenate([ops.sigmoid(y[:, :2]), y[:, 2:]], axis=1)
    )
    if likelihood == "gaussian":
        table_model(likelihood=likelihood, tail=numbers)
        return
    with pytest.raises(ValueError, match="decoder for the bernoulli likelihood"):
        table_model(likelihood=likelihood, tail=numbers)
