"""The page's pictures as HTML: small PNG files inside the text, enlarged crisply."""

import base64
import html
import io

import numpy as np
from PIL import Image

from keras_bvae.datasets.values import name_of_many
from keras_bvae.errors import printable
from keras_bvae.pictures.sheets.marks import as_tile

# Pixels that a thumbnail has at most; it is drawn at about 50.
THUMBNAIL = 64


def image_tag(image, description):
    """An image as an `<img>` that holds its own PNG.

    Args:
        image: array `(height, width, channels)`; uint8, or float in [0, 1].
        description: str, for those who cannot see it.

    Returns:
        str.

    Raises:
        ValueError: not an image to draw; see `as_tile`.
    """
    return _tag(as_tile(image), description)


def slider_picture(image, title):
    """The large picture that follows the sliders."""
    tag = image_tag(image, f"what {title} decodes at the sliders")
    return _figure(tag, "at the sliders", "kbvae-now")


def start_pictures(image, encoded):
    """An original and its reconstruction, with what they cost.

    Args:
        image: uint8 array `(height, width, channels)`.
        encoded: what a model made of it; see `latent_explorer.Encoded`.

    Returns:
        str, HTML.
    """
    nats = f"reconstruction<br>{_nats(encoded.reconstruction_nats)}"
    code = f"original<br>KL {_nats(encoded.kl_nats)}"
    return (
        '<div class="kbvae-pair">'
        + _figure(image_tag(image, "the original"), code)
        + _figure(image_tag(encoded.reconstruction, "its reconstruction"), nats)
        + "</div>"
    )


def strip(images, latent, largest=THUMBNAIL):
    """Thumbnails of one latent's sweep, side by side as one picture.

    Args:
        images: float array `(steps, height, width, channels)`.
        latent: str, its name.
        largest: int, the most pixels of a thumbnail's longer side.

    Returns:
        str, HTML.
    """
    shrink = -(-max(images.shape[1:3]) // largest)
    tiles = [np.asarray(as_tile(image).reduce(shrink)) for image in images]
    height, width, _ = tiles[0].shape
    blank = np.zeros((height, max(width // 8, 1), 3), np.uint8)
    parts = [part for tile in tiles for part in (blank, tile)][1:]
    picture = Image.fromarray(np.concatenate(parts, axis=1))
    # Between the images the page shows through, be it light or dark.
    seen = [np.full(part.shape[:2], 255 * (part is not blank)) for part in parts]
    picture.putalpha(Image.fromarray(np.concatenate(seen, axis=1).astype(np.uint8)))
    tag = _tag(picture, f"what moving {latent} does")
    return f'<div class="kbvae-strip">{tag}</div>'


def map_tag(picture, description):
    """A map of codes, as wide as the page at most.

    Args:
        picture: PIL.Image.Image.
        description: str, for those who cannot see it.

    Returns:
        str, HTML.
    """
    return f'<figure class="kbvae-map">{_tag(picture, description)}</figure>'


def page_heading(dataset):
    """What the page is, and on which data set.

    Args:
        dataset: data set.

    Returns:
        str, HTML.
    """
    many = name_of_many(dataset).capitalize()
    about = f"Move a slider and look. {many} of {dataset.name}, {len(dataset):,}."
    return (
        '<div class="kbvae-head"><h1>What each latent does</h1>'
        f"<p>{_escaped(about)}</p></div>"
    )


def model_heading(explorer):
    """A model's name, its kind, and what its latents carry.

    Args:
        explorer: LatentExplorer.

    Returns:
        str, HTML.
    """
    alive, total = len(explorer.active_order), explorer.latent_dim
    facts = (
        f"{_kind(explorer.model)} · {alive} of {total} latents in use · "
        f"{explorer.kl.sum():.1f} nats"
    )
    return (
        f'<div class="kbvae-model"><h2>{_escaped(explorer.title)}</h2>'
        f"<p>{_escaped(facts)}</p></div>"
    )


def message(text, is_refusal=False):
    """A line that says what the page starts from, or why it does not."""
    name = "kbvae-refusal" if is_refusal else "kbvae-caption"
    return f'<p class="{name}" role="status">{_escaped(text)}</p>'


def _escaped(text):
    """A text of anybody's as HTML: of what no JSON and no page may hold, escapes."""
    return html.escape(printable(text))


def _tag(picture, description):
    buffer = io.BytesIO()
    # Compressing hard costs more than the few bytes that loopback would save.
    picture.save(buffer, "PNG", compress_level=1)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return (
        f'<img src="data:image/png;base64,{data}" alt="{_escaped(description)}" '
        'decoding="sync" draggable="false">'
    )


def _nats(value):
    # A picture unlike all that the model has seen can cost millions.
    return f"{value:,.1f} nats" if abs(value) < 1e5 else f"{value:.1e} nats"


def _figure(tag, caption, name=""):
    return f'<figure class="{name}">{tag}<figcaption>{caption}</figcaption></figure>'


def _kind(model):
    beta = getattr(model, "beta", None)
    name = type(model).__name__
    return name if beta is None else f"{name}, β = {float(beta):g}"
