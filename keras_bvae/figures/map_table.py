"""A map's coordinates as a table: a row an image."""

import csv
from pathlib import Path

from keras_bvae.errors import InvalidValue, KerasBVAEError
from keras_bvae.files.reading import open_file
from keras_bvae.files.result_file import require_result_path
from keras_bvae.files.whole_file import whole_file

_LONGEST_HEAD = 4096
_HEAD = ("image", "x", "y")


def write_map_table(mapped, dataset, path):
    """Writes where each image lies, and its factors by their classes.

    Args:
        mapped: MappedCodes.
        dataset: the data set that it was made of.
        path: str or Path, ending in .csv.

    Raises:
        ValueError, OSError: as `require_map_table_path`.
    """
    require_map_table_path(path)
    indices = mapped.indices
    factors = (
        dataset.factors_at(indices) if dataset.has_factors else [()] * len(indices)
    )
    with (
        whole_file(Path(path)) as partial,
        open(partial, "w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*_HEAD, *dataset.factor_names])
        for index, point, row in zip(
            indices, mapped.plane.points, factors, strict=True
        ):
            writer.writerow([int(index), *(f"{v:.6g}" for v in point), *map(int, row)])


def require_map_table_path(path, inputs=()):
    """Raises unless the table could be written there; call it before the slow part.

    Args:
        path: str or Path.
        inputs: paths that are read, which the table must not replace.

    Raises:
        ValueError: another ending than .csv.
        OSError: the folder cannot be written, or something else is there.
    """
    path = Path(path)
    if path.suffix.lower() != ".csv":
        raise InvalidValue(
            f"A map's table must end in .csv; received {str(path)!r}. Use "
            f"{path.with_suffix('.csv').name!r}."
        )
    require_result_path(path, _is_earlier, "A map's table", inputs)


def _is_earlier(path):
    try:
        with open_file(path, "A map's table") as file:
            return file.readline(_LONGEST_HEAD).startswith(b"image,x,y")
    except KerasBVAEError:
        return False
