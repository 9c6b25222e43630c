import itertools

import keras
import matplotlib.figure
import numpy as np
import pytest
from numbered_run import Squares, use_small_model

from keras_bvae import figures
from keras_bvae.figures.training import training_film
from keras_bvae.pictures.films import training_film as film
from keras_bvae.runs import run as runs
from keras_bvae.runs.run_folder import RunFolder
from keras_bvae.runs.settings import Settings

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


@pytest.fixture
def kept_run(tmp_path, monkeypatch):
    """A run of 100 steps; kept are those of steps 0, 40 and 80."""
    use_small_model(monkeypatch, optimizer=keras.optimizers.Adam(3e-2))
    settings = Settings(beta=1.0, batch_size=8, steps=100, keep_checkpoints=40)
    runs.start_run(settings, Squares(), tmp_path / "run")
    return tmp_path / "run"


def test_a_frame_of_each_kept_checkpoint_and_of_the_last(kept_run):
    told = []
    animation = training_film(kept_run, Squares(), progress=lambda *p: told.append(p))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    frames = [np.asarray(frame) for frame in animation.frames]
    assert len({frame.shape for frame in frames}) == 1
    # Three changes, and then the end stays.
    changes = [(one != other).any() for one, other in itertools.pairwise(frames)]
    assert changes[:3] == [True] * 3
    assert not any(changes[3:])
    # The image is the same in all.
    for frame in frames[1:]:
        np.testing.assert_array_equal(frame[18:82, 18:82], frames[0][18:82, 18:82])


def test_moments_are_those_of_the_checkpoints(kept_run, monkeypatch):
    seen = {}

    def drawn(moments, latents, image, title, *name):
        seen.update(moments=moments, latents=latents, image=image, title=title)

    monkeypatch.setattr(film, "training_film", drawn)
    image = Squares().images_at([7])[0]
    training_film(kept_run, Squares(), image=image)
    moments = seen["moments"]
    assert [moment.step for moment in moments] == [0, 40, 80, 100]
    assert seen["title"] == "run"
    assert [moment.caption for moment in moments[:3]] == [
        "before the first step",
        "before the first log",
        "before the first log",
    ]
    assert moments[3].caption.endswith("means up to step 100")
    # The last moment, worked out by the model itself.
    model = runs.load_checkpoint(RunFolder(kept_run).checkpoint)
    mean = model.encode(image[None])[0]
    np.testing.assert_allclose(moments[3].decoded, model.decode(mean)[0], atol=1e-6)
    assert (np.diff(moments[3].kl) <= 0).all()
    strongest = seen["latents"][0]
    swept = np.repeat(mean, 7, axis=0)
    swept[:, strongest] = np.linspace(-3, 3, 7)
    np.testing.assert_allclose(moments[3].images[0], model.decode(swept), atol=1e-6)


def test_a_run_that_kept_nothing_says_how_to(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    settings = Settings(batch_size=8, steps=2)
    runs.start_run(settings, Squares(), tmp_path / "run")
    with pytest.raises(ValueError, match="--keep-checkpoints"):
        training_film(tmp_path / "run", Squares())


def test_no_film_is_made_of_another_models_checkpoints(kept_run):
    record = RunFolder(kept_run).read()
    record["settings"].update(latent_dim=7)
    RunFolder(kept_run).write(record)
    with pytest.raises(ValueError, match=r"run\.json .* says 7 latents"):
        training_film(kept_run, Squares())


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"must hold run\.json"):
        training_film(tmp_path, Squares())
