"""The callbacks that a run's settings ask for."""

from pathlib import Path

import keras

from keras_bvae.callbacks.disentanglement_metric import DisentanglementMetric
from keras_bvae.callbacks.traversal_pictures import TraversalPictures
from keras_bvae.runs.kept_checkpoints import KeepCheckpoints


def asked_callbacks(settings, dataset, folder, others=(), first_step=0):
    """Scores, pictures and kept checkpoints while training.

    Args:
        settings: `Settings`.
        dataset: the data set that the run trains on.
        folder: `RunFolder`.
        others: the run's other callbacks. If one writes TensorBoard's logs, the
            pictures go there as well.
        first_step: int, where this stretch of the run begins.

    Returns:
        list of Keras callbacks, to stand before those that read their scores.
    """
    asked = []
    if settings.metric_every:
        asked.append(
            DisentanglementMetric(
                dataset, every_batches=settings.metric_every, seed=settings.seed
            )
        )
    if settings.pictures_every:
        asked.append(
            TraversalPictures(
                dataset,
                folder.pictures,
                every_batches=settings.pictures_every,
                tensorboard=_tensorboard_folder(others),
                seed=settings.seed,
            )
        )
    if settings.keep_checkpoints:
        every = settings.keep_checkpoints
        asked.append(KeepCheckpoints(folder.kept, every, first_step))
    return asked


def _tensorboard_folder(callbacks):
    boards = (c for c in callbacks if isinstance(c, keras.callbacks.TensorBoard))
    return next((Path(board.log_dir) / "pictures" for board in boards), None)
