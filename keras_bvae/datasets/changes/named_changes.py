"""What each change in a data set's name does: word and value to a data set."""

import math

from keras_bvae.datasets.data_name import form_of

# What +train and +validation hold out unless they say.
SHARE = 0.1


def changed(dataset, word, value):
    """A data set with one change made.

    Args:
        dataset: Dataset.
        word: str, "color" say: a change that no source sees to itself.
        value: str, what stands behind its `=`; None without one.

    Returns:
        Dataset.

    Raises:
        ValueError: the value is none of this change, or does not fit the data set.
        OSError: a file that it names is missing.
    """
    return _CHANGES[word](dataset, word, value)


def _color(dataset, word, value):
    from keras_bvae.datasets.changes.colored_images import ColoredImages

    _require_no_value(word, value)
    return ColoredImages(dataset)


def _noise(dataset, word, value):
    from keras_bvae.datasets.changes.noisy_images import NoisyImages

    _require_no_value(word, value)
    return NoisyImages(dataset)


def _background(dataset, word, value):
    from keras_bvae.datasets.changes.textured_images import TexturedImages

    if value == "":
        raise _wrong_value(word, value)
    return TexturedImages(dataset, value)


def _hide(dataset, word, value):
    from keras_bvae.datasets.changes.hidden_factor import HiddenFactor

    if not value:
        raise _wrong_value(word, value)
    return HiddenFactor(dataset, value)


def _fix(dataset, word, value):
    from keras_bvae.datasets.changes.fixed_factor import FixedFactor

    factor, _, number = (value or "").rpartition(":")
    if not factor or not number.isdecimal():
        advice = f"CLASS is a number; `kbvae data {dataset.name}` shows the classes."
        raise _wrong_value(word, value, advice)
    return FixedFactor(dataset, factor, int(number))


def _correlate(dataset, word, value):
    from keras_bvae.datasets.changes.correlated_factors import CorrelatedFactors

    parts = (value or "").split(":")
    sigma = _number(parts.pop())
    if len(parts) != 2 or sigma is None:
        raise _wrong_value(word, value)
    return CorrelatedFactors(dataset, *parts, sigma)


def _train(dataset, word, value):
    return dataset.split(*_share_and_seed(word, value))[0]


def _validation(dataset, word, value):
    return dataset.split(*_share_and_seed(word, value))[1]


_CHANGES = {
    "color": _color,
    "noise": _noise,
    "background": _background,
    "hide": _hide,
    "fix": _fix,
    "correlate": _correlate,
    "train": _train,
    "validation": _validation,
}


def _share_and_seed(word, value):
    if value is None:
        return SHARE, 0
    share, _, seed = value.partition(":")
    share = _number(share)
    if share is None or not (seed or "0").isdecimal():
        raise _wrong_value(word, value)
    return share, int(seed or 0)


def _number(text):
    """A finite number, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _require_no_value(word, value):
    if value is not None:
        raise _wrong_value(word, value)


def _wrong_value(word, value, advice="`kbvae data` says what each change does."):
    form = form_of(word)
    received = f"+{word}" if value is None else f"+{word}={value}"
    if "[" in form:
        advice = "What stands in [] may be left out."
    return ValueError(
        f"The change +{word} is written {form}; received {received}. {advice}"
    )
