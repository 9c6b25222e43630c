"""How the commands take metrics: `--metrics`, `--protocol`, `--seed`."""

import click

from kbvae import names

protocol_option = click.option(
    "--protocol",
    type=click.Choice(names.PROTOCOLS),
    default="locatello2019",
    show_default=True,
    help="Whose settings the scores are computed with.",
)
seed_option = click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Of all draws.",
)


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
