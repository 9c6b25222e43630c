"""Where images come from: a source, as a data set's name begins with."""

import difflib
import importlib
import os
from dataclasses import dataclass
from functools import partial

from keras_bvae.datasets.changes.named_changes import SOURCE_OPTIONS, form_of
from keras_bvae.datasets.numbers.number_options import (
    columns_of_text,
    kind_of_text,
    member_of_text,
    rows_of_text,
)
from keras_bvae.datasets.own.picture_options import (
    channels_of_text,
    fit_of_text,
    folders_of_text,
    ground_of_text,
    max_pixels_of_text,
    range_of_text,
    size_of_text,
)
from keras_bvae.errors import InvalidValue, KerasBVAEError, Unusable


@dataclass(frozen=True)
class Source:
    """A kind of source: one line of `SOURCES` is all that a new one needs.

    Attributes:
        form: str, how it is written: a word, or a word and what follows its colon.
        meaning: str, what it is, for lists; "" for one that no list shows.
        place: str, module and class below `keras_bvae.datasets`, imported when the data
            set is asked for.
        takes: str, what is written behind the colon in place of what the form has
            there: "path" or "name"; "": the form is written as it stands.
        options: the words among `SOURCE_OPTIONS` that the class takes.
    """

    form: str
    meaning: str
    place: str
    takes: str = ""
    options: tuple = ()

    @property
    def kind(self):
        """What stands before the colon."""
        return self.form.partition(":")[0]


_TABLES = "numbers.bundled_tables"
SOURCES = (
    Source(
        "dsprites",
        "dSprites, drawn from its geometry: nothing to download",
        "sprites.dsprites.DSprites",
    ),
    Source(
        "dsprites:FILE.npz",
        "dSprites from the official file, or its .hdf5",
        "official.dsprites_files.DSpritesFile",
        "path",
    ),
    Source(
        "shapes3d:3dshapes.h5",
        "3D Shapes from the official file",
        "official.shapes3d.Shapes3D",
        "path",
    ),
    Source(
        "mpi3d:FILE.npz",
        "MPI3D from an official file: toy, realistic or real",
        "official.mpi3d.MPI3D",
        "path",
    ),
    Source(
        "cars3d:DIR",
        "Cars3D, its folder or nips2015-analogy-data.tar.gz",
        "official.cars3d.Cars3D",
        "path",
        ("size",),
    ),
    Source(
        "smallnorb:DIR",
        "smallNORB, the folder of the original .mat files",
        "official.smallnorb.SmallNORB",
        "path",
        ("size",),
    ),
    Source("tfds:dsprites", "", "tfds.tfds_source.TFDSDSprites"),
    Source(
        "tfds:NAME",
        "an image set of TensorFlow Datasets, such as celeb_a",
        "tfds.tfds_images.TFDSImages",
        "name",
        ("size", "grey", "fit", "on"),
    ),
    Source(
        "images:DIR",
        "a folder of pictures; DIR/factors.csv: their factors",
        "own.image_folder.ImageFolder",
        "path",
        (
            *("size", "grey", "skip-corrupt", "range", "on", "max-pixels"),
            *("fit", "channels", "folders"),
        ),
    ),
    Source(
        "array:FILE.npy",
        "images, a table, series or volumes; FILE.csv: factors",
        "numbers.number_array.array_data",
        "path",
        ("size", "grey", "fit", "on", "channels", "as", "member"),
    ),
    Source(
        "table:FILE.csv",
        "rows of numbers, of a CSV, Parquet or NumPy file",
        "numbers.table.Table",
        "path",
        ("factors", "categorical", "drop", "window", "stride"),
    ),
    Source(
        "digits",
        "scikit-learn's handwritten digits, no factors",
        "digits.Digits",
        options=("size",),
    ),
    Source("iris", "scikit-learn's table of flowers", f"{_TABLES}.iris"),
    Source("wine", "scikit-learn's table of wines", f"{_TABLES}.wine"),
    Source(
        "breast_cancer", "scikit-learn's table of tumours", f"{_TABLES}.breast_cancer"
    ),
    Source("diabetes", "scikit-learn's table of patients", f"{_TABLES}.diabetes"),
)
# What `load` understands, with what it is.
NAMES = {source.form: source.meaning for source in SOURCES if source.meaning}
# Sources that say which path, folder or file, in place of a name.
PATH_SOURCES = tuple(source.kind for source in SOURCES if source.takes == "path")


def open_source(source, options=(), image_size=None):
    """The data set of a source.

    Args:
        source: str, such as "digits" or "images:DIR".
        options: `(word, value)` pairs, each word a key of `SOURCE_OPTIONS`.
        image_size: int, `(height, width)`, or None, as the option `size`.

    Returns:
        Dataset.

    Raises:
        ValueError: the source is not known or unusable, or does not take an option.
        OSError: it is missing, or a download failed.
    """
    found, arguments = _source_of(source)
    values = _values_of(options, image_size)
    for word in values.keys() - {"size"}:
        _require_taken(word, found.options, source)
    if isinstance(values.get("size"), tuple) and "size" in found.options:
        _require_any_proportions(found.options, source, values["size"])
    given = {
        SOURCE_OPTIONS[word]: value
        for word, value in values.items()
        if word in found.options
    }
    try:
        dataset = _class_at(found.place)(*arguments, **given)
    except (FileNotFoundError, NotADirectoryError) as error:
        if not _is_relative(source):
            raise
        raise type(error)(
            f"{_reason(error)} It is looked for from {os.getcwd()}."
        ) from error
    except OSError as error:
        if isinstance(error, KerasBVAEError):
            raise
        raise Unusable(
            "The files of a data set must be readable; received "
            f"{source}: {_reason(error)}. "
            "Change their rights, or name others."
        ) from error
    _require_size(dataset, source, values.get("size"))
    return dataset


def is_source(text):
    """Whether a text names a source, or begins as one that takes a path or name."""
    kind, colon, _ = text.partition(":")
    return any(
        source.kind == kind if source.takes and colon else source.form == text
        for source in SOURCES
    )


def _source_of(name):
    """The line of `SOURCES` that a name means, and its class's positional arguments."""
    whole_names = {source.form: source for source in SOURCES if not source.takes}
    if name in whole_names:
        return whole_names[name], ()
    kind, colon, rest = name.partition(":")
    kinds = {source.kind: source for source in SOURCES if source.takes}
    if not colon or kind not in kinds:
        raise InvalidValue(
            f"A data set must be one of {', '.join(NAMES)}; received {name!r}. "
            + _closest_name(name)
        )
    source = kinds[kind]
    if not rest:
        raise InvalidValue(
            f"{kind}: must be followed by a {source.takes}; received {name!r}. "
            f"Write {source.form}."
        )
    return source, (rest,)


def _reason(error):
    """What the system says, without its number."""
    if isinstance(error, KerasBVAEError) or not error.strerror:
        return str(error)
    where = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror}{where}"


def _class_at(place):
    module, _, name = place.rpartition(".")
    return getattr(importlib.import_module(f"keras_bvae.datasets.{module}"), name)


def _is_relative(source):
    kind, _, path = source.partition(":")
    return kind in PATH_SOURCES and not os.path.isabs(os.path.expanduser(path))


def _closest_name(name):
    kind, colon, _ = name.partition(":")
    kinds = [form.partition(":")[0] for form in NAMES]
    close = difflib.get_close_matches(kind.lower(), kinds, n=1, cutoff=0.5)
    if not close:
        return "Use dsprites to begin with."
    forms = [form for form in NAMES if form.partition(":")[0] == close[0]]
    # With a colon, a form with one: dsprites:FILE.npz rather than dsprites.
    alike = [form for form in forms if (":" in form) == bool(colon)]
    return f"Did you mean {(alike or forms)[0]}?"


def _values_of(options, image_size):
    values = {}
    for word, value in options:
        if word in OPTION_VALUES:
            values[word] = OPTION_VALUES[word](value)
        elif value is not None:
            raise InvalidValue(
                f"+{word} takes no value; received +{word}={value}. "
                f"Write {form_of(word)}."
            )
        else:
            values[word] = True
    if isinstance(image_size, tuple | list) and len(image_size) == 2:
        height, width = image_size
        image_size = height if height == width else (height, width)
    if image_size is not None:
        if values.get("size", image_size) != image_size:
            raise InvalidValue(
                "`image_size` must be the size that the name asks for; received "
                f"image_size={image_size!r} and +size={values['size']}. Leave one out."
            )
        values["size"] = image_size
    return values


# What is written behind the `=` of the options that have one.
OPTION_VALUES = {
    "size": size_of_text,
    "fit": fit_of_text,
    "channels": channels_of_text,
    "folders": folders_of_text,
    "max-pixels": max_pixels_of_text,
    "range": range_of_text,
    "on": ground_of_text,
    "as": kind_of_text,
    "member": member_of_text,
    "factors": partial(columns_of_text, "factors"),
    "categorical": partial(columns_of_text, "categorical"),
    "drop": partial(columns_of_text, "drop"),
    "window": partial(rows_of_text, "window"),
    "stride": partial(rows_of_text, "stride"),
}


def _require_taken(word, taken, source):
    if word in taken:
        return
    kinds = [known.kind for known in SOURCES if word in known.options]
    raise InvalidValue(
        f"+{word} is for {', '.join(kinds)}; received it with {source}. Leave it out."
    )


def _require_any_proportions(taken, source, size):
    """Raises unless a source's images come in other proportions than a square's."""
    if "fit" not in taken:
        kinds = ", ".join(known.kind for known in SOURCES if "fit" in known.options)
        raise InvalidValue(
            f"Images that are no squares are for {kinds}; received +size="
            f"{size[1]}x{size[0]} with {source}. Write +size={size[0]}."
        )


def _require_size(dataset, source, image_size):
    size = image_size if isinstance(image_size, tuple) else (image_size, image_size)
    if image_size is None or dataset.image_shape[:2] == size:
        return
    if dataset.kind != "images":
        raise InvalidValue(
            f"`image_size` is for images; received image_size={image_size!r} for "
            f"{source}. Leave it out."
        )
    height, width, _ = dataset.image_shape
    raise InvalidValue(
        f"`image_size` must be the data set's own for {source}, {height} x {width}; "
        f"received image_size={image_size!r}. Leave it out, or use digits, which "
        "comes in any size."
    )
