import ast
import os
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_bvae
from keras_bvae.engine import engine

PACKAGE = Path(keras_bvae.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
FRAMEWORKS = {"jax", "torch", "tensorflow"}


def imported_roots(path):
    """(module, is at the top level) of every import in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, id(node) in top


def test_only_the_engine_knows_the_backend():
    """The engine is a file for each backend, JAX's convolutions and what it compiled,
    and how saving does without TensorFlow.

    Two others read foreign files: PyTorch checkpoints, and records of TFDS. Three run
    exported files with the framework that they are for. The benchmark holds loops
    written by hand in each framework to set beside ours.
    """
    allowed = {
        "engine/on_jax.py",
        "engine/jax_convolutions.py",
        "engine/compiled_steps.py",
        "engine/without_tensorflow.py",
        "engine/on_tensorflow.py",
        "engine/on_torch.py",
        "models/pytorch_file.py",
        "export/file_formats.py",
        "datasets/tfds/tfds_build.py",
        *(
            path.relative_to(PACKAGE).as_posix()
            for path in (PACKAGE / "benchmark").rglob("*.py")
        ),
    }
    offenders = {
        path.relative_to(PACKAGE).as_posix()
        for path in SOURCES
        for module, _ in imported_roots(path)
        if module.split(".")[0] in FRAMEWORKS or module.startswith("keras.src")
    }
    assert offenders <= allowed


@pytest.mark.parametrize("folder", ["metrics", "pictures"])
def test_metrics_and_pictures_import_no_keras(folder):
    for path in (PACKAGE / folder).rglob("*.py"):
        roots = {module.split(".")[0] for module, _ in imported_roots(path)}
        assert not roots & (FRAMEWORKS | {"keras"}), path


def test_gradient_of_a_known_function():
    x = keras.Variable(np.float32([1.0, -2.0]))
    other = keras.Variable(3.0)

    def function():
        other.assign(5.0)
        return keras.ops.sum(x * x * x), {"square": keras.ops.sum(x * x)}

    loss, extras, (gradient,) = engine.value_and_grad(function, [x], [other])
    # By hand: 1 - 8, 1 + 4, and 3x²
    assert float(loss) == -7.0
    assert float(extras["square"]) == 5.0
    np.testing.assert_allclose(keras.ops.convert_to_numpy(gradient), [3.0, 12.0])
    assert float(other) == 5.0


def test_apply_gradients_is_one_step_of_the_optimizer():
    x = keras.Variable(np.float32([1.0]))
    optimizer = keras.optimizers.SGD(0.5)
    optimizer.build([x])
    engine.apply_gradients(optimizer, [keras.ops.convert_to_tensor([2.0])], [x])
    np.testing.assert_allclose(keras.ops.convert_to_numpy(x), [0.0])
    assert int(optimizer.iterations) == 1


def test_device_is_named():
    assert isinstance(engine.device_name(), str)
    assert engine.device_name()


def test_every_backend_offers_the_same():
    names = [
        line.split(" = ")[0]
        for line in Path(engine.__file__).read_text(encoding="utf-8").splitlines()
        if " = _backend." in line
    ]
    names.append("device_memory_bytes")
    for module in ("on_jax", "on_tensorflow", "on_torch", "without_training"):
        tree = ast.parse((PACKAGE / "engine" / f"{module}.py").read_text("utf-8"))
        defined = {node.name for node in tree.body if hasattr(node, "name")}
        defined |= {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
        }
        assert set(names) <= defined, module


def test_an_array_on_the_device_is_the_array():
    array = np.arange(6, dtype="uint8").reshape(2, 3)
    array.setflags(write=False)
    on_device = engine.to_device(array)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(on_device), array)


def test_the_devices_memory_is_known():
    assert engine.memory_bytes() > 2**28
    assert engine.is_on_cpu() in (True, False)


@pytest.mark.across_backends
def test_without_memory_of_its_own_a_device_has_what_the_system_says(monkeypatch):
    monkeypatch.setattr(engine._backend, "device_memory_bytes", lambda: None)
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    assert engine.memory_bytes() == pages * size
    monkeypatch.setattr(engine._backend, "device_memory_bytes", lambda: 2**33)
    assert engine.memory_bytes() == 2**33


@pytest.mark.across_backends
def test_a_system_that_does_not_tell_counts_as_a_small_one(monkeypatch):
    monkeypatch.setattr(engine._backend, "device_memory_bytes", lambda: None)
    monkeypatch.delattr(os, "sysconf")
    assert engine.memory_bytes() == 8 * 2**30
