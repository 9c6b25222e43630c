"""Repairs that make one `.keras` file serve every backend and hold the whole state.

Keras 3.15 alone would lose the random streams and the running means, name PyTorch's
own optimizer classes, and pin the compiler flags of the machine that saved.
"""

import os
import sys
from pathlib import Path

import keras
import numpy as np

from keras_bvae.engine.without_tensorflow import without_tensorflow
from keras_bvae.errors import InvalidValue, MissingFile

_MACHINE_BOUND = ("jit_compile", "run_eagerly", "steps_per_execution")
_SEED, _MEAN = "seed_", "mean_"
_HDF5 = (".h5", ".hdf5")
_WANTED = (
    "A model is saved under a name that ends in .keras, which alone holds all of it; "
    "received {!r}. Use model.save('model.keras'), or save_weights('model.weights.h5') "
    "for the weights."
)


class PortableSaving:
    """Mixin before `keras.Model`; saves seeds, means, a compile state for any backend.

    The running means are the totals and counts of the metrics: a `fit` that goes on in
    the middle of a log period needs them to report that period's averages.
    """

    def save(self, filepath, overwrite=True, zipped=None, **kwargs):
        """As `keras.Model.save`, into a `.keras` file.

        Raises:
            InvalidValue: another ending; nothing is written.
            MissingFile: there is no such folder.
        """
        require_keras_name(filepath, zipped)
        _require_folder_of(filepath)
        with without_tensorflow():
            super().save(filepath, overwrite=overwrite, zipped=zipped, **kwargs)

    def save_weights(self, filepath, *args, **kwargs):
        """As `keras.Model.save_weights`, into a `.weights.h5` file.

        Raises:
            MissingFile: there is no such folder.
        """
        _require_folder_of(filepath)
        super().save_weights(filepath, *args, **kwargs)

    def export(self, filepath, *args, **kwargs):
        """As `keras.Model.export`: images to their reconstructions, without noise."""
        if self.built:
            self(np.zeros((1, *self.image_shape), "float32"))  # `fit` never called it
            images = keras.InputSpec(shape=(None, *self.image_shape), dtype="float32")
            kwargs.setdefault("input_signature", [images])
        super().export(filepath, *args, **kwargs)

    def get_config(self):
        _refuse_hdf5()
        return super().get_config()

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


def require_keras_name(path, zipped=None):
    """Raises unless a model's whole state can be saved under this name.

    Args:
        path: str or Path, as `model.save` takes it.
        zipped: False for a folder in place of a file.

    Raises:
        InvalidValue: it cannot.
    """
    name = str(path)
    is_hub = name.startswith("hf://")
    is_folder = (zipped is False or is_hub) and not name.endswith(_HDF5)
    if not is_folder and not name.endswith(".keras"):
        raise InvalidValue(_WANTED.format(name))


def _require_folder_of(path):
    folder = Path(path).parent if isinstance(path, (str, os.PathLike)) else None
    if folder and not str(path).startswith("hf:") and not folder.is_dir():
        raise MissingFile(
            f"A model is saved into a folder that exists; {str(folder)!r} does not. "
            "Make it first, or save elsewhere."
        )


def _refuse_hdf5():
    """Raises where Keras asks for the config to write an HDF5 file, and removes that.

    `keras.saving.save_model(model, "x.h5")` asks the model nothing before it has opened
    the file; the half that it would leave cannot be loaded.

    Raises:
        InvalidValue: it does.
    """
    frame = sys._getframe()
    while frame is not None and frame.f_code.co_name != "save_model_to_hdf5":
        frame = frame.f_back
    if frame is None:
        return
    path = frame.f_locals.get("filepath")
    if frame.f_locals.get("opened_new_file"):
        Path(path).unlink(missing_ok=True)
    raise InvalidValue(_WANTED.format(path))


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
