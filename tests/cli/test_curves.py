import pytest
from numbered_run import Squares, use_small_model
from PIL import Image

from keras_bvae import datasets
from keras_bvae.figures import training
from keras_bvae.runs import Settings, start_run


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """Two short runs, `one` and `two`; `one` kept its checkpoints."""
    monkeypatch.setattr(datasets, "load", lambda name: Squares())
    use_small_model(monkeypatch)
    for name, keep in (("one", 30), ("two", 0)):
        settings = Settings(batch_size=8, steps=60, beta=1.0, keep_checkpoints=keep)
        start_run(settings, Squares(), tmp_path / name)
    return tmp_path


def test_one_run_is_drawn_in_its_folder(kbvae, trained):
    result = kbvae("curves", "one")
    assert result.exit_code == 0, result.output
    assert result.output.strip() == "one/curves.png"
    assert Image.open(trained / "one" / "curves.png").width > 500


def test_several_runs_are_drawn_here(kbvae, trained):
    result = kbvae("curves", "one", "two/history.csv")
    assert result.exit_code == 0, result.output
    assert (trained / "curves.png").exists()
    result = kbvae("curves", "one", "two", "-o", "both.pdf")
    assert (trained / "both.pdf").read_bytes().startswith(b"%PDF")


def test_a_name_gives_the_terminal_no_orders(kbvae, trained):
    (trained / "one").rename(trained / "one\x1b[2J")
    result = kbvae("curves", "one\x1b[2J")
    assert result.exit_code == 0, result.output
    assert result.output.strip() == "one\\x1b[2J/curves.png"
    assert (trained / "one\x1b[2J" / "curves.png").exists()


def test_a_film_has_a_frame_a_checkpoint(kbvae, trained):
    result = kbvae("curves", "one", "--film", "training.gif")
    assert result.exit_code == 0, result.output
    film = Image.open(trained / "training.gif")
    assert film.n_frames >= 3  # of steps 0, 30 and 60


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing",), "where there is none"),
        (("one", "nothing"), "where there is none"),
        (("one", "-o", "curves.bmp"), "curves.bmp"),
        (("one", "two", "--film", "a.gif"), "received 2 runs"),
        (("one", "-o", "a.png", "--film", "a.gif"), "names its own file"),
        (("two", "--film", "a.gif"), "--keep-checkpoints"),
        (("one", "--film", "a.bmp"), "a.bmp"),
        (("one", "--film", "a.png"), "a.png"),
        ((), "Missing argument 'RUN...'"),
    ],
)
def test_bad_input_is_one_sentence(refused, trained, arguments, said):
    assert said in refused("curves", *arguments)


@pytest.mark.parametrize("option", ["--film", "-o"])
def test_an_ending_that_does_not_fit_is_refused_before_the_work(
    refused, trained, option, monkeypatch
):
    for drawer in ("training_film", "training_curves"):
        monkeypatch.setattr(training, drawer, None)
    name = {"--film": "a.png", "-o": "a.mp4"}[option]
    assert name in refused("curves", "one", option, name)
