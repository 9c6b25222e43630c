from pathlib import Path

import pytest

from keras_bvae.datasets.storage import cache_folder
from keras_bvae.datasets.storage.cache_folder import default_cache_folder


def test_cache_folder_is_the_one_the_user_names(monkeypatch):
    monkeypatch.setenv("KERAS_BVAE_CACHE", "/data/cache")
    monkeypatch.setenv("XDG_CACHE_HOME", "/other")
    assert default_cache_folder() == Path("/data/cache")


def test_cache_folder_follows_the_desktop_rule(monkeypatch):
    monkeypatch.delenv("KERAS_BVAE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/other")
    assert default_cache_folder() == Path("/other/keras_bvae")


@pytest.mark.parametrize("not_set", ["", "relative/path"])
def test_cache_folder_is_in_the_home_folder_otherwise(monkeypatch, not_set):
    monkeypatch.delenv("KERAS_BVAE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", not_set)
    assert default_cache_folder() == Path.home() / ".cache" / "keras_bvae"


@pytest.fixture
def caches(tmp_path, monkeypatch):
    """A home, on a system that keeps caches elsewhere than in ~/.cache."""
    monkeypatch.delenv("KERAS_BVAE_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setattr(
        cache_folder, "user_cache_path", lambda name, **_: tmp_path / "Caches" / name
    )
    return tmp_path / "Caches"


def test_a_new_cache_lies_where_the_system_keeps_them(caches):
    assert default_cache_folder() == caches / "keras_bvae"


def test_a_cache_of_earlier_versions_is_found_again(caches, tmp_path):
    (tmp_path / ".cache" / "keras_bvae").mkdir(parents=True)
    assert default_cache_folder() == tmp_path / ".cache" / "keras_bvae"


def test_the_one_that_the_user_names_comes_before_an_earlier_one(
    caches, tmp_path, monkeypatch
):
    (tmp_path / ".cache" / "keras_bvae").mkdir(parents=True)
    monkeypatch.setenv("KERAS_BVAE_CACHE", "~/mine")
    assert default_cache_folder() == tmp_path / "mine"
