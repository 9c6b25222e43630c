"""Which column of the factors a name means."""

import difflib


def factor_column(dataset, name, purpose):
    """The position of a factor.

    Args:
        dataset: Dataset.
        name: str, the factor.
        purpose: str, what it is for, as the subject of a sentence: "+hide".

    Returns:
        int.

    Raises:
        ValueError: the data set has no factors, or not this one.
    """
    dataset.require_factors(purpose)
    if name not in dataset.factor_names:
        close = _closest(name, dataset.factor_names)
        advice = f"Did you mean {close}?" if close else "Name one of those."
        raise ValueError(
            f"{purpose} must name a factor of {dataset.name}, which has "
            f"{', '.join(dataset.factor_names)}; received {name!r}. {advice}"
        )
    return dataset.factor_names.index(name)


def _closest(name, names):
    """The name that was meant, or None; x_position means position_x."""
    words = sorted(name.split("_"))
    turned = [known for known in names if sorted(known.split("_")) == words]
    close = turned or difflib.get_close_matches(name, names, n=1)
    return close[0] if close else None
