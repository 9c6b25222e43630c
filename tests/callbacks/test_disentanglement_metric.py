import re

import keras
import numpy as np
import pytest
from factor_pixels import FactorPixels, NoFactors
from small_model import small_networks

import keras_bvae as kb
from keras_bvae.callbacks import DisentanglementMetric
from keras_bvae.metrics import Score

DATASET = FactorPixels(("a", "b", "c"), (4, 5, 6))
IMAGES = DATASET.images_at(np.arange(120)) * np.uint8(40)
TINY = {"image_pool": 200, "train_points": 60, "test_points": 60, "pairs": 4}


def small_model(**compile_arguments):
    keras.utils.set_random_seed(1)
    model = kb.BetaVAE(*small_networks((1, 3, 1), 3), beta=1.0, seed=0)
    model.compile(keras.optimizers.Adam(1e-2), **compile_arguments)
    return model


def fit(model, *callbacks, epochs=1, **arguments):
    arguments = {"batch_size": 30, "shuffle": False, "verbose": 0, **arguments}
    return model.fit(IMAGES, epochs=epochs, callbacks=list(callbacks), **arguments)


def a_score(value, name="codes_seen", **parts):
    return Score(name, value, parts, "custom", {}, 0, 0.0)


def codes_seen(encode, dataset):
    """A metric that keeps the codes."""
    codes = encode(dataset.images_at(np.arange(0, 120, 7)))
    return a_score(float(codes.mean()), codes=codes)


class FakeModel(keras.Model):
    """Its codes are the pixels; `first_step` batches were done before."""

    def __init__(self, first_step=0):
        super().__init__()
        self.dense = keras.layers.Dense(1)
        self.step = keras.Variable(first_step, dtype="int32", trainable=False)

    def call(self, x):
        return self.dense(keras.ops.cast(x[:, 0, :, 0], "float32"))

    def encode(self, images):
        codes = np.asarray(images, "float32")[:, 0, :, 0]
        return codes, np.zeros_like(codes)


# ---- when, and with which weights ------------------------------------------------


def test_the_score_reaches_the_history_every_epoch():
    metric = DisentanglementMetric(DATASET, **TINY)
    history = fit(small_model(), metric, epochs=3).history
    assert len(history["beta_vae_score"]) == len(history["loss"]) == 3
    assert all(1 / 3 - 0.3 < value <= 1 for value in history["beta_vae_score"])
    assert [when for when, _ in metric.results] == [1, 2, 3]
    scores = [score.score for _, score in metric.results]
    assert scores == history["beta_vae_score"]
    assert metric.results[0][1].protocol == "custom"


@pytest.mark.across_backends
@pytest.mark.parametrize(
    ("metric", "logged"),
    [
        ("mig", "mutual_information_gap"),
        ("quick_dci", "quick_dci"),
        ("factor_vae", "factor_vae_score"),
        ("unsupervised", "unsupervised_scores"),
    ],
)
def test_any_metric_by_its_name(metric, logged):
    callback = DisentanglementMetric(DATASET, metric=metric)
    history = fit(small_model(), callback, epochs=1).history
    assert history[logged] == [callback.results[0][1].score]
    with pytest.raises(ValueError, match="`metric` must be one of 'beta_vae'"):
        DisentanglementMetric(DATASET, metric=logged + "?")


@pytest.mark.across_backends
def test_a_metric_without_factors_needs_none():
    DisentanglementMetric(NoFactors(), metric="active_units")
    with pytest.raises(ValueError, match="MIG needs the factors"):
        DisentanglementMetric(NoFactors(), metric="mig")


@pytest.mark.across_backends
def test_every_second_epoch():
    metric = DisentanglementMetric(DATASET, metric=codes_seen, every_epochs=2)
    history = fit(small_model(), metric, epochs=5).history
    assert [when for when, _ in metric.results] == [2, 4]
    assert len(history["codes_seen"]) == 2
    assert len(history["loss"]) == 5


def codes_after_each_batch(steps):
    """Codes as `train_on_batch` leaves them: an independent way to the same weights."""
    model, codes = small_model(), []
    for step in range(steps):
        start = 30 * step % 120
        model.train_on_batch(IMAGES[start : start + 30])
        codes.append(codes_seen(lambda x: model.encode(x)[0], DATASET).parts["codes"])
    return codes


def test_every_batch_is_scored_with_current_weights():
    metric = DisentanglementMetric(DATASET, metric=codes_seen, every_batches=1)
    history = fit(small_model(), metric, epochs=2).history
    assert [when for when, _ in metric.results] == list(range(1, 9))
    expected = codes_after_each_batch(8)
    for (_, score), codes in zip(metric.results, expected, strict=True):
        # Two compiled programs; eight steps of Adam apart from the same start.
        np.testing.assert_allclose(score.parts["codes"], codes, atol=1e-5)
    assert np.abs(expected[0] - expected[-1]).max() > 1e-3
    last = [metric.results[3][1].score, metric.results[7][1].score]
    assert history["codes_seen"] == last


@pytest.mark.across_backends
def test_batches_are_counted_across_epochs():
    metric = DisentanglementMetric(DATASET, metric=codes_seen, every_batches=6)
    history = fit(small_model(), metric, epochs=3).history
    # Four batches an epoch: nothing in the first, batch 6 in the second, 12 in the
    # third; an epoch without a score has no entry.
    assert [when for when, _ in metric.results] == [6, 12]
    assert history["codes_seen"] == [score.score for _, score in metric.results]


@pytest.mark.across_backends
def test_counting_goes_on_where_the_model_stopped():
    model = small_model()
    fit(model)
    metric = DisentanglementMetric(DATASET, metric=codes_seen, every_batches=5)
    fit(model, metric, epochs=2)
    assert [when for when, _ in metric.results] == [5, 10]


@pytest.mark.skipif(
    keras.backend.backend() == "torch", reason="Keras: no steps_per_execution on torch"
)
def test_several_steps_per_execution():
    metric = DisentanglementMetric(DATASET, metric=codes_seen, every_batches=3)
    # Four batches an epoch in executions of three and one: batches 3, 4, 7 and 8 end
    # an execution. What is due after batch 6 comes after 7.
    fit(small_model(steps_per_execution=3), metric, epochs=2)
    assert [when for when, _ in metric.results] == [3, 7]
    codes = codes_after_each_batch(8)
    for when, score in metric.results:
        np.testing.assert_allclose(score.parts["codes"], codes[when - 1], atol=1e-5)


def test_training_is_the_same_with_and_without_the_callback():
    plain, scored = small_model(), small_model()
    fit(plain, epochs=2)
    fit(scored, DisentanglementMetric(DATASET, every_batches=3, **TINY), epochs=2)
    for ours, theirs in zip(plain.get_weights(), scored.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_only_batch_scoring_makes_keras_wait_for_batches():
    def default(metric):
        return keras.callbacks.Callback.on_train_batch_end is getattr(
            metric.on_train_batch_end, "__func__", None
        )

    assert default(DisentanglementMetric(DATASET, metric=codes_seen))
    assert not default(
        DisentanglementMetric(DATASET, metric=codes_seen, every_batches=1)
    )


@pytest.mark.across_backends
def test_a_full_protocol_by_name(capsys):
    metric = DisentanglementMetric(DATASET, protocol="locatello2019", verbose=1)
    fit_fake(metric, epochs=1)
    ((_, score),) = metric.results
    assert score.protocol == "locatello2019"
    # The codes are the pixels, and these are the factors.
    assert score.score == 1.0
    assert "epoch 1: beta_vae_score 1.0000 (locatello2019" in capsys.readouterr().out


# ---- the callbacks that read the score -------------------------------------------


class Sequence:
    """A metric that returns the given scores one after another."""

    def __init__(self, *values):
        self.values = list(values)

    def __call__(self, encode, dataset):
        return a_score(self.values.pop(0), name="some_score")


def fit_fake(*callbacks, epochs, first_step=0):
    model = FakeModel(first_step)
    model.compile("sgd", loss="mse")
    return model.fit(
        IMAGES, np.zeros(120), epochs=epochs, verbose=0, callbacks=list(callbacks)
    )


@pytest.mark.across_backends
def test_model_checkpoint_keeps_the_best_score(tmp_path):
    metric = DisentanglementMetric(DATASET, metric=Sequence(0.2, 0.9, 0.5))
    checkpoint = keras.callbacks.ModelCheckpoint(
        str(tmp_path / "{epoch}.weights.h5"),
        monitor="some_score",
        mode="max",
        save_best_only=True,
        save_weights_only=True,
    )
    fit_fake(metric, checkpoint, epochs=3)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"1.weights.h5", "2.weights.h5"}
    assert checkpoint.best == 0.9


@pytest.mark.across_backends
@pytest.mark.filterwarnings("ignore:Early stopping conditioned on metric")
def test_early_stopping_counts_only_epochs_with_a_score():
    values = Sequence(0.5, 0.4, 0.3, 0.2, 0.1)
    metric = DisentanglementMetric(DATASET, metric=values, every_epochs=2)
    stop = keras.callbacks.EarlyStopping("some_score", mode="max", patience=2)
    history = fit_fake(metric, stop, epochs=10)
    # Scored after epochs 2, 4 and 6; the second score in a row that is no better ends.
    assert len(history.history["loss"]) == 6


@pytest.mark.across_backends
def test_csv_logger_writes_the_score_in_its_epochs(tmp_path):
    path = tmp_path / "log.csv"
    metric = DisentanglementMetric(
        DATASET, metric=Sequence(0.25, 0.75), every_batches=8
    )
    # Four batches an epoch: with four done before, batches 8 and 16 end the first and
    # the third.
    logger = keras.callbacks.CSVLogger(str(path))
    fit_fake(metric, logger, epochs=3, first_step=4)
    header, *rows = [line.split(",") for line in path.read_text().splitlines()]
    column = header.index("some_score")
    assert [row[column] for row in rows] == ["0.25", "NA", "0.75"]


# ---- bad input -------------------------------------------------------------------


@pytest.mark.across_backends
def test_a_data_set_without_factors_is_refused_at_once():
    with pytest.raises(ValueError, match="no_factors"):
        DisentanglementMetric(NoFactors())


@pytest.mark.across_backends
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"metric": "mig2"}, "received metric='mig2'"),
        ({"every_epochs": 0}, "received every_epochs=0"),
        ({"every_batches": 2.5}, "received every_batches=2.5"),
        ({"protocol": "higgins"}, "received protocol='higgins'"),
        ({"protocol": "higgins2017"}, "while factor_pixels has a, b, c"),
        ({"pairs": 0}, "received pairs=0"),
        ({"bins": 20}, "received bins"),
        ({"metric": codes_seen, "pairs": 3}, "settings={'pairs': 3}"),
    ],
)
def test_an_argument_out_of_range_is_refused_at_once(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        DisentanglementMetric(DATASET, **arguments)


@pytest.mark.across_backends
@pytest.mark.parametrize("every", ["every_epochs", "every_batches"])
@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, "2"])
def test_what_is_no_count_is_named_with_advice(every, wrong):
    said = rf"`{every}` must be a whole number >= 1.* received {every}=.*Use 1 to"
    with pytest.raises(ValueError, match=said):
        DisentanglementMetric(DATASET, **{every: wrong})


@pytest.mark.across_backends
def test_images_of_another_size_are_refused_as_training_begins():
    metric = DisentanglementMetric(FactorPixels(), **TINY)
    with pytest.raises(ValueError, match=r"\(1, 3, 1\) and .* with \(1, 5, 1\)"):
        fit(small_model(), metric)


@pytest.mark.across_backends
def test_a_model_that_cannot_encode_is_refused_as_training_begins():
    model = keras.Sequential([keras.Input((1, 3, 1)), keras.layers.Flatten()])
    model.compile("sgd", loss="mse")
    metric = DisentanglementMetric(DATASET, **TINY)
    with pytest.raises(ValueError, match=r"encode\(images\).*received Sequential"):
        model.fit(IMAGES, IMAGES[:, 0, :, 0], verbose=0, callbacks=[metric])


@pytest.mark.across_backends
def test_diverged_weights_warn_and_leave_the_epoch_without_a_score():
    model = small_model()
    model.set_weights([w * np.nan if w.ndim else w for w in model.get_weights()])
    metric = DisentanglementMetric(DATASET, **TINY)
    with pytest.warns(UserWarning, match="No score after epoch 1: `encode` must"):
        history = fit(model, metric).history
    assert metric.results == []
    assert "beta_vae_score" not in history


@pytest.mark.across_backends
def test_a_function_must_return_a_score():
    metric = DisentanglementMetric(DATASET, metric=lambda encode, dataset: 0.5)
    with pytest.raises(ValueError, match="received a float"):
        fit(small_model(), metric)
