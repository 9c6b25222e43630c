import json
import os
import re
import subprocess
import sys
from pathlib import Path

import keras
import pytest

TESTS = Path(__file__).parents[1]
SCRIPT = TESTS / "on_two_devices.py"
CHECKS = re.findall(r"^    (\w+),$", SCRIPT.read_text().split("\nCHECKS = ")[1], re.M)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What `on_two_devices.py` found, by the name of the check."""
    backend = keras.backend.backend()
    if backend not in ("jax", "tensorflow"):
        pytest.skip("Keras trains on one device here")
    path = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    child = subprocess.run(
        [sys.executable, SCRIPT, tmp_path_factory.mktemp("devices")],
        env={
            **os.environ,
            "KERAS_BACKEND": backend,
            "PYTHONPATH": path,
            "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
        },
        capture_output=True,
        text=True,
    )
    assert child.returncode == 0, child.stderr
    return json.loads(child.stdout.splitlines()[-1])


@pytest.mark.parametrize("check", CHECKS)
def test_on_two_devices(found, check):
    assert found[check] == "holds", found[check]
