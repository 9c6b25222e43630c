"""Each in a process of its own: what glibc is told, it is told for good."""

import ctypes
import shutil
import subprocess
import sys

import pytest
from bare_process import bare_process

from keras_bvae import kept_memory
from keras_bvae.kept_memory import VARIABLE

IS_GLIBC = sys.platform.startswith("linux") and hasattr(
    ctypes.CDLL(None), "gnu_get_libc_version"
)
on_glibc = pytest.mark.skipif(not IS_GLIBC, reason="glibc's allocator is meant")
# A block of 64 MiB freed and asked for again, ten times: its pages, faulted in anew.
FAULTS = """
import ctypes, resource, threading
from keras_bvae.kept_memory import keep_memory
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
def use(times):
    for _ in range(times):
        block = libc.malloc(64 * 2**20)
        ctypes.memset(block, 1, 64 * 2**20)
        libc.free(block)
def faults(run):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    run()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
def in_a_thread():
    thread = threading.Thread(target=use, args=(10,))
    thread.start()
    thread.join()
is_on = keep_memory()
use(1)
print(is_on, faults(lambda: use(10)), faults(in_a_thread))
"""


def outcome(monkeypatch, **environment):
    """What the child answers: whether it is on, faults of its two threads."""
    for name in (VARIABLE, *kept_memory._OF_GLIBC, "GLIBC_TUNABLES", "LD_PRELOAD"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    output, errors = bare_process(FAULTS).communicate()
    assert not errors
    is_on, *faults = output.split()
    return is_on, [int(count) for count in faults]


@on_glibc
def test_freed_memory_is_used_again_in_every_thread(monkeypatch):
    is_on, faults = outcome(monkeypatch)
    assert is_on == "True"
    # 10 blocks of 16,384 pages; fewer faults where pages are of 2 MiB.
    assert max(faults) < 200


@on_glibc
@pytest.mark.parametrize(
    "environment",
    [
        {VARIABLE: "0"},
        {VARIABLE: "Off"},
        {"MALLOC_ARENA_MAX": "4"},
        {"GLIBC_TUNABLES": "glibc.malloc.top_pad=131072"},
    ],
)
def test_what_the_user_chose_is_left_alone(monkeypatch, environment):
    is_on, faults = outcome(monkeypatch, **environment)
    assert is_on == "False"
    assert min(faults) > 200


@on_glibc
def test_another_allocator_is_left_alone(monkeypatch, tmp_path):
    compiler = shutil.which("gcc") or pytest.skip("needs a C compiler")
    source, library = tmp_path / "pool.c", tmp_path / "pool.so"
    source.write_text(POOL)
    flags = ("-shared", "-fPIC", "-fno-builtin", "-O1")
    subprocess.run([compiler, *flags, "-o", library, source], check=True)
    monkeypatch.setenv("LD_PRELOAD", str(library))
    script = "from keras_bvae.kept_memory import keep_memory; print(keep_memory())"
    assert bare_process(script).communicate() == ("False\n", "")


POOL = """
#include <string.h>
static char pool[400000000]; static size_t used;
void *malloc(size_t size) {
  char *block = pool + used; size = (size + 31) & ~(size_t)15; used += size;
  if (used > sizeof pool) return 0;
  *(size_t *)block = size; return block + 16;
}
void free(void *block) {}
void *calloc(size_t count, size_t size) { return malloc(count * size); }
void *realloc(void *block, size_t size) {
  void *moved = malloc(size);
  if (block && moved) {
    size_t had = ((size_t *)block)[-2] - 16;
    memcpy(moved, block, had < size ? had : size);
  }
  return moved;
}
"""


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_are_left_alone(monkeypatch, system):
    monkeypatch.setattr(kept_memory.sys, "platform", system)
    assert not kept_memory.keep_memory()


def test_a_c_library_without_these_calls_is_left_alone():
    assert not kept_memory._is_glibc(object())


def test_an_older_glibc_takes_the_most_that_it_can():
    """By its source: before 2.35 `mallopt` refuses a threshold above 32 MiB."""
    told = {}

    def mallopt(parameter, value):
        is_taken = parameter != -3 or value <= 32 * 2**20
        told.update({parameter: value} if is_taken else {})
        return int(is_taken)

    assert kept_memory._set(mallopt)
    assert told == {-3: 32 * 2**20, -1: 2**31 - 1, -2: 256 * 2**20, -8: 1}
    assert not kept_memory._set(lambda parameter, value: 0)
