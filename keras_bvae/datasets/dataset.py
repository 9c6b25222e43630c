"""What every data set can do: images by index, by factors, and in batches."""

from types import MappingProxyType

import numpy as np

from keras_bvae.datasets.dataset_summary import dataset_summary
from keras_bvae.datasets.factors import as_indices
from keras_bvae.datasets.image_batches import ImageBatches
from keras_bvae.datasets.pair_batches import PairBatches
from keras_bvae.datasets.values import kind_of
from keras_bvae.errors import InvalidValue


class Dataset:
    """Images, and the factors that made them where those are known.

    Images are most of them; a table's rows, series and volumes are served by the same
    names, in float32 and their own units: see `kind`.

    A new kind of data set writes `_images_at` and, where its images take long to get
    ready, `prepare`. Making one is cheap: nothing is read or drawn before it is needed.

    Args:
        name: what `keras_bvae.datasets.load` knows it by.
        image_shape: `(height, width, channels)`; of what are no images
            `(columns,)`, `(time, channels)` or `(depth, height, width, channels)`.
        factor_space: FactorGrid, FactorTable, or None where the factors are not known.
        count: number of images; None: as many as the factor space has.
        description: one sentence that says what the images are.
    """

    def __init__(
        self, name, image_shape, factor_space=None, count=None, description=""
    ):
        self.name = name
        self.image_shape = tuple(int(side) for side in image_shape)
        self.description = description
        self.factor_space = factor_space
        self._count = len(factor_space) if count is None else int(count)

    def __len__(self):
        return self._count

    def __repr__(self):
        images = "1 image" if len(self) == 1 else f"{len(self):,} images"
        return f"<{type(self).__name__} {self.name!r}: {images}>"

    @property
    def kind(self):
        """What the data are: "table", "series", "images" or "volumes"."""
        return kind_of(self.image_shape)

    @property
    def factor_names(self):
        """Names of the factors; `()` where there are none."""
        return self.factor_space.names if self.has_factors else ()

    @property
    def factor_sizes(self):
        """Number of classes of each factor; `()` where there are none."""
        return self.factor_space.sizes if self.has_factors else ()

    @property
    def has_factors(self):
        """Whether the true causes of each image are known."""
        return self.factor_space is not None

    @property
    def is_complete_grid(self):
        """Whether every combination of the factors has its image."""
        return self.has_factors and self.factor_space.is_complete

    factors_from = "Use dsprites, or another data set with factors."
    """A sentence for whoever needs factors where there are none."""

    def require_factors(self, purpose="a factor metric"):
        """Raises a ValueError that names `purpose` where there are no factors."""
        if not self.has_factors:
            raise InvalidValue(
                f"{purpose} needs the factors that made each image; received the data "
                f"set {self.name}, which has no factors. {self.factors_from}"
            )

    label_names = ()
    """Names of labels that are no factors: what an image shows, not what made it."""

    label_sizes = ()
    """Number of classes of each label."""

    def labels_at(self, indices):
        """Labels of the images at `indices`: int64, shape `(n, labels)`."""
        return np.empty((len(indices), 0), np.int64)

    def images_at(self, indices):
        """Images by their number.

        Args:
            indices: int array, shape `(n,)`, each in 0 … len(self) - 1.

        Returns:
            uint8 array, shape `(n, height, width, channels)`, 0 … 255; of what are no
            images float32, shape `(n, *image_shape)`.

        Raises:
            ValueError: an index is out of range.
        """
        return self._images_at(as_indices(indices, len(self)))

    def _images_at(self, indices):
        raise NotImplementedError

    channel_names = ()
    """Names of a table's columns, or of a series' or volume's channels; or `()`."""

    categories = ()
    """How many classes each categorical column has: the last entries of the last axis
    are 0 or 1, a block for each."""

    @property
    def unscaled_columns(self):
        """How many of the last axis's last entries no standardization may touch."""
        return sum(self.categories)

    changes = ()
    """What was done to another data set to make this one, a sentence each."""

    factor_values = MappingProxyType({})
    """By factor: the values (str) that its classes stand for, where a table says."""

    published_factors = None
    """Of a published data set: names of the factors by which the code of Locatello et
    al. 2019 scores it, a tuple for each form of the set; None: the code lacks it."""

    packs_bits = False
    """Whether images are stored as bits: eight black and white pixels a byte."""

    def stored_at(self, indices):
        """Images by their number, as they are stored.

        Args:
            indices: int array, shape `(n,)`, each in 0 … len(self) - 1.

        Returns:
            uint8 array: what `images_at` returns; where `packs_bits`, each image's
            pixels packed in the order of `numpy.packbits`.

        Raises:
            ValueError: an index is out of range.
        """
        return self.images_at(indices)

    def stored_images(self, count):
        """All images as they are stored, or None if they do not lie in memory.

        Args:
            count: how many images are going to be asked for. A data set that would
                have to draw or read all of them first can decline for a few.

        Returns:
            uint8 array, first dimension `len(self)`, or None.
        """
        return None

    def store(self):
        """Where the stored images lie, for whoever looks many of them up at once.

        Returns:
            `(dataset, rows)`: the data set whose `stored_images` they are among, and
            their numbers there, int array `(len(self),)`; None: the same numbers.
        """
        return self, None

    def images(self, factors):
        """Images by the factors that made them.

        Args:
            factors: int array, shape `(n, factors)`, a class index each.

        Returns:
            uint8 array, shape `(n, height, width, channels)`, 0 … 255.

        Raises:
            ValueError: the data set has no factors, or not these.
        """
        return self.images_at(self.indices_of(factors))

    def factors_at(self, indices):
        """Factors of the images at `indices`: int64, shape `(n, factors)`."""
        self.require_factors("factors_at")
        return self.factor_space.at(indices)

    def indices_of(self, factors):
        """Number of the image that each row of `factors` made: int64, shape `(n,)`."""
        self.require_factors("indices_of")
        return self.factor_space.indices_of(factors)

    def partners_of(self, indices, factors):
        """As `indices_of(factors)`; hidden factors are as in the images at `indices`.

        Args:
            indices: int array, shape `(n,)`.
            factors: int array, shape `(n, factors)`.

        Returns:
            int64 array, shape `(n,)`.
        """
        return self.indices_of(factors)

    @property
    def gives_pairs(self):
        """Whether images are there that differ in any factors that one asks for."""
        return self.is_complete_grid

    def has_partners(self, indices, factors):
        """Which `partners_of` are among the images: bool, shape `(n,)`.

        All of them in a complete grid.
        """
        return np.ones(len(indices), bool)

    def training_weights(self):
        """How likely training draws each image: float `(len(self),)`, in proportion.

        None: each image once a pass.
        """
        return None

    def sample_factors(self, rng, count):
        """Draws factors: uniform and independent, where the grid is complete.

        Args:
            rng: numpy.random.Generator.
            count: number of rows.

        Returns:
            int64 array, shape `(count, factors)`.

        Raises:
            ValueError: the data set has no factors, or rng is not a Generator.
        """
        self.require_factors("sample_factors")
        if not isinstance(rng, np.random.Generator):
            raise InvalidValue(
                f"`rng` must be a numpy.random.Generator; received rng={rng!r}. "
                "Use numpy.random.default_rng(seed)."
            )
        return self.factor_space.sample(rng, count)

    def prepare(self, progress=None):
        """Gets every image ready to be served fast; does nothing the second time.

        Images get ready by themselves when needed; call it to choose the moment.

        Args:
            progress: function called as `progress(done, total)` along the way, or None.
        """

    def batches(
        self,
        batch_size=64,
        seed=0,
        shuffle=True,
        first_step=0,
        endless=False,
        condition=None,
    ):
        """Batches for `fit`; see `ImageBatches` for the arguments.

        Returns:
            ImageBatches, a `keras.utils.PyDataset`.

        Raises:
            ValueError: a batch would hold more images than the data set.
        """
        return ImageBatches(
            self, batch_size, seed, shuffle, first_step, endless, condition
        )

    def pair_batches(
        self,
        batch_size=64,
        changed_factors=1,
        seed=0,
        shuffle=True,
        first_step=0,
        endless=False,
    ):
        """Batches of image pairs that differ in a few factors; see `PairBatches`.

        Returns:
            PairBatches, a `keras.utils.PyDataset`.

        Raises:
            ValueError: no complete grid of factors, or an argument is out of range.
        """
        return PairBatches(
            self, batch_size, changed_factors, seed, shuffle, first_step, endless
        )

    def split(self, validation=0.1, seed=0):
        """Divides the images by chance into a part for training and one held out.

        Args:
            validation: float between 0 and 1, the share to hold out.
            seed: int >= 0; the same seed gives the same parts.

        Returns:
            `(training, validation)`: Datasets that share no image and have them all.

        Raises:
            ValueError: an argument is out of range, or there is a single image.
        """
        # The one circle: a part is made from a data set, and a data set gives parts.
        from keras_bvae.datasets.changes.subset import split

        return split(self, validation, seed)

    def summary(self):
        """What the data set is, in a few lines of text."""
        return dataset_summary(self)
