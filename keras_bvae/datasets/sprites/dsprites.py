"""dSprites drawn from its geometry: nothing to download."""

from keras_bvae.datasets.factors import FactorGrid
from keras_bvae.datasets.sprites.packed_images import PackedDataset, load_or_render
from keras_bvae.datasets.sprites.sprite_geometry import FACTOR_NAMES, FACTOR_SIZES
from keras_bvae.datasets.sprites.sprite_renderer import (
    render_all,
    render_packed,
    renderer_version,
)
from keras_bvae.datasets.storage.cache_folder import default_cache_folder

# A few seconds draw the whole set, faster an image than a few at a time. Up to here it
# does not pay to make, or to read, a file of 377 MB; a training run goes far beyond.
DRAWN_ON_DEMAND = 32_768
CACHE_FILE = "dsprites_packed.npy"


class DSprites(PackedDataset):
    """All 737,280 images of dSprites in the official order.

    A few images are drawn when they are asked for. Whoever asks for many, or calls
    `prepare`, has them all drawn into a cache file, from where the next run reads them.

    Args:
        cache_folder: where the cache file lies; None: the user's cache folder.

    Source: Matthey et al. 2017, github.com/deepmind/dsprites-dataset.
    """

    def __init__(self, cache_folder=None):
        super().__init__(
            "dsprites",
            FactorGrid(FACTOR_NAMES, FACTOR_SIZES),
            description="white squares, ellipses and hearts on black, drawn here",
        )
        self.cache_folder = cache_folder
        self._drawn = 0

    @property
    def content_version(self):
        """Text that changes when the images can have changed; see `KeptCodes`."""
        return renderer_version()

    def _read_packed(self, progress):
        folder = self.cache_folder or default_cache_folder()
        return load_or_render(folder / CACHE_FILE, render_all, progress)

    def _packed_at(self, indices):
        if self._packed is None and self._drawn + len(indices) <= DRAWN_ON_DEMAND:
            self._drawn += len(indices)
            return render_packed(self.factors_at(indices))
        return super()._packed_at(indices)

    def stored_images(self, count):
        if self._packed is None and self._drawn + count <= DRAWN_ON_DEMAND:
            return None
        return super().stored_images(count)
