"""Any image data set of TensorFlow Datasets."""

import contextlib
import hashlib
import math

import numpy as np
from PIL import Image

from keras_bvae.datasets.factors import factors_from_rows
from keras_bvae.datasets.images import sides_of
from keras_bvae.datasets.own.factor_file import MOST_CLASSES, MOST_COMBINATIONS
from keras_bvae.datasets.own.image_file import in_channels
from keras_bvae.datasets.own.picture_fit import fitted
from keras_bvae.datasets.own.picture_options import AS_THEY_ARE, PictureOptions
from keras_bvae.datasets.storage.cache_folder import default_cache_folder
from keras_bvae.datasets.storage.npy_file import NpyFile
from keras_bvae.datasets.storage.stored_images import StoredImages
from keras_bvae.datasets.tfds.tfds_build import (
    few_records,
    find_builder,
    prepare_build,
    records,
    version_of_build,
)
from keras_bvae.datasets.tfds.tfds_features import (
    PUBLISHED,
    factor_features,
    image_feature,
)
from keras_bvae.errors import InvalidValue
from keras_bvae.files.whole_file import whole_file

DEFAULT_SIZE = 64
BYTES_AT_ONCE = 2**24
LABELS_AT_ONCE = 4096
# Each opens files of its own; beyond, decoding all is not much slower.
MOST_SINGLY = 64
# The training and the test images were made with the same factors: the literature
# joins them, and only together they are a full grid.
JOINED = ("smallnorb",)
# Their pixels are 0 or 1.
BLACK_AND_WHITE = ("binarized_mnist", "dsprites")


class TFDSImages(StoredImages):
    """Images from the build in the user's TFDS folder, made first if it is missing.

    They come from the feature `image`, else from the first that holds images, in TFDS'
    order. Square images of one size keep it; of others the largest square in the
    middle is kept and scaled (antialiased) to 64 x 64, unless `fit` says else. For
    CelebA, 178 x 218, that is the crop of 178 x 178 that StarGAN uses (Choi et al.
    2018, arXiv:1711.09020); others cut closer to the face, so that scores are not to be
    compared across crops.

    Factors are the official ones of shapes3d and smallnorb, CelebA's 40 attributes, and
    for any other set each integer or label of an image that takes 2 … 4096 values,
    numbered in the order of its values, as far as 64 bits can count the combinations.
    They are read when the first one is asked for.

    Args:
        name: "tfds:NAME", "tfds:NAME/CONFIG" or without "tfds:".
        image_size: int, or `(height, width)`, each 8 … 512; None: as above.
        greyscale: True makes greyscale of colour.
        split: name of a split; None: train, for smallnorb train and test, or all where
            there is no train.
        fit, on: see `PictureOptions`.
        data_dir: TFDS' folder; None: TFDS_DATA_DIR, else ~/tensorflow_datasets.

    Raises:
        OSError: the build is missing and cannot be downloaded.
        ValueError: TFDS knows no such set, it holds no images or not this split, the
            build is damaged, or image_size is out of range.
    """

    def __init__(
        self,
        name,
        image_size=None,
        greyscale=False,
        split=None,
        data_dir=None,
        fit="crop",
        on="black",
    ):
        name = str(name).removeprefix("tfds:")
        if image_size is not None:
            image_size = sides_of(f"tfds:{name}", image_size)
        self._options = PictureOptions(fit=fit, on=on)
        self._builder = builder = find_builder(name, data_dir)
        # What cannot be used need not be downloaded.
        self._image, shape = image_feature(builder.info.features, name)
        self._fixed_shape = shape
        self._factor_paths = factor_features(builder.info.features, builder.name)
        prepare_build(builder, name)
        self.splits = _chosen_splits(builder, split)
        self._factor_space = None
        counts = [builder.info.splits[one].num_examples for one in self.splits]
        side = shape[0] if _is_square(shape) else DEFAULT_SIZE
        super().__init__(
            f"tfds:{name}",
            (*(image_size or (side, side)), 1 if greyscale or shape[2] == 1 else 3),
            count=sum(counts),
            description=(
                f"the split{'s' * (len(counts) > 1)} {' and '.join(self.splits)} of "
                "TensorFlow Datasets"
            ),
        )

    @property
    def factor_space(self):
        if self._factor_space is None and self._factor_paths:
            self._factor_space = self._read_factor_space()
        return self._factor_space

    @factor_space.setter
    def factor_space(self, value):
        """`Dataset` sets None; the records say more when they are asked."""

    @property
    def published_factors(self):
        names = PUBLISHED.get(self._builder.name)
        return names and (names,)

    def _version(self):
        return f"{version_of_build(self._builder)} {'+'.join(self.splits)}"

    def _reading(self):
        return () if self._options == AS_THEY_ARE else (self._options,)

    def _read_images(self):
        at_once = 1
        if None not in self._fixed_shape:
            at_once = max(BYTES_AT_ONCE // math.prod(self._fixed_shape), 1)
        for (images,) in records(self._builder, self.splits, [self._image], at_once):
            yield self._fitted(images)

    def _read_few(self, indices):
        if len(indices) > MOST_SINGLY:
            return None
        found = few_records(self._builder, self.splits, [self._image], indices)
        return np.concatenate([self._fitted(images) for (images,) in found])

    def _fitted(self, images):
        """Decoded images `(n, height, width, channels)` as ours are."""
        if images.dtype == np.uint16:
            images = np.uint8(np.rint(images / 257))
        if self._builder.name in BLACK_AND_WHITE:
            images = images * np.uint8(255)
        if images.shape[1:] == self.image_shape:
            return images
        *size, channels = self.image_shape
        result = np.empty((len(images), *self.image_shape), np.uint8)
        for row, image in enumerate(images):
            # Pillow wants greyscale without an axis for channels.
            picture = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)
            picture = in_channels(picture, channels)
            result[row] = fitted(picture, size, self._options.fit, self._options.on)
        return result

    def _read_factor_space(self):
        columns = self._labels()
        names, ranks, combinations = [], [], 1
        for path, column in zip(self._factor_paths, columns.T, strict=True):
            values, classes = np.unique(column, return_inverse=True)
            is_countable = combinations * len(values) <= MOST_COMBINATIONS
            if is_countable and 1 < len(values) <= MOST_CLASSES:
                combinations *= len(values)
                names.append(path[-1].removeprefix("label_"))
                ranks.append(classes)
        return factors_from_rows(names, np.stack(ranks, axis=1)) if names else None

    def _labels(self):
        """int64 `(n, factors)`; kept in the cache folder, as reading takes long."""
        identity = repr((self.name, self._version(), self._factor_paths))
        digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
        file = default_cache_folder() / f"tfds_labels_{digest}.npy"
        shape = (len(self), len(self._factor_paths))
        with contextlib.suppress(OSError, ValueError, EOFError):
            labels = NpyFile(file)
            if labels.shape == shape and labels.dtype == np.int64:
                return labels.read()
        chunks = records(self._builder, self.splits, self._factor_paths, LABELS_AT_ONCE)
        labels = np.concatenate([np.stack(some, axis=1) for some in chunks])
        labels = labels.astype(np.int64)
        # Without a place for them, they are read again next time.
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(file) as part:
                np.save(part, labels)
        return labels


def _is_square(shape):
    return shape[0] is not None and shape[0] == shape[1]


def _chosen_splits(builder, split):
    splits = builder.info.splits
    if split is not None:
        if split not in splits:
            raise InvalidValue(
                f"`split` must be one that tfds:{builder.name} has; received "
                f"split={split!r}. It has {', '.join(splits)}."
            )
        return (split,)
    if "train" in splits and builder.name not in JOINED:
        return ("train",)
    return tuple(sorted(splits, key=lambda one: (one != "train", one)))
