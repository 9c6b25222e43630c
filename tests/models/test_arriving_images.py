import random
import re
import sys

import keras
import numpy as np
import pytest
from keras import layers, ops
from numbered_run import Squares
from small_model import small_images, small_model, small_model_of, small_networks

import keras_bvae as kb

BACKEND = keras.backend.backend()
GOOD = (small_images() / 255).astype("float32")
FLOATS = small_images().astype("float32")
BAD = {
    "0 … 255": (FLOATS, "received values from 0 to 255. Divide by 255"),
    "int64": (small_images().astype("int64"), "received dtype=int"),
    "bool": (small_images() > 0, "received dtype=bool"),
    "not finite": (np.full_like(GOOD, np.nan), "must be finite; received"),
    "size": (GOOD[:, :4], "received image_shape=(4, 8, 1)"),
    "channels": (np.repeat(GOOD, 3, -1), "received image_shape=(8, 8, 3)"),
    "rank": (GOOD[..., 0], "must have the shape (n, height, width, channels)"),
}


class Batches(keras.utils.PyDataset):
    def __init__(self, images):
        super().__init__()
        self.images = images

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return self.images[8 * index : 8 * index + 8]


def generator(images):
    return ((images[start : start + 8],) for start in range(0, 32, 8))


def tf_data(images):
    tf = sys.modules["tensorflow"]
    target = np.zeros(32), np.ones(32)
    return tf.data.Dataset.from_tensor_slices((images, *target)).batch(8)


def tf_data_of_unknown_shape(images):
    tf = sys.modules["tensorflow"]
    return tf.data.Dataset.from_generator(
        lambda: (batch for (batch,) in generator(images)), output_types=images.dtype
    )


def loader(images):
    torch = sys.modules["torch"]
    images = torch.utils.data.TensorDataset(torch.tensor(images))
    return torch.utils.data.DataLoader(images, batch_size=8)


STREAMS = {"PyDataset": Batches, "generator": generator}
if BACKEND == "tensorflow":
    STREAMS |= {"tf.data": tf_data, "of unknown shape": tf_data_of_unknown_shape}
if BACKEND == "torch":
    STREAMS["loader"] = loader
FORMS = {"array": lambda images: images, "tensor": ops.convert_to_tensor, **STREAMS}


def fit(model, images, **arguments):
    return model.fit(images, verbose=0, **arguments).history


def weights_of(model):
    return [w.copy() for w in model.get_weights()]


def assert_untouched(model, before):
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.fixture(scope="module")
def model():
    return small_model()


# ---- one rule, whatever the form -----------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_what_are_no_images_is_refused_before_the_first_step(form, model):
    before = weights_of(model)
    for images, said in BAD.values():
        with pytest.raises(ValueError, match=re.escape(said)):
            fit(model, FORMS[form](images))
    assert_untouched(model, before)
    assert int(model.step) == 0


@pytest.mark.parametrize("form", FORMS)
def test_evaluation_and_prediction_have_the_same_rule(form, model):
    said = "received values from 0 to 255"
    for method in (model.evaluate, model.predict):
        with pytest.raises(ValueError, match=said):
            method(FORMS[form](FLOATS), verbose=0)
    model.predict(GOOD, verbose=0)  # its weights are all there


@pytest.mark.parametrize("form", ["array", "generator"])
def test_validation_data_has_the_same_rule(form):
    data = FORMS[form](FLOATS)
    data = (data,) if form == "array" else data
    with pytest.raises(ValueError, match="received values from 0 to 255"):
        fit(small_model(), GOOD, validation_data=data)


@pytest.mark.parametrize(
    "method", ["train_on_batch", "test_on_batch", "predict_on_batch", "__call__"]
)
@pytest.mark.parametrize("bad", BAD)
def test_single_batches_have_the_same_rule(method, bad, model):
    images, said = BAD[bad]
    for form in (np.asarray, ops.convert_to_tensor):
        with pytest.raises(ValueError, match=re.escape(said)) as caught:
            getattr(model, method)(form(images))
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("form", STREAMS)
def test_a_stream_that_begins_black_is_found_out_later(form):
    images = GOOD.copy()
    images[:16] = 0
    images[16:] *= 255
    model = small_model()
    with pytest.raises(ValueError, match="received values from 0 to 255"):
        fit(model, STREAMS[form](images), shuffle=False)
    assert int(model.step) == 2
    assert np.isfinite(fit(model, Batches(GOOD))["loss"]).all()


@pytest.mark.parametrize("form", STREAMS)
def test_right_streams_train_as_arrays_do(form, trained_on_arrays):
    model = small_model()
    found = fit(model, STREAMS[form](GOOD), shuffle=False)
    np.testing.assert_allclose(found["loss"], trained_on_arrays, rtol=1e-5)
    assert int(model.step) == 4


@pytest.fixture(scope="module")
def trained_on_arrays():
    return fit(small_model(), GOOD, batch_size=8, shuffle=False)["loss"]


def test_a_generator_is_read_once_and_from_its_first_batch_on():
    read = []

    def numbered():
        for number in range(4):
            read.append(number)
            yield (GOOD[:8],)

    model = small_model()
    fit(model, numbered(), steps_per_epoch=2, epochs=2)
    assert read == [0, 1, 2, 3]
    assert int(model.step) == 4


@pytest.mark.parametrize(
    ("batch", "said"),
    [
        ((GOOD[:8],) * 4, "received 4 parts"),
        (({"image": GOOD[:8]},), "received a dict of 'image'"),
        (((GOOD[:8], GOOD[:8]),), "received a tuple of 2"),
    ],
)
def test_a_batch_of_other_parts_is_described(batch, said):
    with pytest.raises(ValueError, match=said):
        fit(small_model(), (batch for _ in range(2)))


WEIGHTS = {
    "negative": (-np.ones(32), "received a negative one"),
    "NaN": (np.full(32, np.nan), "received one that is not finite"),
    "words": (np.full(32, "heavy"), "received <U5"),
}


class Weighted(Batches):
    def __init__(self, weights):
        super().__init__(GOOD)
        self.weights = weights

    def __getitem__(self, index):
        images = super().__getitem__(index)
        return images, None, self.weights[8 * index : 8 * index + 8]


def weighted_tf_data(weights):
    tf = sys.modules["tensorflow"]
    return tf.data.Dataset.from_tensor_slices((GOOD, GOOD, weights)).batch(8)


@pytest.mark.parametrize("bad", WEIGHTS)
def test_weights_that_are_none_are_refused_before_the_first_step(bad, model):
    weights, said = WEIGHTS[bad]
    with pytest.raises(ValueError, match=said):
        fit(model, GOOD, sample_weight=weights)
    with pytest.raises(ValueError, match=said):
        fit(model, GOOD, validation_data=(GOOD, None, weights))
    with pytest.raises(ValueError, match=said):
        model.train_on_batch(GOOD, sample_weight=weights)
    streams = [Weighted] if BACKEND != "tensorflow" else [Weighted, weighted_tf_data]
    for stream in streams if bad != "words" else []:
        with pytest.raises(ValueError, match=said):
            fit(model, stream(weights))
    assert int(model.step) == 0


def test_there_are_as_many_weights_as_images_and_classes_where_they_weigh(model):
    with pytest.raises(ValueError, match="received 4 for 32 images"):
        fit(model, GOOD, sample_weight=np.ones(4))
    with pytest.raises(ValueError, match="which y tells; received no y"):
        fit(model, GOOD, class_weight={0: 1.0})
    with pytest.raises(ValueError, match="received a negative one"):
        fit(model, GOOD, y=np.zeros(32), class_weight={0: -1.0})
    for weights in ([1] * 32, np.ones((32, 1)), np.arange(32) % 2 == 0):
        fit(small_model(), GOOD, sample_weight=np.asarray(weights))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (None, "received None"),
        ("photos/", "received 'photos/'"),
        (Squares(), r"received the data set squares.*Use dataset.batches"),
        (GOOD[:0], r"received an array of shape \(0, 8, 8, 1\)"),
    ],
)
def test_what_holds_no_images_is_told_of(source, said, model):
    with pytest.raises(ValueError, match=said):
        fit(model, source)


@pytest.mark.parametrize("form", STREAMS)
def test_streams_bring_no_warning_of_a_default(form, recwarn):
    fit(small_model(), STREAMS[form](GOOD))
    assert not [w for w in recwarn if "shuffle" in str(w.message)]


def test_rounding_beyond_the_bounds_is_none():
    images = np.float32(GOOD * np.float32(1.0000001))
    assert images.max() > 1
    assert np.isfinite(fit(small_model(), Batches(images))["loss"]).all()


# ---- batches of a data set -----------------------------------------------------


def test_batches_of_another_image_size_are_refused_in_a_sentence():
    batches = Squares().batches(8)
    model = kb.BetaVAE(*small_networks((6, 6, 1)))
    model.compile("adam")
    for method in (model.fit, model.evaluate, model.predict):
        with pytest.raises(ValueError, match=r"must have image_shape=\(6, 6, 1\)"):
            method(batches, verbose=0)
    with pytest.raises(ValueError, match=r"must have image_shape=\(6, 6, 1\)"):
        fit(model, np.zeros((8, 6, 6, 1)), validation_data=batches)


def test_pairs_are_no_images_and_images_no_pairs():
    model = small_model_of(kb.AdaGVAE)
    with pytest.raises(ValueError, match="trains on pairs"):
        fit(model, Batches(GOOD))
    with pytest.raises(ValueError, match="shape"):
        fit(small_model(), Batches(np.stack([GOOD, GOOD], 1)))
    with pytest.raises(ValueError, match="received values from 0 to 255"):
        fit(model, Batches(np.stack([FLOATS, FLOATS], 1)))
    fit(model, Batches(np.stack([GOOD, GOOD], 1)))


class Unscaled(Squares):
    def _images_at(self, indices):
        return super()._images_at(indices).astype("float32")


def test_a_data_set_of_ones_own_has_the_same_rule():
    with pytest.raises(ValueError, match="received values from 0 to 255"):
        fit(small_model(), Unscaled().batches(8), steps_per_epoch=2)


# ---- networks that are not built -----------------------------------------------


class Encoder(keras.Model):
    def __init__(self):
        super().__init__()
        self.flatten = layers.Flatten()
        self.heads = [layers.Dense(2), layers.Dense(2)]

    def call(self, images):
        return [head(self.flatten(images)) for head in self.heads]


class Decoder(keras.Model):
    def __init__(self, activation=None):
        super().__init__()
        self.pixels = layers.Dense(64, activation)
        self.reshape = layers.Reshape((8, 8, 1))

    def call(self, codes):
        return self.reshape(self.pixels(codes))


def of_any_size():
    images = keras.Input((None, None, 1))
    x = layers.GlobalAveragePooling2D()(images)
    return keras.Model(images, [layers.Dense(2)(x), layers.Dense(2)(x)])


@pytest.mark.parametrize("encoder", [Encoder, of_any_size])
@pytest.mark.parametrize("form", ["array", "PyDataset"])
def test_the_first_fit_of_unbuilt_networks_has_every_rule(encoder, form):
    for bad in ("0 … 255", "int64", "size"):
        model = kb.BetaVAE(encoder(), Decoder())
        model.compile("adam")
        with pytest.raises(ValueError, match="must"):
            fit(model, FORMS[form](BAD[bad][0]))
    model = kb.BetaVAE(encoder(), Decoder("sigmoid"))
    model.compile("adam")
    with pytest.raises(ValueError, match="must return logits"):
        fit(model, FORMS[form](GOOD))
    assert int(model.step) == 0


def networks_of(shape, is_built=True):
    """Dense ones for data of any shape; not built: Keras learns the shape later."""
    heads = [layers.Dense(2), layers.Dense(2)]
    if is_built:
        x = keras.Input(shape)
        encoder = keras.Model(x, [head(layers.Flatten()(x)) for head in heads])
    else:
        encoder = Heads(heads)
    codes = keras.Input((2,))
    size = int(np.prod(shape))
    output = layers.Reshape(shape)(layers.Dense(size)(codes))
    return encoder, keras.Model(codes, output)


class Heads(keras.Model):
    def __init__(self, heads):
        super().__init__()
        self.flatten, self.heads = layers.Flatten(), heads

    def call(self, x):
        return [head(self.flatten(x)) for head in self.heads]


SHAPES = [(5,), (6, 2), (2, 3, 4, 1)]


@pytest.mark.parametrize("is_built", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_what_are_no_images_trains_in_every_fit(shape, is_built):
    data = 100 + 50 * np.random.default_rng(0).normal(size=(8, *shape))
    random.seed(1)  # Keras draws the seeds of initial weights from it
    model = kb.BetaVAE(
        *networks_of(shape, is_built),
        seed=0,
        likelihood="gaussian",
        standardization=kb.Standardization.of(data),
    )
    model.compile(keras.optimizers.Adam(0.03))
    first = fit(model, data)
    second = fit(model, data.astype("float32"), epochs=80)
    assert np.mean(second["loss"][-10:]) < first["loss"][0]  # one draw is noisy
    # Not standardised they would be thousands of nats each.
    assert first["reconstruction"][0] / np.prod(shape) < 10
    mean, _ = model.encode(data)
    assert mean.shape == (8, 2)
    assert abs(model.decode(mean).mean() - 100) < 60  # back in their own units
    term = -model.log_likelihood(data, mean)
    rebuilt = model.decoder_output(mean)
    expected = model.reconstruction(model.network_input(data), rebuilt)
    np.testing.assert_allclose(term, keras.ops.convert_to_numpy(expected), rtol=1e-4)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (np.zeros((8, 4)), r"shape \(n, 5\), as the network takes it; .*\(8, 4\)"),
        (np.zeros(5), r"Give one example as x\[None\]"),
        (np.full((8, 5), np.nan), "40 NaN and 0 infinite"),
        (np.full((8, 5), 1e39), "must fit into float32"),
        (np.full((8, 5), 1j), "received dtype=complex128"),
    ],
)
def test_what_are_no_numbers_for_a_table_is_refused(data, reason):
    model = kb.BetaVAE(*networks_of((5,)), likelihood="gaussian")
    model.compile("adam")
    with pytest.raises(ValueError, match=reason):
        fit(model, data)


def test_a_table_of_the_bernoulli_likelihood_lies_between_0_and_1():
    model = kb.BetaVAE(*networks_of((5,)))
    model.compile("adam")
    with pytest.raises(ValueError, match=r"must lie in \[0, 1\]"):
        fit(model, np.full((8, 5), 3.0))
    fit(model, np.eye(8)[:, :5])
    fit(model, 255 * np.eye(8, dtype="uint8")[:, :5])
