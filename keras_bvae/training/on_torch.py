"""The engine on PyTorch, which runs a step as it stands, operation by operation."""

import functools
import math
import warnings

import keras
import torch
from torch.optim.adam import adam

from keras_bvae.training.main_memory import main_memory_bytes
from keras_bvae.training.plain_adam import plain_adam_state


def value_and_grad(function, variables, others):
    loss, extras = function()
    gradients = torch.autograd.grad(
        loss, [v.value for v in variables], allow_unused=True
    )
    return loss.detach(), extras, gradients


@torch.no_grad()
def apply_gradients(optimizer, gradients, variables):
    gradients = list(gradients)
    state = plain_adam_state(optimizer, gradients, variables) if is_on_cpu() else None
    if state is None:
        optimizer.apply(gradients, variables)
        return
    step = int(optimizer.iterations.value)
    # PyTorch's own operation, in one pass. It adds ε to √(v / (1 - β₂ᵗ)), Keras to √v.
    epsilon = optimizer.epsilon / math.sqrt(1 - optimizer.beta_2 ** (step + 1))
    adam(
        [v.value for v in variables],
        gradients,
        *([v.value for v in values] for values in state),
        max_exp_avg_sqs=[],
        state_steps=[torch.tensor(float(step)) for _ in variables],
        fused=True,
        amsgrad=False,
        beta1=optimizer.beta_1,
        beta2=optimizer.beta_2,
        lr=float(optimizer.learning_rate),
        weight_decay=0.0,
        eps=epsilon,
        maximize=False,
    )
    optimizer.iterations.assign_add(1)


def run_step(step, model, data):
    return step(data)


def many_steps(model, images_of):
    def run(stored, payload, count):
        payload = to_device(payload)
        for index in range(count):
            model.train_step(images_of(stored, payload[index]))
        return model.get_metrics_result()

    return run


def can_fuse(model):
    return not model.run_eagerly


@functools.cache
def is_on_cpu():
    return keras.ops.zeros(()).device.type == "cpu"


def memory_bytes():
    return main_memory_bytes() if is_on_cpu() else torch.cuda.mem_get_info()[1]


def to_device(array):
    with warnings.catch_warnings():
        # A mapped file is read-only; nobody writes to it here either.
        warnings.filterwarnings("ignore", "The given NumPy array is not writ")
        return keras.ops.convert_to_tensor(array)


def device_name():
    return "cpu" if is_on_cpu() else torch.cuda.get_device_name()


def strided_convolution(images, kernel):
    return None


def strided_transposed_convolution(images, kernel):
    # Keras makes the whole result, then cuts its edges off: twice the time.
    rows, columns = (size // 2 - 1 for size in kernel.shape[:2])
    kernel = keras.ops.convert_to_tensor(kernel).permute(3, 2, 0, 1)
    images = images.permute(0, 3, 1, 2)
    images = torch.nn.functional.conv_transpose2d(
        images, kernel, stride=2, padding=(rows, columns)
    )
    return images.permute(0, 2, 3, 1)
