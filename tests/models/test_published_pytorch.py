import functools
import sys

import numpy as np
import pytest

import keras_bvae as kb
from keras_bvae.datasets.images import sample_images
from keras_bvae.latents.latent_statistics import is_active, mean_kl_per_latent
from keras_bvae.metrics import kl_decomposition
from keras_bvae.models import from_pytorch

torch = pytest.importorskip("torch")

from torch_networks import TorchBurgess, TorchNumbered  # noqa: E402

# ../shared/data/published_checkpoints/README.md: reconstruction and KL on 8,000
# rendered images, and each latent's KL as the authors logged it, in nats.
PUBLISHED = {
    "VAE_dsprites": (
        (17.38, 25.19),
        (3.80, 3.25, 3.45, 2.84, 3.63, 1.46, 0.86, 1.25, 3.53, 1.33),
    ),
    "betaH_dsprites": (
        (35.35, 15.30),
        (3.06, 2.04, 2.34, 0.66, 2.46, 0.32, 1.13, 0.51, 2.56, 0.28),
    ),
    "btcvae_dsprites": (
        (41.60, 13.53),
        (0.00, 0.00, 2.52, 2.02, 3.81, 0.00, 1.45, 0.00, 3.79, 0.00),
    ),
}


@functools.cache
def dsprites_and_images():
    dataset = kb.datasets.load("dsprites")
    factors = dataset.sample_factors(np.random.default_rng(0), 8000)
    return dataset, dataset.images(factors)


# One of them on each backend: that backends agree is tested with the same network.
@pytest.mark.parametrize(
    "name",
    [
        "btcvae_dsprites",
        pytest.param("VAE_dsprites", marks=pytest.mark.across_backends),
        pytest.param("betaH_dsprites", marks=pytest.mark.across_backends),
    ],
)
def test_published_models_reach_their_published_terms_on_rendered_images(
    name, shared_data
):
    """Network, loss and renderer agree with models trained on the real data set."""
    path = shared_data / "published_checkpoints" / f"{name}.pt"
    model = from_pytorch(path, seed=0)
    dataset, images = dsprites_and_images()
    if name == "btcvae_dsprites":  # as the objective that it was trained with
        networks = model.encoder, model.decoder
        model = kb.BetaTCVAE(*networks, dataset_size=len(dataset), seed=0)
    model.compile()
    logs = model.evaluate(images, batch_size=250, verbose=0, return_dict=True)
    (reconstruction, kl), kl_of_each_latent = PUBLISHED[name]
    assert logs["reconstruction"] == pytest.approx(reconstruction, rel=0.02)
    assert logs["kl"] == pytest.approx(kl, rel=0.02)
    for index, expected in enumerate(kl_of_each_latent):
        assert logs[f"kl_{index}"] == pytest.approx(expected, abs=0.1)
    if name == "btcvae_dsprites":
        # The three terms are the KL of the drawn codes: 8,000 draws with a standard
        # deviation of 2.5 nats, four standard errors.
        terms = ("mutual_information", "total_correlation", "dimension_wise_kl")
        assert sum(logs[term] for term in terms) == pytest.approx(kl, abs=0.2)


@pytest.mark.across_backends
def test_published_beta_tcvae_keeps_five_latents_that_depend_little_on_each_other(
    shared_data,
):
    model = from_pytorch(shared_data / "published_checkpoints" / "btcvae_dsprites.pt")
    dataset = kb.datasets.load("dsprites")
    mean, log_variance = model.encode(sample_images(dataset, 2000))
    kl = mean_kl_per_latent(mean, log_variance)
    assert np.flatnonzero(is_active(kl)).tolist() == [2, 3, 4, 6, 8]
    parts = kl_decomposition(mean, log_variance, len(dataset))
    of_the_sample = parts.mutual_information + parts.total_correlation
    assert of_the_sample + parts.dimension_wise_kl == pytest.approx(13.53, rel=0.02)
    # All 737,280 images and 10,000 draws give 11.84 + 0.91 + 0.78. From a sample the
    # first comes out larger and the second smaller, by at most 1.67: information ends
    # at log 737,280 = 13.51. Around that, four standard errors of 1,000 draws.
    assert 11.84 - 0.16 < parts.mutual_information < 13.52
    assert 0.91 - 1.67 - 0.27 < parts.total_correlation < 0.91 + 0.27
    assert parts.dimension_wise_kl == pytest.approx(0.78, abs=0.14)


NETWORKS = {
    "64 pixels": (64, 1, lambda: TorchBurgess(64, 1, 10)),
    "64 pixels, colour": (64, 3, lambda: TorchBurgess(64, 3, 4)),
    "32 pixels": (32, 1, lambda: TorchBurgess(32, 1, 10)),
    "numbered": (64, 1, lambda: TorchNumbered(1, 10, is_higgins=False)),
    "numbered, Higgins": (64, 3, lambda: TorchNumbered(3, 6, is_higgins=True)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_converted_weights_compute_what_pytorch_computes(name, tmp_path):
    torch.manual_seed(0)
    side, channels, make = NETWORKS[name]
    original = make()
    torch.save(original.state_dict(), tmp_path / "model.pt")
    model = from_pytorch(tmp_path / "model.pt", beta=4.0)
    assert model.image_shape == (side, side, channels)
    images = np.random.default_rng(0).random((3, side, side, channels), dtype="float32")
    with torch.no_grad():
        mean, log_variance = original.encode(torch.tensor(images.transpose(0, 3, 1, 2)))
        decoded = original.decode(mean).numpy().transpose(0, 2, 3, 1)
    for ours, theirs in zip(model.encode(images), (mean, log_variance), strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-5)
    np.testing.assert_allclose(model.decode(mean.numpy()), decoded, atol=1e-5)


@pytest.mark.across_backends
def test_without_pytorch_the_error_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "model.pt").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ModuleNotFoundError, match="pip install torch"):
        from_pytorch(tmp_path / "model.pt")


@pytest.mark.across_backends
def test_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="must exist"):
        from_pytorch(tmp_path / "none.pt")


@pytest.mark.across_backends
def test_other_networks_are_refused(tmp_path):
    torch.save({"weight": torch.zeros(3)}, tmp_path / "model.pt")
    with pytest.raises(ValueError, match="does not fit it"):
        from_pytorch(tmp_path / "model.pt")
