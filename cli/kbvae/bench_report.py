"""The tables of `kbvae bench`."""

import math
import statistics

from kbvae.tables import aligned

_FRAMEWORKS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
_FREED = {
    True: "freed memory is kept for the next step",
    False: "freed memory goes as the C library has it",
}
_COLUMNS = ("images/s", "ms/step", "GFLOP/s", "of limit", "ours ÷ it", "first", "")
_SUMMARY_COLUMNS = (
    "backend",
    "images/s",
    "ms/step",
    "GFLOP/s",
    "of limit",
    "of fastest",
    "kept ÷ returned",
    "input",
    "memory",
    "device",
)


def backend_table(record):
    """Ours and what it is set beside, on one backend.

    Args:
        record: dict, see `keras_bvae.benchmark.measure`.

    Returns:
        Lines of text.
    """
    memory = "" if record["keeps_memory"] else ", freed memory returned"
    rows = [
        (f"{_FRAMEWORKS[record['backend']]}{memory}", *_COLUMNS),
        _row(record),
        *(_row(other) for other in record["comparisons"].values()),
    ]
    return aligned(rows, right=(1, 2, 3, 4, 5, 6))


def summary_table(record):
    """Ours on every backend, the fastest first.

    Args:
        record: dict with `backends`, records by name.

    Returns:
        Lines of text.
    """
    ranked = sorted(
        record["backends"].values(), key=lambda found: -found["images_per_second"]
    )
    fastest = ranked[0]["images_per_second"]
    rows = [_SUMMARY_COLUMNS]
    for found in ranked:
        rows.append(
            (
                _FRAMEWORKS[found["backend"]],
                f"{found['images_per_second']:,.0f}",
                f"{found['milliseconds_per_step']:.3f}",
                f"{found['gflops']:,.0f}",
                f"{found['share_of_limit']:.2f}",
                f"{found['images_per_second'] / fastest:.2f}",
                _kept_over_returned(found),
                f"{found['input_share']:.1%}",
                _memory(found),
                found["device"],
            )
        )
    rows = _without_empty_columns(rows)
    return aligned(rows, right=range(1, len(rows[0]) - 1))


def growth_table(records):
    """How time grows with the pixels, for each network, number of channels, backend.

    Args:
        records: dicts, of one size of images each.

    Returns:
        Lines of text: images/s by side, and the exponent: of the time an image takes,
        in its pixels. 1 is time in proportion. None where there are no two sizes.
    """
    found = {}
    for record in records:
        for backend, measured in record["backends"].items():
            height, width, channels = measured["image_shape"]
            name = (record["settings"]["network"], str(channels), _FRAMEWORKS[backend])
            speeds = found.setdefault(name, {})
            speeds[height * width] = measured["images_per_second"]
    pixels = sorted({count for speeds in found.values() for count in speeds})
    if len(pixels) < 2:
        return None
    sides = [f"{math.sqrt(count):.0f}" for count in pixels]
    rows = [("network", "channels", "images/s at", *sides, "exponent")]
    for name, speeds in found.items():
        shown = (f"{speeds[n]:,.0f}" if n in speeds else "-" for n in pixels)
        rows.append((*name, *shown, _exponent(speeds)))
    return aligned(rows, right=(1, *range(3, len(rows[0]))))


def _exponent(speeds):
    """Slope of the time an image takes over its pixels, both as logarithms."""
    if len(speeds) < 2:
        return "-"
    times = {math.log(n): -math.log(speed) for n, speed in speeds.items()}
    return (
        f"{statistics.linear_regression(list(times), list(times.values())).slope:.2f}"
    )


def surroundings_line(record):
    """What the numbers hold for: settings, processors, versions; one line each."""
    settings = record["settings"]
    versions = record["versions"]
    known = ("keras-bvae", "keras", "tensorflow", "tensorflow-cpu", "jax", "torch")
    shown = [f"{name} {versions[name]}" for name in known if name in versions]
    length = (
        f"{settings['steps']} steps"
        if settings["steps"]
        else f"about {settings['seconds']:g} s"
    )
    shape = " × ".join(map(str, next(iter(record["backends"].values()))["image_shape"]))
    return (
        f"{settings['network']}, batch {settings['batch_size']}, "
        f"{settings['precision']}, {settings['images']:,} images of "
        f"{settings['data']}, {shape}; "
        f"medians of {settings['repeats']} rounds of {length}\n"
        f"{_FREED[record['keeps_memory']]}\n"
        f"{record['processors']} processors, {record['platform']}\n"
        f"{', '.join(shown)}"
    )


def _row(found):
    if "failure" in found:
        return (found["label"], *"------", found["failure"])
    ratio = f"{found['ratio']:.2f}" if "ratio" in found else ""
    return (
        found["label"],
        f"{found['images_per_second']:,.0f}",
        f"{found['milliseconds_per_step']:.3f}",
        f"{found['gflops']:,.0f}",
        f"{found['share_of_limit']:.2f}",
        ratio,
        f"{found['first_seconds']:.1f} s",
        "",
    )


def _kept_over_returned(found):
    if "returned" not in found:
        return ""
    kept, returned = (m["images_per_second"] for m in (found, found["returned"]))
    return f"{kept / returned:.2f}"


def _without_empty_columns(rows):
    """Rows, the header first; a column without any value goes."""
    columns = [column for column in zip(*rows, strict=True) if any(column[1:])]
    return list(zip(*columns, strict=True))


def _memory(found):
    """Of the GPU where there is one."""
    peak = found["peak_device_memory_mb"] or found["peak_memory_mb"]
    return "-" if peak is None else f"{peak:,.0f} MB"
