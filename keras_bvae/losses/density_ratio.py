"""Total correlation from a discriminator, and the loss that trains it."""

from keras import ops

from keras_bvae.errors import InvalidValue
from keras_bvae.losses.same_shape import require_same_shape


def density_ratio_total_correlation(logits):
    """log q(z) - Σ_k log q(z_k) of each code, as a discriminator sees it.

    Args:
        logits: float tensor, shape `(batch, 2)`; column 0: "codes as drawn",
            column 1: "permuted".

    Returns:
        Float tensor, shape `(batch,)`, in nats; its average over codes as drawn is the
        total correlation where the discriminator is perfect.

    Raises:
        ValueError: the logits are not two columns.

    Source: Kim & Mnih 2018 (arXiv:1802.05983), equation 3, where D is the softmax of
        column 0, so log D / (1 - D) is the difference of the logits.
    """
    logits = ops.convert_to_tensor(logits)
    _require_two_columns(logits)
    return logits[:, 0] - logits[:, 1]


def discriminator_cross_entropy(logits, permuted_logits):
    """-log D(codes) / 2 - log(1 - D(permuted codes)) / 2, the discriminator's loss.

    Args:
        logits: float tensor, shape `(batch, 2)`, of codes as drawn; columns as in
            `density_ratio_total_correlation`.
        permuted_logits: float tensor, same shape, of permuted codes.

    Returns:
        Float tensor, shape `(batch,)`, in nats; log 2 where it cannot tell.

    Raises:
        ValueError: the two shapes differ, or are not two columns.

    Source: Kim & Mnih 2018 (arXiv:1802.05983), algorithm 2.
    """
    logits = ops.convert_to_tensor(logits)
    permuted_logits = ops.convert_to_tensor(permuted_logits)
    require_same_shape(logits=logits, permuted_logits=permuted_logits)
    _require_two_columns(logits)
    # -log softmax(l)[0] = softplus(l[1] - l[0]), with no log of 0.
    as_drawn = ops.softplus(logits[:, 1] - logits[:, 0])
    permuted = ops.softplus(permuted_logits[:, 0] - permuted_logits[:, 1])
    return 0.5 * (as_drawn + permuted)


def _require_two_columns(logits):
    if len(logits.shape) != 2 or logits.shape[1] != 2:
        raise InvalidValue(
            "`logits` must have the shape (batch, 2); received "
            f"logits.shape={tuple(logits.shape)}. End the discriminator in Dense(2): "
            'column 0 "codes as drawn", column 1 "permuted".'
        )
