import pytest

from kbvae import progress


@pytest.fixture
def bars(monkeypatch):
    """Records what happens to click's progress bars."""
    events = []

    class Bar:
        def __init__(self, length, label, file):
            events.append(("begin", label, length))

        def __enter__(self):
            return self

        def __exit__(self, *error):
            events.append(("end",))

        def update(self, count):
            events.append(("update", count))

    monkeypatch.setattr(progress.click, "progressbar", Bar)
    return events


def test_a_bar_counts_what_is_new_and_ends_when_all_is_done(bars):
    with progress.counting_bar("Encoding") as count:
        count(10, 30)
        count(30, 30)
        assert bars == [
            ("begin", "Encoding", 30),
            ("update", 10),
            ("update", 20),
            ("end",),
        ]
    assert bars.count(("end",)) == 1


def test_without_work_there_is_no_bar(bars):
    with progress.counting_bar("Encoding"):
        pass
    assert bars == []


def test_a_bar_that_is_broken_off_ends_too(bars):
    with progress.counting_bar("Encoding") as count:
        count(1, 30)
    assert bars[-1] == ("end",)


def test_each_kind_of_work_has_a_bar_with_its_label(bars):
    with progress.named_bars({"mig": "MIG"}) as count:
        count("encoding", 5, 10)
        count("encoding", 10, 10)
        count("mig", 1, 1)
        # The same metric goes on to another kind of work.
        count("mig", 3, 4)
    assert [event for event in bars if event[0] != "update"] == [
        ("begin", "encoding", 10),
        ("end",),
        ("begin", "MIG", 1),
        ("end",),
        ("begin", "MIG", 4),
        ("end",),
    ]


def test_a_name_in_a_bar_gives_the_terminal_no_orders(bars):
    with progress.named_bars({}) as count:
        count("caf\udce9\x1b[2J", 1, 1)
    assert bars[0] == ("begin", "caf\\udce9\\x1b[2J", 1)


def test_without_an_error_stream_no_bar_is_shown(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr", None)
    with progress.counting_bar("Encoding") as count:
        count(1, 1)
    assert capsys.readouterr().out == ""
