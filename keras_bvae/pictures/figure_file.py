"""Matplotlib figures as files: PDF and SVG, and as pixels."""

import io

from PIL import Image

# What would make two files of one figure differ: the time, and random names in SVG.
_METADATA = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}
# Fonts travel inside a PDF as they are; in SVG letters are outlines, for a browser may
# lack the font and then lets words run into each other.
_SETTINGS = {"pdf.fonttype": 42, "svg.fonttype": "path", "svg.hashsalt": "keras_bvae"}


def write_figure(figure, path):
    """Writes a figure as .pdf or .svg, at its own size and on its own paper.

    Args:
        figure: matplotlib.figure.Figure.
        path: Path to write to; its ending says the format.
    """
    from matplotlib import rc_context

    kind = path.suffix.lower().lstrip(".")
    with rc_context(_SETTINGS):
        figure.savefig(path, format=kind, dpi="figure", metadata=_METADATA[kind])


def figure_pixels(figure):
    """A figure as it looks at its own resolution.

    Args:
        figure: matplotlib.figure.Figure.

    Returns:
        PIL.Image.Image in mode RGB.
    """
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi="figure")
    with Image.open(stream) as picture:
        return picture.convert("RGB")
