"""The house stands as its map says: no import runs upwards, and none in a circle."""

import ast
import graphlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAP = ROOT / "keras_bvae" / "README.md"
SOURCES = ((ROOT / "keras_bvae", "keras_bvae"), (ROOT / "cli" / "kbvae", "kbvae"))
# `dataset.split(0.1)` makes data sets that are made from one: the price of a method.
ALLOWED = ("keras_bvae.datasets.dataset", "keras_bvae.datasets.changes.subset")


def modules():
    """Every module's dotted name and file."""
    found = {}
    for folder, package in SOURCES:
        for path in folder.rglob("*.py"):
            parts = [package, *path.relative_to(folder).with_suffix("").parts]
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(path, known):
    """The modules of ours that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in known else node.module


def all_imports():
    known = modules()
    return {
        (name, imported)
        for name, path in known.items()
        for imported in imports_of(path, known)
        if imported != name and (name, imported) != ALLOWED
    }


def room_of(module):
    package, *rest = module.split(".")
    if package == "kbvae":
        return "cli"
    return rest[0] if rest else "keras_bvae"


def floors_of_the_map():
    """Room to floor, from the line that the map prints."""
    text = MAP.read_text(encoding="utf-8")
    (block,) = re.findall(r"<!-- floors -->\n```\n(.+?)```", text, re.DOTALL)
    floors = [floor.split() for floor in block.split("<")]
    return {room: number for number, floor in enumerate(floors) for room in floor}


def test_the_map_places_every_room():
    assert set(floors_of_the_map()) == {room_of(module) for module in modules()}


def test_no_import_runs_upwards():
    floors = floors_of_the_map()
    upwards = [
        f"{importer} -> {imported}"
        for importer, imported in sorted(all_imports())
        if room_of(importer) != room_of(imported)
        and floors[room_of(importer)] <= floors[room_of(imported)]
    ]
    assert upwards == []


def test_no_circle_but_the_split_of_a_data_set():
    graph = {name: set() for name in modules()}
    for importer, imported in all_imports():
        graph[importer].add(imported)
    tuple(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError


@pytest.mark.parametrize("room", ["metrics", "latents", "pictures"])
def test_what_takes_arrays_imports_no_keras(room):
    for path in (ROOT / "keras_bvae" / room).rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^ *(import|from) keras\b", text, re.MULTILINE), path
