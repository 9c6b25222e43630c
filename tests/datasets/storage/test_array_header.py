import io

import numpy as np
import pytest

from keras_bvae.datasets.storage.array_header import read_array_header, size_of
from keras_bvae.errors import InvalidValue


def stream_of(text):
    content = text.encode()
    size = len(content).to_bytes(2, "little")
    return io.BytesIO(b"\x93NUMPY\x01\x00" + size + content + b"rest")


def test_the_stream_is_left_where_the_values_begin():
    text = "{'descr': '>f4', 'fortran_order': True, 'shape': (3, 2)}\n"
    stream = stream_of(text)
    assert read_array_header(stream, "a") == ((3, 2), True, np.dtype(">f4"))
    assert stream.read() == b"rest"


@pytest.mark.parametrize(
    ("descr", "shape", "problem"),
    [
        ("'|O'", "(3,)", "its type is objects of Python"),
        ("'<f4'", "(-3, -2)", r"its shape is \(-3, -2\)"),
        ("'<f4'", "(True, 2)", "its shape is"),
        ("'<f4'", "()", "its shape is"),
        ("'<f4'", "3", "does not begin as a NumPy array does"),
        ("('<f4', (2,))", "(3,)", "."),
        ("[('a', '<f4')]", "(3,)", "its type is"),
        ("'nothing'", "(3,)", "does not begin as a NumPy array does"),
        ("'<f4'", "(" * 5000, "does not begin as a NumPy array does"),
    ],
)
def test_other_headers_are_refused(descr, shape, problem):
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}\n"
    with pytest.raises(InvalidValue, match=problem):
        read_array_header(stream_of(text), "a")


def test_sizes_are_counted_however_large_they_are():
    assert size_of((2**70, 3), np.dtype("f8")) == 24 * 2**70
