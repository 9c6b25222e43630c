"""The process that `kbvae bench` starts for a backend: Keras runs on one a process.

    KERAS_BACKEND=jax python -m keras_bvae.benchmark '{"network": "burgess2018"}'

The argument is JSON: the arguments of `make_workload`, and with them `plan`, the fields
of `Plan`, `compiled`, and `keep_memory`: whether to call it, for all contestants. The
answer is lines of JSON: any number of {"progress": [done, total]}, then {"record": …},
{"misuse": sentence} or {"failure": sentence}.
"""

import json
import os
import sys

from keras_bvae.files.json_file import json_text
from keras_bvae.kept_memory import keep_memory

# A compiler's message may be pages.
LONGEST_SENTENCE = 300


def main(arguments):
    """Measures, and writes the lines; returns the exit code: 0, 1 failure, 2 misuse."""
    # The answer keeps standard output for itself: compilers write there as well.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answer:
        os.dup2(2, 1)

        def tell(**line):
            print(json_text(line, indent=None), file=answer, flush=True)

        return _measure(json.loads(arguments[0]), tell)


def _measure(options, tell):
    from keras_bvae.benchmark.measure import backend_record
    from keras_bvae.benchmark.workload import make_workload
    from keras_bvae.errors import Misuse

    plan, compiled = options.pop("plan", None), options.pop("compiled", True)
    keeps_memory = options.pop("keep_memory", False) and keep_memory()
    try:
        record = backend_record(
            make_workload(**options),
            plan,
            compiled,
            lambda *place: tell(progress=place),
        )
    except Misuse as error:
        tell(misuse=_sentence(error))
        return 2
    except Exception as error:
        tell(failure=f"{type(error).__name__}: {_sentence(error)}")
        return 1
    tell(record={**record, "keeps_memory": keeps_memory})
    return 0


def _sentence(error):
    return " ".join(str(error).split())[:LONGEST_SENTENCE] or type(error).__name__


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
