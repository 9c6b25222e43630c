"""Three repairs that make one `.keras` file serve every backend.

Keras 3.15 alone would lose the random streams, name PyTorch's own optimizer classes,
and pin the compiler flags of the machine that saved.
"""

import keras

_MACHINE_BOUND = ("jit_compile", "run_eagerly", "steps_per_execution")


class PortableSaving:
    """Mixin before `keras.Model`; saves seeds and a compile state for any backend."""

    def save_own_variables(self, store):
        super().save_own_variables(store)
        for index, seed in enumerate(self._seed_states()):
            store[f"seed_{index}"] = keras.ops.convert_to_numpy(seed.value)

    def load_own_variables(self, store):
        keys = list(store.keys())  # Keras's store is no dict
        super().load_own_variables(
            {key: store[key] for key in keys if not key.startswith("seed_")}
        )
        for index, seed in enumerate(self._seed_states()):
            if f"seed_{index}" in keys:
                seed.assign(store[f"seed_{index}"])

    def _seed_states(self):
        # Keras counts them among `variables` but not among `weights`; Dropout's too.
        weights = {id(weight) for weight in self.weights}
        return [v for v in self.variables if id(v) not in weights]

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
