import builtins
import re

import numpy as np
import pytest

from keras_bvae.latents.code_plane import code_plane, decoded_plane


def codes_of(count=40, latent_dim=3, seed=0):
    spreads = np.array([1.0, 3.0, 0.1])[:latent_dim]
    return np.random.default_rng(seed).standard_normal((count, latent_dim)) * spreads


def test_two_latents_are_taken_as_they_are():
    codes = codes_of()
    plane = code_plane(codes, latents=(2, 0))
    np.testing.assert_array_equal(plane.points, codes[:, [2, 0]])
    assert plane.names == ("z2", "z0")
    np.testing.assert_array_equal(plane.prior, [0, 0])


def test_principal_components_are_those_of_scikit_learn():
    from sklearn.decomposition import PCA

    codes = codes_of() + np.array([5.0, 0.0, 0.0])
    plane, pca = code_plane(codes, "pca"), PCA(2).fit(codes)
    np.testing.assert_allclose(np.abs(plane.points), np.abs(pca.transform(codes)))
    np.testing.assert_allclose(
        np.abs(plane.prior), np.abs(pca.transform([[0.0] * 3])[0])
    )
    assert (
        plane.names[0] == f"PC 1 ({pca.explained_variance_ratio_[0]:.0%} of variance)"
    )


def test_tsne_keeps_groups_apart_and_is_reproducible():
    codes = np.repeat([[0.0, 0, 0], [20, 0, 0]], 15, axis=0) + codes_of(30) / 10
    plane = code_plane(codes, "tsne", seed=3)
    # Each point's nearest neighbour is of its own group.
    gaps = np.linalg.norm(plane.points[:, None] - plane.points, axis=-1)
    nearest = (gaps + 1e9 * np.eye(30)).argmin(axis=1)
    assert ((nearest < 15) == (np.arange(30) < 15)).all()
    np.testing.assert_array_equal(
        plane.points, code_plane(codes, "tsne", seed=3).points
    )
    assert plane.prior is None


def test_codes_that_do_not_vary_have_a_place():
    for method in ("latents", "pca"):
        points = code_plane(np.zeros((9, 2)), method).points
        np.testing.assert_array_equal(points, np.zeros((9, 2)))


@pytest.mark.parametrize(
    ("codes", "arguments", "said"),
    [
        (codes_of(latent_dim=1), {}, "at least two latents"),
        (codes_of() * np.nan, {}, "NaN or infinity"),
        (
            codes_of(),
            {"latents": (0, 3)},
            "from 0 to 2, across and up; received [0, 3]",
        ),
        (codes_of(), {"latents": (1, 1)}, "two different numbers"),
        (codes_of(), {"latents": (1,)}, "two different numbers"),
        (codes_of(), {"method": "pac"}, "Did you mean 'pca'?"),
        (np.zeros((50, 2)), {"method": "tsne"}, "at least 5 codes that differ"),
    ],
)
def test_what_cannot_be_laid_in_the_plane_is_refused(codes, arguments, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        code_plane(codes, **arguments)


def test_umap_is_asked_for_by_name_where_it_is_missing(monkeypatch):
    real = builtins.__import__

    def without_umap(name, *rest, **kwargs):
        if name == "umap":
            raise ModuleNotFoundError("No module named 'umap'", name="umap")
        return real(name, *rest, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_umap)
    with pytest.raises(ModuleNotFoundError, match="pip install umap-learn"):
        code_plane(codes_of(), "umap")


def test_a_decoded_plane_has_up_first_and_others_held():
    def decode(codes):  # an image of its own code
        return codes[:, None, :, None]

    images = decoded_plane(decode, [7, 7, 7], (2, 0), [-1, 0, 2])
    assert images.shape == (3, 3, 1, 3, 1)
    np.testing.assert_array_equal(images[2, 0, 0, :, 0], [2, 7, -1])


def test_a_decoder_of_no_images_is_refused():
    with pytest.raises(ValueError, match=re.escape("data of shape (2,) each")):
        decoded_plane(lambda codes: codes, [0, 0], (0, 1), [0, 1])
