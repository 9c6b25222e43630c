"""How far two data sets agree, pixel by pixel."""

from dataclasses import dataclass

import numpy as np

# 16 MiB of pixels of each data set at a time.
IMAGES_AT_ONCE = 4096


@dataclass(frozen=True)
class Comparison:
    """What `compare` counted.

    Attributes:
        images: number of images compared.
        images_that_differ: how many of them differ in at least one pixel.
        pixels_that_differ: how many pixels differ, in all.
        first_index: index, in the first data set, of the first image that differs;
            None where none does.
        worst_index: index of the image with the most different pixels, or None.
        worst_pixels: how many pixels differ in that one.
    """

    images: int
    images_that_differ: int
    pixels_that_differ: int
    first_index: int | None
    worst_index: int | None
    worst_pixels: int


def compare(dataset, reference, progress=None):
    """Counts the images and pixels in which two data sets differ.

    Each image of `dataset` is held against the image that `reference` has for the same
    factors, so the first may hold fewer images, or in another order.

    Args:
        dataset: Dataset with factors.
        reference: Dataset with the same factors, and at least these combinations.
        progress: function called as `progress(done, total)` along the way, or None.

    Returns:
        Comparison.

    Raises:
        ValueError: no factors, other factors, images of another size, or a combination
            that the reference lacks.
    """
    _require_comparable(dataset, reference)
    different = np.zeros(len(dataset), np.int64)
    for start in range(0, len(dataset), IMAGES_AT_ONCE):
        rows = np.arange(start, min(start + IMAGES_AT_ONCE, len(dataset)))
        expected = reference.images(dataset.factors_at(rows))
        unequal = dataset.images_at(rows) != expected
        different[rows] = np.count_nonzero(unequal, axis=(1, 2, 3))
        if progress is not None:
            progress(rows[-1] + 1, len(dataset))
    return _summed_up(different)


def _summed_up(different):
    """The record of an int array `(n,)` with the number of unequal pixels of each."""
    some = bool(different.any())
    return Comparison(
        images=len(different),
        images_that_differ=int(np.count_nonzero(different)),
        pixels_that_differ=int(different.sum()),
        first_index=int(np.argmax(different > 0)) if some else None,
        worst_index=int(np.argmax(different)) if some else None,
        worst_pixels=int(different.max(initial=0)),
    )


def _require_comparable(dataset, reference):
    dataset.require_factors("compare")
    reference.require_factors("compare")
    if (
        dataset.factor_names != reference.factor_names
        or dataset.image_shape != reference.image_shape
    ):
        raise ValueError(
            "Two data sets to compare must have the same factors and image size; "
            f"received {dataset.name} with {dataset.factor_names} and "
            f"{dataset.image_shape}, {reference.name} with {reference.factor_names} "
            f"and {reference.image_shape}. Compare dsprites with another dsprites."
        )
