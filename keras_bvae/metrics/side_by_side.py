"""Work of several kinds at once, in threads; the caller's thread tells how far it is.

Nearly all of the work of scores is in NumPy and scikit-learn, which let go of the
interpreter; processes would each have to import them.
"""

import concurrent.futures
import os
import threading

from threadpoolctl import ThreadpoolController

# How often a waiting caller hears of what goes on in other threads.
_SECONDS_BETWEEN_REPORTS = 0.1


def side_by_side(functions, progress=None, workers=None):
    """Calls functions in threads, the first ones first.

    What scikit-learn and NumPy multiply meanwhile stays in the thread that asks for it.

    Args:
        functions: dict, name to function of `progress(done, total)`, to be called now
            and then. What that raises is to be passed on: so work ends early.
        progress: None or function `(name, done, total)`, called in this thread.
        workers: int; None: one a core, and one that waits for others.

    Returns:
        dict of what they return, in the order of `functions`.

    Raises:
        What the first of them raises, or `progress`; the others then end at their next
        call of `progress`.
    """
    told, reported, stopped = {}, {}, threading.Event()

    def count_for(name):
        def count(done, total):
            if stopped.is_set():
                raise concurrent.futures.CancelledError
            told[name] = done, total

        return count

    workers = min(len(functions), workers or (os.cpu_count() or 1) + 1)
    if not functions:
        return {}
    with (
        _one_blas_thread(),
        concurrent.futures.ThreadPoolExecutor(workers) as pool,
    ):
        futures = {
            name: pool.submit(function, count_for(name))
            for name, function in functions.items()
        }
        try:
            left = set(futures.values())
            while left:
                finished, left = concurrent.futures.wait(
                    left, _SECONDS_BETWEEN_REPORTS, concurrent.futures.FIRST_EXCEPTION
                )
                for future in finished:
                    future.result()  # raises what was raised there
                _report(told, reported, progress)
        except BaseException:
            stopped.set()  # Ctrl-C waits for no forest
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return {name: future.result() for name, future in futures.items()}


def _report(told, reported, progress):
    """Tells of one name until it is done: a bar a time, and it never goes back."""
    if progress is None:
        return
    for name, counts in list(told.items()):
        if reported.get(name) != counts:
            reported[name] = counts
            progress(name, *counts)
        if counts[0] < counts[1]:
            return


def take_turns(pieces, count):
    """Finishes pieces of work in threads, none of which waits while work is left.

    A free thread takes the next step of the piece that has the most before it, of those
    that no other thread has. One thread a piece would leave a core idle as soon as the
    last, long one is alone.

    Args:
        pieces: list of `(steps, sizes)`: a generator, and its work, in any unit that is
            the same for all, as `(number of steps, work of a step)`.
        count: None or function `(work done, work in all)`, called in this thread; what
            it raises ends all.

    Returns:
        list of what the generators return.
    """
    left = [number * work for _, (number, work) in pieces]
    total, results = sum(left), [None] * len(pieces)
    waiting, lock = set(range(len(pieces))), threading.Lock()

    def work(progress):
        while True:
            with lock:
                if not waiting:
                    return
                piece = max(waiting, key=lambda number: (left[number], -number))
                waiting.remove(piece)
            steps, (_, size) = pieces[piece]
            try:
                next(steps)
            except StopIteration as end:
                results[piece] = end.value
                continue
            with lock:
                left[piece] -= size
                waiting.add(piece)
            progress(total - sum(left), total)

    seen = 0

    def report(name, done, total):
        nonlocal seen
        done = total - sum(left)
        if count is not None and done > seen:
            seen = done
            count(done, total)

    workers = min(len(pieces), os.cpu_count() or 1)
    side_by_side(dict.fromkeys(range(workers), work), report, workers)
    report("", total, total)
    return results


def _one_blas_thread():
    """Of NumPy's and SciPy's own library: a network's may be at work elsewhere."""
    return ThreadpoolController().select(internal_api="openblas").limit(limits=1)
