"""The one module that knows which backend is running.

A model writes its training step once, in Keras operations, as if its variables were
ordinary mutable things. These functions have the same meaning on TensorFlow, JAX and
PyTorch; `on_tensorflow.py`, `on_jax.py` and `on_torch.py` write each of them once:

`value_and_grad(function, variables, others)` evaluates `function`, which takes nothing
and returns a scalar loss and a structure of tensors. `variables`: what to differentiate
by; `others`: all further variables that the function may read or assign. Returns
`(loss, extras, gradients)`, the gradients in the order of `variables`.

`apply_gradients(optimizer, gradients, variables)` updates the variables and the
optimizer's own state by one step; Adam in one pass over the memory where the backend
has that.

`forward(network, inputs, training)` is `network(inputs, training=training)`, with less
ado around simple layers where a backend runs them one by one.

`compiled(function)`: a function of tensors as the backend runs it within a step.

`run_step(step, model, *arguments)` runs `step(data)` as Keras wants a `train_step` or
`test_step` to run, on the arguments that it passed: the batch; on JAX the state and the
batch. Returns the logs; on JAX the logs and the new state.

`many_steps(model, images_of)` makes a dispatch of several training steps: a function
`run(stored, payload, count, *state)` that trains on `images_of(stored, payload[i])`
for each i below `count`, compiled once for all counts. Returns what `run_step` does,
the logs of all steps since the running means were reset.

`can_fuse(model)`: whether the model is one for `many_steps`, not one that the user has
run eagerly.

Where Keras spreads a batch over several devices, by a `tf.distribute` strategy or by
`keras.distribution` on JAX: `images_in(batch)` is how many of its images a step really
counts; `seed_here(seed)` is a draw's seed, another one on each device that draws for
itself; `mean_over_devices(mean)` is the whole batch's mean of what each device has the
mean of in its part, differentiable; `equal_parts()` is the number that a batch's size
must be a multiple of, and `undivided()` a context in which batches of any size go whole
to every device.

`scope_of(model)`: the context in which the model's variables are to be made.

`keeping_weights(model)`: the context in which a model is trained, evaluated or asked;
what ends it by an error leaves the model's state where it was. On JAX, Keras would lose
it.

`is_on_cpu()`, `memory_bytes()`, `to_device(array)`: whether Keras computes on a CPU;
the memory of its device; an array put there.

`sender()` makes a function that puts arrays there from any thread, where `to_device` of
this thread would put them; `fetched(logs)` is a dict of scalars on the device, their
values here, in one go.

`prefers_blocks_in_3d()`: whether a convolution of three axes, of stride 2, trains
faster as products of blocks.

`strided_convolution(images, kernel, bias)` and `strided_transposed_convolution(…)`:
what Keras' convolutions compute at stride 2 with "same" padding and channels last, in a
form that trains faster; None where backend, device or shapes have no such form. `bias`:
tensor or None.

`keeping_random()` is a context after which the process draws the random numbers that it
would have drawn without it.

`letting_go()` is a context round training: what a step keeps for the next one goes at
its end.

`seed_as_kept(seed)`: a seed of 32 bits as Keras's generators take it.

`device_name()` names that device, for the record of a run.
"""

import os

import keras

BACKEND = keras.backend.backend()

if BACKEND == "jax":
    from keras_bvae.engine import on_jax as _backend
elif BACKEND == "tensorflow":
    from keras_bvae.engine import on_tensorflow as _backend
elif BACKEND == "torch":
    from keras_bvae.engine import on_torch as _backend
else:
    from keras_bvae.engine import without_training as _backend

value_and_grad = _backend.value_and_grad
apply_gradients = _backend.apply_gradients
forward = _backend.forward
compiled = _backend.compiled
run_step = _backend.run_step
images_in = _backend.images_in
mean_over_devices = _backend.mean_over_devices
seed_here = _backend.seed_here
equal_parts = _backend.equal_parts
undivided = _backend.undivided
many_steps = _backend.many_steps
can_fuse = _backend.can_fuse
scope_of = _backend.scope_of
keeping_weights = _backend.keeping_weights
keeping_random = _backend.keeping_random
letting_go = _backend.letting_go
is_on_cpu = _backend.is_on_cpu
to_device = _backend.to_device
sender = _backend.sender
fetched = _backend.fetched
device_name = _backend.device_name
prefers_blocks_in_3d = _backend.prefers_blocks_in_3d
strided_convolution = _backend.strided_convolution
strided_transposed_convolution = _backend.strided_transposed_convolution


def memory_bytes():
    return _backend.device_memory_bytes() or _main_memory_bytes()


def _main_memory_bytes():
    """Bytes of this machine's memory; 8 GiB where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 8 * 2**30


def seed_as_kept(seed):
    # PyTorch's are signed; the bits are the same.
    return seed - 2**32 if BACKEND == "torch" and seed >= 2**31 else seed
