"""Repairs that make one `.keras` file serve every backend and hold the whole state.

Keras 3.15 alone would lose the random streams and the running means, name PyTorch's
own optimizer classes, and pin the compiler flags of the machine that saved.
"""

import keras
import numpy as np

_MACHINE_BOUND = ("jit_compile", "run_eagerly", "steps_per_execution")
_SEED, _MEAN = "seed_", "mean_"


class PortableSaving:
    """Mixin before `keras.Model`; saves seeds, means, a compile state for any backend.

    The running means are the totals and counts of the metrics: a `fit` that goes on in
    the middle of a log period needs them to report that period's averages.
    """

    def save_own_variables(self, store):
        super().save_own_variables(store)
        for prefix, variables in self._further_states():
            for index, variable in enumerate(variables):
                store[f"{prefix}{index}"] = keras.ops.convert_to_numpy(variable)

    def load_own_variables(self, store):
        keys = list(store.keys())  # Keras's store is no dict
        super().load_own_variables(
            {key: store[key] for key in keys if not key.startswith((_SEED, _MEAN))}
        )
        (_, seeds), (_, means) = self._further_states()
        for index, seed in enumerate(seeds):
            if f"{_SEED}{index}" in keys:
                seed.assign(store[f"{_SEED}{index}"])
        saved = sum(key.startswith(_MEAN) for key in keys)
        values = [store[f"{_MEAN}{index}"] for index in range(saved)]
        # All or none: half of the means would be of another period. Files from before
        # 0.4 have none.
        if [np.shape(v) for v in values] == [tuple(m.shape) for m in means]:
            for mean, value in zip(means, values, strict=True):
                mean.assign(value)

    def _further_states(self):
        # Keras counts seeds among `variables` but not among `weights`; Dropout's too.
        weights = {id(weight) for weight in self.weights}
        seeds = [v for v in self.variables if id(v) not in weights]
        return (_SEED, seeds), (_MEAN, self.metrics_variables)

    def get_compile_config(self):
        config = super().get_compile_config()
        return {
            key: _portable(value)
            for key, value in config.items()
            if key not in _MACHINE_BOUND
        }

    def compile_from_config(self, config):
        config = {k: v for k, v in config.items() if k not in _MACHINE_BOUND}
        self.compile(**keras.saving.deserialize_keras_object(_portable(config)))


def _portable(config):
    """Names Keras's public optimizer module instead of one backend's private one."""
    if isinstance(config, list):
        return [_portable(item) for item in config]
    if not isinstance(config, dict):
        return config
    config = {key: _portable(value) for key, value in config.items()}
    if str(config.get("module", "")).startswith("keras.src.backend."):
        config = {**config, "module": "keras.optimizers", "registered_name": None}
    return config
