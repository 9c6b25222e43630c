import dataclasses

import keras
from small_model import small_model
from small_run import subject

from keras_bvae.report.sections.versions import versions_section


def test_the_run_and_the_report_side_by_side():
    times, table = versions_section(subject(small_model())).blocks
    assert times.rows == (
        ("started", "2026-11-21 23:43 UTC"),
        ("time in training", "2.5 s"),
        # 40 steps of 8 images in 2.5 seconds.
        ("images a second", "128"),
    )
    assert table.columns == ("", "the run", "this report")
    rows = {name: rest for name, *rest in table.rows}
    assert rows["platform"][0] == "Elsewhere-1.0"
    assert rows["backend"] == ["torch", keras.backend.backend()]
    assert rows["keras"] == ["3.15.1", keras.__version__]


def test_a_package_that_one_of_them_lacks():
    record = {"versions": {"python": "3.11.7", "jax": "0.0.1"}}
    _, table = versions_section(subject(small_model(), record=record)).blocks
    rows = {name: rest for name, *rest in table.rows}
    assert rows["keras"] == ["–", keras.__version__]


def test_a_run_that_did_no_step_has_no_speed():
    record = {"step": 0, "seconds": 0.0}
    times, _ = versions_section(subject(small_model(), record=record)).blocks
    assert [name for name, _ in times.rows] == ["started", "time in training"]


def test_of_a_checkpoint_alone_only_this_report_is_known():
    about = dataclasses.replace(subject(small_model()), record=None)
    (table,) = versions_section(about).blocks
    assert table.caption == "This report"
    assert dict(table.rows)["backend"] == keras.backend.backend()
