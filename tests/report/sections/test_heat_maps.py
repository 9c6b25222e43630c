import dataclasses

from small_model import small_model
from small_run import score_record, subject, without_factors

from keras_bvae.report.measured import Measured
from keras_bvae.report.sections.heat_maps import heat_maps_section


def test_scores_with_a_table_are_drawn():
    found = Measured(None, ((score_record("mig"), "", "means"),))
    (block,) = heat_maps_section(subject(small_model()), found).blocks
    assert block.source.startswith("data:image/png")


def test_tables_of_draws_are_not_taken_for_those_of_means():
    found = Measured(None, ((score_record("mig"), "", "samples"),))
    (block,) = heat_maps_section(subject(small_model()), found).blocks
    assert block.text == "Neither MIG nor DCI was measured, so there is no heat map."


def test_without_factors_there_is_nothing_to_tell():
    about = subject(small_model())
    about = dataclasses.replace(about, dataset=without_factors(about.dataset))
    (block,) = heat_maps_section(about, Measured(None)).blocks
    assert block.text == "plain has no factors, so no heat map."
