"""Networks that others published in PyTorch, written from their descriptions."""

import itertools
import json

import torch


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


def small_state():
    torch.manual_seed(0)
    return TorchBurgess(32, 1, 2).state_dict()


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
