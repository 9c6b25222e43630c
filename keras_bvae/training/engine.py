"""The one module that knows which backend is running.

A model writes its training step once, in Keras operations, as if its variables were
ordinary mutable things. This file gives that step the same meaning on TensorFlow, JAX
and PyTorch, through four functions, written once for each backend below:

`value_and_grad(function, variables, others)` evaluates `function`, which takes nothing
and returns a scalar loss and a structure of tensors. `variables`: what to differentiate
by; `others`: all further variables that the function may read or assign. Returns
`(loss, extras, gradients)`, the gradients in the order of `variables`.

`apply_gradients(optimizer, gradients, variables)` updates the variables and the
optimizer's own state by one step.

`run_step(step, model, *arguments)` runs `step(data)` as Keras wants a `train_step` or
`test_step` to run, on the arguments that it passed: the batch; on JAX the state and the
batch. Returns the logs; on JAX the logs and the new state.

`device_name()` names what Keras computes on, for the record of a run.

TensorFlow and PyTorch run the step as it stands. JAX needs a pure function of the
model's state: there the step runs inside a `keras.StatelessScope`, where reading a
variable reads the scope and assigning one writes to it. An assignment to a variable
that nobody tracks would be lost there without a word, so it raises RuntimeError.
"""

import keras

BACKEND = keras.backend.backend()

_UNTRACKED = (
    "A training step may assign only variables that the model or its optimizer "
    "tracks; received an assignment to another one. Create it with `add_weight`, or "
    "make the layer, metric or optimizer that owns it an attribute of the model."
)


if BACKEND == "jax":
    import jax

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

    def _require_tracked(scope, mapping):
        if len(scope.state_mapping) > len(mapping):
            raise RuntimeError(_UNTRACKED)

    def device_name():
        return jax.devices()[0].device_kind

elif BACKEND == "tensorflow":
    import tensorflow as tf

    def value_and_grad(function, variables, others):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([v.value for v in variables])
            loss, extras = function()
        return loss, extras, tape.gradient(loss, [v.value for v in variables])

    def apply_gradients(optimizer, gradients, variables):
        optimizer.apply(gradients, variables)

    def run_step(step, model, data):
        return step(data)

    def device_name():
        gpus = tf.config.list_physical_devices("GPU")
        if not gpus:
            return "cpu"
        details = tf.config.experimental.get_device_details(gpus[0])
        return details.get("device_name", "gpu")

elif BACKEND == "torch":
    import torch

    def value_and_grad(function, variables, others):
        loss, extras = function()
        gradients = torch.autograd.grad(
            loss, [v.value for v in variables], allow_unused=True
        )
        return loss.detach(), extras, gradients

    def apply_gradients(optimizer, gradients, variables):
        with torch.no_grad():
            optimizer.apply(list(gradients), variables)

    def run_step(step, model, data):
        return step(data)

    def device_name():
        return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"

else:

    def value_and_grad(function, variables, others):
        raise NotImplementedError(
            "Training needs the tensorflow, jax or torch backend; received "
            f"{BACKEND!r}. Set KERAS_BACKEND to one of them before importing keras."
        )

    apply_gradients = value_and_grad

    def run_step(step, model, data):
        return step(data)

    def device_name():
        return "cpu"
