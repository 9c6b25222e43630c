"""The engine on TensorFlow, which runs a step as it stands, inside its graphs."""

import contextlib

import tensorflow as tf

from keras_bvae.engine.plain_adam import plain_adam_state

# TensorFlow does not tell a GPU's memory; few in use have less.
_GPU_MEMORY = 16 * 2**30


def value_and_grad(function, variables, others):
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([v.value for v in variables])
        loss, extras = function()
    return loss, extras, tape.gradient(loss, [v.value for v in variables])


def apply_gradients(optimizer, gradients, variables):
    state = plain_adam_state(optimizer, gradients, variables)
    # On a GPU the step runs in XLA, which fuses Keras's own form.
    if state is None or not is_on_cpu():
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
        return step(data)


def many_steps(model, images_of):
    step = model.train_step
    if model.jit_compile:
        step = tf.function(step, jit_compile=True)

    @tf.function(autograph=False)
    def run(stored, payload, count):
        def one(index):
            step(images_of(stored, payload[index]))
            return (index + 1,)

        tf.while_loop(lambda i: i < count, one, (0,), parallel_iterations=1)
        return model.get_metrics_result()

    # A tensor: a Python number would make a graph for each count.
    return lambda stored, payload, count: run(stored, payload, tf.constant(count))


def can_fuse(model):
    one_replica = model.distribute_strategy.num_replicas_in_sync == 1
    return one_replica and not model.run_eagerly


def scope_of(model):
    return model.distribute_strategy.scope()


def keeping_weights(model):
    return contextlib.nullcontext()


def is_on_cpu():
    return not tf.config.list_physical_devices("GPU")


def device_memory_bytes():
    return None if is_on_cpu() else _GPU_MEMORY


def to_device(array):
    return tf.convert_to_tensor(array)


def device_name():
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return "cpu"
    details = tf.config.experimental.get_device_details(gpus[0])
    return details.get("device_name", "gpu")


def strided_convolution(images, kernel, bias):
    return None


strided_transposed_convolution = strided_convolution
