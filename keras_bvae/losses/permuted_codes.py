"""Codes shuffled latent by latent: a sample of the product of the marginals."""

import keras
from keras import ops


def permute_codes(codes, seed=None):
    """Permutes each latent over the batch, independently of the others.

    Every latent keeps its values, so its marginal, and loses its dependence on the
    other latents. Gradients flow back to where each value came from.

    Args:
        codes: float tensor, shape `(batch, latent_dim)`.
        seed: int or `keras.random.SeedGenerator`. None: a fresh draw each call. An int
            gives the same permutations each call.

    Returns:
        Float tensor, shape `(batch, latent_dim)`, in the unit of the codes.

    Source: Kim & Mnih 2018 (arXiv:1802.05983), algorithm 1.
    """
    codes = ops.convert_to_tensor(codes)
    # float32 whatever the codes are: in float16 many draws would tie.
    draws = keras.random.uniform(ops.shape(codes), dtype="float32", seed=seed)
    return ops.take_along_axis(codes, ops.argsort(draws, axis=0), axis=0)
