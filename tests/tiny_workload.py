"""A benchmark's workload of a tiny network, and its loss without any noise."""

import numpy as np

from keras_bvae.benchmark.layer_list import layer_list
from keras_bvae.benchmark.workload import make_workload

# exp(-30 / 2) of the noise is left: 3e-7.
SMALL_LOG_VARIANCE = -30.0


def tiny_workload(network="burgess2018", batch_size=8, images=8, **arguments):
    """Digits at 16 × 16 pixels: two convolutions, two transposed ones."""
    return make_workload(
        network, batch_size, data="digits+size=16", images=images, **arguments
    )


def noiseless_workload():
    """One batch that is the whole data, and a posterior of hardly any spread.

    So neither the order of the images nor the noise decides anything: every contestant
    must come to the same losses.
    """
    workload = tiny_workload()
    head = workload.model.encoder.get_layer("log_variance")
    kernel, bias = head.get_weights()
    head.set_weights([0 * kernel, np.full_like(bias, SMALL_LOG_VARIANCE)])
    model = workload.model
    return workload._replace(layers=layer_list(model.encoder, model.decoder))


def parameters_of(workload):
    """What Keras counts in the networks that were built."""
    model = workload.model
    return model.encoder.count_params() + model.decoder.count_params()


def expected_losses(workload, steps):
    """Our model's loss before each of so many updates, by `evaluate` in between."""
    losses = []
    for _ in range(steps):
        logs = workload.model.evaluate(
            workload.images,
            batch_size=len(workload.images),
            verbose=0,
            return_dict=True,
        )
        losses.append(logs["loss"])
        workload.model.fit(workload.images, batch_size=len(workload.images), verbose=0)
    return losses


def assert_trains_like_our_model(make):
    """A loop's losses are those of our model with the same weights: three updates.

    Args:
        make: function of a `Workload` that makes the loop.
    """
    workload = noiseless_workload()
    loop = make(workload)
    assert loop.parameters == parameters_of(workload)
    losses = [loop.run(1).loss for _ in range(3)]
    # An update changes the loss by 1e-3 of itself; convolutions differ by 1e-6.
    np.testing.assert_allclose(losses, expected_losses(workload, 3), rtol=1e-5)
    assert losses[2] < losses[0]
