"""A run's history in; its curves out."""

from keras_bvae.pictures.plots import training_curves as curves
from keras_bvae.runs.training_history import read_history


def kl_per_latent(history, title=None):
    """KL of each latent while it trained, the active ones named at their lines' ends.

    Args:
        history: a run's folder, its history.csv, what `fit` returned, or a dict of
            lists.
        title: str; None: the run's name.

    Returns:
        matplotlib.figure.Figure.

    Raises:
        OSError: there is no such file.
        ValueError: no history, or one without the KL of single latents.
    """
    read = read_history(history)
    return curves.kl_curves(read, read.name if title is None else title)


def loss_curves(*histories, title=None):
    """Loss, reconstruction, KL, and every penalty and score that was logged.

    Args:
        *histories: as for `kl_per_latent`, one or several, a colour each.
        title: str; None: the run's name, if there is one.

    Returns:
        matplotlib.figure.Figure.

    Raises:
        OSError: there is no such file.
        ValueError: no history.
    """
    read = _all(histories)
    return curves.loss_curves(read, _title(read, title))


def training_curves(*histories, title=None):
    """Both in one figure: the losses of all runs, below them the KL of each latent.

    Args:
        *histories, title: as for `loss_curves`.

    Returns:
        matplotlib.figure.Figure.

    Raises:
        OSError: there is no such file.
        ValueError: no history.
    """
    read = _all(histories)
    return curves.all_curves(read, _title(read, title))


def _all(histories):
    if not histories:
        raise ValueError(
            "Curves are drawn of one history or several; received none. Name a run's "
            "folder."
        )
    return [read_history(history) for history in histories]


def _title(histories, title):
    if title is not None:
        return title
    return histories[0].name if len(histories) == 1 else ""
