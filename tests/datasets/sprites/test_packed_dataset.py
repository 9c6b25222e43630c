import threading
import time

import numpy as np

from keras_bvae.datasets.factor_grid import FactorGrid
from keras_bvae.datasets.sprites.packed_dataset import PackedDataset


class SlowlyRead(PackedDataset):
    """One image for each bit of a byte: image i is 2**i in its corner."""

    def __init__(self):
        super().__init__("slow", FactorGrid(("bit",), (8,)))
        self.reads = 0

    def _read_packed(self, progress):
        self.reads += 1
        time.sleep(0.05)
        packed = np.zeros((8, 512), np.uint8)
        packed[:, 0] = 2 ** np.arange(8)
        return packed


def test_bits_become_pixels_from_left_to_right():
    images = SlowlyRead().images_at([7, 0, 3])
    corners = images[:, 0, :8, 0]
    assert corners.tolist() == [
        [255, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 255],
        [0, 0, 0, 0, 255, 0, 0, 0],
    ]
    assert images.shape == (3, 64, 64, 1)
    assert images.sum() == 3 * 255


def test_threads_that_ask_at_once_read_once():
    dataset = SlowlyRead()
    threads = [threading.Thread(target=dataset.images_at, args=([0],)) for _ in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert dataset.reads == 1
