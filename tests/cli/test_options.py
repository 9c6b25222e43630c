import click
import click.testing
import pytest

from kbvae.options import NumberList, metrics_option, split_names


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
    @metrics_option(("mig", "sap"))
    def command(metrics):
        click.echo(split_names(metrics))

    run = click.testing.CliRunner().invoke
    # The default stays out of what was typed: it gives way where there are no factors.
    assert run(command).output == "()\n"
    assert run(command, ["-m", "dci", "--metrics", "irs"]).output == "('dci', 'irs')\n"
    text = " ".join(run(command, ["--help"]).output.split())
    assert "scale_free_factor_vae" in text
    assert "[default: mig,sap]" in text


@pytest.mark.parametrize("typed", ["", ",", " , "])
def test_no_name_at_all_is_refused(typed):
    @click.command()
    @metrics_option(("mig", "sap"))
    def command(metrics):
        raise AssertionError("never run")

    result = click.testing.CliRunner().invoke(command, ["--metrics", typed])
    assert result.exit_code == 2
    assert "which has none" in result.output


@pytest.mark.parametrize(
    ("text", "numbers"), [("7", (7,)), ("0,10,20", (0, 10, 20)), ("3, 1", (3, 1))]
)
def test_numbers_stand_between_commas(text, numbers):
    assert NumberList().convert(text, None, None) == numbers


@pytest.mark.parametrize(
    "text", ["", "a", "1,", "1,-2", "1.5", "1;2", "1" + 99 * "0", 5000 * "1"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(click.BadParameter, match=r"as 0,10,20; received"):
        NumberList().convert(text, None, None)


def test_a_word_may_stand_for_numbers_where_it_is_known():
    assert NumberList(word="all").convert("all", None, None) == "all"
    assert NumberList(word="all").convert("3,5", None, None) == (3, 5)
    with pytest.raises(click.BadParameter, match=r"received 'every'.* the word all\."):
        NumberList(word="all").convert("every", None, None)
    with pytest.raises(click.BadParameter, match="received 'all'"):
        NumberList().convert("all", None, None)
