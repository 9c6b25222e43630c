import argparse
import functools
import itertools
import json
import os
import pathlib
import sys
import zipfile

import keras
import numpy as np
import pytest
from damaged_bytes import FEW_HUNDRED, assert_read_or_refused, damaged, edits
from hypothesis import given

import keras_bvae as kb
from keras_bvae.datasets.images import sample_images
from keras_bvae.latents.latent_statistics import is_active, mean_kl_per_latent
from keras_bvae.metrics import kl_decomposition
from keras_bvae.models import from_pytorch
from keras_bvae.models.pytorch_file import read_tensors

torch = pytest.importorskip("torch")

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


class TorchBurgess(torch.nn.Module):
    """The published architecture, written in PyTorch from its description."""

    def __init__(self, side, channels, latent_dim):
        super().__init__()
        nn, has_64 = torch.nn, side == 64
        down = [nn.Conv2d(channels if i == 0 else 32, 32, 4, 2, 1) for i in range(4)]
        up = [nn.ConvTranspose2d(32, 32 if i else channels, 4, 2, 1) for i in range(4)]
        self.encoder, self.decoder = nn.Module(), nn.Module()
        for index in (1, 2, 3):
            setattr(self.encoder, f"conv{index}", down[index - 1])
            setattr(self.decoder, f"convT{index}", up[3 - index])
        if has_64:
            self.encoder.conv_64, self.decoder.convT_64 = down[3], up[3]
        self.encoder.lin1 = nn.Linear(512, 256)
        self.encoder.lin2 = nn.Linear(256, 256)
        self.encoder.mu_logvar_gen = nn.Linear(256, 2 * latent_dim)
        self.decoder.lin1 = nn.Linear(latent_dim, 256)
        self.decoder.lin2 = nn.Linear(256, 256)
        self.decoder.lin3 = nn.Linear(256, 512)
        self.names = ["conv1", "conv2", "conv3"] + ["conv_64"] * has_64
        self.up_names = ["convT_64"] * has_64 + ["convT1", "convT2", "convT3"]

    def encode(self, x):
        for name in self.names:
            x = torch.relu(getattr(self.encoder, name)(x))
        for name in ("lin1", "lin2"):
            x = torch.relu(getattr(self.encoder, name)(x.reshape(len(x), -1)))
        pairs = self.encoder.mu_logvar_gen(x).reshape(len(x), -1, 2)
        return pairs[..., 0], pairs[..., 1]

    def decode(self, z):
        for name in ("lin1", "lin2", "lin3"):
            z = torch.relu(getattr(self.decoder, name)(z))
        z = z.reshape(len(z), 32, 4, 4)
        for name in self.up_names[:-1]:
            z = torch.relu(getattr(self.decoder, name)(z))
        return torch.sigmoid(getattr(self.decoder, self.up_names[-1])(z))


class View(torch.nn.Module):
    def __init__(self, *shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.reshape(len(x), *self.shape)


class TorchNumbered(torch.nn.Module):
    """Modules in a row, as github.com/1Konny/Beta-VAE has them."""

    def __init__(self, channels, latent_dim, is_higgins):
        super().__init__()
        nn, relu = torch.nn, torch.nn.ReLU()
        counts = (channels, 32, 32, 64, 64) if is_higgins else (channels, *[32] * 4)
        down, up = [], []
        for before, after in itertools.pairwise(counts):
            down += [nn.Conv2d(before, after, 4, 2, 1), relu]
            up = [relu, nn.ConvTranspose2d(after, before, 4, 2, 1), *up]
        if is_higgins:
            down += [nn.Conv2d(64, 256, 4, 1), relu, View(256)]
            down += [nn.Linear(256, 2 * latent_dim)]
            first = [nn.Linear(latent_dim, 256), View(256, 1, 1), relu]
            first += [nn.ConvTranspose2d(256, 64, 4)]
        else:
            down += [View(512), nn.Linear(512, 256), relu, nn.Linear(256, 256), relu]
            down += [nn.Linear(256, 2 * latent_dim)]
            first = [nn.Linear(latent_dim, 256), relu, nn.Linear(256, 256), relu]
            first += [nn.Linear(256, 512), relu, View(32, 4, 4)]
            up = up[1:]
        self.encoder, self.decoder = nn.Sequential(*down), nn.Sequential(*first, *up)

    def encode(self, x):
        return self.encoder(x).chunk(2, dim=1)

    def decode(self, z):
        return torch.sigmoid(self.decoder(z))


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
def test_truncated_file_is_refused_in_one_sentence(tmp_path):
    torch.save(TorchBurgess(32, 1, 2).state_dict(), tmp_path / "model.pt")
    whole = (tmp_path / "model.pt").read_bytes()
    (tmp_path / "model.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="could not be read as one") as caught:
        from_pytorch(tmp_path / "model.pt")
    assert "\n" not in str(caught.value)


@pytest.mark.across_backends
def test_other_networks_are_refused(tmp_path):
    torch.save({"weight": torch.zeros(3)}, tmp_path / "model.pt")
    with pytest.raises(ValueError, match="does not fit it"):
        from_pytorch(tmp_path / "model.pt")


def small_state():
    torch.manual_seed(0)
    return TorchBurgess(32, 1, 2).state_dict()


def renamed(state, rename):
    return {rename(name): tensor for name, tensor in state.items()}


@pytest.mark.across_backends
@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: renamed(state, "module.{}".format),
        lambda state: renamed(state, "_orig_mod.module.{}".format),
        lambda state: {"state_dict": renamed(state, "model.vae.{}".format)},
        lambda state: renamed(state, lambda n: n.replace(".", "._orig_mod.", 1)),
        lambda state: {"epoch": 3, "state_dict": state, "optimizer": {}},
        lambda state: {"iter": 1, "model_states": {"net": state}, "optim_states": {}},
        lambda state: {
            "model": state,
            "step": torch.tensor(7),
            "optimizer": {"state": {0: {"exp_avg": torch.zeros(3)}}, "groups": [1]},
        },
        lambda state: {
            part: {n.partition(".")[2]: t for n, t in state.items() if part in n}
            for part in ("encoder", "decoder")
        },
        lambda state: {
            "state_dict": state,
            "args": argparse.Namespace(beta=4.0, folder=pathlib.Path("runs")),
            "loss": np.float64(30.5),
            "epoch": np.int64(9),
        },
        lambda state: {name: torch.nn.Parameter(t) for name, t in state.items()},
        lambda state: {name: tensor.double() for name, tensor in state.items()},
    ],
)
def test_weights_are_found_however_they_are_wrapped(tmp_path, wrap):
    torch.save(wrap(small_state()), tmp_path / "model.pt")
    torch.save(small_state(), tmp_path / "plain.pt")
    for found, expected in zip(
        from_pytorch(tmp_path / "model.pt").get_weights(),
        from_pytorch(tmp_path / "plain.pt").get_weights(),
        strict=True,
    ):
        np.testing.assert_array_equal(found, expected)


def replaced(name, tensor):
    return lambda state: {**state, name: tensor(state.get(name))}


@pytest.mark.across_backends
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (replaced("encoder.lin1.bias", lambda t: t * np.nan), "are NaN or infinite"),
        (replaced("encoder.lin1.bias", lambda t: t.double() + 1e300), "are NaN or inf"),
        (
            replaced("encoder.lin1.bias", lambda t: t.to(torch.complex64)),
            "is complex64",
        ),
        (replaced("encoder.lin1.bias", lambda t: t.to(torch.int64)), "is int64"),
        (replaced("encoder.lin1.bias", lambda t: t.bool()), "is bool"),
        (replaced("encoder.lin1.bias", lambda t: t[:9]), "its shape is 9, not 256"),
        (replaced("encoder.lin1.bias", lambda t: t.to_sparse()), "is sparse_coo"),
        (replaced("encoder.lin1.bias", lambda t: t.to("meta")), "holds no numbers"),
        (
            replaced("encoder.lin1.weight", lambda t: torch.ones(1).expand(256, 512)),
            "claims more numbers than it has",
        ),
        (
            replaced("encoder.lin1.bias", lambda t: torch.ones(1).expand(10**12)),
            "claim more numbers than it has",
        ),
        (replaced("encoder.lin3.weight", lambda t: torch.ones(3)), "has not"),
        (replaced("encoder.bn1.running_mean", lambda t: torch.ones(3)), "has not"),
        (replaced("module.encoder.lin1.bias", lambda t: torch.ones(3)), "there twice"),
        (lambda s: dict(list(s.items())[1:]), "'encoder.conv1.weight': missing"),
        (lambda s: {"a": s, "ema": s}, "holds 2 networks, 'a', 'ema'"),
        (lambda s: {}, "holds no tensors"),
        (lambda s: [s], "holds no tensors"),
    ],
)
def test_what_is_not_just_that_network_is_refused_by_name(tmp_path, change, said):
    torch.save(change(small_state()), tmp_path / "model.pt")
    with pytest.raises(ValueError, match=said) as caught:
        from_pytorch(tmp_path / "model.pt")
    assert "\n" not in str(caught.value)


def nested(depth):
    value = {}
    for _ in range(depth):
        value = {"a": value, "b": value, "c": value}
    return value


@pytest.mark.across_backends
@pytest.mark.parametrize(
    "content", [nested(7), nested(100), torch.nn.Linear(1, 1), {"a": os.getcwd}]
)
@pytest.mark.parametrize("is_new", [True, False])
def test_bombs_and_objects_are_one_sentence(tmp_path, content, is_new):
    path = tmp_path / "model.pt"
    torch.save(content, path, _use_new_zipfile_serialization=is_new)
    with pytest.raises(ValueError, match="must") as caught:
        from_pytorch(path)
    assert "\n" not in str(caught.value)
    assert "weights_only" not in str(caught.value)


@pytest.mark.across_backends
def test_the_format_before_zip_is_read(tmp_path):
    path = tmp_path / "model.pt"
    torch.save(small_state(), path, _use_new_zipfile_serialization=False)
    assert from_pytorch(path).latent_dim == 2


@pytest.mark.across_backends
def test_zips_that_pytorch_would_not_write_are_refused(tmp_path):
    torch.save(small_state(), tmp_path / "model.pt")
    with zipfile.ZipFile(tmp_path / "model.pt") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / "packed.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(ValueError, match="members are compressed"):
        from_pytorch(tmp_path / "packed.pt")
    with zipfile.ZipFile(tmp_path / "long.pt", "w") as archive:
        archive.writestr("archive/data.pkl", bytes(2**23))
    with pytest.raises(ValueError, match="far more than tensors"):
        from_pytorch(tmp_path / "long.pt")


@pytest.mark.across_backends
def test_a_pipe_is_not_waited_for_and_a_folder_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "model.pt")
    with pytest.raises(OSError, match="is a pipe"):
        from_pytorch(tmp_path / "model.pt")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        from_pytorch(tmp_path)


def write_safetensors(path, state, change=lambda header: header):
    """The format as its authors describe it."""
    header, numbers = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in state.items():
        kind = {torch.float32: "F32", torch.bfloat16: "BF16"}.get(tensor.dtype, "I64")
        raw = tensor.contiguous().view(torch.uint8).numpy().tobytes()
        ends = [len(numbers), len(numbers) + len(raw)]
        header[name] = {
            "dtype": kind,
            "shape": list(tensor.shape),
            "data_offsets": ends,
        }
        numbers += raw
    text = json.dumps(change(header)).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + numbers)


@pytest.mark.across_backends
def test_safetensors_are_read_without_pytorch(tmp_path, monkeypatch):
    state = small_state()
    torch.save(state, tmp_path / "plain.pt")
    expected = from_pytorch(tmp_path / "plain.pt").get_weights()
    state["encoder.lin2.bias"] = state["encoder.lin2.bias"].bfloat16()
    write_safetensors(tmp_path / "a.safetensors", state)
    if keras.backend.backend() != "torch":
        monkeypatch.setitem(sys.modules, "torch", None)
    found = from_pytorch(tmp_path / "a.safetensors").get_weights()
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2**-8)


@pytest.mark.across_backends
@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [10**9, 10**9], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [2], "data_offsets": [0, 10**12]},
        {"dtype": "F32", "shape": [-1], "data_offsets": [8, 0]},
        {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]},
        {"shape": [2]},
        [],
    ],
)
def test_odd_safetensors_are_one_sentence(tmp_path, entry):
    path = tmp_path / "a.safetensors"
    name = "encoder.lin1.bias"
    write_safetensors(path, small_state(), lambda header: {**header, name: entry})
    with pytest.raises(ValueError, match="checkpoint must") as caught:
        from_pytorch(path)
    assert "\n" not in str(caught.value)
    path.write_bytes(b"\xff" * 100)
    with pytest.raises(ValueError, match="no possible length"):
        from_pytorch(path)


@pytest.mark.across_backends
def test_files_that_would_run_code_are_refused(tmp_path):
    torch.save({"callable": print}, tmp_path / "model.pt")
    with pytest.raises(ValueError, match="could not be read as one"):
        from_pytorch(tmp_path / "model.pt")


@pytest.fixture(scope="module")
def published_bytes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    torch.save(small_state(), folder / "a.pt")
    write_safetensors(folder / "a.safetensors", small_state())
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.across_backends
@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
@FEW_HUNDRED
@given(edits())
def test_however_a_file_is_damaged_it_is_converted_or_refused(
    tmp_path_factory, published_bytes, ending, changes
):
    path = tmp_path_factory.getbasetemp() / f"damaged{ending}"
    path.write_bytes(damaged(published_bytes[ending], changes))
    assert_read_or_refused(read_tensors, path)
