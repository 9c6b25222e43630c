import re

import keras
import numpy as np
import pytest
from keras import ops
from small_model import small_images, small_model, small_model_of, small_networks

import keras_bvae as kb

ON_TORCH = keras.backend.backend() == "torch"
HALF_A_NAT_A_STEP = kb.schedules.Linear(0.0, 8.0, steps=16)

# PyTorch has no compiled step, and says so: tests/models/test_variational_autoencoder.
COMPILE_OPTIONS = [{}, {"run_eagerly": True}]
if not ON_TORCH:
    COMPILE_OPTIONS += [{"jit_compile": True}, {"steps_per_execution": 4}]

TRACES = []


@keras.saving.register_keras_serializable(package="tests")
class PulledVAE(kb.VariationalAutoencoder):
    """A user's own objective: the ELBO, and the means pulled down or up."""

    pull = kb.Strength("0.5 pulls gently.", least=-1, most=1)

    def __init__(self, encoder, decoder, pull=0.5, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.pull = pull

    def objective(self, terms, average):
        TRACES.append(self.name)
        elbo = average(terms.reconstruction + ops.sum(terms.kl, axis=-1))
        return elbo + self.pull * average(ops.sum(terms.mean, axis=-1)), {}


def number(variable):
    return float(ops.convert_to_numpy(variable))


def scheduled_model(beta=HALF_A_NAT_A_STEP, **options):
    model = small_model(beta=beta, compiled=False)
    model.compile(keras.optimizers.Adam(1e-2), **options)
    return model


def fit(model, images, **kwargs):
    kwargs = {"batch_size": 4, "shuffle": False, "verbose": 0, **kwargs}
    return model.fit(images, **kwargs).history


# ---- a number ------------------------------------------------------------------


def test_a_number_makes_a_scalar_weight_that_is_not_trained():
    model = small_model_of(PulledVAE, pull=0.25, compiled=False)
    assert model.pull.shape == ()
    assert number(model.pull) == 0.25
    assert any(model.pull is weight for weight in model.non_trainable_weights)
    assert "pull" not in [metric.name for metric in model.metrics]


def test_an_assignment_in_mid_training_moves_the_loss_without_recompiling():
    images = small_images(8)
    model = small_model_of(PulledVAE, keras.optimizers.SGD(0.0), pull=0.0)
    model.train_on_batch(images)
    model.pull = 1.0
    TRACES.clear()
    model.reset_metrics()
    logs = model.train_on_batch(images, return_dict=True)
    assert len(TRACES) == (1 if ON_TORCH else 0)
    means, _ = model.posterior(model.network_input(images))
    pulled = ops.convert_to_numpy(means).sum(axis=1).mean()
    expected = float(logs["reconstruction"]) + float(logs["kl"]) + pulled
    np.testing.assert_allclose(float(logs["loss"]), expected, rtol=1e-5)
    assert abs(pulled) > 1e-2


def test_a_callback_may_set_a_strength_between_two_steps():
    class Thousandfold(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            self.model.beta = 1000.0 * batch

    model = small_model(compiled=False)
    model.compile(keras.optimizers.SGD(0.0), run_eagerly=True)
    images = np.concatenate([small_images(4)] * 2)
    logs = fit(model, images, callbacks=[Thousandfold()])
    # Without updates the KL of both steps is one: (0 + 1000) / 2 times it.
    expected = logs["reconstruction"][0] + 500 * logs["kl"][0]
    np.testing.assert_allclose(logs["loss"], expected, rtol=1e-5)
    assert number(model.beta) == 1000.0


def test_config_keeps_numbers_to_the_digit():
    model = small_model_of(PulledVAE, pull=0.1, compiled=False)
    assert model.get_config()["pull"] == 0.1
    model.pull = -0.3
    clone = PulledVAE.from_config(model.get_config())
    assert clone.get_config()["pull"] == -0.3


# ---- a schedule ----------------------------------------------------------------


@pytest.mark.parametrize("options", COMPILE_OPTIONS, ids=str)
def test_a_schedule_moves_however_the_step_is_run(options):
    model = scheduled_model(**options)
    assert number(model.beta) == 0.0
    logs = fit(model, small_images(16), epochs=2)
    # By hand: half a nat a step; steps 0 to 3, then 4 to 7.
    assert number(model.beta) == 3.5
    assert logs["beta"] == [0.75, 2.75]
    assert int(model.step) == 8


def test_a_schedule_of_keras_itself_works():
    schedule = keras.optimizers.schedules.PolynomialDecay(0.0, 16, 8.0)
    model = scheduled_model(schedule, run_eagerly=True)
    assert fit(model, small_images(12))["beta"] == [0.5]
    assert number(model.beta) == 1.0
    clone = kb.BetaVAE.from_config(model.get_config())
    assert clone.get_config()["beta"] == model.get_config()["beta"]
    assert clone.get_config()["beta"]["class_name"] == "PolynomialDecay"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run of 10 steps, and one that goes on from its file of step 6."""
    images = small_images(40)
    path = tmp_path_factory.mktemp("saved") / "model.keras"
    unbroken = scheduled_model()
    fit(unbroken, images[:24])
    unbroken.save(path)
    fit(unbroken, images[24:])
    resumed = keras.saving.load_model(path)
    logs = fit(resumed, images[24:])
    return unbroken, resumed, logs


def test_a_loaded_schedule_goes_on_at_its_step(runs):
    _, resumed, logs = runs
    assert int(resumed.step) == 10
    assert number(resumed.beta) == 4.5  # half a nat times step 9
    assert logs["beta"] == [3.75]  # steps 6 to 9


def test_a_resumed_run_ends_where_an_unbroken_one_does(runs):
    ours, theirs, _ = runs
    assert number(ours.beta) == 4.5
    for one, other in [
        (ours.get_weights(), theirs.get_weights()),
        (arrays(ours.optimizer.variables), arrays(theirs.optimizer.variables)),
    ]:
        for left, right in zip(one, other, strict=True):
            np.testing.assert_array_equal(left, right)


def arrays(variables):
    return [ops.convert_to_numpy(variable) for variable in variables]


def test_evaluation_uses_the_last_value_and_moves_nothing():
    model = scheduled_model(run_eagerly=True)
    fit(model, small_images(12))
    logs = model.evaluate(small_images(8), batch_size=4, verbose=0, return_dict=True)
    assert logs["beta"] == 1.0
    expected = logs["reconstruction"] + logs["kl"]
    np.testing.assert_allclose(logs["loss"], expected, rtol=1e-5)
    assert number(model.beta) == 1.0
    assert int(model.step) == 3


def test_two_schedules_of_one_model_move_side_by_side():
    falling = kb.schedules.Linear(100.0, 0.0, steps=4)
    model = small_model_of(
        kb.AnnealedVAE, compiled=False, gamma=falling, capacity=HALF_A_NAT_A_STEP
    )
    model.compile("adam", run_eagerly=True)
    logs = fit(model, small_images(8))
    assert (logs["gamma"], logs["capacity"]) == ([87.5], [0.25])
    assert (number(model.gamma), number(model.capacity)) == (75.0, 0.5)


# ---- what is refused -----------------------------------------------------------


def test_a_schedule_and_a_hand_exclude_one_another():
    rule = "`beta` either follows its schedule or is set by hand"
    model = small_model(beta=HALF_A_NAT_A_STEP, compiled=False)
    with pytest.raises(ValueError, match=f"{rule}; received 3.0.* follows a schedule"):
        model.beta = 3.0
    model = small_model(beta=2.0, compiled=False)
    with pytest.raises(ValueError, match=f"{rule}; received .*Linear.* is a number"):
        model.beta = HALF_A_NAT_A_STEP
    assert number(model.beta) == 2.0


@pytest.mark.parametrize("value", [1.5, -1.5, float("nan"), "1", None])
def test_an_error_names_both_bounds_the_value_and_the_advice(value):
    rule = "`pull` must be a finite number from -1 to 1; received "
    sentence = re.escape(f"{rule}pull={value!r}. 0.5 pulls gently.")
    with pytest.raises(ValueError, match=sentence):
        PulledVAE(*small_networks(), pull=value)
    model = small_model_of(PulledVAE, compiled=False)
    with pytest.raises(ValueError, match=sentence):
        model.pull = value
    assert number(model.pull) == 0.5


def test_an_error_names_one_bound_or_none():
    with pytest.raises(ValueError, match=re.escape("finite number >= 0; received")):
        kb.BetaVAE(*small_networks(), beta=-1)
    with pytest.raises(ValueError, match=re.escape("finite number <= 1; received")):
        kb.InfoVAE(*small_networks(), alpha=2)
    with pytest.raises(ValueError, match="`x` must be a finite number; received x=inf"):
        kb.Strength(least=None).require(float("inf"), "x")


def test_a_schedule_that_starts_out_of_bounds_is_refused():
    with pytest.raises(ValueError, match=re.escape("received beta=-1.0")):
        small_model(beta=kb.schedules.Linear(-1.0, 4.0, 8))


# ---- what a class declares -----------------------------------------------------


def test_strengths_are_those_of_a_class_and_its_parents():
    strengths = kb.models.strengths_of
    assert list(strengths(kb.AdaGVAE)) == ["beta"]
    assert list(strengths(kb.BetaTCVAE)) == ["beta", "alpha", "gamma"]
    assert strengths(PulledVAE)["pull"] is PulledVAE.pull
    assert strengths(kb.VariationalAutoencoder) == {}


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (kb.schedules.Linear(4.0, -1.0, 100), "at step 100 .* received beta=-1.0"),
        (kb.schedules.Cyclic(-1.0, 4.0, 100), "at step 0 .* received beta=-1.0"),
        (
            keras.optimizers.schedules.PiecewiseConstantDecay([9], [1.0, -2.0]),
            "at step 10 .* received beta=-2.0",
        ),
    ],
)
def test_all_of_a_schedule_must_be_in_range(schedule, said):
    with pytest.raises(ValueError, match=said):
        small_model(beta=schedule, compiled=False)


def test_what_was_assigned_to_the_weight_itself_is_looked_at_before_training():
    model = small_model()
    model.beta.assign(-1.0)
    with pytest.raises(ValueError, match="`beta` must be a finite number >= 0"):
        fit(model, small_images())
    model = small_model_of(kb.InfoVAE, alpha=0.0, lambda_mmd=1.0)
    model.lambda_mmd.assign(0.5)
    with pytest.raises(ValueError, match="must be at least 1"):
        fit(model, small_images())
    model = small_model_of(kb.DIPVAE)
    before = number(model.lambda_d) / number(model.lambda_od)
    model.lambda_od.assign(3.0)
    fit(model, small_images())
    assert number(model.lambda_d) == pytest.approx(3.0 * before)
