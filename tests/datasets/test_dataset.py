import numpy as np
import pytest
from numbered_images import NumberedImages, numbers_of

from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.factors import FactorGrid, FactorTable


class Stripes(Dataset):
    """2 x 3 images: factor `row` picks the bright row, `column` the column."""

    def __init__(self, factor_space=None):
        space = factor_space or FactorGrid(("row", "column"), (2, 3))
        super().__init__("stripes", (2, 3, 1), space, description="lines that cross")

    def _images_at(self, indices):
        images = np.zeros((len(indices), 2, 3, 1), np.uint8)
        for image, (row, column) in zip(images, self.factors_at(indices), strict=True):
            image[row] = image[:, column] = 255
        return images


def test_images_by_factors_are_the_images_at_their_indices():
    dataset = Stripes()
    image = dataset.images([[1, 2]])
    assert image[0, :, :, 0].tolist() == [[0, 0, 255], [255, 255, 255]]
    np.testing.assert_array_equal(image, dataset.images_at([5]))
    assert len(dataset) == 6
    assert dataset.factor_names == ("row", "column")
    assert dataset.factor_sizes == (2, 3)
    assert dataset.has_factors
    assert dataset.is_complete_grid


def test_sample_factors_needs_a_generator_of_numpy():
    dataset = Stripes()
    assert dataset.sample_factors(np.random.default_rng(0), 7).shape == (7, 2)
    with pytest.raises(ValueError, match=r"must be a numpy\.random\.Generator"):
        dataset.sample_factors(0, 7)


def test_index_beyond_the_end_is_refused():
    with pytest.raises(ValueError, match="between 0 and 5; received 6"):
        Stripes().images_at([6])


def test_no_factors_is_said_clearly():
    dataset = NumberedImages(10)
    assert not dataset.has_factors
    assert not dataset.is_complete_grid
    assert dataset.factor_names == dataset.factor_sizes == ()
    with pytest.raises(ValueError, match=r"the MIG needs the factors .* Use dsprites"):
        dataset.require_factors("the MIG")
    for use in (
        lambda: dataset.images([[0]]),
        lambda: dataset.factors_at([0]),
        lambda: dataset.indices_of([[0]]),
        lambda: dataset.sample_factors(np.random.default_rng(0), 1),
    ):
        with pytest.raises(ValueError, match="numbered, which has no factors"):
            use()


def test_summary_names_size_count_and_factors():
    assert (
        "6 images, 3 wide x 2 high, greyscale\nfactors: row 2, column 3"
        in Stripes().summary()
    )
    gaps = FactorTable(("row", "column"), [[0, 0], [1, 2]])
    said = "not every combination of the factors has an image"
    assert said in Stripes(gaps).summary()


def test_a_data_set_splits_in_two_and_keeps_its_factors():
    training, validation = Stripes().split(validation=0.5, seed=1)
    assert sorted([*training.rows, *validation.rows]) == list(range(6))
    assert training.factor_names == ("row", "column")


def test_partners_are_the_images_of_their_factors():
    assert Stripes().partners_of([0, 0], [[1, 2], [0, 1]]).tolist() == [5, 1]


def test_each_image_is_trained_on_alike_unless_told():
    assert Stripes().training_weights() is None
    assert Stripes().changes == ()


def test_batches_come_in_the_wanted_size():
    batch = NumberedImages(10).batches(4, shuffle=False)[1]
    assert batch.dtype == np.uint8
    assert numbers_of(batch) == [4, 5, 6, 7]
