"""The files of ours whose functions run in a command, in the order of their first call.

`KERAS_BACKEND=torch python tests/files_of_a_command.py evaluate ckpt.keras -m mig` runs
`kbvae evaluate ckpt.keras -m mig` and prints them; the map's walks were counted by it.
Everything is imported before, so that what runs while modules load does not count.
"""

import importlib
import pkgutil
import sys
import threading
from pathlib import Path

import kbvae
import keras_bvae
from kbvae.__main__ import main

OF_ONE_BACKEND = ("on_jax", "on_tensorflow", "jax_convolutions", "_loop")
FOLDERS = {str(Path(package.__file__).parent) for package in (keras_bvae, kbvae)}


def import_all():
    for package in (keras_bvae, kbvae):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith((*OF_ONE_BACKEND, "__main__")):
                importlib.import_module(module.name)


def files_of(arguments):
    """Runs the command; returns file and first function, in order."""
    found = {}

    def listen(frame, event, _):
        file = frame.f_code.co_filename
        if event == "call" and file.startswith(tuple(FOLDERS)):
            found.setdefault(file, frame.f_code.co_name)

    threading.setprofile(listen)
    sys.setprofile(listen)
    try:
        main(arguments, standalone_mode=False)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return found


if __name__ == "__main__":
    import_all()
    root = Path(keras_bvae.__file__).parents[1]
    called = files_of(sys.argv[1:])
    for file, function in called.items():
        print(
            f"{Path(file).relative_to(Path(keras_bvae.__file__).parents[1])} {function}"
        )
    print(f"{len(called)} files")
