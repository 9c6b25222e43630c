import threading

import pytest

from keras_bvae.errors import InvalidValue
from keras_bvae.metrics.side_by_side import side_by_side, take_turns


def test_results_come_in_order_and_this_thread_tells_how_far_they_are():
    told, threads = [], set()

    def work(count):
        for done in range(1, 4):
            count(done, 3)
        threads.add(threading.current_thread())
        return 7

    def progress(*what):
        told.append(what)
        assert threading.current_thread() is threading.main_thread()

    assert side_by_side({"b": work, "a": lambda count: 1}, progress) == {"b": 7, "a": 1}
    assert told[-1] == ("b", 3, 3)
    assert threading.main_thread() not in threads
    assert side_by_side({}) == {}


def test_an_error_ends_the_others():
    def endless(count):
        while True:
            count(0, 1)

    def fails(count):
        raise InvalidValue("Too few.")

    with pytest.raises(InvalidValue):
        side_by_side({"endless": endless, "fails": fails})

    def interrupt(name, done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        side_by_side({"endless": endless}, interrupt)


def steps(number, log, name):
    for _ in range(number):
        log.append(name)
        yield
    return name


def test_the_piece_with_the_most_before_it_goes_first(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    log, told = [], []
    pieces = [
        (steps(3, log, "a"), (3, 1)),
        (steps(2, log, "b"), (2, 5)),
        (steps(1, log, "c"), (1, 4)),
    ]
    results = take_turns(pieces, lambda *counts: told.append(counts))
    assert results == ["a", "b", "c"]
    assert log == ["b", "b", "c", "a", "a", "a"]
    assert told[-1] == (17, 17)
