import pytest
import requests

from keras_bvae.datasets.tfds.silent_servers import require_answer


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.invalid:81/a/b.bin?c", ["https://example.invalid:81"]),
        ("ftp://example.invalid/b.bin", []),
        ("/home/me/b.bin", []),
    ],
)
def test_the_server_of_a_file_is_asked_where_there_is_one(monkeypatch, url, expected):
    asked = []
    monkeypatch.setattr(requests, "head", lambda place, timeout: asked.append(place))
    require_answer(url)
    assert asked == expected
