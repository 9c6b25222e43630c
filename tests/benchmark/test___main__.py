import json

import pytest

from keras_bvae.benchmark import __main__ as child
from keras_bvae.benchmark import measure, workload
from keras_bvae.errors import InvalidValue

# A whole process of it is started by tests/cli/test_bench.py.


@pytest.fixture
def answer(monkeypatch):
    """Runs it with a stand-in for the measuring; returns the code and the lines."""

    def run(measured, made=lambda **options: options):
        monkeypatch.setattr(workload, "make_workload", made)
        monkeypatch.setattr(measure, "backend_record", measured)
        lines = []
        options = json.loads('{"network": "higgins2017", "plan": {"steps": 2}}')
        return child._measure(options, lambda **line: lines.append(line)), lines

    return run


def test_progress_comes_first_then_the_record(answer):
    def measured(workload, plan, compiled, progress):
        progress(1, 2)
        return {"network": workload["network"], "plan": plan, "compiled": compiled}

    record = {"network": "higgins2017", "plan": {"steps": 2}, "compiled": True}
    record["keeps_memory"] = False
    assert answer(measured) == (0, [{"progress": (1, 2)}, {"record": record}])


def test_settings_that_break_a_rule_are_misuse(answer):
    def made(**options):
        raise InvalidValue("`batch_size` must\nbe so")

    assert answer(None, made) == (2, [{"misuse": "`batch_size` must be so"}])


def test_a_training_that_breaks_is_a_failure(answer):
    def measured(*arguments):
        raise ValueError("out of\nmemory")

    assert answer(measured) == (1, [{"failure": "ValueError: out of memory"}])


def test_a_machine_that_cannot_read_the_data_is_a_failure(answer):
    def made(**options):
        raise OSError("the disk is gone")

    assert answer(None, made) == (1, [{"failure": "OSError: the disk is gone"}])
