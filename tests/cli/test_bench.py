import importlib.util
import json
import sys
from pathlib import Path

import click
import keras
import pytest
from bench_records import backend_record

from kbvae import names
from kbvae.bench_process import BenchmarkError
from kbvae.commands import bench

RUNNING = keras.backend.backend()
QUICK = ("--steps", 2, "--repeats", 1, "--no-compiled")
TINY = ("--data", "digits+size=16", "--images", 16, "--batch-size", 8)


@pytest.fixture
def measured(monkeypatch):
    """Stands in for the processes: a backend's images a second, or an error."""
    speeds = {"tensorflow": 100.0, "jax": 400.0, "torch": 200.0}
    asked = []

    def measure_backend(backend, options, progress):
        asked.append((backend, options))
        progress(1, 1)
        if isinstance(speeds[backend], Exception):
            raise speeds[backend]
        return backend_record(backend, speeds[backend])

    monkeypatch.setattr(bench, "measure_backend", measure_backend)
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: name if name in speeds else None
    )
    measure_backend.speeds, measure_backend.asked = speeds, asked
    return measure_backend


def test_one_backend_is_measured_from_end_to_end(kbvae):
    result = kbvae("bench", "--backend", RUNNING, *QUICK, *TINY, "--json", "-")
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    found = record["backends"][RUNNING]
    assert record["images_per_second"] == {RUNNING: found["images_per_second"]}
    assert found["images_per_second"] > 0
    assert found["input_share"] > 0
    assert 0 < found["share_of_limit"] < 1.5
    assert found["peak_memory_mb"] > 50
    assert found["keeps_memory"] is sys.platform.startswith("linux")
    loops = [name for name in found["comparisons"] if name.endswith("_loop")]
    for name in ("keras_fit", *loops):
        assert found["comparisons"][name]["ratio"] > 0
    assert len(loops) == 1
    assert record["settings"]["data"] == "digits+size=16"
    assert record["versions"]["keras"] == keras.__version__


def test_every_installed_backend_has_a_table_and_the_fastest_leads(kbvae, measured):
    result = kbvae("bench")
    assert result.exit_code == 0, result.output
    assert [backend for backend, _ in measured.asked] == list(names.BACKENDS)
    summary = result.stdout[result.stdout.index("backend ") :]
    assert (
        summary.index("JAX ") < summary.index("PyTorch ") < summary.index("TensorFlow ")
    )


def test_what_is_typed_reaches_the_processes(kbvae, measured):
    typed = ("--precision", "bfloat16", "--batch-size", 32, "--repeats", 3)
    kbvae("bench", "--backend", "jax", *typed, "--seconds", 0.5, "--no-compiled")
    (asked,) = measured.asked
    plan = {"repeats": 3, "seconds": 0.5, "steps": None}
    assert asked == (
        "jax",
        {
            "network": "burgess2018",
            "precision": "bfloat16",
            "batch_size": 32,
            "data": "dsprites",
            "images": 4096,
            "compiled": False,
            "size": None,
            "channels": None,
            "keep_memory": True,
            "plan": plan,
        },
    )


def test_freed_memory_can_be_returned_as_well(kbvae, measured):
    result = kbvae("bench", "--backend", "jax", "--memory", "returned")
    assert [o["keep_memory"] for _, o in measured.asked] == [False]
    assert "kept ÷" not in result.stdout
    result = kbvae("bench", "--backend", "jax", "--memory", "both", "--json", "a.json")
    assert [o["keep_memory"] for _, o in measured.asked[1:]] == [True, False]
    assert "kept ÷ returned" in result.stdout
    record = json.loads(Path("a.json").read_text(encoding="utf-8"))
    found = record["backends"]["jax"]
    assert (record["keeps_memory"], record["settings"]["memory"]) == (True, "both")
    assert found["returned"]["images_per_second"] == found["images_per_second"]


def test_several_networks_make_several_records(kbvae, measured, tmp_path):
    both = ("--network", "higgins2017", "--network", "burgess2018")
    result = kbvae("bench", "--backend", "jax", *both, "--json", "speed.json")
    assert result.exit_code == 0, result.output
    records = json.loads((tmp_path / "speed.json").read_text(encoding="utf-8"))
    networks = [record["settings"]["network"] for record in records]
    assert networks == ["higgins2017", "burgess2018"]
    assert result.stdout.endswith("speed.json\n")


def test_several_sizes_make_several_records(kbvae, measured):
    forms = ("--size", "64, 128,64", "--channels", "1,3", "--json", "-")
    records = json.loads(kbvae("bench", "--backend", "jax", *forms).stdout)
    settings = [record["settings"] for record in records]
    shapes = [(found["size"], found["channels"]) for found in settings]
    assert shapes == [(64, 1), (128, 1), (64, 3), (128, 3)]


@pytest.mark.parametrize(
    "value", ["", "0", "64,", "7", "-64", "1e3", "big", "9" * 5000]
)
def test_sizes_are_whole_numbers_with_commas(refused, measured, value):
    sentence = refused("bench", f"--size={value}")
    assert "must be whole numbers of 8 to 2048" in sentence
    assert len(sentence) < 200
    assert not measured.asked


def test_json_on_standard_output_stands_alone(kbvae, measured):
    record = json.loads(kbvae("bench", "--json", "-").stdout)
    assert record["images_per_second"] == {
        "tensorflow": 100.0,
        "jax": 400.0,
        "torch": 200.0,
    }
    assert record["device"] == "cpu"


def test_a_backend_that_fails_says_why_and_the_others_go_on(kbvae, measured):
    measured.speeds["jax"] = BenchmarkError("jax could not be measured: no memory")
    result = kbvae("bench", "--json", "speed.json")
    assert result.exit_code == 1
    assert "jax could not be measured: no memory" in result.stderr
    assert "TensorFlow" in result.stdout
    assert "speed.json" in result.stdout


def test_misuse_ends_it_at_once(refused, measured):
    measured.speeds["tensorflow"] = click.UsageError("A data set must be one of …")
    assert refused("bench", "--data", "sprites") == "A data set must be one of …"
    assert len(measured.asked) == 1


def test_a_backend_asked_for_must_be_installed(refused, measured):
    del measured.speeds["torch"]
    sentence = refused("bench", "--backend", "torch")
    assert "A backend must be installed; torch is not" in sentence
    assert not measured.asked


def test_backends_that_are_not_installed_are_left_out(kbvae, measured):
    del measured.speeds["torch"]
    assert kbvae("bench").exit_code == 0
    assert [backend for backend, _ in measured.asked] == ["tensorflow", "jax"]


def test_some_backend_must_be_installed(refused, measured):
    measured.speeds.clear()
    assert "needs an installed backend" in refused("bench")


@pytest.mark.parametrize("path", ["missing/speed.json", "."])
def test_the_place_of_the_record_is_looked_at_before_measuring(refused, measured, path):
    assert "--json takes a file in a folder" in refused("bench", "--json", path)
    assert not measured.asked


@pytest.mark.parametrize(
    ("option", "value"),
    [("--network", "resnet"), ("--precision", "float16"), ("--seconds", 0)],
)
def test_options_have_rules(refused, measured, option, value):
    assert f"Invalid value for '{option}'" in refused("bench", option, value)
