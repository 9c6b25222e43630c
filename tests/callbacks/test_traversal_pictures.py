import re

import keras
import numpy as np
import pytest
from numbered_run import Squares
from PIL import Image
from small_model import small_model
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from keras_bvae.callbacks import ExactResume, TraversalPictures

DATASET = Squares()


def fit(model, *callbacks, epochs=2):
    """Epochs of four steps."""
    batches = DATASET.batches(8, seed=3)
    return model.fit(
        batches, epochs=epochs, steps_per_epoch=4, verbose=0, callbacks=callbacks
    )


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_pictures_of_every_epoch_bear_its_step(tmp_path):
    callback = TraversalPictures(DATASET, tmp_path / "run" / "pictures")
    fit(small_model(), callback)
    assert names_in(tmp_path / "run" / "pictures") == [
        "reconstructions-000004.png",
        "reconstructions-000008.png",
        "traversal-000004.png",
        "traversal-000008.png",
    ]
    assert [path.name for path in callback.written] == [
        "traversal-000004.png",
        "reconstructions-000004.png",
        "traversal-000008.png",
        "reconstructions-000008.png",
    ]
    # The weights changed in between, so what they draw did.
    early, late = (
        np.asarray(Image.open(path)) for path in (callback.written[i] for i in (0, 2))
    )
    assert early.shape == late.shape
    assert (early != late).any()


@pytest.mark.across_backends
def test_every_few_batches_across_epochs(tmp_path):
    callback = TraversalPictures(
        DATASET, tmp_path, every_batches=3, reconstructions=False
    )
    fit(small_model(), callback)
    assert names_in(tmp_path) == ["traversal-000003.png", "traversal-000006.png"]


@pytest.mark.across_backends
def test_every_second_epoch(tmp_path):
    callback = TraversalPictures(
        DATASET, tmp_path, every_epochs=2, reconstructions=False
    )
    fit(small_model(), callback, epochs=3)
    assert names_in(tmp_path) == ["traversal-000008.png"]


@pytest.mark.across_backends
def test_latents_are_swept_from_the_image_that_was_asked_for(tmp_path):
    for number, image in enumerate((7, DATASET.images_at([7])[0], 20)):
        callback = TraversalPictures(
            DATASET, tmp_path / str(number), image=image, reconstructions=False
        )
        fit(small_model(), callback, epochs=1)
    first, same, other = (
        (tmp_path / str(number) / "traversal-000004.png").read_bytes()
        for number in range(3)
    )
    assert first == same != other


def test_tensorboard_shows_what_the_folder_holds(tmp_path):
    callback = TraversalPictures(
        DATASET, tmp_path / "pictures", tensorboard=tmp_path / "logs"
    )
    fit(small_model(), callback)
    accumulator = EventAccumulator(str(tmp_path / "logs"), size_guidance={"images": 0})
    accumulator.Reload()
    assert accumulator.Tags()["images"] == ["traversal", "reconstructions"]
    events = accumulator.Images("traversal")
    assert [event.step for event in events] == [4, 8]
    for event in events:
        file = tmp_path / "pictures" / f"traversal-{event.step:06d}.png"
        assert event.encoded_image_string == file.read_bytes()
        assert Image.open(file).size == (event.width, event.height)


def test_training_is_the_same_with_and_without_the_callback(tmp_path):
    plain, drawn = small_model(), small_model()
    fit(plain)
    fit(drawn, TraversalPictures(DATASET, tmp_path, every_batches=4))
    for ours, theirs in zip(plain.get_weights(), drawn.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


class DieAt(keras.callbacks.Callback):
    every_steps = 1

    def __init__(self, step):
        super().__init__()
        self.step, self.count = step, 0

    def on_train_batch_end(self, batch, logs=None):
        self.count += 1
        if self.count == self.step:
            raise MemoryError("killed")


@pytest.mark.parametrize("every", [{"every_batches": 3}, {"every_epochs": 1}])
def test_a_fit_that_died_draws_what_an_unbroken_one_does(tmp_path, every):
    def callbacks(name):
        pictures = TraversalPictures(DATASET, tmp_path / name, **every)
        return ExactResume(tmp_path / f"{name} backup", save_freq=5), pictures

    fit(small_model(), *callbacks("whole"), epochs=3)
    with pytest.raises(MemoryError):
        fit(small_model(), *callbacks("died"), DieAt(7), epochs=3)
    fit(small_model(), *callbacks("died"), epochs=3)
    assert names_in(tmp_path / "died") == names_in(tmp_path / "whole")
    for path in (tmp_path / "whole").iterdir():
        assert (tmp_path / "died" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.across_backends
def test_diverged_weights_warn_and_draw_nothing(tmp_path):
    model = small_model()
    model.set_weights([w * np.nan if w.ndim else w for w in model.get_weights()])
    callback = TraversalPictures(DATASET, tmp_path / "pictures")
    with pytest.warns(UserWarning, match="No pictures after step 4"):
        fit(model, callback, epochs=1)
    assert not (tmp_path / "pictures").exists()
    assert callback.written == []


@pytest.mark.across_backends
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"every_epochs": 0}, "received every_epochs=0"),
        ({"every_batches": 2.5}, "received every_batches=2.5"),
        ({"image": 36}, "received 36"),
        ({"reach": 0.0}, "received reach=0.0"),
    ],
)
def test_an_argument_out_of_range_is_refused_at_once(tmp_path, arguments, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        TraversalPictures(DATASET, tmp_path, **arguments)


@pytest.mark.across_backends
@pytest.mark.parametrize("every", ["every_epochs", "every_batches"])
@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, "2"])
def test_what_is_no_count_is_named_with_advice(tmp_path, every, wrong):
    said = rf"`{every}` must be a whole number >= 1.* received {every}=.*Use 1 to"
    with pytest.raises(ValueError, match=said):
        TraversalPictures(DATASET, tmp_path, **{every: wrong})


@pytest.mark.across_backends
def test_images_of_another_size_are_refused_as_training_begins(tmp_path):
    callback = TraversalPictures(DATASET, tmp_path, image=np.zeros((4, 4, 1)))
    with pytest.raises(ValueError, match=r"for \(8, 8, 1\) and images of \(4, 4, 1\)"):
        fit(small_model(), callback)


@pytest.mark.across_backends
def test_only_drawing_by_batches_makes_keras_wait_for_them(tmp_path):
    default = keras.callbacks.Callback.on_train_batch_end
    by_epoch = TraversalPictures(DATASET, tmp_path)
    assert by_epoch.on_train_batch_end.__func__ is default
    assert by_epoch.every_steps is None
    assert TraversalPictures(DATASET, tmp_path, every_batches=3).every_steps == 3


def dangling(path):
    path.symlink_to(path.with_name("nowhere"))


@pytest.mark.parametrize(
    ("make", "below", "reason"),
    [
        (lambda path: path.write_text("words"), "", "is a file. Move it away"),
        (lambda path: path.write_text("words"), "a/b", "is a file. Move it away"),
        (dangling, "", "is a link that leads nowhere"),
    ],
)
@pytest.mark.parametrize("argument", ["folder", "tensorboard"])
def test_what_is_in_the_way_of_pictures_is_told_before_training(
    make, below, reason, argument, tmp_path
):
    make(tmp_path / "place")
    folders = {"folder": tmp_path, argument: tmp_path / "place" / below}
    callback = TraversalPictures(DATASET, **folders)
    callback.set_model(small_model())
    with pytest.raises(NotADirectoryError, match=reason):
        callback.on_train_begin()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["place"]


def test_pictures_may_go_through_a_link_of_the_users_own(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    callback = TraversalPictures(DATASET, tmp_path / "link", reconstructions=False)
    fit(small_model(), callback, epochs=1)
    assert names_in(tmp_path / "disk") == ["traversal-000004.png"]
