import unicodedata

import pytest

from keras_bvae.datasets.own.file_names import file_finder


def test_names_of_other_systems_are_found():
    nfc, nfd = (unicodedata.normalize(form, "Zoë/é.png") for form in ("NFC", "NFD"))
    assert nfc != nfd
    assert file_finder([nfd])(nfc) == nfd
    assert file_finder([nfc])(nfd) == nfc
    assert file_finder(["a/b/c.png"])("a\\b\\c.png") == "a/b/c.png"
    assert file_finder(["a/b.png"])("./a//b.png") == "a/b.png"
    assert file_finder(["IMG_1.JPG"])("img_1.jpg") == "IMG_1.JPG"
    assert file_finder([nfd])(nfc.upper().replace("/", "\\")) == nfd


def test_the_name_as_it_stands_goes_first():
    find = file_finder(["a\\b.png", "a/b.png", "A/B.png"])
    assert find("a\\b.png") == "a\\b.png"
    assert find("a/b.png") == "a/b.png"
    assert find("A/B.png") == "A/B.png"


def test_what_may_be_several_files_is_none():
    with pytest.raises(LookupError, match=r"which may be 'A.png' and 'a.PNG'"):
        file_finder(["A.png", "a.PNG"])("a.png")
    with pytest.raises(LookupError, match=r"'b.png', which is no such image"):
        file_finder(["a.png"])("b.png")
