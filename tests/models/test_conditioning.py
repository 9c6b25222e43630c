import random

import keras
import numpy as np
import pytest
from small_model import IMAGE_SHAPE, small_images, small_model, small_networks

import keras_bvae as kb
from keras_bvae.datasets.condition import GivenImages
from keras_bvae.models.checkpoint import load_checkpoint

IMAGES = small_images()
CLASSES = np.arange(len(IMAGES)) % 3


def networks_told(width):
    """A user's own networks: images or codes, and one-hot classes."""
    images, told = keras.Input(IMAGE_SHAPE), keras.Input((width,))
    features = keras.layers.Concatenate()([keras.layers.Flatten()(images), told])
    features = keras.layers.Dense(16, activation="tanh")(features)
    posterior = [keras.layers.Dense(2)(features) for _ in range(2)]
    codes = keras.Input((2,))
    pixels = keras.layers.Concatenate()([codes, told])
    pixels = keras.layers.Dense(16, activation="tanh")(pixels)
    pixels = keras.layers.Dense(int(np.prod(IMAGE_SHAPE)))(pixels)
    pixels = keras.layers.Reshape(IMAGE_SHAPE)(pixels)
    encoder = keras.Model([images, told], posterior)
    return encoder, keras.Model([codes, told], pixels)


def conditional(model_class=kb.BetaVAE, condition=(3,), **kwargs):
    sizes = condition.values() if isinstance(condition, dict) else condition
    networks = networks_told(sum(sizes))
    model = model_class(*networks, condition=condition, seed=0, **kwargs)
    model.compile(keras.optimizers.Adam(1e-2))
    return model


@pytest.fixture(scope="module")
def model():
    return conditional()


@pytest.mark.across_backends
def test_a_condition_that_tells_all_but_noise_leaves_the_codes_nothing():
    rng = np.random.default_rng(0)
    patterns = rng.integers(0, 2, (4, *IMAGE_SHAPE))
    classes = rng.integers(0, 4, 1024)
    images = patterns[classes] ^ (rng.random((1024, *IMAGE_SHAPE)) < 0.1)
    images = (255 * images).astype("uint8")
    model = conditional(condition=(4,), beta=1.0)
    logs = model.fit(images, classes, epochs=12, batch_size=64, verbose=0).history
    # 64 pixels that each flip with probability 0.1, and nothing else to tell.
    noise = -64 * (0.1 * np.log(0.1) + 0.9 * np.log(0.9))
    assert logs["kl"][-1] < 0.2
    assert abs(logs["reconstruction"][-1] - noise) < 1.0
    as_told = model.decode(np.zeros((4, 2)), condition=np.arange(4))
    np.testing.assert_array_equal(as_told > 0.5, patterns == 1)


@pytest.mark.across_backends
def test_a_data_set_gives_what_arrays_give():
    dataset = kb.datasets.load("digits+size=8")
    batches = dataset.batches(32, condition="label")
    images, classes = batches.batch_of_step(0)
    np.testing.assert_array_equal(classes, dataset.labels_at(batches.rows_of_step(0)))
    weights = []
    for arguments in (
        {"x": batches, "steps_per_epoch": 1},
        {"x": images, "y": classes, "shuffle": False, "batch_size": 32},
    ):
        random.seed(0)  # Keras draws the seeds of initial weights from it
        model = conditional(condition=(10,))
        model.fit(**arguments, verbose=0)
        weights.append(model.get_weights()[0])
    np.testing.assert_allclose(*weights, atol=1e-6)


def streams(images, classes):
    def generator():
        yield images, classes

    class Batches(keras.utils.PyDataset):
        num_batches = 1

        def __getitem__(self, index):
            return images, classes

    torch = pytest.importorskip("torch")
    tensors = torch.utils.data.TensorDataset(*map(torch.tensor, (images, classes)))
    yield generator()
    yield Batches()
    yield torch.utils.data.DataLoader(tensors, batch_size=len(images))


def test_every_stream_brings_classes(model):
    for stream in streams(IMAGES, CLASSES):
        logs = model.fit(stream, steps_per_epoch=1, verbose=0).history
        assert np.isfinite(logs["loss"][0])
    for stream in streams(IMAGES, CLASSES + 1):
        with pytest.raises(ValueError, match="a class from 0 to 2; received 3"):
            model.fit(stream, steps_per_epoch=1, verbose=0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda m: m.fit(IMAGES), "needs a condition for each image"),
        (lambda m: m.fit(IMAGES, CLASSES[:4]), r"shape \(32, 1\)"),
        (lambda m: m.fit(IMAGES, np.eye(3)[CLASSES]), r"shape \(32, 3\)"),
        (lambda m: m.fit(IMAGES, CLASSES / 2), "with fractions"),
        (lambda m: m.fit(IMAGES, CLASSES.astype(str)), "class numbers"),
        (lambda m: m.evaluate(IMAGES, CLASSES - 1), "received -1"),
        (lambda m: m.train_on_batch(IMAGES), "needs a condition"),
        (lambda m: m.encode(IMAGES), "needs a condition"),
        (lambda m: m.decode(np.zeros((1, 2)), condition=3), "received 3"),
        (lambda m: m.predict(IMAGES), "needs a condition"),
        (lambda m: m(IMAGES), "needs a condition"),
        (
            lambda m: m.fit(kb.datasets.load("digits+size=8").batches(8)),
            "dataset.batches",
        ),
        (
            lambda m: m.fit(
                kb.datasets.load("digits+size=8").batches(8, condition="label")
            ),
            "label of 3 classes; received label of 10",
        ),
    ],
)
def test_what_is_no_condition_is_one_sentence(model, call, words):
    with pytest.raises(ValueError, match=words) as refusal:
        call(model)
    assert isinstance(refusal.value, kb.errors.InvalidValue)


@pytest.mark.parametrize("condition", [(1,), "label", (2.5,), (), {"a": 1}, True])
def test_sizes_are_whole_and_2_or_more(condition):
    with pytest.raises(ValueError, match="numbers of classes"):
        kb.networks.build("higgins2017", IMAGE_SHAPE, 2, condition=condition)
    with pytest.raises(ValueError, match="numbers of classes"):
        kb.BetaVAE(*networks_told(3), condition=condition)


def test_networks_and_model_have_the_same_condition():
    plain, given = small_networks(), networks_told(4)
    for networks, condition, words in (
        (plain, (3,), "takes two inputs"),
        (given, None, "takes images alone"),
        (given, (3,), r"\(batch, 3\); received one of \(batch, 4\)"),
    ):
        with pytest.raises(ValueError, match=words):
            kb.BetaVAE(*networks, condition=condition)
    with pytest.raises(ValueError, match="takes no condition"):
        kb.AdaGVAE(*given, condition=(4,))


def test_a_model_without_one_ignores_y_and_takes_no_condition():
    model = small_model()
    model.fit(IMAGES, np.full(len(IMAGES), np.nan), verbose=0)
    with pytest.raises(ValueError, match="has no condition"):
        model.encode(IMAGES, condition=1)


@pytest.mark.across_backends
def test_codes_and_images_follow_the_condition_and_a_file_keeps_it(model, tmp_path):
    codes, _ = model.encode(IMAGES, condition=CLASSES)
    held, _ = model.encode(IMAGES, condition=1)
    np.testing.assert_allclose(codes[CLASSES == 1], held[CLASSES == 1], atol=1e-5)
    assert np.abs(codes[CLASSES == 0] - held[CLASSES == 0]).max() > 1e-3
    images = model.decode(codes, condition=CLASSES)
    np.testing.assert_allclose(
        model.predict(IMAGES, condition=CLASSES), images, atol=1e-5
    )
    called = keras.ops.convert_to_numpy(model([IMAGES, CLASSES]))
    np.testing.assert_allclose(called, images, atol=1e-5)
    nats = model.log_likelihood(IMAGES, codes, condition=CLASSES)
    logits = np.log(images / (1 - images))
    x = IMAGES / 255
    ours = (x * logits - np.logaddexp(0, logits)).sum((1, 2, 3))
    np.testing.assert_allclose(nats, ours, rtol=1e-3)
    model.save(tmp_path / "m.keras")
    loaded = load_checkpoint(tmp_path / "m.keras")
    assert loaded.condition == {"label": 3}
    np.testing.assert_allclose(loaded.encode(IMAGES, condition=CLASSES)[0], codes)


@pytest.mark.parametrize(
    "model_class", [kb.AnnealedVAE, kb.BetaTCVAE, kb.FactorVAE, kb.DIPVAE, kb.InfoVAE]
)
def test_every_other_objective_takes_a_condition(model_class):
    model = conditional(model_class, condition={"shape": 3, "side": 2})
    both = np.stack([CLASSES, CLASSES % 2], axis=1)
    logs = model.fit(IMAGES, both, validation_data=(IMAGES, both), verbose=0).history
    assert np.isfinite([logs["loss"][0], logs["val_loss"][0]]).all()


def test_images_keep_their_condition_only_where_it_stays_theirs():
    images = GivenImages(IMAGES, CLASSES[:, None])
    np.testing.assert_array_equal(images[4:7].condition[:, 0], CLASSES[4:7])
    assert images[5].condition.tolist() == [CLASSES[5]]
    assert images[5][None].condition.tolist() == [[CLASSES[5]]]
    for others in (images[5][0], images / 2, images[:, 0], images.copy()[None]):
        assert getattr(others, "condition", None) is None


@pytest.mark.parametrize("name", list(kb.networks.NETWORKS))
def test_every_network_by_name_can_be_told(name):
    shape = {"conv1d": (16, 1), "conv3d": (8, 8, 8, 1)}.get(name, (16, 16, 1))
    networks = kb.networks.build(name, shape, 3, condition=(2, 3))
    model = kb.BetaVAE(*networks, condition=(2, 3))
    images = np.zeros((2, *shape), "uint8")
    codes, _ = model.encode(images, condition=[[0, 0], [1, 2]])
    assert np.abs(codes[0] - codes[1]).max() > 0
    decoded = model.decode(np.zeros((2, 3)), condition=[[0, 0], [1, 2]])
    assert np.abs(decoded[0] - decoded[1]).max() > 0
