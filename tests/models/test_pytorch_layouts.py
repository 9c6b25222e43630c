import argparse
import pathlib

import numpy as np
import pytest

from keras_bvae.models import from_pytorch

torch = pytest.importorskip("torch")

from torch_networks import small_state  # noqa: E402

pytestmark = pytest.mark.across_backends


def renamed(state, rename):
    return {rename(name): tensor for name, tensor in state.items()}


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
