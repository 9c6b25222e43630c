"""Files with a few bytes changed, as disks, transfers and attackers change them."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from keras_bvae.errors import Misuse

# A directory or header at either end is where damage tells.
_FROM_THE_END = 3000
FEW_HUNDRED = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def edits():
    """Up to four of `(place, bytes that go, bytes that come)`."""
    place = st.integers(-_FROM_THE_END, _FROM_THE_END)
    edit = st.tuples(place, st.integers(0, 8), st.binary(max_size=8))
    return st.lists(edit, min_size=1, max_size=4)


def damaged(content, changes):
    """The bytes with such edits done, one after the other."""
    for place, gone, put in changes:
        start = place % max(len(content), 1)
        content = content[:start] + put + content[start + gone :]
    return content


def assert_read_or_refused(read, path):
    """It can be read all the same, or one sentence says why it cannot."""
    sentence = ""
    try:
        read(path)
    except Misuse as error:
        sentence = str(error)
    assert "\n" not in sentence
    assert len(sentence) < 1000
