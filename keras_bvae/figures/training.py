"""How a run trained: plots of its history, and a film of the checkpoints it kept."""

import keras
import numpy as np

from keras_bvae import datasets
from keras_bvae.datasets.condition import condition_of
from keras_bvae.datasets.images import sample_images
from keras_bvae.datasets.values import name_of_one
from keras_bvae.errors import InvalidValue
from keras_bvae.latents.anchors import telling_anchor
from keras_bvae.latents.latent_statistics import latent_statistics
from keras_bvae.latents.sweeps import standard_deviation_sweep
from keras_bvae.latents.traversal import sorted_by_kl, traverse
from keras_bvae.models.checkpoint import load_checkpoint, read_state, restore_checkpoint
from keras_bvae.pictures.appearance import appearance_of
from keras_bvae.pictures.films import training_film as film
from keras_bvae.pictures.plots import training_curves as curves
from keras_bvae.runs.checkpoint_of_run import require_record_of_checkpoint
from keras_bvae.runs.run_folder import RunFolder
from keras_bvae.runs.settings import Settings
from keras_bvae.runs.training_history import history_if_any, read_history

# Images that give the KL of each latent at each checkpoint.
_SAMPLE = 500
_CANDIDATES = 16
_VALUES = 7
_MOST_ROWS = 10


def kl_per_latent(history, title=None):
    """A plot of each latent's KL while it trained, the active ones named at the end.

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
    """A plot of the loss, its terms, and every penalty and score that was logged.

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
    """A plot of both: the losses of all runs, below them the KL of each latent.

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


def training_film(
    run_folder, dataset=None, *, image=None, reach=3.0, seed=0, title="", progress=None
):
    """An animation: each checkpoint's traversal, of one image and in one order.

    Rows are the latents that are active in the end, at most ten, the strongest first;
    every frame has the step, the losses logged until then and the KL of each latent.

    Args:
        run_folder: str or Path, of a run that kept checkpoints (`keep_checkpoints`).
        dataset: a data set; None: the one that the run trained on.
        image: array `(height, width, channels)` to start from. None: one of a sample
            that shows what every latent does in the end.
        reach: float > 0, how far a latent is swept, in standard deviations of the
            prior.
        seed: int >= 0, for the sample.
        title: str; empty: the folder's name.
        progress: None or function `(done, total)`, told of the checkpoints read.

    Returns:
        keras_bvae.pictures.Animation, for `keras_bvae.pictures.save_picture`.

    Raises:
        OSError: the folder holds no run.
        ValueError: the run kept fewer than two checkpoints, the last one is of another
            model than the run's, or its codes are not finite.
    """
    folder = RunFolder(run_folder)
    record = folder.read()
    paths = _checkpoints(folder)
    dataset = dataset or datasets.load(record["settings"]["data"])
    model = load_checkpoint(paths[-1])
    require_record_of_checkpoint(paths[-1], model, Settings(**record["settings"]))
    scene = _Scene(model, dataset, image, reach, seed)
    captions = _captions(folder)
    moments = []
    for number, path in enumerate(paths, 1):
        restore_checkpoint(model, path)
        moments.append(scene.moment(model, captions))
        if progress is not None:
            progress(number, len(paths))
    name = title or folder.path.absolute().name
    one = name_of_one(dataset)
    return film.training_film(moments, scene.latents, scene.image, name, one)


def _all(histories):
    if not histories:
        raise InvalidValue(
            "Curves are drawn of one history or several; received none. Name a run's "
            "folder."
        )
    return [read_history(history) for history in histories]


def _title(histories, title):
    if title is not None:
        return title
    return histories[0].name if len(histories) == 1 else ""


class _Scene:
    """What stays the same in all frames; chosen by the last checkpoint."""

    def __init__(self, model, dataset, image, reach, seed):
        dataset = model.conditioned(dataset)
        self.sample = sample_images(dataset, _SAMPLE, seed)
        self.look = appearance_of(dataset)
        statistics = latent_statistics(model.encode, self.sample)
        self.sweep = standard_deviation_sweep(model.latent_dim, reach, _VALUES)
        count = max(1, min(_MOST_ROWS, int(statistics.active.sum())))
        self.latents = sorted_by_kl(statistics.kl)[:count]
        if image is None:
            codes = statistics.codes[:_CANDIDATES]
            decode = self.look.rows(model.decoding(condition_of(self.sample[0])))
            chosen = telling_anchor(decode, codes, statistics.kl, self.sweep)
            image = self.sample[chosen]
        self.start = np.asanyarray(image)
        self.image = self.look.images(self.start)

    def moment(self, model, captions):
        kl = latent_statistics(model.encode, self.sample).kl
        anchor = model.encode(self.start[np.newaxis])[0][0]
        decode = self.look.decoding(model.decoding(condition_of(self.start)))
        traversal = traverse(decode, anchor, kl, self.sweep)
        # Its rows are sorted by the KL of the moment.
        rows = np.argsort(traversal.latents)[self.latents]
        step = int(keras.ops.convert_to_numpy(model.step))
        return film.FilmMoment(
            step=step,
            caption=captions(step),
            kl=kl[self.latents],
            images=traversal.images[rows],
            decoded=traversal.anchor_image,
        )


def _checkpoints(folder):
    steps = folder.kept.steps()
    paths = [folder.kept.path_of(step) for step in steps]
    if folder.checkpoint.is_file():
        last = read_state(folder.checkpoint).get("step", 0)
        if not steps or last > steps[-1]:
            paths.append(folder.checkpoint)
    if len(paths) < 2:
        raise InvalidValue(
            "A film needs checkpoints that were kept while the run trained; "
            f"{str(folder.path)!r} has {len(steps)}. Train with "
            "`kbvae train --keep-checkpoints 100`."
        )
    return paths


def _captions(folder):
    """Function from a step to the losses last logged by then, as a line of text."""
    history = history_if_any(folder.history)
    if history is None:
        return lambda step: ""

    def caption(step):
        row = int(np.searchsorted(history.steps, step, side="right")) - 1
        if row < 0:
            return "before the first log" if step else "before the first step"
        values = [
            f"{'KL' if name == 'kl' else name} {history.columns[name][row]:.1f}"
            for name in ("loss", "reconstruction", "kl")
            if name in history.columns
        ]
        return f"{', '.join(values)} nats, means up to step {history.steps[row]:,}"

    return caption
