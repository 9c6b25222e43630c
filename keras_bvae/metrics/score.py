"""The record that every metric returns."""

import dataclasses
import json

from keras_bvae.files.json_file import plain
from keras_bvae.package_versions import package_versions


def _library_versions():
    """Versions of the libraries that a score depends on."""
    return package_versions(("keras-bvae", "numpy", "scipy", "scikit-learn"))


@dataclasses.dataclass(frozen=True)
class Score:
    """What a metric found, with everything needed to find it again.

    Args:
        name: str, the metric's name and its key in `fit`'s history.
        score: float, the number that papers print.
        parts: dict, what the score was made from.
        protocol: str, a published protocol's name, or "custom".
        settings: dict, every setting and every sample size.
        seed: int, what the metric drew from; None: it draws nothing.
        seconds: float, wall time of the whole metric, encoding included.
        versions: dict, versions of the libraries that a score depends on.

    `float(score)` is its `score`.
    """

    name: str
    score: float
    parts: dict
    protocol: str
    settings: dict
    seed: int | None
    seconds: float
    versions: dict = dataclasses.field(default_factory=_library_versions)

    def __float__(self):
        return float(self.score)

    def __str__(self):
        seed = "" if self.seed is None else f", seed {self.seed}"
        return f"{self.name} {self.score:.4f} ({self.protocol}{seed})"

    def as_dict(self):
        """The record in plain Python types, tuples and arrays as lists."""
        fields = dataclasses.fields(self)
        return plain({field.name: getattr(self, field.name) for field in fields})

    def to_json(self, indent=2):
        """The record as JSON text; NaN, which JSON lacks, becomes null."""
        return json.dumps(self.as_dict(), indent=indent, allow_nan=False)
