"""The end of every encoder: features in, mean and log variance out."""

import keras


def posterior_head(features, latent_dim):
    """Two dense layers without activation: the posterior's mean and log variance.

    Args:
        features: symbolic tensor, shape `(batch, features)`.
        latent_dim: int.

    Returns:
        List `[mean, log_variance]`, each `(batch, latent_dim)`, float32 under every
        dtype policy: the KL is computed from them.
    """
    return [
        keras.layers.Dense(latent_dim, dtype="float32", name=name)(features)
        for name in ("mean", "log_variance")
    ]
