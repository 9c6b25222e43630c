import importlib.util
import io
import subprocess
import sys

import pytest
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from keras_bvae.callbacks.tensorboard_images import TensorBoardImages
from keras_bvae.errors import FileNotWritten


def png(width, height, shade=0):
    stream = io.BytesIO()
    Image.new("L", (width, height), shade).save(stream, "PNG")
    return stream.getvalue()


def images_in(folder, tag):
    accumulator = EventAccumulator(str(folder), size_guidance={"images": 0})
    accumulator.Reload()
    return accumulator.Images(tag)


def test_tensorboard_reads_the_pictures_back(tmp_path):
    board = TensorBoardImages(tmp_path / "logs")
    board.write("traversal", png(20, 10), step=5)
    board.write("other", png(3, 3), step=5)
    board.write("traversal", png(20, 10, 255), step=10)
    first, second = images_in(tmp_path / "logs", "traversal")
    assert (first.step, first.width, first.height) == (5, 20, 10)
    assert second.step == 10
    assert first.encoded_image_string == png(20, 10)
    assert second.encoded_image_string == png(20, 10, 255)
    assert len(images_in(tmp_path / "logs", "other")) == 1


def test_after_closing_another_file_begins(tmp_path):
    board = TensorBoardImages(tmp_path)
    for step in (1, 2):
        board.write("traversal", png(4, 4), step)
        board.close()
    assert len(list(tmp_path.iterdir())) == 2
    assert [event.step for event in images_in(tmp_path, "traversal")] == [1, 2]


def test_a_folder_that_cannot_be_made_or_written_is_told(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="is a file"):
        TensorBoardImages(tmp_path / "file" / "logs").write("a", png(4, 4), 1)

    def refuse(self, name):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(TensorBoardImages, "_new_file", refuse)
    with pytest.raises(FileNotWritten, match="No space left on device"):
        TensorBoardImages(tmp_path).write("a", png(4, 4), 1)


def test_nothing_is_written_before_the_first_picture(tmp_path):
    TensorBoardImages(tmp_path / "logs").close()
    assert not (tmp_path / "logs").exists()


@pytest.mark.across_backends
def test_it_does_without_tensorflow(tmp_path):
    code = f"""
import os
os.environ["KERAS_BACKEND"] = "torch"
from keras_bvae.callbacks.tensorboard_images import TensorBoardImages
import sys
TensorBoardImages({str(tmp_path)!r}).write("a", {png(2, 2)!r}, 1)
assert "tensorflow" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    assert len(images_in(tmp_path, "a")) == 1


def test_without_tensorboard_it_says_what_to_install(monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda n: None if n == "tensorboard" else real(n)
    )
    with pytest.raises(ModuleNotFoundError, match="pip install tensorboard"):
        TensorBoardImages("logs")
