"""A piece of work done in a thread while the device computes, one piece ahead."""

import concurrent.futures


class Ahead:
    """Calls a function for the next arguments before its result is asked for.

    The results are those of calling it when they are asked for, errors included: what a
    call raises in the thread is raised when its result is. At most one piece of work is
    done ahead, so at most one result waits.

    Args:
        work: function of what `result` and `begin` are given, and of nothing that
            changes meanwhile.
    """

    def __init__(self, work):
        self._work = work
        self._thread = None
        self._begun = self._given = None

    def result(self, *given):
        """What the work makes of this: begun before, or done now."""
        begun, self._begun = self._begun, None
        if begun is not None:
            if self._given == given:
                return begun.result()
            begun.cancel()
        return self._work(*given)

    def begin(self, *given):
        """Begins the work of which the result is asked for next."""
        if self._thread is None:
            self._thread = concurrent.futures.ThreadPoolExecutor(1, "kbvae-feed")
        self._given = given
        self._begun = self._thread.submit(self._work, *given)

    def close(self):
        """Ends the thread, after what it is doing; a result that waits is dropped."""
        if self._thread is not None:
            self._thread.shutdown(wait=True, cancel_futures=True)
        self._thread = self._begun = None
