import os

import pytest

from keras_bvae.engine.main_memory import main_memory_bytes

pytestmark = pytest.mark.across_backends


def test_it_is_what_the_system_says():
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    assert main_memory_bytes() == pages * size


def test_a_system_that_does_not_tell_counts_as_a_small_one(monkeypatch):
    monkeypatch.delattr(os, "sysconf")
    assert main_memory_bytes() == 8 * 2**30
