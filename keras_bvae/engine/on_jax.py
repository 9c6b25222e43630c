"""The engine on JAX, which wants a pure function of the model's state.

There a step runs inside a `keras.StatelessScope`, where reading a variable reads the
scope and assigning one writes to it. An assignment to a variable that nobody tracks
would be lost there without a word, so it raises RuntimeError.
"""

import contextlib

import jax
import keras
import numpy as np

from keras_bvae.engine import jax_convolutions
from keras_bvae.errors import UntrackedVariable

_UNTRACKED = (
    "A training step may assign only variables that the model or its optimizer "
    "tracks; received an assignment to another one. Create it with `add_weight`, or "
    "make the layer, metric or optimizer that owns it an attribute of the model."
)


def value_and_grad(function, variables, others):
    def pure(values):
        mapping = [(v, v.value) for v in others]
        mapping += list(zip(variables, values, strict=True))
        with keras.StatelessScope(mapping) as scope:
            loss, extras = function()
        _require_tracked(scope, mapping)
        return loss, (extras, [scope.get_current_value(v) for v in others])

    # Scopes do not see through one another, hence the explicit hand-over.
    values = [v.value for v in variables]
    (loss, (extras, updates)), gradients = jax.value_and_grad(pure, has_aux=True)(
        values
    )
    for variable, value in zip(others, updates, strict=True):
        variable.assign(value)
    return loss, extras, gradients


def apply_gradients(optimizer, gradients, variables):
    new_values, new_state = optimizer.stateless_apply(
        [v.value for v in optimizer.variables],
        list(gradients),
        [v.value for v in variables],
    )
    owners = [*variables, *optimizer.variables]
    for variable, value in zip(owners, [*new_values, *new_state], strict=True):
        variable.assign(value)


def forward(network, inputs, training):
    return network(inputs, training=training)


def compiled(function):
    return jax.jit(function)


def run_step(step, model, state, data):
    groups = [
        model.trainable_variables,
        model.non_trainable_variables,
        model.metrics_variables,
    ]
    if len(state) == 4:  # four groups in training, three in evaluation
        groups.insert(2, model.optimizer.variables)
    mapping = [
        pair
        for group, values in zip(groups, state, strict=True)
        for pair in zip(group, values, strict=True)
    ]
    with keras.StatelessScope(mapping) as scope:
        logs = step(data)
    _require_tracked(scope, mapping)
    return logs, tuple([scope.get_current_value(v) for v in g] for g in groups)


def images_in(batch):
    return keras.ops.shape(batch)[0]


def mean_over_devices(mean):
    return mean  # a mean is of the whole batch, whatever devices it lies on


def seed_here(seed):
    return seed  # a draw is for the whole batch, whatever devices it lies on


def equal_parts():
    distribution = keras.distribution.distribution()
    if distribution is None:
        return 1
    mesh = distribution.device_mesh
    return mesh.shape[mesh.axis_names.index(distribution.batch_dim_name)]


@contextlib.contextmanager
def undivided():
    before = keras.distribution.distribution()
    keras.distribution.set_distribution(None)
    try:
        yield
    finally:
        keras.distribution.set_distribution(before)


def _require_tracked(scope, mapping):
    if len(scope.state_mapping) > len(mapping):
        raise UntrackedVariable(_UNTRACKED)


def many_steps(model, images_of):
    compiled = None

    def run(stored, payload, count, state):
        nonlocal compiled
        count = np.int32(count)
        if compiled is None:
            compiled = _compiled(model, images_of, stored, payload, count, state)
        return compiled(stored, payload, count, state)

    return run


def _compiled(model, images_of, *arguments):
    # Where each variable lies; that is where its new value is to lie.
    places = jax.tree.map(lambda value: value.sharding, tuple(arguments[-1]))
    places = None if keras.distribution.distribution() is None else places

    def one_step(stored, row, state):
        _, after = model.train_step(state, _spread(images_of(stored, row)))
        # A loop keeps its types; a step may make a weak type of a strong one.
        return jax.tree.map(_as_before, after, state)

    def running_means(values):
        mapping = list(zip(model.metrics_variables, values, strict=True))
        with keras.StatelessScope(mapping):
            return model.get_metrics_result()

    def loop(stored, payload, count, state):
        def body(index, state):
            return one_step(stored, _row(payload, index), state)

        state = jax.lax.fori_loop(0, count, body, tuple(state))
        return running_means(state[-1]), state

    traced = jax.jit(loop, donate_argnums=3, out_shardings=places and (None, places))
    traced = traced.trace(*arguments)
    if not (is_on_cpu() and _is_slow_in_a_loop(traced.jaxpr)):
        return traced.lower().compile()
    one_step = jax.jit(one_step, donate_argnums=2, out_shardings=places)
    running_means = jax.jit(running_means)

    def step_by_step(stored, payload, count, state):
        for index in range(count):
            state = one_step(stored, _row(payload, index), tuple(state))
        return running_means(state[-1]), state

    return step_by_step


def _row(payload, index):
    return jax.tree.map(lambda part: part[index], payload)


def _spread(images):
    """The images of a step, in equal parts on the devices that Keras spreads over."""
    distribution = keras.distribution.distribution()
    if distribution is None:
        return images

    def spread(part):
        layout = distribution.get_data_layout(part.shape)
        return keras.distribution.distribute_tensor(part, layout)

    return jax.tree.map(spread, images)


def _is_slow_in_a_loop(jaxpr):
    """Whether there is a convolution that XLA does not rearrange for a CPU in a loop.

    Such a one takes up to a hundred times as long there (jax-ml/jax, issue 12868).
    Those of our own layers are of a form that needs no rearranging.
    """
    jaxpr = getattr(jaxpr, "jaxpr", jaxpr)
    return any(
        _is_unusual(equation.params)
        if equation.primitive.name == "conv_general_dilated"
        else any(_is_slow_in_a_loop(inner) for inner in _inner(equation.params))
        for equation in jaxpr.eqns
    )


def _is_unusual(convolution):
    dilations = (*convolution["lhs_dilation"], *convolution["rhs_dilation"])
    groups = convolution["feature_group_count"], convolution["batch_group_count"]
    channels_last = (0, 3, 1, 2), (3, 2, 0, 1), (0, 3, 1, 2)
    return {*dilations, *groups} != {1} or (
        tuple(convolution["dimension_numbers"]) != channels_last
    )


def _inner(parameters):
    for value in parameters.values():
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if hasattr(getattr(item, "jaxpr", item), "eqns"):
                yield item


def _as_before(after, before):
    return jax.lax.convert_element_type(after, before.dtype)


def can_fuse(model):
    return not model.run_eagerly and bool(model.jit_compile)


def scope_of(model):
    return contextlib.nullcontext()


@contextlib.contextmanager
def keeping_weights(model):
    optimizer = getattr(model, "optimizer", None)
    variables = [
        *model.variables,
        *model.metrics_variables,
        *(optimizer.variables if optimizer is not None else []),
    ]
    values = [variable.value for variable in variables]
    try:
        yield
    except BaseException:
        # Keras takes the values away for the time of a fit, and puts none back if it
        # ends before the first step; later on it has those of the last step.
        model.jax_state_sync()
        for variable, value in zip(variables, values, strict=True):
            if variable._value is None and not value.is_deleted():
                variable._value = value
        raise


def keeping_random():
    return contextlib.nullcontext()  # nobody draws from the process's own numbers


def letting_go():
    return contextlib.nullcontext()  # nothing is kept from step to step


def is_on_cpu():
    return jax.default_backend() == "cpu"


def device_memory_bytes():
    statistics = jax.devices()[0].memory_stats() or {}
    return statistics.get("bytes_limit")


def to_device(array):
    distribution = keras.distribution.distribution()
    if distribution is None:
        return jax.device_put(array)
    # All of it on each: any device may be asked for any image.
    everywhere = (None,) * array.ndim
    layout = keras.distribution.TensorLayout(everywhere, distribution.device_mesh)
    return keras.distribution.distribute_tensor(array, layout)


def sender():
    if keras.distribution.distribution() is not None:
        return lambda array: array  # the compiled step spreads it
    place = jax.numpy.zeros(()).sharding
    return lambda array: jax.device_put(array, place)


def fetched(logs):
    return jax.device_get(logs)


def device_name():
    return jax.devices()[0].device_kind


def prefers_blocks_in_3d():
    # XLA:CPU takes seconds for the gradients of such a convolution.
    return is_on_cpu()


def strided_convolution(images, kernel, bias):
    return _with_bias(jax_convolutions.convolution_for_cpu(images, kernel), bias)


def strided_transposed_convolution(images, kernel, bias):
    outputs = jax_convolutions.transposed_convolution_for_cpu(images, kernel)
    return _with_bias(outputs, bias)


def _with_bias(outputs, bias):
    return outputs if outputs is None or bias is None else outputs + bias
