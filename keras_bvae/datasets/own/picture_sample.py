"""A look at some pictures of a folder: which values are white, and are they alike?"""

import math

import numpy as np

from keras_bvae.datasets.own.eight_bits import seen_values
from keras_bvae.datasets.own.image_file import decoded_page
from keras_bvae.datasets.own.picture_fit import fitted
from keras_bvae.datasets.own.picture_options import range_in_text
from keras_bvae.datasets.own.picture_pages import open_page, place_in_words
from keras_bvae.datasets.own.value_range import (
    SeenValues,
    doubt,
    settled_range,
)

# Pictures that are decoded to tell.
MOST_OF_A_DEPTH = 32
MOST_LOOKED_AT = 16
# Side in pixels at which they are looked at.
_SIDE = 64
# Of 255: images that do not get brighter are told of.
_DIM = 31


def look_at_ranges(folder, depths, options):
    """Finds the black and white of pictures deeper than eight bits.

    Args:
        folder: Path.
        depths: dict, `Depth` to the list of `(name, page)` that have it.
        options: `PictureOptions`.

    Returns:
        dict, `Depth` to `(black, white)` where that is another than each file tells;
        and str, why it cannot be known, or "".
    """
    if options.value_range is not None:
        return {}, ""
    told = {depth.declared for depth in depths if depth.declared}
    if len(told) > 1 and not all(map(_is_of_bits, told)):
        return {}, _disagreement(folder, told)
    ranges = {}
    for depth, places in depths.items():
        seen = SeenValues()
        for name, page in _spread(places, MOST_OF_A_DEPTH):
            try:
                with open_page(folder / name, page, options.max_pixels) as image:
                    some = seen_values(image, depth)
            except Exception:  # whoever reads all of it says what is wrong
                continue
            seen.join(some)
        if not math.isfinite(seen.most):
            continue
        settled = settled_range(seen, depth)
        if settled is None:
            return {}, doubt(seen, depth, f"{folder}, {_counted(places)}")
        if settled != depth.value_range:
            ranges[depth] = settled
    return ranges, ""


def look_at_some(folder, places, channels, ranges, options):
    """What is strange about the images of a folder.

    Args:
        folder: Path.
        places: list of `(name, page)`, all of its pictures.
        channels: 1, 3 or 4, as its images have.
        ranges: dict of `look_at_ranges`.
        options: `PictureOptions`.

    Returns:
        str, what is strange and what to do, or "".
    """
    images, extremes, shows_through = [], [], False
    for name, page in _spread(places, MOST_LOOKED_AT):
        path = folder / name
        try:
            with open_page(path, page, options.max_pixels, 2 * _SIDE) as image:
                shows_through |= image.has_transparency_data
                picture = decoded_page(image, path, channels, options, ranges)
            del image  # large ones are gone before a part is cut out
            extremes += np.reshape(picture.getextrema(), (-1, 2)).tolist()
            images.append(fitted(picture, (_SIDE, _SIDE), options.fit, options.on))
        except Exception:  # whoever reads all of it says what is wrong
            continue
    if not images:
        return ""
    darkest, brightest = min(min(extremes)), max(map(max, extremes))
    alike = len(images) > 1 and all(np.array_equal(images[0], i) for i in images[1:])
    if brightest == 0 or (brightest <= _DIM and options.value_range is None):
        oddity = f"the brightest value of the images is {brightest} of 255"
    elif darkest == 255:
        oddity = "the images are white and nothing else"
    elif alike:
        oddity = "the images are all alike"
    else:
        return ""
    if len(images) < len(places):
        oddity += f", of the {len(images):,} that were looked at"
    return f"{oddity}. {_advice(shows_through, brightest, options)}"


def _advice(shows_through, brightest, options):
    if shows_through:
        other = "white" if options.on == "black" else "black"
        return f"What is transparent lies on {options.on}; +on={other} changes it."
    if 0 < brightest <= _DIM:
        return f"If {brightest} is meant to be white, say +range=0:{brightest}."
    return "Look at them with `kbvae data`, and whether these are the right files."


def _spread(places, most):
    """At most so many of a list, evenly spread."""
    if len(places) <= most:
        return places
    return [places[i] for i in np.linspace(0, len(places) - 1, most).astype(int)]


def _is_of_bits(value_range):
    """Whether a range is that of a number of bits: 0 … 4095, say."""
    low, high = value_range
    return low == 0 and high in (2.0**bits - 1 for bits in range(1, 33))


def _disagreement(folder, told):
    union = (min(low for low, _ in told), max(high for _, high in told))
    return (
        "Pictures deeper than 8 bits must agree on which values are black and white; "
        f"received {folder}, where their files tell {len(told)} ranges within "
        f"{range_in_text(union).replace(':', ' to ')}. Say one: "
        f"+range={range_in_text(union)} behind the name, value_range=… in Python."
    )


def _counted(places):
    name, page = places[0]
    if len(places) == 1:
        return f"file {name}"
    return f"{len(places):,} pictures such as {place_in_words(name, page, page > 0)}"
