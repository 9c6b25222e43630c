import bz2
import gzip

import pytest

from keras_bvae.datasets.official.packed_stream import MOST_AT_ONCE, opened_archive
from keras_bvae.errors import InvalidValue


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, bytes])
def test_what_is_packed_is_unpacked_as_it_is_asked_for(tmp_path, pack):
    (tmp_path / "a").write_bytes(pack(b"content"))
    with opened_archive(tmp_path / "a") as stream:
        assert stream.read(4) == b"cont"
        stream.seek(1)
        assert (stream.read(3), stream.tell()) == (b"ont", 4)
        for size in (-1, MOST_AT_ONCE + 1):
            with pytest.raises(InvalidValue, match="one of its parts has more than"):
                stream.read(size)
