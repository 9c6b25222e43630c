"""`--metrics` as the commands take it: several times, or names with commas."""

import click

from kbvae import names


def metrics_option(default):
    """The option, with the metrics that are computed when it is not typed."""
    return click.option(
        "--metrics",
        "-m",
        multiple=True,
        default=(default,),
        metavar="all|NAME,NAME…",
        help=f"Metrics, by name: {', '.join(names.METRICS)}; or all, which is the "
        f"first {len(names.ALL_METRICS)}.  [default: {default}]",
    )


def split_names(values):
    """Every name that was typed, once: `("mig,dci", "sap")` are three."""
    typed = [name.strip() for value in values for name in value.split(",")]
    return tuple(dict.fromkeys(name for name in typed if name))
