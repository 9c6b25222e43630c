"""A training loop in plain PyTorch, as a careful user writes it: eager or compiled."""

import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from keras_bvae.benchmark.workload import (
    ADAM_BETAS,
    ADAM_EPSILON,
    BETA,
    LEARNING_RATE,
    Timing,
)


class PyTorchLoop:
    """Images in one uint8 tensor on the device, channels first; fused Adam.

    Args:
        workload: `Workload`.
        compiled: bool, whether `torch.compile` gets the loss, both networks in it.
    """

    def __init__(self, workload, compiled=False):
        has_gpu = torch.accelerator.is_available()  # NVIDIA's, Apple's or Intel's
        self.device = torch.accelerator.current_accelerator().type if has_gpu else "cpu"
        self.batch_size = workload.settings.batch_size
        self.is_mixed = workload.settings.precision == "bfloat16"
        images = workload.images.transpose(0, 3, 1, 2)
        self.images = torch.tensor(np.ascontiguousarray(images), device=self.device)
        self.order, self.place = None, len(images)
        self.model = _BetaVAE(workload.layers).to(self.device)
        self.loss = torch.compile(self.model) if compiled else self.model
        self.optimizer = torch.optim.Adam(
            self.model.parameters(),
            LEARNING_RATE,
            ADAM_BETAS,
            ADAM_EPSILON,
            fused=True,
        )

    @property
    def parameters(self):
        """Number of weights, int."""
        return sum(weight.numel() for weight in self.model.parameters())

    def run(self, steps):
        """Trains so many steps; returns a `Timing`."""
        begin = time.perf_counter()
        for _ in range(steps):
            images = self.images[self._next_rows()]
            with torch.autocast(self.device, torch.bfloat16, self.is_mixed):
                loss = self.loss(images)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        loss = loss.item()  # waits for the device
        return Timing(steps, time.perf_counter() - begin, loss)

    def _next_rows(self):
        if self.place + self.batch_size > len(self.images):
            self.order = torch.randperm(len(self.images), device=self.device)
            self.place = 0
        self.place += self.batch_size
        return self.order[self.place - self.batch_size : self.place]


class _BetaVAE(nn.Module):
    def __init__(self, layer_list):
        super().__init__()
        self.encoder = nn.Sequential(*_modules(layer_list.encoder))
        self.mean, self.log_variance = _modules(layer_list.heads)
        self.decoder = nn.Sequential(*_modules(layer_list.decoder))

    def forward(self, images):
        """The loss of uint8 images, `(batch, channels, height, width)`."""
        images = images.float() / 255.0
        features = self.encoder(images)
        mean = self.mean(features).float()
        log_variance = self.log_variance(features).float()
        codes = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        logits = self.decoder(codes).float()
        reconstruction = functional.binary_cross_entropy_with_logits(
            logits, images, reduction="sum"
        )
        kl = 0.5 * (mean.square() + log_variance.exp() - log_variance - 1).sum()
        return (reconstruction + BETA * kl) / len(images)


def _modules(layers):
    """PyTorch's modules of a chain, with its weights in PyTorch's layouts."""
    modules = []
    previous = None
    for place, layer in enumerate(layers):
        following = layers[place + 1] if place + 1 < len(layers) else None
        modules.append(_module(layer, previous, following))
        activations = {"relu": [nn.ReLU()], "tanh": [nn.Tanh()], "linear": []}
        modules += activations[layer.activation]
        previous = layer
    return modules


def _module(layer, previous, following):
    if layer.kind == "flatten":
        return nn.Flatten()
    if layer.kind == "reshape":
        height, width, channels = layer.output_shape
        return nn.Unflatten(1, (channels, height, width))
    kernel, bias = layer.kernel, layer.bias
    if layer.kind == "dense":
        module = nn.Linear(*kernel.shape)
        # Keras flattens with the channels last.
        if previous is not None and previous.kind == "flatten":
            rows = _channels_first(previous.input_shape)
            kernel = kernel[rows]
        if following is not None and following.kind == "reshape":
            columns = _channels_first(following.output_shape)
            kernel, bias = kernel[:, columns], bias[columns]
        return _with_weights(module, kernel.T, bias)
    size = kernel.shape[0]
    is_transposed = layer.kind == "transposed"
    kind = nn.ConvTranspose2d if is_transposed else nn.Conv2d
    inputs = layer.input_shape[-1]
    module = kind(inputs, bias.size, size, stride=2, padding=(size - 2) // 2)
    # From (height, width, in, out) to (out, in, …); transposed ones have them swapped.
    return _with_weights(module, kernel.transpose(3, 2, 0, 1), bias)


def _with_weights(module, kernel, bias):
    with torch.no_grad():
        module.weight.copy_(torch.tensor(np.ascontiguousarray(kernel)))
        module.bias.copy_(torch.tensor(bias))
    return module


def _channels_first(shape):
    """Places in a flat channels-last map, in the order of a channels-first one."""
    return np.arange(np.prod(shape)).reshape(shape).transpose(2, 0, 1).ravel()
