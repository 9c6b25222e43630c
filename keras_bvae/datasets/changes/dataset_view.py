"""A data set made from another one."""

from keras_bvae.datasets.dataset import Dataset


class DatasetView(Dataset):
    """The images of another data set, with something about them changed.

    By itself it changes nothing: images are stored, served, prepared and drawn in
    training as the other data set does. A subclass overrides what differs.

    Args:
        base: Dataset.
        change: str, what follows the `+` in its name.
        note: str, a sentence that says what was changed, for `summary`.
        factor_space: as for `Dataset`; that of `base` unless given.
        image_shape: that of `base` unless given.
        count: number of images; that of `base` unless given.
    """

    def __init__(self, base, change, note, image_shape=None, count=None, **space):
        super().__init__(
            f"{base.name}+{change}",
            image_shape or base.image_shape,
            space.get("factor_space", base.factor_space),
            len(base) if count is None else count,
            base.description,
        )
        self.base = base
        self.changes = (*base.changes, note)

    def prepare(self, progress=None):
        self.base.prepare(progress)

    def _images_at(self, indices):
        return self.base.images_at(indices)

    @property
    def factor_values(self):
        values = self.base.factor_values
        return {name: values[name] for name in self.factor_names if name in values}

    @property
    def packs_bits(self):
        return self.base.packs_bits

    def stored_at(self, indices):
        return self.base.stored_at(indices)

    def stored_images(self, count):
        return self.base.stored_images(count)

    def partners_of(self, indices, factors):
        return self.base.partners_of(indices, factors)

    def training_weights(self):
        return self.base.training_weights()
