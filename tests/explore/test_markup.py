import base64
import html.parser
import io
import re

import numpy as np
import pytest
from PIL import Image

from keras_bvae.explore import markup
from keras_bvae.explore.latent_explorer import Encoded, LatentExplorer


def pictures_in(text):
    """The pictures that the HTML holds, in order."""
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', text)
    return [Image.open(io.BytesIO(base64.b64decode(data))) for data in found]


def words_in(text):
    """The text between the tags; fails on a tag that is not closed."""
    words, open_tags = [], []

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag, attributes):
            if tag not in ("img", "br"):
                open_tags.append(tag)

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

        def handle_data(self, data):
            words.append(data)

    Reader().feed(text)
    assert not open_tags
    return words


def test_an_image_keeps_its_pixels():
    image = np.arange(0, 256, 4, dtype=np.uint8).reshape(8, 8, 1)
    (picture,) = pictures_in(markup.image_tag(image, "steps"))
    assert picture.size == (8, 8)
    np.testing.assert_array_equal(np.asarray(picture)[..., 0], image[..., 0])


def test_a_description_cannot_become_markup():
    tag = markup.image_tag(np.zeros((2, 2, 1)), '"><script>')
    assert 'alt="&quot;&gt;&lt;script&gt;"' in tag


def test_the_large_picture_names_its_model():
    text = markup.slider_picture(np.ones((2, 2, 3)), "beta4")
    assert "beta4" in text
    assert np.asarray(pictures_in(text)[0]).tolist() == [[[255] * 3] * 2] * 2


@pytest.mark.parametrize(
    ("nats", "words"),
    [(18.44, "18.4 nats"), (2358.0, "2,358.0 nats"), (3e8, "3.0e+08")],
)
def test_an_original_stands_beside_its_reconstruction(nats, words):
    image = np.zeros((4, 4, 1), np.uint8)
    encoded = Encoded(np.zeros(3), np.ones((4, 4, 1)), nats, 5.25)
    text = markup.start_pictures(image, encoded)
    original, reconstruction = pictures_in(text)
    assert np.asarray(original).max() == 0
    assert np.asarray(reconstruction).min() == 255
    assert [word for word in words_in(text) if words in word]
    assert "KL 5.2 nats" in words_in(text)


def test_a_strip_has_see_through_gaps_between_its_images():
    images = np.stack([np.full((8, 8, 1), shade) for shade in (0.0, 1.0, 0.0)])
    (picture,) = pictures_in(markup.strip(images, "z3"))
    # Three images of 8 pixels and two gaps of one.
    assert picture.size == (26, 8)
    alpha = np.asarray(picture)[0, :, 3]
    assert np.flatnonzero(alpha == 0).tolist() == [8, 17]
    assert np.asarray(picture)[0, 9:17, 0].tolist() == [255] * 8


def test_a_strip_of_large_colour_images_is_made_of_small_ones():
    images = np.zeros((2, 128, 256, 3))
    images[1] = (1, 0, 0)
    (picture,) = pictures_in(markup.strip(images, "z3"))
    # A quarter of the size, and a gap of an eighth of the width.
    assert picture.size == (64 + 8 + 64, 32)
    assert picture.getpixel((0, 0)) == (0, 0, 0, 255)
    assert picture.getpixel((135, 31)) == (255, 0, 0, 255)


def test_a_model_says_what_its_latents_carry(model):
    # Every pixel white: by hand, KL of (0.5, 2, 0) is 0.125 + 2 nats.
    explorer = LatentExplorer(model, np.full((1, 8, 8, 1), 255, np.uint8), "a<b")
    words = words_in(markup.model_heading(explorer))
    assert words[0] == "a<b"
    assert words[1].endswith("Model, β = 4 · 2 of 3 latents in use · 2.1 nats")


def test_the_page_says_which_data_it_shows(dataset):
    assert "Images of squares, 36." in words_in(markup.page_heading(dataset))[-1]


def test_a_refusal_looks_different_from_a_caption():
    assert "kbvae-refusal" in markup.message("no <b>", is_refusal=True)
    assert "kbvae-refusal" not in markup.message("yes")
    assert words_in(markup.message("no <b>")) == ["no <b>"]


def test_a_name_that_is_not_utf_8_can_be_sent(model, dataset):
    dataset.name = "caf\udce9\x1b"
    explorer = LatentExplorer(model, dataset.images_at(range(4)), dataset.name)
    texts = (
        markup.page_heading(dataset),
        markup.model_heading(explorer),
        markup.message(dataset.name),
        markup.slider_picture(dataset.images_at([0])[0], dataset.name),
    )
    for text in texts:
        assert text.encode("utf-8")
        assert "caf\\udce9\\x1b" in text
