import numpy as np
import pytest

from keras_bvae.datasets.storage.npy_file import NpyFile
from keras_bvae.errors import InvalidValue


@pytest.mark.parametrize("form", [np.ascontiguousarray, np.asfortranarray])
@pytest.mark.parametrize("dtype", ["u1", ">f8", "f2", "?", "<i8"])
def test_any_layout_of_numbers_is_mapped_and_read(tmp_path, form, dtype):
    values = form(np.arange(24).reshape(4, 3, 2).astype(dtype))
    np.save(tmp_path / "a.npy", values)
    file = NpyFile(tmp_path / "a.npy")
    assert (file.shape, file.dtype) == (values.shape, values.dtype)
    np.testing.assert_array_equal(file.mapped(), values)
    np.testing.assert_array_equal(file.read(), values)
    assert [len(chunk) for chunk in file.chunks(3)] == [3, 1]
    assert not file.mapped().flags.writeable


def test_no_rows_are_no_rows(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((0, 7)))
    assert NpyFile(tmp_path / "a.npy").read().shape == (0, 7)


def test_a_file_that_is_cut_is_told(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(1000))
    content = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(content[:-8])
    with pytest.raises(InvalidValue, match=r"asks for 8,000 bytes, and .* has 7,992"):
        NpyFile(tmp_path / "a.npy")
