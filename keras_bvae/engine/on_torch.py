"""The engine on PyTorch, which runs a step as it stands, operation by operation."""

import contextlib
import functools
import math
import warnings
import weakref

import keras
import torch
from keras import layers
from torch.optim.adam import adam

from keras_bvae.engine.plain_adam import plain_adam_state

# The gradients of the update before. Were they let go at its end, together with all
# else, their memory would often go back to the system, which hands it out again page by
# page: up to a fifth of the step of a dense network.
_last_gradients = []


def value_and_grad(function, variables, others):
    loss, extras = function()
    _last_gradients.clear()
    gradients = torch.autograd.grad(
        loss, [v.value for v in variables], allow_unused=True
    )
    _last_gradients.extend(gradients)
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


# Layers that do in `call` all there is to do, if they compute in float32.
_SIMPLE_LAYERS = (
    layers.InputLayer,
    layers.Dense,
    layers.Flatten,
    layers.Reshape,
    layers.Conv2D,
    layers.Conv2DTranspose,
    layers.Activation,
    layers.ReLU,
    layers.LeakyReLU,
)
_is_simple_network = weakref.WeakKeyDictionary()


def forward(network, inputs, training):
    if network not in _is_simple_network:
        _is_simple_network[network] = _is_simple(network)
    is_real = training and isinstance(inputs, torch.Tensor)
    if not is_real or not _is_simple_network[network]:
        return network(inputs, training=training)
    # What Keras checks and converts around each call takes longer than a small layer.
    outputs = network._run_through_graph(inputs, operation_fn=lambda layer: layer.call)
    is_alone = isinstance(outputs, (list, tuple)) and len(outputs) == 1
    return outputs[0] if is_alone else outputs


def _is_simple(network):
    return (
        type(network).__name__ == "Functional"
        and hasattr(network, "_run_through_graph")
        and len(network.inputs) == 1
        and all(map(_is_simple_layer, network.layers))
    )


def _is_simple_layer(layer):
    return (
        isinstance(layer, _SIMPLE_LAYERS)
        and type(layer).__module__.startswith(("keras.", "keras_bvae."))
        and layer.dtype_policy.name == "float32"
        and layer.activity_regularizer is None
        and not getattr(layer, "lora_enabled", False)
    )


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


def many_steps(model, images_of):
    def run(stored, payload, count):
        rows = keras.tree.map_structure(lambda part: part[:count], payload)
        payload = keras.tree.map_structure(to_device, rows)
        for index in range(count):
            row = keras.tree.map_structure(lambda part: part[index], payload)  # noqa: B023
            model.train_step(images_of(stored, row))
        return model.get_metrics_result()

    return run


def can_fuse(model):
    return not model.run_eagerly


def scope_of(model):
    return contextlib.nullcontext()


keeping_weights = scope_of


def keeping_random():
    # Keras reads arrays through PyTorch's loader, which draws a seed for its workers.
    return torch.random.fork_rng(devices=[])


@contextlib.contextmanager
def letting_go():
    try:
        yield
    finally:
        _last_gradients.clear()


@functools.cache
def _device_type():
    """What Keras computes on: "cpu", "cuda", "mps" (Apple), "xpu" (Intel) …"""
    return keras.ops.zeros(()).device.type


def is_on_cpu():
    return _device_type() == "cpu"


def device_memory_bytes():
    kind = _device_type()
    if kind == "cuda":
        return torch.cuda.mem_get_info()[1]
    if kind == "xpu":
        return torch.xpu.get_device_properties().total_memory
    if kind == "mps":
        return torch.mps.recommended_max_memory()
    return None  # as the main memory's, on a CPU and on devices that do not tell


def to_device(array):
    with warnings.catch_warnings():
        # A mapped file is read-only; nobody writes to it here either.
        warnings.filterwarnings("ignore", "The given NumPy array is not writ")
        return keras.ops.convert_to_tensor(array)


def sender():
    place = keras.ops.zeros(()).device
    return lambda array: torch.from_numpy(array).to(place)


def fetched(logs):
    if len({(value.dtype, value.shape) for value in logs.values()}) != 1:
        return logs
    return dict(zip(logs, torch.stack(list(logs.values())).tolist(), strict=True))


def device_name():
    kind = _device_type()
    if kind in ("cuda", "xpu"):
        return getattr(torch, kind).get_device_name()
    return kind


# In half precision Keras's own forms are the faster ones.
def prefers_blocks_in_3d():
    return False


def strided_convolution(images, kernel, bias):
    if images.shape[1] % 2 or images.shape[2] % 2 or kernel.dtype != torch.float32:
        return None
    # Keras adds the bias afterwards: another two passes over the outputs.
    return _channels_last(torch.nn.functional.conv2d, images, kernel, bias)


# Up to here oneDNN takes four times as long for a transposed convolution as for the
# same products in another order (measured at 1 and 3 filters, 64 to 256 pixels).
_FEW_FILTERS = 4


def strided_transposed_convolution(images, kernel, bias):
    if kernel.dtype != torch.float32:
        return None
    if kernel.shape[2] <= _FEW_FILTERS and _runs_as_it_stands(images):
        outputs = _ToFewFilters.apply(images, kernel)
        return outputs if bias is None else outputs + bias
    # Keras makes the whole result, then cuts its edges off: twice the time.
    return _channels_last(torch.nn.functional.conv_transpose2d, images, kernel, bias)


def _runs_as_it_stands(images):
    """On a CPU, and in no graph that is written down to run elsewhere."""
    is_recorded = torch.jit.is_tracing() or torch.compiler.is_compiling()
    return images.device.type == "cpu" and not is_recorded


class _ToFewFilters(torch.autograd.Function):
    """A transposed convolution of stride 2 whose result has few channels.

    Forward it is one convolution of stride 1 that makes the four pixels of each 2×2
    block, and the blocks laid out; backward what PyTorch has. All of it can be
    differentiated again, and vmapped.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(images, kernel):
        rows, columns = (size // 2 for size in kernel.shape[:2])
        filters, channels = kernel.shape[2:]
        kernel = kernel.reshape(rows, 2, columns, 2, filters, channels)
        kernel = kernel.flip(0, 2).permute(1, 3, 4, 5, 0, 2)
        blocks = torch.nn.functional.conv2d(
            images.permute(0, 3, 1, 2),
            kernel.reshape(4 * filters, channels, rows, columns),
            padding=(rows - 1, columns - 1),
        ).permute(0, 2, 3, 1)
        count, height, width, _ = blocks.shape
        blocks = blocks.reshape(count, height, width, 2, 2 * filters).transpose(2, 3)
        whole = blocks.reshape(count, 2 * height, 2 * width, filters)
        return whole[:, rows - 1 : 1 - rows or None, columns - 1 : 1 - columns or None]

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, gradient):
        images, kernel = ctx.saved_tensors
        gradient, kernel = gradient.permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1)
        how = {"stride": 2, "padding": [size // 2 - 1 for size in kernel.shape[2:]]}
        by_images = torch.nn.functional.conv2d(gradient, kernel, **how)
        by_kernel = torch.nn.grad.conv2d_weight(
            gradient, kernel.shape, images.permute(0, 3, 1, 2), **how
        )
        return by_images.permute(0, 2, 3, 1), by_kernel.permute(2, 3, 1, 0)


def _channels_last(convolution, images, kernel, bias):
    padding = [size // 2 - 1 for size in kernel.shape[:2]]
    outputs = convolution(
        images.permute(0, 3, 1, 2),
        kernel.permute(3, 2, 0, 1),
        bias,
        stride=2,
        padding=padding,
    )
    return outputs.permute(0, 2, 3, 1)
