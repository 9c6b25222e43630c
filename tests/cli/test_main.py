import subprocess
import sys

import pytest

COMMANDS = (
    "train",
    "evaluate",
    "compare",
    "traverse",
    "reconstruct",
    "sample",
    "interpolate",
    "responses",
    "map",
    "curves",
    "report",
    "explore",
    "export",
    "convert",
    "bench",
    "data",
)


def run_fresh(*arguments):
    """`kbvae` in a process of its own, then the heavy modules it left imported."""
    code = (
        "import sys; from kbvae.__main__ import main\n"
        "try: main(sys.argv[1:], prog_name='kbvae')\n"
        "finally: print('IMPORTED', sorted({'keras', 'tensorflow', 'jax', 'torch', "
        "'numpy', 'sklearn', 'keras_bvae'} & set(sys.modules)))"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", [("--help",), ("train", "--help"), ("nonsense",)])
def test_help_and_typing_errors_import_nothing_heavy(arguments):
    assert run_fresh(*arguments).stdout.endswith("IMPORTED []\n")


def test_help_names_every_command(kbvae):
    output = kbvae("--help").output
    assert all(f"  {command}" in output for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_teaches_by_example(kbvae, command):
    result = kbvae(command, "--help")
    assert result.exit_code == 0
    assert "Example" in result.output
    assert f"kbvae {command}" in result.output


def test_unknown_commands_are_answered_with_the_known(refused):
    sentence = refused("trian")
    assert "trian" in sentence
    assert ", ".join(COMMANDS) in sentence


def test_module_and_script_are_one_command():
    result = subprocess.run(
        [sys.executable, "-m", "kbvae", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.startswith("kbvae, version 0.")
