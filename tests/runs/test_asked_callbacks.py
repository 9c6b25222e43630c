import keras
from numbered_run import Squares

from keras_bvae.runs.asked_callbacks import asked_callbacks
from keras_bvae.runs.run_folder import RunFolder
from keras_bvae.runs.settings import Settings


def test_nothing_is_asked_for_by_default(tmp_path):
    assert asked_callbacks(Settings(), Squares(), RunFolder(tmp_path)) == []


def test_each_setting_brings_its_callback(tmp_path):
    settings = Settings(metric_every=5, pictures_every=6, keep_checkpoints=7, seed=3)
    folder = RunFolder(tmp_path)
    metric, pictures, kept = asked_callbacks(settings, Squares(), folder, first_step=21)
    assert (metric.every_batches, metric.every_steps) == (5, 5)
    assert (pictures.every_batches, pictures.folder) == (6, tmp_path / "pictures")
    assert pictures.seed == 3
    assert (kept.every_steps, kept.first_step) == (7, 21)
    assert kept.kept.folder == tmp_path / "checkpoints"


def test_pictures_go_where_tensorboard_writes(tmp_path):
    settings = Settings(pictures_every=1)
    boards = [keras.callbacks.History(), keras.callbacks.TensorBoard(tmp_path / "logs")]
    (pictures,) = asked_callbacks(settings, Squares(), RunFolder(tmp_path), boards)
    assert pictures._board.folder == tmp_path / "logs" / "pictures"
