"""The engine where Keras has no gradients: its NumPy backend can encode and decode."""

import contextlib

import keras

from keras_bvae.errors import NotSupported


def _refuse(*arguments):
    raise NotSupported(
        "Training needs the tensorflow, jax or torch backend; received "
        f"{keras.backend.backend()!r}. Set KERAS_BACKEND to one of them before "
        "importing keras."
    )


value_and_grad = apply_gradients = many_steps = to_device = sender = fetched = _refuse


def forward(network, inputs, training):
    return network(inputs, training=training)


def compiled(function):
    return function


def run_step(step, model, data):
    return step(data)


def images_in(batch):
    return keras.ops.shape(batch)[0]


def mean_over_devices(mean):
    return mean


def seed_here(seed):
    return seed


def equal_parts():
    return 1  # Keras trains on one device here


def undivided():
    return contextlib.nullcontext()


def can_fuse(model):
    return False


def scope_of(model):
    return contextlib.nullcontext()


keeping_weights = scope_of


def keeping_random():
    return contextlib.nullcontext()  # nobody draws from the process's own numbers


def letting_go():
    return contextlib.nullcontext()  # nothing is kept from step to step


def is_on_cpu():
    return True


def device_memory_bytes():
    return None


def device_name():
    return "cpu"


def prefers_blocks_in_3d():
    return False


def strided_convolution(images, kernel, bias):
    return None


strided_transposed_convolution = strided_convolution
