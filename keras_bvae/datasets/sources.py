"""Where images come from: a source, as a data set's name begins with."""

import difflib
import importlib
import os

from keras_bvae.datasets.catalog import NAMES
from keras_bvae.datasets.data_name import PATH_SOURCES, form_of

# The changes that a source sees to itself: what the class is told by each.
SOURCE_OPTIONS = {
    "size": "image_size",
    "grey": "greyscale",
    "skip-corrupt": "skip_corrupt",
}
# The module and class of each kind of source, and the options that it takes.
_CLASSES = {
    "dsprites": ("official.dsprites_files", "DSpritesFile", ()),
    "shapes3d": ("official.shapes3d", "Shapes3D", ()),
    "mpi3d": ("official.mpi3d", "MPI3D", ()),
    "cars3d": ("official.cars3d", "Cars3D", ("size",)),
    "smallnorb": ("official.smallnorb", "SmallNORB", ("size",)),
    "tfds": ("tfds.tfds_images", "TFDSImages", ("size", "grey")),
    "images": ("own.image_folder", "ImageFolder", ("size", "grey", "skip-corrupt")),
    "array": ("own.image_array", "ImageArray", ("size", "grey")),
}
_WITHOUT_PATH = {
    "dsprites": ("sprites.dsprites", "DSprites", ()),
    "tfds:dsprites": ("tfds.tfds_source", "TFDSDSprites", ()),
    "digits": ("digits", "Digits", ("size",)),
}


def open_source(source, options=(), image_size=None):
    """The data set of a source.

    Args:
        source: str, such as "digits" or "images:DIR".
        options: `(word, value)` pairs, each word a key of `SOURCE_OPTIONS`.
        image_size: int or None, as the option `size`.

    Returns:
        Dataset.

    Raises:
        ValueError: the source is not known or unusable, or does not take an option.
        OSError: it is missing, or a download failed.
    """
    module, class_name, taken, arguments = _class_of(source)
    values = _values_of(options, image_size)
    for word in values.keys() - {"size"}:
        _require_taken(word, taken, source)
    given = {SOURCE_OPTIONS[word]: values[word] for word in values if word in taken}
    module = importlib.import_module(f"keras_bvae.datasets.{module}")
    try:
        dataset = getattr(module, class_name)(*arguments, **given)
    except (FileNotFoundError, NotADirectoryError) as error:
        if not _is_relative(source):
            raise
        raise type(error)(f"{error} It is looked for from {os.getcwd()}.") from error
    _require_size(dataset, source, values.get("size"))
    return dataset


def _is_relative(source):
    kind, _, path = source.partition(":")
    return kind in PATH_SOURCES and not os.path.isabs(os.path.expanduser(path))


def _class_of(source):
    """Module, class, options that it takes, and its positional arguments."""
    if source in _WITHOUT_PATH:
        return *_WITHOUT_PATH[source], ()
    kind, colon, rest = source.partition(":")
    if kind not in _CLASSES or not colon:
        raise ValueError(
            f"A data set must be one of {', '.join(NAMES)}; received {source!r}. "
            + _closest_name(source)
        )
    if not rest:
        form = next(name for name in NAMES if name.startswith(f"{kind}:"))
        what = "path" if kind in PATH_SOURCES else "name"
        raise ValueError(
            f"{kind}: must be followed by a {what}; received {source!r}. Write {form}."
        )
    return *_CLASSES[kind], (rest,)


def _closest_name(name):
    kinds = {form.partition(":")[0]: form for form in reversed(NAMES)}
    kind, colon, _ = name.partition(":")
    # With a colon, a form with one: dsprites:FILE.npz rather than dsprites.
    wanted = [form for form in NAMES if (":" in form) == bool(colon)] or list(NAMES)
    close = difflib.get_close_matches(kind.lower(), kinds, n=1, cutoff=0.5)
    if not close:
        return "Use dsprites to begin with."
    forms = [form for form in wanted if form.partition(":")[0] == close[0]]
    return f"Did you mean {forms[0] if forms else kinds[close[0]]}?"


def _values_of(options, image_size):
    values = {}
    for word, value in options:
        if word == "size":
            values[word] = _size_of(value)
        elif value is not None:
            raise ValueError(
                f"+{word} takes no value; received +{word}={value}. "
                f"Write {form_of(word)}."
            )
        else:
            values[word] = True
    if image_size is not None:
        if values.get("size", image_size) != image_size:
            raise ValueError(
                "`image_size` must be the size that the name asks for; received "
                f"image_size={image_size!r} and +size={values['size']}. Leave one out."
            )
        values["size"] = image_size
    return values


def _size_of(value):
    if not (value or "").isdecimal() or int(value) < 1:
        raise ValueError(
            "+size must be followed by a number of pixels; received "
            f"+size{'' if value is None else f'={value}'}. Write +size=64."
        )
    return int(value)


def _require_taken(word, taken, source):
    if word in taken:
        return
    kinds = [kind for kind, (_, _, takes) in _CLASSES.items() if word in takes]
    raise ValueError(
        f"+{word} is for {', '.join(kinds)}; received it with {source}. Leave it out."
    )


def _require_size(dataset, source, image_size):
    if image_size is None or dataset.image_shape[:2] == (image_size, image_size):
        return
    height, width, _ = dataset.image_shape
    raise ValueError(
        f"`image_size` must be the data set's own for {source}, {height} x {width}; "
        f"received image_size={image_size!r}. Leave it out, or use digits, which "
        "comes in any size."
    )
