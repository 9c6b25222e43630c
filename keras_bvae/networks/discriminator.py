"""The network that tells codes as drawn from permuted ones."""

import keras


def mlp_discriminator(units=1000, depth=6, slope=0.2):
    """Dense layers with leaky ReLU, then two logits: "as drawn" and "permuted".

    Args:
        units: int, units of each hidden layer.
        depth: int, hidden layers.
        slope: float, of the leaky ReLU below 0.

    Returns:
        Keras model, codes `(batch, latent_dim)` to `(batch, 2)`; built with the first
        codes that it sees.

    Source: Kim & Mnih 2018 (arXiv:1802.05983), appendix A; the slope is that of the
    reference code, the paper prints none.
    """
    hidden = [
        layer
        for _ in range(depth)
        for layer in (
            keras.layers.Dense(units),
            keras.layers.LeakyReLU(negative_slope=slope),
        )
    ]
    return keras.Sequential([*hidden, keras.layers.Dense(2)], name="discriminator")
