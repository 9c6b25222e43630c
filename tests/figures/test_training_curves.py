import matplotlib.figure
import pytest

from keras_bvae import figures

HISTORY = {"loss": [3.0, 2.0], "kl": [1.0, 2.0], "kl_0": [1.0, 2.0], "kl_1": [0.0, 0.0]}


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "beta4"
    folder.mkdir()
    text = "step,seconds,kl,kl_0,loss\n100,1,0.5,0.5,9\n200,2,1.5,1.5,7\n"
    (folder / "history.csv").write_text(text)
    return folder


def test_kl_per_latent_of_what_fit_returned():
    figure = figures.kl_per_latent(HISTORY, title="mine")
    assert isinstance(figure, matplotlib.figure.Figure)
    (axes,) = figure.axes
    assert len(axes.lines) == 2
    assert axes.get_xlabel() == "epoch"
    assert figure.get_suptitle() == "mine"


def test_kl_per_latent_of_a_run_bears_its_name(run):
    figure = figures.kl_per_latent(run)
    assert figure.get_suptitle() == "beta4"
    assert figure.axes[0].get_xlabel() == "step"


def test_losses_of_several(run):
    figure = figures.loss_curves(run, HISTORY)
    loss = figure.axes[0]
    assert [list(line.get_ydata()) for line in loss.lines] == [[9, 7], [3, 2]]


def test_both_in_one(run):
    figure = figures.training_curves(run)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["loss (nats)", "KL (nats)", "KL of each latent (nats)"]
    assert figure.get_suptitle() == "beta4"


def test_no_history_is_refused():
    with pytest.raises(ValueError, match="received none"):
        figures.training_curves()
