"""What installs, and what the documents promise."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory):
    """Names of the files in a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    code = (
        "import sys; from hatchling.builders.wheel import WheelBuilder\n"
        "list(WheelBuilder(sys.argv[1]).build(directory=sys.argv[2]))"
    )
    subprocess.run([sys.executable, "-c", code, str(ROOT), str(folder)], check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_wheel_installs_the_package_and_the_command_only(wheel_names):
    roots = {name.split("/")[0] for name in wheel_names}
    assert {root for root in roots if not root.endswith(".dist-info")} == {
        "keras_bvae",
        "kbvae",
    }


def test_the_wheel_holds_every_module(wheel_names):
    for base, folder in ((ROOT, "keras_bvae"), (ROOT / "cli", "kbvae")):
        for path in (base / folder).rglob("*.py"):
            assert path.relative_to(base).as_posix() in wheel_names


def test_every_source_file_has_its_test():
    missing = []
    for path in (ROOT / "keras_bvae").rglob("*.py"):
        if path.name in ("__init__.py", "version.py"):
            continue
        relative = path.relative_to(ROOT / "keras_bvae")
        if not (ROOT / "tests" / relative.parent / f"test_{path.name}").exists():
            missing.append(relative.as_posix())
    for path in (ROOT / "cli" / "kbvae").rglob("*.py"):
        name = path.name.replace("__main__", "main")
        is_tested = (ROOT / "tests" / "cli" / f"test_{name}").exists()
        if name != "__init__.py" and not is_tested:
            missing.append(path.name)
    assert not missing


def test_paths_in_the_documents_exist():
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    for document in documents:
        text = document.read_text(encoding="utf-8")
        for path in re.findall(
            r"\b(?:tests|examples|keras_bvae|docs)/[\w/.-]+\w", text
        ):
            assert (ROOT / path).exists(), f"{document.name}: {path}"


def test_public_names_are_those_of_the_readme():
    import keras_bvae as kb

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"\bkb\.([a-zA-Z_.]+)", text):
        thing = kb
        for part in name.rstrip(".").split("."):
            thing = getattr(thing, part)


def test_ci_runs_the_readmes_own_test_command():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"<!-- tests -->\n```bash\n(.+?)\n```", text, re.DOTALL)
    assert "tests/on_every_backend.py" in command
    assert "<!-- tests -->" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
