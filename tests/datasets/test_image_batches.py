import warnings

import keras
import numpy as np
import pytest
from numbered_images import NumberedImages, numbers_of

from keras_bvae.datasets.image_batches import ImageBatches


class Recorder(keras.Model):
    """A model that learns nothing and remembers which images each step was given."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def call(self, images):
        return images

    def train_step(self, *arguments):
        images, _, _ = keras.utils.unpack_x_y_sample_weight(arguments[-1])
        self.seen.append(numbers_of(keras.ops.convert_to_numpy(images)))
        logs = {"loss": 0.0}
        return (logs, arguments[0]) if len(arguments) == 2 else logs


def seen_by_fit(x, **arguments):
    """The numbers of the images of every step of a `fit`, warnings being errors."""
    model = Recorder()
    model.compile(optimizer="sgd", run_eagerly=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        model.fit(x=x, verbose=0, **arguments)
    return model.seen


def stream(batches, count):
    """The first batches as the seed alone decides them."""
    start = batches.first_step
    return [batches.indices_of_step(start + i).tolist() for i in range(count)]


def joined(batches):
    return [number for batch in batches for number in batch]


def test_without_steps_an_epoch_is_one_pass_each_in_another_order():
    batches = NumberedImages(23).batches(5)
    seen = seen_by_fit(**batches.fit_arguments(), epochs=3)
    passes = [joined(seen[i : i + 4]) for i in (0, 4, 8)]
    assert all(len(set(images)) == 20 for images in passes)
    assert passes[0] != passes[1] != passes[2] != passes[0]
    assert seen == stream(batches, 12)


def test_with_steps_the_stream_goes_on_from_epoch_to_epoch():
    batches = NumberedImages(23).batches(5)
    # 3 does not divide the 4 batches of a pass, and 9 are more than two passes.
    for steps, epochs in [(3, 4), (9, 2)]:
        seen = seen_by_fit(**batches.fit_arguments(steps), epochs=epochs)
        assert seen == stream(batches, steps * epochs)


def test_resumed_run_sees_what_it_would_have_seen():
    dataset = NumberedImages(23)
    whole = seen_by_fit(**dataset.batches(5, seed=4).fit_arguments(11), epochs=1)
    resumed = dataset.batches(5, seed=4, first_step=6)
    assert seen_by_fit(**resumed.fit_arguments(5), epochs=1) == whole[6:]
    assert stream(resumed.from_step(6), 5) == whole[6:]


def test_endless_batches_go_on_in_plain_keras():
    batches = NumberedImages(23).batches(5, endless=True)
    assert batches.num_batches is None
    seen = seen_by_fit(batches, steps_per_epoch=3, epochs=4, shuffle=False)
    assert seen == stream(batches, 12)


def test_finite_batches_make_full_passes_in_plain_keras():
    batches = NumberedImages(23).batches(5)
    assert batches.num_batches == 4
    seen = seen_by_fit(batches, epochs=3)
    passes = [joined(seen[i : i + 4]) for i in (0, 4, 8)]
    assert all(len(set(images)) == 20 for images in passes)
    assert len({frozenset(images) for images in map(tuple, passes)}) > 1


def test_finite_batches_in_plain_keras_stop_at_the_end_of_a_pass():
    # Keras' own rule, which `fit_arguments` is there to avoid.
    model = Recorder()
    model.compile(optimizer="sgd", run_eagerly=True)
    with pytest.warns(UserWarning, match="ran out of data"):
        model.fit(NumberedImages(23).batches(5), steps_per_epoch=3, epochs=2, verbose=0)
    assert len(model.seen) == 4


def test_every_pass_holds_each_image_once_but_for_the_remainder():
    batches = ImageBatches(NumberedImages(23), 5, seed=1)
    passes = [joined(stream(batches.from_step(start), 4)) for start in (0, 4, 8)]
    assert all(len(set(images)) == 20 for images in passes)
    # The three images left out are others in each pass.
    assert len(set.union(*map(set, passes))) == 23


def test_seed_decides_the_order():
    dataset = NumberedImages(200)
    first, again, other = (
        numbers_of(ImageBatches(dataset, 50, seed=seed)[0]) for seed in (0, 0, 1)
    )
    assert first == again != other


def test_without_shuffling_the_order_is_the_data_sets_own():
    batches = ImageBatches(NumberedImages(7), 3, shuffle=False)
    assert stream(batches, 3) == [[0, 1, 2], [3, 4, 5], [0, 1, 2]]


class Weighted(NumberedImages):
    def training_weights(self):
        """Image i in proportion to i."""
        return np.arange(len(self), dtype=float)


def test_weights_decide_what_a_pass_draws():
    batches = ImageBatches(Weighted(20), 20, seed=3)
    seen = joined(stream(batches, 300))
    shares = np.bincount(seen, minlength=20) / len(seen)
    # By hand: 0 + … + 19 = 190. The shares of 6,000 draws, to five deviations.
    np.testing.assert_allclose(shares, np.arange(20) / 190, atol=0.02)
    assert shares[0] == 0


def test_weighted_passes_depend_on_seed_and_number_alone():
    batches = ImageBatches(Weighted(20), 5, seed=3, endless=True)
    expected = stream(batches, 12)
    for step in (11, 0, 7, 4):
        assert stream(batches.from_step(step), 1) == [expected[step]]
    assert expected[:4] != expected[4:8]
    unshuffled = ImageBatches(Weighted(20), 5, shuffle=False)
    assert joined(stream(unshuffled, 4)) == list(range(20))


def test_batches_do_not_depend_on_what_was_asked_before():
    batches = ImageBatches(NumberedImages(23), 5, endless=True)
    expected = stream(batches, 20)
    for step in np.random.default_rng(0).permutation(20):
        assert numbers_of(batches[step]) == expected[step]


def test_predict_sees_one_pass():
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1)])
    model.add_loss = None
    batches = NumberedImages(23).batches(5, shuffle=False)
    predictions = model.predict(batches, verbose=0)
    assert predictions.shape == (20, 1)


def test_batch_larger_than_the_data_set_is_refused():
    with pytest.raises(ValueError, match="batch_size=24 for the 23 images of numbered"):
        NumberedImages(23).batches(24)
    assert NumberedImages(23).batches(23).num_batches == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batch_size": 0}, "`batch_size` must be a whole number >= 1; received"),
        ({"batch_size": 2.5}, "received batch_size=2.5"),
        ({"seed": -1}, "`seed` must be a whole number from 0"),
        ({"first_step": -3}, "received first_step=-3"),
        ({"seed": True}, "received seed=True"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        NumberedImages(23).batches(**{"batch_size": 4, **arguments})
