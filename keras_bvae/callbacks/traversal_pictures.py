"""Traversals and reconstructions drawn during `fit`, with current weights."""

import warnings
from pathlib import Path

import keras
import numpy as np

from keras_bvae.callbacks.batch_count import BatchCount
from keras_bvae.callbacks.tensorboard_images import TensorBoardImages
from keras_bvae.datasets.condition import condition_of
from keras_bvae.datasets.images import sample_images
from keras_bvae.datasets.values import name_of_many
from keras_bvae.errors import InvalidValue
from keras_bvae.files.folders import make_folder, require_folder_place
from keras_bvae.latents.latent_statistics import latent_statistics
from keras_bvae.latents.sweeps import standard_deviation_sweep
from keras_bvae.latents.traversal import traverse
from keras_bvae.pictures.appearance import appearance_of
from keras_bvae.pictures.picture_file import save_picture
from keras_bvae.pictures.sheets.image_rows import ImageRow, image_rows_sheet
from keras_bvae.pictures.sheets.sheet import SheetHeader
from keras_bvae.pictures.sheets.traversal_sheet import traversal_sheet
from keras_bvae.rules import is_whole, require_seed, require_whole

# Images that give the KL of each latent: fewer than a picture made once would take.
_SAMPLE = 500
_RECONSTRUCTED = 8
_STEPS = 11
_ADVICE = "Use 1 to draw every time."


class TraversalPictures(keras.callbacks.Callback):
    """Draws what each latent does while `fit` runs, and images beside what becomes
    of them.

    Into the folder go `traversal-000500.png` and `reconstructions-000500.png`, numbered
    by the step (batches, counted from the model's own `step` where it has one). All
    start from the same image and sample, so that only the model changes. Nothing that
    training computes is changed. If codes or images are not finite, training has
    diverged: a warning, no picture, and `fit` goes on as its other callbacks decide.

    Args:
        dataset: a data set with images of the model's size.
        folder: str or Path; made with the first picture.
        every_epochs: int, draw at the end of every so many epochs.
        every_batches: None or int: draw after every so many batches instead. With
            `steps_per_execution` the pictures come at the end of the execution in which
            they were due.
        image: int, the number of the image from which latents are swept, or an array
            `(height, width, channels)`. None: one drawn by the seed.
        reach: float > 0, how far a latent is swept, in standard deviations of the
            prior.
        reconstructions: bool, whether to draw those too.
        tensorboard: None, or str or Path: a folder of TensorBoard logs, to show the
            pictures there as well. On any backend; needs the package tensorboard.
        seed: int >= 0, for images and sample.

    Attributes:
        written: list of Path, the pictures drawn so far.

    Raises:
        ValueError: an argument is out of range, or, as training begins, the model takes
            images of another size.
        ModuleNotFoundError: tensorboard is asked for and not installed.
        OSError: a picture cannot be written; as training begins, where that is plain.
    """

    def __init__(
        self,
        dataset,
        folder,
        every_epochs=1,
        every_batches=None,
        image=None,
        reach=3.0,
        reconstructions=True,
        tensorboard=None,
        seed=0,
    ):
        super().__init__()
        require_whole("every_epochs", every_epochs, 1, advice=_ADVICE)
        require_whole("every_batches", every_batches, 1, advice=_ADVICE, optional=True)
        require_seed(seed)
        if every_batches is not None:
            # Not a method of the class: a callback with a batch hook makes Keras wait
            # for each batch, also where it is not needed.
            self.on_train_batch_end = self._after_batch
        self.every_steps = every_batches  # `fit` may take that many at once
        self.steps_counted = "model"
        self.dataset = dataset
        self.folder = Path(folder)
        self.every_epochs = every_epochs
        self.every_batches = every_batches
        self.reconstructions = reconstructions
        self.reach = reach
        self.seed = seed
        self.written = []
        # The sweep is the same for every picture, save for the number of latents:
        # made now, a wrong reach is refused now.
        standard_deviation_sweep(1, reach, _STEPS)
        self._start = image
        self._image = _start(dataset, image, seed)
        self._board = None if tensorboard is None else TensorBoardImages(tensorboard)
        self._count = BatchCount()

    def on_train_begin(self, logs=None):
        # `self.model` puts the weights back on JAX: read it here and to draw only, and
        # keep no reference, which would go stale.
        model = self.model
        require_folder_place(self.folder)
        if self._board is not None:
            require_folder_place(self._board.folder)
        self._count.begin(model)
        if getattr(model, "condition", None):
            self.dataset = model.conditioned(self.dataset)
            self._image = _start(self.dataset, self._start, self.seed)
            model.condition_of(self._image[np.newaxis])
        shape = tuple(getattr(model, "image_shape", self._image.shape))
        if shape != self._image.shape:
            raise InvalidValue(
                "Pictures are drawn of images that the model takes; received a model "
                f"for {shape} and images of {self._image.shape}. Give the data set "
                "that the model is trained on."
            )

    def on_epoch_begin(self, epoch, logs=None):
        self._count.begin_epoch()

    def on_epoch_end(self, epoch, logs=None):
        if self.every_batches is not None:
            return
        steps = (self.params or {}).get("steps")
        if steps:
            self._count.advance(steps - 1)
        if (epoch + 1) % self.every_epochs == 0:
            self._draw(self._count.done if steps else epoch + 1)

    def on_train_end(self, logs=None):
        if self._board is not None:
            self._board.close()

    def _after_batch(self, batch, logs=None):
        steps = (self.params or {}).get("steps")
        before, done = self._count.advance(batch, steps)
        if done // self.every_batches > before // self.every_batches:
            self._draw(done)

    def get_state(self):
        """What `ExactResume` saves, for JSON."""
        return self._count.state()

    def set_state(self, state):
        """Takes back what `get_state` gave."""
        self._count.restore(state, (self.params or {}).get("steps"))

    def _draw(self, step):
        model = self.model
        try:
            drawn = {"traversal": self._traversal(model, step)}
            if self.reconstructions:
                drawn["reconstructions"] = self._reconstructions(model, step)
        except ValueError as error:
            warnings.warn(f"No pictures after step {step}: {error}", stacklevel=2)
            return
        make_folder(self.folder)
        for name, picture in drawn.items():
            path = self.folder / f"{name}-{step:06d}.png"
            save_picture(picture, path)
            self.written.append(path)
            if self._board is not None:
                self._board.write(name, path.read_bytes(), step)

    def _traversal(self, model, step):
        sample = sample_images(self.dataset, _SAMPLE, self.seed)
        kl = latent_statistics(model.encode, sample).kl
        anchor = model.encode(self._image[np.newaxis])[0][0]
        sweep = standard_deviation_sweep(len(kl), self.reach, _STEPS)
        look = appearance_of(self.dataset)
        decode = look.decoding(model.decoding(condition_of(self._image)))
        traversal = traverse(decode, anchor, kl, sweep)
        image = look.images(self._image)
        return traversal_sheet(traversal, title=f"step {step:,}", image=image)

    def _reconstructions(self, model, step):
        images = sample_images(self.dataset, _RECONSTRUCTED, self.seed)
        look = appearance_of(self.dataset)
        codes = model.encode(images)[0]
        output = look.decoding(model.decoding(condition_of(images)))(codes)
        captions = ("",) * len(images)
        many = name_of_many(self.dataset)
        rows = [
            ImageRow(many, "", look.images(images), captions),
            ImageRow("decoded", "", output, captions),
        ]
        return image_rows_sheet(rows, SheetHeader(title=f"step {step:,}"))


def _start(dataset, image, seed):
    if image is None:
        return sample_images(dataset, 1, seed)[0]
    if is_whole(image):
        return dataset.images_at([image])[0]
    return np.asanyarray(image)
