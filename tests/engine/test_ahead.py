import threading

import pytest

from keras_bvae.engine.ahead import Ahead

pytestmark = pytest.mark.across_backends


def test_what_was_begun_is_done_in_another_thread():
    ahead = Ahead(lambda number: (number, threading.current_thread()))
    assert ahead.result(1) == (1, threading.current_thread())
    ahead.begin(2)
    number, thread = ahead.result(2)
    assert (number, thread is threading.current_thread()) == (2, False)
    ahead.close()
    assert not thread.is_alive()


def test_another_piece_than_the_one_begun_is_done_anew():
    ahead = Ahead(lambda number: number)
    ahead.begin(2)
    assert ahead.result(3) == 3
    ahead.close()
    assert ahead.result(4) == 4  # also when it is closed
    ahead.close()


def test_an_error_waits_for_whoever_asks():
    def work(number):
        if number == 2:
            raise MemoryError("of two")
        return number

    ahead = Ahead(work)
    ahead.begin(2)
    with pytest.raises(MemoryError, match=r"^of two$"):
        ahead.result(2)
    ahead.begin(2)
    ahead.close()  # an error that nobody asked for is none
