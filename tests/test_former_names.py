"""Names that moved: they work, warn, and say where to look; we do not use them."""

import ast
import importlib
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest
from numbered_run import Squares
from small_model import small_model

import keras_bvae as kb
from keras_bvae.former_names import MODULES, former_names

ROOT = Path(__file__).parents[1]


@pytest.fixture
def room():
    module = types.ModuleType("room")
    module.__getattr__ = former_names(
        "room",
        {
            "Page": "keras_bvae.pictures.Sheet",
            "letters": "keras_bvae.pictures.sheets.typeface.printable",
            "sheet": "keras_bvae.pictures.sheets.traversal_sheet.traversal_sheet",
        },
    )
    return module


def test_a_former_name_is_the_thing_where_it_is_now(room):
    said = r"room.Page is a former name.*: use keras_bvae\.pictures\.Sheet\.$"
    with pytest.warns(DeprecationWarning, match=said) as caught:
        assert room.Page is kb.pictures.Sheet
    assert caught[0].filename == __file__


def test_the_shortest_place_is_named_and_no_place_that_is_none(room):
    with pytest.warns(DeprecationWarning, match=r"pictures\.traversal_sheet\.$"):
        assert room.sheet is kb.pictures.traversal_sheet
    with pytest.warns(DeprecationWarning, match=r"pictures\.sheets\.typeface\.print"):
        assert room.letters("日") == "?"


def test_other_names_are_missing_as_usual(room):
    assert not hasattr(room, "nothing")
    with pytest.raises(
        AttributeError, match="module 'room' has no attribute 'nothing'"
    ):
        room.nothing  # noqa: B018


# What version 0.5.0 exported from keras_bvae.pictures and not from there any more.
FORMER_PICTURES = (
    "SWEEP_MODES",
    "LatentStatistics",
    "Page",
    "Sweep",
    "Traversal",
    "aggregate_posterior_sweep",
    "fitted_gaussian_sweep",
    "heat_map",
    "interpolation_picture",
    "is_active",
    "is_film_path",
    "latent_statistics",
    "linear_path",
    "mean_kl_per_latent",
    "min_max_sweep",
    "normal_quantile_sweep",
    "prior_anchor",
    "quantile_sweep",
    "reconstruction_picture",
    "representation_picture",
    "require_picture_path",
    "sample_images",
    "sample_indices",
    "score_maps",
    "spherical_path",
    "stacked_animations",
    "stacked_pages",
    "standard_deviation_sweep",
    "sweep_by_mode",
    "telling_anchor",
    "traversal_picture",
    "traverse",
)
RENAMED = {
    "Page": "Sheet",
    "heat_map": "heat_map_sheet",
    "interpolation_picture": "interpolation_sheet",
    "reconstruction_picture": "reconstruction_sheet",
    "representation_picture": "representation_sheet",
    "stacked_pages": "stacked_sheets",
    "traversal_picture": "traversal_sheet",
}


@pytest.mark.parametrize("name", FORMER_PICTURES)
def test_every_name_that_pictures_had_goes_on_working(name):
    present = RENAMED.get(name, name)
    said = rf"keras_bvae\.pictures\.{name} is .* use keras_bvae\.[\w.]*{present}\.$"
    with pytest.warns(DeprecationWarning, match=said):
        thing = getattr(kb.pictures, name)
    assert name not in kb.pictures.__all__
    assert getattr(thing, "__name__", present) == present


@pytest.mark.parametrize("name", sorted(kb.pictures.__all__))
@pytest.mark.filterwarnings("error")
def test_what_pictures_has_now_needs_no_warning(name):
    assert getattr(kb.pictures, name).__name__ == name


def test_the_interpolation_of_figures_goes_on_working():
    with pytest.warns(
        DeprecationWarning, match=r"use keras_bvae\.figures\.interp\w+s\.$"
    ):
        assert kb.figures.interpolation is kb.figures.interpolations


@pytest.mark.parametrize(
    ("room", "name", "present"),
    [
        (kb.losses, "ESTIMATORS", "losses.minibatch_decomposition.ESTIMATORS"),
        (kb.losses, "LIKELIHOODS", "losses.reconstruction.LIKELIHOODS"),
        (kb.losses, "require_bandwidth", "discrepancy.require_bandwidth"),
        (kb.metrics, "NonFiniteCodesError", "errors.NonFiniteCodes"),
    ],
)
def test_what_losses_and_metrics_had_goes_on_working(room, name, present):
    with pytest.warns(DeprecationWarning, match=rf"use keras_bvae\..*{present}\.$"):
        assert getattr(room, name) is not None


# As the examples and documents of 0.5.0 imported them.
FORMER_IMPORTS = """
from keras_bvae.benchmark.device_limits import device_limits
from keras_bvae.benchmark.memory import peak_memory
from keras_bvae.datasets.sprite_renderer import render_all
from keras_bvae.training import run as runs
from keras_bvae.training.checkpoint import load_checkpoint
from keras_bvae.training.evaluation import decompose_model, evaluate_model
from keras_bvae.training.objectives import OBJECTIVES
from keras_bvae.training.run import LOG_PERIOD, build_model, resume_run, start_run
from keras_bvae.training.run_folder import RunFolder, environment
from keras_bvae.training.settings import Settings
"""


def test_modules_that_scripts_imported_go_on_working():
    found = {}
    with pytest.warns(DeprecationWarning, match="is a former name") as caught:
        exec(FORMER_IMPORTS, found)
    assert found["Settings"] is kb.runs.Settings
    assert found["evaluate_model"] is kb.evaluation.evaluate_model
    assert found["runs"].start_run is kb.runs.start_run
    said = {str(warning.message) for warning in caught}
    assert {
        f"{former} is a former name, which goes with the next version: use {place}."
        for former, place in MODULES.items()
    } <= said


def test_a_module_that_never_was_is_missing_as_usual():
    with pytest.raises(ModuleNotFoundError, match=r"keras_bvae\.training\.nothing"):
        importlib.import_module("keras_bvae.training.nothing")


IMPORT_ALL = """
import importlib, pkgutil, warnings
warnings.filterwarnings("error", ".* is a former name", DeprecationWarning)
import keras_bvae, kbvae
of_one_backend = ("on_jax", "on_tensorflow", "jax_convolutions", "_loop")
for package in (keras_bvae, kbvae):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith((*of_one_backend, "__main__")):
            importlib.import_module(module.name)
"""


def test_importing_the_library_uses_none_of_them():
    subprocess.run([sys.executable, "-c", IMPORT_ALL], check=True)


@pytest.mark.filterwarnings("error:.* is a former name:DeprecationWarning")
@pytest.mark.filterwarnings("error:A Sheet is not:DeprecationWarning")
def test_drawing_with_the_library_uses_none_of_them(tmp_path):
    model, dataset = small_model(), Squares()
    ends = dataset.images_at([0, 35])
    for number, picture in enumerate(
        [
            kb.figures.traversals(model, dataset),
            kb.figures.reconstructions(model, dataset),
            kb.figures.samples(model, count=4),
            kb.figures.interpolations(model, *ends),
            kb.figures.latent_responses(model, dataset),
            kb.figures.loss_curves({"loss": [2.0, 1.0]}),
            kb.pictures.contact_sheet(dataset),
        ]
    ):
        kb.pictures.save_picture(picture, tmp_path / f"{number}.png")


@pytest.mark.parametrize("folder", ["keras_bvae", "cli", "tests", "examples"])
def test_no_source_names_them(folder):
    former = "|".join(FORMER_PICTURES)
    attribute = re.compile(rf"(?<![\w./`])pictures\.({former})\b(?!\.)")
    for path in (ROOT / folder).rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path != Path(__file__):
            assert not attribute.search(text), path
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.ImportFrom)
                and node.module == "keras_bvae.pictures"
            ):
                names = {alias.name for alias in node.names}
                assert not names & set(FORMER_PICTURES), path
