"""The representations of the reference fixtures as functions of an image."""

import numpy as np
from factor_pixels import standardised_factors
from reference_fixtures import stored_arrays


def representation(case):
    """`encode` of a fixture case, as its README gives the formula.

    Takes images of `FactorPixels()`. Noise is fresh on every call.
    """
    arrays = stored_arrays(f"case_{case}")
    a_in, bias, b_out, linear, shift, sigma = (
        arrays[f"rep_{name}"] for name in ("A", "a", "B", "C", "c", "sigma")
    )
    rng = np.random.default_rng(7)

    def encode(images):
        factors = standardised_factors(images)
        hidden = np.tanh(factors @ a_in.T + bias)
        noise = sigma * rng.normal(size=(len(images), len(sigma)))
        codes = factors @ linear.T + shift + hidden @ b_out.T + noise
        return codes.astype("float32")

    return encode
