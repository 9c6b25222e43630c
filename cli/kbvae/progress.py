"""Progress bars: on a terminal they move, in a log file they print a line a tenth."""

import contextlib
import io
import sys
import time

import click

from kbvae.terminal import one_line


@contextlib.contextmanager
def counting_bar(label):
    """Yields `progress(done, total)`; the bar appears once there is work to count."""
    state = {"bar": None, "done": 0}
    with contextlib.ExitStack() as stack:

        def progress(done, total):
            if state["bar"] is None:
                bar = click.progressbar(
                    length=total, label=one_line(label), file=_stream()
                )
                state["bar"] = stack.enter_context(bar)
            state["bar"].update(done - state["done"])
            state["done"] = done
            if done >= total:
                stack.close()  # ends its line: another bar may follow

        yield progress


@contextlib.contextmanager
def named_bars(labels):
    """Yields `progress(name, done, total)`: one bar after another, each with its label.

    Args:
        labels: dict, a name's label; a name that is missing is its own.
    """
    state = {"name": None, "bar": None}
    with contextlib.ExitStack() as stack:

        def progress(name, done, total):
            if name != state["name"]:
                stack.close()
                bar = counting_bar(labels.get(name, name))
                state.update(name=name, bar=stack.enter_context(bar))
            state["bar"](done, total)
            if done >= total:  # the same metric may go on to another kind of work
                state["name"] = None

        yield progress


def training_callback(steps=None):
    """A Keras callback that shows steps, loss, reconstruction, KL and validation loss.

    Args:
        steps: int, the step that training ends with; None: where the run says, whose
            epochs may be counted first.
    """
    import keras

    class TrainingBar(keras.callbacks.Callback):
        every_steps = None  # draws whenever it is called
        bar = None

        def on_train_begin(self, logs=None):
            self.step = int(self.model.step)
            self.begin = time.monotonic()

        def on_epoch_begin(self, epoch, logs=None):
            self.before = epoch * self.params["steps"]
            if self.bar is None:
                # Only now has every callback heard of the beginning, the one too that
                # tells the feed where the run ends.
                self.total = self.model.feed.end if steps is None else steps
                self.tenth = max(self.total // 10, 1)
                self.bar = self._shown(self.step)

        def _shown(self, first_step):
            bar = click.progressbar(
                length=self.total,
                label="Training",
                show_pos=True,
                item_show_func=_terms,
                file=_stream(),
                # Drawing every step would cost more than a small network's step.
                update_min_steps=max((self.total - first_step) // 1000, 1),
            )
            bar.__enter__()
            bar.update(first_step)
            return bar

        def on_train_batch_end(self, batch, logs=None):
            last, self.step = self.step, self.before + batch + 1
            if _stream().isatty():
                self.bar.update(self.step - last, logs)
            elif self._is_worth_a_line(last):
                seconds = time.monotonic() - self.begin
                click.echo(
                    f"step {self.step:,} of {self.total:,}, {seconds:.0f} s: "
                    f"{_terms(logs)}",
                    err=True,
                )

        def _is_worth_a_line(self, last):
            is_last = self.step == self.total
            return is_last or self.step // self.tenth > last // self.tenth

        def on_train_end(self, logs=None):
            if self.bar is not None:
                self.bar.__exit__(None, None, None)

    return TrainingBar()


def _stream():
    """Where bars go; a process without an error stream has none to show."""
    return io.StringIO() if sys.stderr is None else sys.stderr


def _terms(logs):
    if not logs:
        return ""
    scale = f", σ {logs['gaussian_scale']:.3g}" if "gaussian_scale" in logs else ""
    return (
        f"loss {logs['loss']:.1f}, reconstruction {logs['reconstruction']:.1f}, "
        f"KL {logs['kl']:.2f} nats{scale}{_held_out(logs)}"
    )


def _held_out(logs):
    return f", validation {logs['val_loss']:.1f}" if "val_loss" in logs else ""
