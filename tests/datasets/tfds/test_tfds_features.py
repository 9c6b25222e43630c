import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_bvae.datasets.tfds.tfds_features import factor_features, image_feature

FEATURES = tfds.features


def test_image_is_the_feature_of_that_name():
    features = FEATURES.FeaturesDict(
        {
            "first": FEATURES.Image(shape=(8, 8, 3)),
            "image": FEATURES.Image(shape=(None, None, 1)),
        }
    )
    assert image_feature(features, "x") == (("image",), (None, None, 1))


def test_first_images_otherwise_but_no_masks():
    features = FEATURES.FeaturesDict(
        {
            "a_mask": FEATURES.LabeledImage(labels=2, shape=(8, 8, 1)),
            "eyes": {"left": FEATURES.Image(shape=(8, 8, 3), dtype=np.uint16)},
            "label": np.int64,
        }
    )
    assert image_feature(features, "x") == (("eyes", "left"), (8, 8, 3))


def test_data_set_without_images_is_refused():
    features = FEATURES.FeaturesDict({"text": FEATURES.Text(), "label": np.int64})
    with pytest.raises(ValueError, match=r"received tfds:imdb, which has text, label"):
        image_feature(features, "imdb")


def test_floating_point_images_are_refused():
    features = FEATURES.FeaturesDict(
        {"depth": FEATURES.Image(shape=(8, 8, 1), dtype=np.float32)}
    )
    with pytest.raises(ValueError, match=r"float32.* in depth of tfds:x"):
        image_feature(features, "x")


def test_factors_are_whole_numbers_one_an_image():
    features = FEATURES.FeaturesDict(
        {
            "boxes": FEATURES.Sequence({"size": np.int64}),
            "colour": {"hue": np.uint8, "value": np.float32},
            "image": FEATURES.Image(shape=(8, 8, 3)),
            "is_red": np.bool_,
            "label": FEATURES.ClassLabel(num_classes=3),
            "place": FEATURES.Tensor(shape=(2,), dtype=np.int64),
            "title": FEATURES.Text(),
        }
    )
    expected = [("colour", "hue"), ("is_red",), ("label",)]
    assert factor_features(features, "x") == expected


def test_official_features_exist_in_the_official_sets():
    for name, count in (("shapes3d", 6), ("smallnorb", 5)):
        features = tfds.builder(name).info.features
        paths = factor_features(features, name)
        assert len(paths) == count
        assert all(features[key].shape == () for (key,) in paths)


def test_factors_of_celeba_are_its_attributes():
    paths = factor_features(tfds.builder("celeb_a").info.features, "celeb_a")
    assert len(paths) == 40
    assert {outer for outer, _ in paths} == {"attributes"}
