"""The words beside a latent: its number, its KL, whether it is dead."""

from keras_bvae.latents.latent_statistics import is_active


def latent_name(latent):
    """What a latent is called in every picture: `z0`, `z1`, …"""
    return f"z{latent}"


def kl_text(kl):
    """A latent's KL with its unit, as `2.51 nats`."""
    # A KL is at least 0; rounding in the encoder must not print as -0.00.
    return f"{max(kl, 0.0):.2f} nats"


def latent_remarks(kl, values, shares_values):
    """Short lines for below a latent's label.

    Args:
        kl: float, nats.
        values: NumPy array, shape `(steps,)`, what the latent is set to.
        shares_values: bool, whether every latent has these values; if not, the
            remark says where they begin and end.

    Returns:
        tuple of str, empty where there is nothing to remark.
    """
    remarks = []
    if not shares_values:
        remarks.append(f"{_two_decimals(values[0])} to {_two_decimals(values[-1])}")
    if not is_active(kl):
        remarks.append("dead")
    return tuple(remarks)


def _two_decimals(value):
    # Adding 0.0 turns the -0.0 that rounding can leave into 0.0.
    return f"{round(float(value), 2) + 0.0:.2f}"
