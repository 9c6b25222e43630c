import numpy as np
import pytest

from keras_bvae.pictures.colors import color_of
from keras_bvae.pictures.plots import training_curves
from keras_bvae.runs.training_history import TrainingHistory


def history_of(name="run", latents=3, **more):
    steps = np.array([100, 200, 300])
    columns = {"loss": [900.0, 100.0, 90.0], "kl": [0.0, 1.0, 4.0], **more}
    ends = np.linspace(2.5, 0.0, latents)  # the last one is dead
    for latent, end in enumerate(ends):
        columns[f"kl_{latent}"] = [0.0, end / 2, end]
    arrays = {key: np.array(values, float) for key, values in columns.items()}
    return TrainingHistory(name, "step", steps, arrays)


def titles(figure):
    shown = [axes for axes in figure.axes if axes.axison]
    return [axes.get_title(loc="left") for axes in shown]


def test_active_latents_are_named_at_their_ends_and_dead_ones_grey():
    (axes,) = training_curves.kl_curves(history_of()).axes
    names = {text.get_text() for text in axes.texts}
    assert names == {"z0", "z1", "grey: 1 dead"}
    by_end = {line.get_ydata()[-1]: line.get_color() for line in axes.lines}
    assert by_end[2.5] == color_of(0)
    assert by_end[1.25] == color_of(1)
    assert by_end[0.0] not in {color_of(number) for number in range(7)}


def test_names_stand_apart_where_lines_end_together():
    history = history_of(latents=3)
    for latent in range(3):
        history.columns[f"kl_{latent}"][-1] = 1.0
    (axes,) = training_curves.kl_curves(history).axes
    places = sorted(text.xyann[1] for text in axes.texts)
    assert (np.diff(places) > 0.03).all()


def test_latents_beyond_the_colors_have_other_dashes():
    (axes,) = training_curves.kl_curves(history_of(latents=12)).axes
    looks = [(line.get_color(), line.get_linestyle()) for line in axes.lines]
    assert len(set(looks)) == 12


def test_a_history_without_single_latents_is_refused():
    with pytest.raises(ValueError, match="received loss, kl"):
        training_curves.kl_curves(history_of(latents=0))


def test_each_term_has_a_panel_and_each_run_a_color():
    runs = [history_of("one"), history_of("two", my_score=[np.nan, 0.5, 0.7])]
    figure = training_curves.loss_curves(runs)
    assert titles(figure) == ["loss (nats)", "KL (nats)", "my score"]
    loss, _, score = figure.axes[:3]
    assert [line.get_color() for line in loss.lines] == [color_of(0), color_of(1)]
    (line,) = score.lines  # the first run has none
    assert line.get_color() == color_of(1)
    np.testing.assert_array_equal(line.get_xdata(), [200, 300])
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["one", "two"]


def test_a_loss_that_falls_far_is_on_a_logarithmic_scale():
    figure = training_curves.loss_curves([history_of()])
    assert [axes.get_yscale() for axes in figure.axes[:2]] == ["log", "linear"]
    gentle = history_of(loss=[9.0, 8.0, 7.0])
    assert training_curves.loss_curves([gentle]).axes[0].get_yscale() == "linear"
    negative = history_of(loss=[900.0, 8.0, -7.0])  # densities can be above 1
    assert training_curves.loss_curves([negative]).axes[0].get_yscale() == "linear"


def test_validation_is_dashed_in_the_panel_of_its_term():
    figure = training_curves.loss_curves([history_of(val_loss=[9.0, 8.0, 7.0])])
    assert titles(figure) == ["loss (nats)", "KL (nats)"]
    assert [line.get_linestyle() for line in figure.axes[0].lines] == ["-", "--"]
    assert "validation" in figure.get_supxlabel()


def test_all_curves_have_a_panel_of_latents_for_each_run():
    figure = training_curves.all_curves([history_of("one"), history_of("two")])
    assert titles(figure) == [
        "loss (nats)",
        "KL (nats)",
        "KL of each latent (nats)\none",
        "KL of each latent (nats)\ntwo",
    ]


def test_all_curves_without_latents_are_the_losses():
    figure = training_curves.all_curves([history_of(latents=0)], "run")
    assert titles(figure) == ["loss (nats)", "KL (nats)"]


def test_nothing_is_cut_off():
    runs = [history_of(f"a run of a long name {number}") for number in range(4)]
    figure = training_curves.all_curves(runs)
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    assert min(box.x0, box.y0) >= 0
    assert box.x1 <= width
    assert box.y1 <= height


def test_long_names_of_runs_stay_in_their_panels():
    runs = [history_of("a-run-of-a-long-name-" * 4 + end) for end in "ab"]
    figure = training_curves.all_curves(runs)
    figure.draw_without_rendering()
    left, right = figure.axes[-2:]
    assert left.title.get_text() == ""
    ends = left._left_title.get_window_extent().x1
    assert ends <= right.get_tightbbox().x0
    assert right._left_title.get_window_extent().x1 <= figure.bbox.x1
    assert titles(figure)[-1].endswith("name-b")


def test_a_single_row_is_points_beside_their_names():
    history = history_of()
    columns = {name: values[-1:] for name, values in history.columns.items()}
    short = TrainingHistory("run", "step", history.steps[-1:], columns)
    (axes,) = training_curves.kl_curves(short).axes
    assert axes.get_xlim() == (0, 300)
    assert {line.get_marker() for line in axes.lines} == {"o"}
