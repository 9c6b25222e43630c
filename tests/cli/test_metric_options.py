import click
import click.testing
import pytest

from kbvae.metric_options import metrics_option, split_names


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        (("mig",), ("mig",)),
        (("mig,dci", "sap"), ("mig", "dci", "sap")),
        ((" mig , mig,", ""), ("mig",)),
        ((), ()),
    ],
)
def test_names_come_with_commas_or_one_by_one(typed, names):
    assert split_names(typed) == names


def test_the_help_lists_the_metrics_and_the_default():
    @click.command()
    @metrics_option("mig,sap")
    def command(metrics):
        click.echo(split_names(metrics))

    run = click.testing.CliRunner().invoke
    assert run(command).output == "('mig', 'sap')\n"
    assert run(command, ["-m", "dci", "--metrics", "irs"]).output == "('dci', 'irs')\n"
    text = " ".join(run(command, ["--help"]).output.split())
    assert "scale_free_factor_vae" in text
    assert "[default: mig,sap]" in text
