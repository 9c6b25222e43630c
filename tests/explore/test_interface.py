import json
import sys
import urllib.error
import urllib.request

import numpy as np
import pytest
from headless_browser import DESKTOP, PHONE, browser, open_page  # noqa: F401
from PIL import Image

from keras_bvae.explore import explorer
from keras_bvae.explore.interface import require_gradio

SLIDERS = "input[type=range]"
PICTURE = ".kbvae-now img"
CAPTION = ".kbvae-caption"
EVERYTHING_IS_THERE = """() => {
    const images = [...document.images];
    const isThere = (image) => image.complete || image.loading == "lazy";
    return images.length == 20 + 2 * 5 && images.every(isThere);
}"""


@pytest.fixture
def visit(open_page, address):  # noqa: F811
    """Function that opens the page at a size and waits for its sliders."""

    def open_at(size):
        page, heard = open_page(address, **size)
        page.wait_for_selector(SLIDERS)
        page.wait_for_function(EVERYTHING_IS_THERE)
        return page, heard

    return open_at


def source(page, number, selector=PICTURE):
    return page.locator(selector).nth(number).get_attribute("src")


def wait_for_another(page, number, before, selector=PICTURE):
    page.wait_for_function(
        "([selector, number, before]) => "
        "document.querySelectorAll(selector)[number].src != before",
        arg=[selector, number, before],
    )


def wait_for_text(page, text):
    page.wait_for_function("text => document.body.innerText.includes(text)", arg=text)


def test_a_key_on_a_slider_moves_the_image_of_its_model_only(visit):
    page, heard = visit(DESKTOP)
    before = [source(page, number) for number in (0, 1)]
    thumbnails = source(page, 1, ".kbvae-strip img")
    page.locator(SLIDERS).first.focus()
    page.keyboard.press("ArrowRight")
    wait_for_another(page, 0, before[0])
    assert source(page, 1) == before[1]
    # The first slider's thumbnails stay, those below the others follow.
    wait_for_another(page, 1, thumbnails, ".kbvae-strip img")
    heard.require_silence()


def test_a_click_on_an_image_starts_every_model_from_it(visit, dataset):
    page, heard = visit(DESKTOP)
    before = source(page, 0, ".kbvae-pair img")
    page.get_by_role("button", name="Prior's mean").click()
    wait_for_text(page, "the prior's mean")
    assert page.locator(SLIDERS).nth(0).input_value() == "0"
    page.locator("#kbvae-gallery button").nth(5).click()
    page.wait_for_selector(f"{CAPTION}:has-text('squares, image')")
    wait_for_another(page, 0, before, ".kbvae-pair img")
    originals = [source(page, number, ".kbvae-pair img") for number in (0, 2)]
    assert originals[0] == originals[1]
    number = int(page.locator("#kbvae-number input").input_value())
    row, column = dataset.factors_at([number])[0]
    assert f"image {number}: row {row}, column {column}" in page.inner_text(CAPTION)
    # By hand: 55 of 64 pixels are white, and the first slider is twice that.
    values = [page.locator(".kbvae-latent input[type=number]").nth(i) for i in (0, 2)]
    assert {value.input_value() for value in values} == {"1.72"}
    heard.require_silence()


def test_a_number_that_no_image_has_is_said_to_be_none(visit):
    page, heard = visit(DESKTOP)
    page.locator("#kbvae-number input").fill("7")
    wait_for_text(page, "squares, image 7: row 1, column 1")
    page.locator("#kbvae-number input").fill("99")
    wait_for_text(page, "from 0 to 35; received 99")
    assert page.locator(".kbvae-refusal").count() == 1
    heard.require_silence()


def test_a_picture_of_the_users_own_is_encoded(visit, tmp_path):
    page, heard = visit(DESKTOP)
    Image.fromarray(np.full((30, 30), 255, np.uint8)).save(tmp_path / "white.png")
    page.locator("input[type=file]").set_input_files(tmp_path / "white.png")
    wait_for_text(page, "your picture white.png")
    # By hand: twice the brightness, which is 1.
    assert page.locator(".kbvae-latent input[type=number]").first.input_value() == "2"
    page.get_by_role("button", name="Draw from the prior").click()
    wait_for_text(page, "a draw from the prior")
    page.get_by_role("button", name="Back to its code").click()
    wait_for_text(page, "your picture white.png")
    (tmp_path / "words.png").write_text("words")
    page.locator("input[type=file]").set_input_files(tmp_path / "words.png")
    wait_for_text(page, "received words.png")
    heard.require_silence()


def test_other_images_can_be_asked_for(visit):
    page, heard = visit(DESKTOP)
    before = source(page, 0, "#kbvae-gallery img")
    page.get_by_role("button", name="Other images").click()
    wait_for_another(page, 0, before, "#kbvae-gallery img")
    page.locator("#kbvae-gallery button").first.click()
    heard.require_silence()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_page_fits_and_asks_nobody_else(visit, address, size):
    page, heard = visit(size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    boxes = [page.locator(PICTURE).nth(number).bounding_box() for number in (0, 1)]
    beside = boxes[0]["y"] == boxes[1]["y"]
    assert beside == (size is DESKTOP)
    folded = page.get_by_text("Latents that carry nothing: 1")
    assert folded.count() == 2
    assert heard.outside(address, "data:", "blob:") == []
    heard.require_silence()


def test_on_a_phone_the_picture_stays_in_view_above_the_sliders(visit):
    page, _ = visit(PHONE)
    height = page.locator(".kbvae-pictures").first.bounding_box()["height"]
    slider = page.locator(SLIDERS).nth(1)
    slider.evaluate(
        f"slider => scrollBy(0, slider.getBoundingClientRect().y - {height} - 30)"
    )
    assert page.evaluate("scrollY") > 0
    assert page.locator(PICTURE).first.bounding_box()["y"] >= 0


def ask(address, event, *data, **more):
    """What the page's server answers to data that no page of ours has sent."""
    body = {"data": data, "fn_index": event, "session_hash": "a", **more}
    request = urllib.request.Request(
        f"{address}gradio_api/run/predict",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=30) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()


SLIDER, CLICK, NUMBER = 0, 4, 5  # events in the order in which they are connected


@pytest.mark.parametrize("value", [float("nan"), 1e300, "x" * 10**6, [1], {"a": 1}])
def test_what_is_no_sliders_value_is_an_error(address, value):
    said = ask(address, SLIDER, value, 0, 0)
    assert "Sliders give 3 finite numbers" in said
    assert len(said) < 15_000
    assert "data:image/png" in ask(address, SLIDER, 1, None, 0)  # and it goes on


@pytest.mark.parametrize("value", [float("nan"), -1, 36, 2.5, "x" * 10**6, [1]])
def test_what_is_no_images_number_is_refused(address, value):
    said = ask(address, NUMBER, value)
    assert "kbvae-refusal" in said
    assert len(said) < 15_000


@pytest.mark.parametrize("place", [99, -1, "x", None])
def test_a_click_on_no_image_is_refused(address, place):
    clicked = {"index": place, "value": None}
    assert "kbvae-refusal" in ask(address, CLICK, [1], event_data=clicked)


def test_one_model_needs_no_title(dataset, model):
    gradio = pytest.importorskip(
        "gradio", reason="needs Gradio, of the extra `explore`"
    )
    assert isinstance(explorer(model, dataset), gradio.Blocks)


def test_without_gradio_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "gradio", None)
    with pytest.raises(
        ModuleNotFoundError, match=r"pip install 'keras-bvae\[explore\]'"
    ):
        require_gradio()
