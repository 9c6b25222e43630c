"""Our own contestant: what a user of this library gets from `fit`."""

from keras_bvae.benchmark.fit_clock import FitClock, epochs_of


class Ours:
    """`BetaVAE.fit` on `dataset.batches(…)`, as `kbvae train` calls it.

    Args:
        workload: `Workload`.
    """

    def __init__(self, workload):
        self.model = workload.model
        self.batches = workload.dataset.batches(
            workload.settings.batch_size, workload.settings.seed, endless=True
        )

    def run(self, steps):
        """Trains about so many steps; returns a `Timing`."""
        epochs, steps_per_epoch = epochs_of(steps)
        clock = FitClock(steps_per_epoch)
        self.model.fit(
            self.batches,
            steps_per_epoch=steps_per_epoch,
            epochs=1 + epochs,
            verbose=0,
            callbacks=[clock],
        )
        return clock.timing()
