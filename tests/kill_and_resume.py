"""Runs of `kbvae train`, killed at random moments and resumed, against an unbroken one.

`python tests/kill_and_resume.py --backend jax --kills 20` trains one run to its end,
then the same run again and again, killed by SIGKILL, SIGTERM or SIGINT: at random
moments, while a checkpoint is written, while the trained model is measured. Each is
resumed until it finishes and then compared with the unbroken one byte by byte. It ends
with a table, and with exit code 1 if a run was lost. Results: docs/resume.md.

It is the command as it is, save for the data: squares that are drawn in a moment. A
child is forked off a parent that has imported Keras and computed nothing; every
`--fresh-every`th begins in a new Python, so that kills meet its imports too.
"""

import argparse
import importlib
import json
import os
import random
import signal
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from command_on_squares import CommandOnSquares
from run_content import content, differences

WARM_UP = ["--beta-schedule", "linear", "--beta-steps", "120"]
# Each objective and what is typed for it: a schedule wherever it has one.
OBJECTIVES = {
    "beta_vae": WARM_UP,
    "annealed_vae": ["--capacity-steps", "120"],
    "beta_tc_vae": WARM_UP,
    "factor_vae": [],
    "dip_vae_i": [],
    "dip_vae_ii": [],
    "info_vae": [],
    "ada_gvae": WARM_UP,
}
VALIDATION = [
    *("--validation", "0.2", "--validation-every", "25", "--early-stopping", "3"),
    *("--learning-rate-schedule", "cosine", "--warm-up-steps", "20"),
]
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backend", default="torch")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0, help="of the kills")
    parser.add_argument("--objective", nargs="+", default=["beta_vae"])
    parser.add_argument("--steps", type=int, default=170)
    parser.add_argument("--network", default="locatello2019")
    parser.add_argument("--fresh-every", type=int, default=7, metavar="N")
    parser.add_argument("--validation", action="store_true", help="hold images out")
    typed = parser.parse_args()
    os.environ["KERAS_BACKEND"] = typed.backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    compiled = tempfile.TemporaryDirectory(prefix="kill-and-resume-compiled-")
    # JAX compiles a run's steps once, not after each kill: most of a child's life.
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", compiled.name)
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
    os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"
    import_all(typed.backend)
    print("| objective | kill | signal | moment | goes on from step |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="kill-and-resume-") as folder:
        count = len(typed.objective)
        trials = []
        for index, objective in enumerate(typed.objective):
            kills = len(range(index, typed.kills, count))
            trials.append(Trial(typed, objective, kills, Path(folder) / objective))
            trials[-1].run()
    for trial in trials:
        print(trial.verdict)
    return 1 if any(trial.lost for trial in trials) else 0


def import_all(backend):
    """All that the command imports; nothing is computed, so forks are safe."""
    from kbvae.backend import start_keras

    start_keras(backend)
    for module in ("keras_bvae.evaluation", "kbvae.commands.train"):
        importlib.import_module(module)


class Trial:
    """Kills until there were enough, and what became of the runs."""

    def __init__(self, typed, objective, kills, folder):
        self.wanted, self.fresh_every = kills, typed.fresh_every
        self.objective = objective
        self.folder = folder
        self.log = folder / "log"
        self.draw = random.Random(f"{typed.seed} {objective}")
        self.kills, self.lost = 0, []
        self.new_run = [
            *("train", "--objective", objective, *OBJECTIVES[objective]),
            *("--data", "squares", "--network", typed.network, "--batch-size", "8"),
            *("--steps", str(typed.steps), "--metric-every", "70"),
            *("--checkpoint-every", "60"),
        ]
        if typed.validation:
            self.new_run += VALIDATION

    def run(self):
        begin = time.monotonic()
        expected = content(self.unbroken("whole"))
        second = time.monotonic()
        self.compare(expected, self.unbroken("again"), "again, unbroken")
        self.life = time.monotonic() - second
        runs = 0
        while self.kills < self.wanted:
            runs += 1
            run = self.folder_of(runs)
            self.kill_until_it_ends(run)
            self.compare(expected, run, f"run {runs}")
        lost = f"{len(self.lost)} lost: {'; '.join(self.lost)}"
        self.verdict = (
            f"{self.objective}: {self.kills} kills in {runs} runs, "
            f"{lost if self.lost else 'none lost'}, unbroken {self.life:.0f} s, "
            f"all {(time.monotonic() - begin) / 60:.1f} min"
        )
        print(self.verdict, file=sys.stderr, flush=True)

    def folder_of(self, name):
        # All runs bear one name: it stands in their pictures.
        folder = self.folder / str(name) / "run"
        folder.parent.mkdir(parents=True)
        return folder

    def unbroken(self, name):
        folder = self.folder_of(name)
        CommandOnSquares(self.words(folder), self.log, fresh=False).end()
        return folder

    def compare(self, expected, folder, name):
        differ = differences(expected, content(folder))
        if differ:
            self.lost.append(f"{name} ({', '.join(differ[:5])} …)")

    def words(self, folder):
        if (folder / "run.json").exists():
            return ["train", "--resume", str(folder)]
        return [*self.new_run, "--out", str(folder)]

    def kill_until_it_ends(self, folder):
        while True:
            enough = self.kills >= self.wanted
            fresh = (self.kills + 1) % self.fresh_every == 0 and not enough
            child = CommandOnSquares(self.words(folder), self.log, fresh)
            if enough or not self.kill(child, folder, fresh):
                child.end()
                return
            self.kills += 1

    def kill(self, child, folder, fresh):
        """Whether a signal ended the child before it was done."""
        number = self.draw.choice(SIGNALS)
        aim = self.draw.choices(("anywhere", "checkpoint", "evaluation"), (4, 2, 1))[0]
        if fresh or aim == "anywhere":
            # A new Python takes about as long to import all as a run takes.
            is_there = child.wait(self.draw.uniform(0, self.life * (1 + fresh)))
        elif aim == "checkpoint":
            is_there = child.wait_for(lambda: has_part(folder), self.draw.randint(1, 3))
            is_there = is_there and child.wait(self.draw.uniform(0, 0.02))
        else:
            is_there = child.wait_for(lambda: is_trained(folder))
            is_there = is_there and child.wait(self.draw.uniform(0, self.life / 4))
        if not is_there:
            return False
        moment = moment_of(folder, self.log)
        child.send(number)
        if child.code == 0:  # too late, or the last step was the one to finish
            return False
        row = (
            self.objective,
            self.kills + 1,
            signal.Signals(number).name,
            moment,
            saved_step(folder),
        )
        print("|", " | ".join(map(str, row)), "|", flush=True)
        known = (-number, 128 + number, 1 if number == signal.SIGINT else None)
        if child.code not in known:
            self.lost.append(f"kill {self.kills + 1} ended with {child.code}")
            print(self.log.read_text()[-3000:], file=sys.stderr)
        return True


def has_part(folder):
    return any(folder.glob(".ckpt-part-*")) or any(folder.glob(".best-*"))


def is_trained(folder):
    try:
        record = json.loads((folder / "run.json").read_text())
    except FileNotFoundError:
        return False
    return record["status"] == "finished" and "results" not in record


def moment_of(folder, log):
    if not (folder / "run.json").exists():
        return "imports"
    if has_part(folder):
        return "checkpoint"
    if is_trained(folder):
        return "evaluation"
    lines = log.read_text().splitlines()
    steps = [line.split()[1] for line in lines if line.startswith("step ")]
    if steps:
        return f"training, after step {steps[-1]}"
    return "training, first steps" if "Training" in lines[-1:] else "imports, compiling"


def saved_step(folder):
    try:
        with zipfile.ZipFile(folder / "ckpt.keras") as archive:
            return json.loads(archive.read("keras_bvae_state.json"))["step"]
    except FileNotFoundError:
        return "the start" if (folder / "run.json").exists() else "nothing"


if __name__ == "__main__":
    sys.exit(main())
