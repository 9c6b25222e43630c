"""The network of Locatello et al. 2019."""

from keras_bvae.networks.convolutional import (
    convolutional_decoder,
    convolutional_encoder,
    require_halvable,
)


def locatello2019(image_shape, latent_dim=10):
    """Convolutions of 32, 32 (4×4) and 64, 64 (2×2) filters, stride 2, dense 256.

    The paper's table says 4×4 throughout; the code that made its results uses 2×2 in
    the last two convolutions of the encoder, and so does this. The decoder is dense
    256, then transposed convolutions of 64, 32, 32 filters, all 4×4.

    Args:
        image_shape: `(height, width, channels)`, sides multiples of 16.
        latent_dim: int.

    Returns:
        Encoder and decoder, see `keras_bvae.networks.build`.

    Raises:
        ValueError: the sides are not multiples of 16.

    Source: Locatello et al. 2019 (arXiv:1811.12359), appendix, and
        disentanglement_lib, `conv_encoder` and `deconv_decoder`.
    """
    require_halvable("locatello2019", image_shape, 4)
    filters, kernels = (32, 32, 64, 64), (4, 4, 2, 2)
    return (
        convolutional_encoder(image_shape, latent_dim, filters, kernels, (256,)),
        convolutional_decoder(image_shape, latent_dim, filters[::-1], (256,)),
    )
