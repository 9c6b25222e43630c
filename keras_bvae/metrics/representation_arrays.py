"""The rules for a representation that arrives as arrays: codes, factors, posteriors."""

import numpy as np

from keras_bvae.errors import InvalidValue


def as_codes(codes, name="codes"):
    """Gives codes back as float64, once they are what they should be.

    Args:
        codes: array, shape `(n, latent_dim)`, n >= 2.
        name: str, what to call them in a sentence.

    Raises:
        ValueError: other axes, no latent, fewer than two rows, not finite numbers, or
            some beyond the range of float32.
    """
    advice = "Pass one row of floats per image."
    codes = as_floats(codes, name, "numbers, (n, latent_dim)", advice)
    if codes.ndim != 2 or len(codes) < 2 or not codes.shape[1]:
        raise InvalidValue(
            f"`{name}` must have shape (n, latent_dim) with n >= 2; received "
            f"shape {codes.shape}. Pass one row of numbers per image."
        )
    is_bad = ~np.isfinite(codes)
    if is_bad.any():
        raise InvalidValue(
            f"`{name}` must be finite; received NaN or infinity in "
            f"{int(is_bad.any(1).sum())} of {len(codes)} rows. The model has diverged, "
            "or those rows must be left out."
        )
    # Squares of larger numbers overflow, and liblinear never ends on them.
    largest = np.abs(codes).max()
    if largest > np.finfo(np.float32).max:
        raise InvalidValue(
            f"`{name}` must be within the range of float32; received {largest:g}. The "
            "model has diverged, or the codes must be scaled down."
        )
    return codes


def as_factors(factors, rows, name="factors", continuous=False):
    """Gives factors back as int64 class indices, once they are what they should be.

    Args:
        factors: array, shape `(n, k)`, k >= 1; whole numbers, of any type.
        rows: int, how many rows of codes they belong to.
        name: str, what to call them in a sentence.
        continuous: bool, whether fractions are allowed; then float64 comes back.

    Raises:
        ValueError: other axes, another number of rows, no factor, fractions where
            classes are needed, or not finite numbers.
    """
    advice = "Number the classes of each factor 0, 1, 2, …"
    values = as_floats(factors, name, "class indices, (n, factors)", advice)
    if values.ndim != 2 or not values.shape[1]:
        raise InvalidValue(
            f"`{name}` must have shape (n, factors); received shape {values.shape}. "
            "Pass one row of class indices per image."
        )
    if len(values) != rows:
        raise InvalidValue(
            "Codes and factors must have one row per image each; received "
            f"{rows} rows of codes and {len(values)} of `{name}`. Pass the factors "
            "of the same images, in the same order."
        )
    if not np.isfinite(values).all():
        raise InvalidValue(
            f"`{name}` must be finite; received NaN or infinity. Leave those rows out."
        )
    if continuous:
        return values
    # From 2⁵³ on float64 has no fractions left, and neighbours fall together.
    fractions = (values != np.floor(values)) | (np.abs(values) >= 2.0**53)
    if fractions.any():
        raise InvalidValue(
            f"`{name}` must be classes, whole numbers; received "
            f"{values[fractions][0]:g} in factor {int(np.argmax(fractions.any(0)))}. "
            "Put a continuous factor into classes first, or use SAP with "
            "continuous=True."
        )
    return values.astype(np.int64)


def as_train_and_test(codes, factors, test_codes, test_factors, continuous=False):
    """All four arrays by the rules above, the test ones with the same columns.

    Returns:
        `(codes, factors, test_codes, test_factors)`.

    Raises:
        ValueError: an array breaks a rule, a factor is constant in `factors`, or the
            test arrays have another number of codes or factors.
    """
    codes, test_codes = as_codes(codes), as_codes(test_codes, "test_codes")
    factors = as_factors(factors, len(codes), "factors", continuous)
    test_factors = as_factors(test_factors, len(test_codes), "test_factors", continuous)
    for name, train, test in (
        ("codes", codes, test_codes),
        ("factors", factors, test_factors),
    ):
        if train.shape[1] != test.shape[1]:
            raise InvalidValue(
                f"`{name}` and `test_{name}` must have the same columns; received "
                f"{train.shape[1]} and {test.shape[1]}. Split one array by rows."
            )
    require_varying(factors)
    return codes, factors, test_codes, test_factors


def as_posteriors(mean, log_variance):
    """Gives both back as float64, once they are what they should be.

    Args:
        mean: array, shape `(images, latent_dim)`.
        log_variance: array, same shape; natural log of the variance.

    Returns:
        `(mean, log_variance)`.

    Raises:
        ValueError: they are no numbers, the two shapes differ or have other axes, or a
            value is not finite.
    """
    rule, advice = "numbers, (images, latent_dim)", "Pass both outputs of `encode`."
    mean = as_floats(mean, "mean", rule, advice)
    log_variance = as_floats(log_variance, "log_variance", rule, advice)
    if mean.ndim != 2 or mean.shape != log_variance.shape:
        raise InvalidValue(
            "`mean` and `log_variance` must have one shape, (images, latent_dim); "
            f"received mean.shape={mean.shape}, "
            f"log_variance.shape={log_variance.shape}. Pass both outputs of `encode`."
        )
    if not (np.isfinite(mean).all() and np.isfinite(log_variance).all()):
        raise InvalidValue(
            "`mean` and `log_variance` must be finite; received NaN or infinity. "
            "The model has diverged: use an earlier checkpoint."
        )
    return mean, log_variance


def as_floats(values, name, rule, advice):
    """Gives values back as float64.

    Args:
        values: array, or what NumPy makes one of.
        name: str, what to call them in a sentence.
        rule: str, what they must be: "numbers, (n, latent_dim)".
        advice: str, a sentence: what to do.

    Raises:
        ValueError: they are no numbers, or rows of different lengths.
    """
    try:
        array = np.asarray(values)
        # Text, dates and the like would be cast, and complex numbers cut in half. Of
        # Python's own objects each is looked at by the cast.
        if array.dtype.kind == "O" or is_real(array.dtype):
            return array.astype(np.float64, copy=False)
        reason = "text" if array.dtype.kind in "US" else f"the type {array.dtype}"
    except (TypeError, ValueError, OverflowError, RuntimeError, MemoryError) as error:
        reason = error
    raise InvalidValue(f"`{name}` must be {rule}; received {reason}. {advice}")


def is_real(dtype):
    """Whether numbers of a type are real ones; bfloat16, too, which NumPy lacks."""
    is_foreign = dtype.kind == "V" and dtype.type is not np.void
    return dtype.kind in "biuf" or is_foreign


def require_varying(factors, name="factors", least=1):
    """Raises unless every factor has two values or more, and there are enough.

    Args:
        factors: array, shape `(n, k)`.
        name: str, what to call them in a sentence.
        least: int, how many factors the metric needs to compare.

    Raises:
        ValueError: a factor is constant, or there are fewer than `least`.
    """
    constant = np.flatnonzero(~varying_columns(factors))
    if constant.size:
        raise InvalidValue(
            f"Every factor must have two values or more; received `{name}` with "
            f"{'only one' if len(constant) == 1 else 'one each'} in column "
            f"{', '.join(map(str, constant))}. Leave it out: what never changes "
            "cannot be found in the codes."
        )
    if factors.shape[1] < least:
        raise InvalidValue(
            f"The metric compares factors, so there must be {least} or more; received "
            f"{factors.shape[1]} in `{name}`. Use mutual_information_gap, which needs "
            "one, or add factors."
        )


def require_two_codes(codes):
    """Raises unless there are two codes to compare.

    Raises:
        ValueError: there is one.
    """
    if codes.shape[1] < 2:
        raise InvalidValue(
            "The metric compares codes, so there must be 2 or more; received 1 latent. "
            "Train with a larger latent_dim."
        )


def varying_columns(values):
    """Which columns have two different values or more.

    Not by their variance: the mean of equal numbers is rounded, so theirs may exceed 0.

    Args:
        values: array, shape `(n, columns)`, n >= 1.

    Returns:
        bool array, shape `(columns,)`.
    """
    return (values != values[0]).any(axis=0)


def variance_of_codes(codes, ddof):
    """Variance over rows, code by code.

    Args:
        codes: float array, shape `(..., n, latent_dim)`, n > ddof.
        ddof: int, 1 for n - 1 in the denominator, 0 for n.

    Returns:
        float64 array, shape `(..., latent_dim)`; exactly 0 where a code is constant.

    Raises:
        ValueError: a code is so large that float64 cannot hold its variance.
    """
    codes = np.asarray(codes, np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        # The mean of equal numbers is rounded, so their variance would not be 0; that
        # of their differences is.
        variances = np.var(codes - codes[..., :1, :], axis=-2, ddof=ddof)
    if not np.isfinite(variances).all():
        raise InvalidValue(
            "Codes must be small enough to have a variance; received numbers up to "
            f"{np.abs(codes).max():.3g}. The model has diverged: use an earlier "
            "checkpoint."
        )
    return variances
