"""The engine on TensorFlow, which runs a step as it stands, inside its graphs.

Under a `tf.distribute` strategy each device, a replica, runs the step on its part of
the batch, and Keras's optimizer adds the gradients of all up. So a replica's loss
counts by its share of the batch's images: the sum is the gradient of the whole batch.
"""

import contextlib
import contextvars

import tensorflow as tf

from keras_bvae.engine.plain_adam import plain_adam_state

# TensorFlow does not tell a GPU's memory; few in use have less.
_GPU_MEMORY = 16 * 2**30
# What a replica without an image of its own computes on, so that no mean is of nothing:
# as few as a covariance needs.
_BLANKS = 2
# Seeds of different replicas are that far apart.
_SEED_STRIDE = 1_000_003

# `(images, share)` of the replica whose step is being traced, one to a thread.
_own_part = contextvars.ContextVar("part of the batch", default=None)


def value_and_grad(function, variables, others):
    part = _own_part.get()
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([v.value for v in variables])
        loss, extras = function()
        counted = loss if part is None else loss * tf.cast(part[1], loss.dtype)
    return loss, extras, tape.gradient(counted, [v.value for v in variables])


def apply_gradients(optimizer, gradients, variables):
    state = plain_adam_state(optimizer, gradients, variables)
    # On a GPU the step runs in XLA, which fuses Keras's own form; over several devices
    # the gradients have to be added up first.
    if state is None or not is_on_cpu() or _replicas() > 1:
        optimizer.apply(gradients, variables)
        return
    # TensorFlow's own operation: Keras's formula in one pass, on several threads.
    step = tf.cast(optimizer.iterations.value + 1, tf.float32)
    rates = {
        "beta1_power": tf.pow(tf.constant(optimizer.beta_1, tf.float32), step),
        "beta2_power": tf.pow(tf.constant(optimizer.beta_2, tf.float32), step),
        "lr": tf.cast(optimizer.learning_rate, tf.float32),
        "beta1": optimizer.beta_1,
        "beta2": optimizer.beta_2,
        "epsilon": optimizer.epsilon,
    }
    for variable, m, v, gradient in zip(variables, *state, gradients, strict=True):
        tf.raw_ops.ResourceApplyAdam(
            var=variable.value.handle,
            m=m.value.handle,
            v=v.value.handle,
            grad=gradient,
            **rates,
        )
    optimizer.iterations.assign_add(1)


def forward(network, inputs, training):
    return network(inputs, training=training)


def compiled(function):
    return tf.function(function, autograph=False)


def run_step(step, model, data):
    # Else a graph may count the step though its batch could not be read.
    with tf.control_dependencies([x for x in tf.nest.flatten(data) if tf.is_tensor(x)]):
        if _replicas() == 1 or tf.distribute.in_cross_replica_context():
            return step(data)
        return _run_on_part(step, data)


def _run_on_part(step, data):
    first = next(array for array in tf.nest.flatten(data) if array is not None)
    images = tf.shape(first)[0]
    own = tf.cast(images, tf.float32)
    replica = tf.distribute.get_replica_context()
    share = own / replica.all_reduce(tf.distribute.ReduceOp.SUM, own)
    token = _own_part.set((images, share))
    try:
        return step(tf.nest.map_structure(_not_empty, data))
    finally:
        _own_part.reset(token)


def _not_empty(array):
    """A replica's part of a batch; blank where the batch had too few images for it."""
    if array is None or array.shape[0]:
        return array
    blanks = tf.where(tf.shape(array)[0] == 0, _BLANKS, 0)
    shape = tf.concat([[blanks], tf.shape(array)[1:]], axis=0)
    return tf.concat([array, tf.zeros(shape, array.dtype)], axis=0)


def images_in(batch):
    part = _own_part.get()
    return tf.shape(batch)[0] if part is None else part[0]


def mean_over_devices(mean):
    part = _own_part.get()
    if part is None:
        return mean
    share = tf.cast(part[1], mean.dtype)
    replica = tf.distribute.get_replica_context()
    return replica.all_reduce(tf.distribute.ReduceOp.SUM, mean * share)


def seed_here(seed):
    if _replicas() == 1 or tf.distribute.in_cross_replica_context():
        return seed
    number = tf.distribute.get_replica_context().replica_id_in_sync_group
    return seed + tf.cast([number * _SEED_STRIDE, 0], seed.dtype)


def equal_parts():
    return 1  # strategies cut batches as they come


def undivided():
    return contextlib.nullcontext()


def _replicas():
    return tf.distribute.get_strategy().num_replicas_in_sync


def many_steps(model, images_of):
    strategy = model.distribute_strategy
    step = model.train_step
    if strategy.num_replicas_in_sync > 1:
        step = _spread(step, strategy)
    elif model.jit_compile:
        step = tf.function(step, jit_compile=True)

    @tf.function(autograph=False)
    def run(stored, payload, count):
        def one(index):
            row = tf.nest.map_structure(lambda part: part[index], payload)
            step(images_of(stored, row))
            return (index + 1,)

        tf.while_loop(lambda i: i < count, one, (0,), parallel_iterations=1)
        return model.get_metrics_result()

    # A tensor: a Python number would make a graph for each count.
    return lambda stored, payload, count: run(stored, payload, tf.constant(count))


def _spread(step, strategy):
    """A step on a whole batch: each replica takes the rows that are its own."""
    replicas = strategy.num_replicas_in_sync

    def step_on_part(images):
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        count = tf.shape(tf.nest.flatten(images)[0])[0]
        own = slice(replica * count // replicas, (replica + 1) * count // replicas)
        step(tf.nest.map_structure(lambda part: part[own], images))

    return lambda images: strategy.run(step_on_part, args=(images,))


def can_fuse(model):
    return not model.run_eagerly


def scope_of(model):
    return model.distribute_strategy.scope()


def keeping_weights(model):
    return contextlib.nullcontext()


def keeping_random():
    return contextlib.nullcontext()  # nobody draws from the process's own numbers


def letting_go():
    return contextlib.nullcontext()  # nothing is kept from step to step


def is_on_cpu():
    return not tf.config.list_physical_devices("GPU")


def device_memory_bytes():
    return None if is_on_cpu() else _GPU_MEMORY


def to_device(array):
    return tf.convert_to_tensor(array)


def sender():
    if _replicas() > 1:
        return lambda array: array  # the step of each replica takes its part
    place = tf.zeros(()).device

    def send(array):
        with tf.device(place):
            return tf.convert_to_tensor(array)

    return send


def fetched(logs):
    if len({(value.dtype, tuple(value.shape)) for value in logs.values()}) != 1:
        return logs
    return dict(zip(logs, tf.stack(list(logs.values())).numpy().tolist(), strict=True))


def device_name():
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return "cpu"
    details = tf.config.experimental.get_device_details(gpus[0])
    return details.get("device_name", "gpu")


def prefers_blocks_in_3d():
    return False


def strided_convolution(images, kernel, bias):
    return None


strided_transposed_convolution = strided_convolution
