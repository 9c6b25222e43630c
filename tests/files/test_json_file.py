import json

from keras_bvae.files.json_file import json_text, read_json, write_json


def test_a_name_that_is_not_utf_8_comes_back_as_it_was(tmp_path):
    record = {"data": "images:caf\udce9", "beta": "β"}
    write_json(tmp_path / "a.json", record)
    assert (tmp_path / "a.json").read_bytes().isascii() is False  # β is written plainly
    assert read_json(tmp_path / "a.json") == record
    assert json.loads(json_text(record)) == record
