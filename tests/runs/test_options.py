import re

import keras
import pytest
from numbered_run import Squares
from small_model import small_networks

import keras_bvae as kb
from keras_bvae.models.two_players import mlp_discriminator
from keras_bvae.runs.objectives import OBJECTIVES, OPTIONS
from keras_bvae.runs.options import complete_options, make_model
from keras_bvae.runs.settings import PRESETS, Settings

# What a user types, none of it a default, and the class that it must make.
TYPED = {
    "beta_vae": (kb.BetaVAE, {"beta": 2.5}),
    "annealed_vae": (kb.AnnealedVAE, {"gamma": 30.0}),
    "beta_tc_vae": (kb.BetaTCVAE, {"beta": 2.5, "alpha": 0.5, "gamma": 3.0}),
    "factor_vae": (kb.FactorVAE, {"gamma": 35.0}),
    "dip_vae_i": (kb.DIPVAE, {"lambda_od": 2.0, "lambda_d": 30.0}),
    "dip_vae_ii": (kb.DIPVAE, {"lambda_od": 2.0, "lambda_d": 30.0}),
    "info_vae": (kb.InfoVAE, {"alpha": 0.5, "lambda_mmd": 7.0}),
    "ada_gvae": (kb.AdaGVAE, {"beta": 2.5}),
}


def made(objective, steps=100, **typed):
    """The model of a run, as small as can be."""
    options = complete_options(objective, typed, steps)
    further = {}
    if objective == "factor_vae":
        further["discriminator"] = mlp_discriminator(units=4, depth=1)
    return make_model(
        objective, options, *small_networks(), dataset_size=36, seed=5, **further
    )


def number(variable):
    return float(keras.ops.convert_to_numpy(variable))


def schedule_of(model, name):
    return kb.models.strengths_of(type(model))[name].schedule_of(model)


# ---- the models ----------------------------------------------------------------


def test_every_objective_of_the_table_is_tested_here():
    assert set(TYPED) == set(OBJECTIVES)


@pytest.mark.parametrize("objective", TYPED)
def test_a_model_of_its_class_gets_the_typed_values(objective):
    model_class, typed = TYPED[objective]
    model = made(objective, **typed)
    assert type(model) is model_class
    assert {name: number(getattr(model, name)) for name in typed} == typed
    assert model.seed == 5


@pytest.mark.parametrize("objective", TYPED)
def test_what_nobody_typed_is_the_tables_default(objective):
    model = made(objective)
    # C moves, and λ_d follows λ_od.
    strengths = set(kb.models.strengths_of(type(model))) - {"capacity", "lambda_d"}
    defaults = {name: OBJECTIVES[objective].options[name] for name in strengths}
    assert {name: number(getattr(model, name)) for name in strengths} == defaults


@pytest.mark.parametrize(("objective", "ratio"), [("dip_vae_i", 10), ("dip_vae_ii", 1)])
def test_lambda_d_follows_lambda_od_by_the_papers_ratio(objective, ratio):
    options = complete_options(objective, {"lambda_od": 3.0}, 100)
    assert options["lambda_d"] == 3.0 * ratio
    options = complete_options(objective, {"lambda_od": 3.0, "lambda_d": 0.5}, 100)
    assert options["lambda_d"] == 0.5


def test_strengths_of_the_papers():
    # Chen et al. 2018: β 6 on dSprites. Burgess et al. 2018: γ 1000 and 25 nats.
    assert Settings(objective="beta_tc_vae").beta == 6.0
    annealed = Settings(objective="annealed_vae")
    assert (annealed.gamma, annealed.capacity) == (1000.0, 25.0)
    # Kumar et al. 2018, λ_d: ten times λ_od for I, λ_od for II.
    for variant, ratio in (("i", 10), ("ii", 1)):
        dip = Settings(objective=f"dip_vae_{variant}")
        assert dip.lambda_d == ratio * dip.lambda_od


@pytest.mark.parametrize("variant", ["i", "ii"])
def test_the_name_chooses_the_variant_of_dip_vae(variant):
    assert made(f"dip_vae_{variant}").variant == variant


def test_options_that_are_no_strengths_arrive_too():
    model = made("beta_tc_vae", estimator="minibatch_weighted")
    assert model.estimator == "minibatch_weighted"
    assert made("info_vae", bandwidth=0.5).bandwidth == 0.5
    assert made("info_vae").bandwidth is None


def test_the_size_of_the_data_set_reaches_beta_tc_vae():
    model = made("beta_tc_vae")
    model.require_training_data(Squares().batches(4).from_step(0), 4)
    assert number(model.dataset_size) == 36.0
    options = complete_options("beta_tc_vae", {}, 100)
    model = make_model("beta_tc_vae", options, *small_networks(), dataset_size=999)
    model.require_training_data(Squares().batches(4), 4)
    assert number(model.dataset_size) == 999.0


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_record_of_settings_makes_the_same_settings(objective):
    settings = Settings(objective=objective, steps=1000)
    assert Settings(**settings.to_dict()) == settings
    foreign = set(OPTIONS) - set(OBJECTIVES[objective].options)
    assert {settings.options[name] for name in foreign} == {None}


# ---- what moves ----------------------------------------------------------------


@pytest.mark.parametrize("objective", ["beta_vae", "beta_tc_vae", "ada_gvae"])
@pytest.mark.parametrize(
    ("kind", "schedule"),
    [
        ("linear", kb.schedules.Linear(0.5, 3.0, steps=50)),
        ("cosine", kb.schedules.Cosine(0.5, 3.0, steps=50)),
        ("cyclic", kb.schedules.Cyclic(0.5, 3.0, period=25)),
    ],
)
def test_a_warm_up_takes_half_of_the_run_and_a_cycle_a_quarter(
    objective, kind, schedule
):
    model = made(objective, beta=3.0, beta_schedule=kind, beta_start=0.5)
    moving = schedule_of(model, "beta")
    assert type(moving) is type(schedule)
    assert moving.get_config() == schedule.get_config()
    assert number(model.beta) == 0.5


def test_a_typed_count_of_steps_wins_and_a_warm_up_begins_at_0():
    model = made("beta_vae", beta_schedule="linear", beta_steps=7)
    expected = {"start": 0.0, "end": 4.0, "steps": 7}
    assert schedule_of(model, "beta").get_config() == expected


@pytest.mark.parametrize("kind", ["linear", "cyclic"])
def test_the_shortest_run_has_a_warm_up_of_one_step(kind):
    assert complete_options("beta_vae", {"beta_schedule": kind}, 1)["beta_steps"] == 1


def test_a_constant_beta_is_a_number_that_a_hand_may_change():
    model = made("beta_vae", beta_schedule="constant")
    model.beta = 2.0
    assert number(model.beta) == 2.0
    options = complete_options("beta_vae", {}, 100)
    assert (options["beta_start"], options["beta_steps"]) == (None, None)


@pytest.mark.parametrize(("typed", "steps"), [({}, 100), ({"capacity_steps": 8}, 8)])
def test_the_capacity_rises_over_the_run_or_the_typed_steps(typed, steps):
    model = made("annealed_vae", capacity=10.0, **typed)
    expected = {"start": 0.0, "end": 10.0, "steps": steps}
    assert schedule_of(model, "capacity").get_config() == expected


def test_a_longer_resumption_keeps_the_schedules_of_the_run():
    for objective, name in [("annealed_vae", "capacity_steps"), ("beta_vae", None)]:
        typed = {} if name else {"beta_schedule": "linear"}
        record = Settings(objective=objective, steps=100, **typed).to_dict()
        longer = Settings(**{**record, "steps": 900})
        assert longer.options == Settings(**record).options


def test_the_discriminators_rate_is_the_autoencoders_unless_typed():
    run = {"objective": "factor_vae", "learning_rate": 3e-4}
    assert Settings(**run).discriminator_learning_rate == 3e-4
    typed = Settings(**run, discriminator_learning_rate=1e-5)
    assert typed.discriminator_learning_rate == 1e-5


# ---- presets -------------------------------------------------------------------


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("preset", PRESETS)
def test_another_objective_keeps_a_presets_network_and_drops_its_strengths(
    preset, objective
):
    settings = Settings.from_preset(preset, objective=objective, steps=200)
    paper = PRESETS[preset]
    assert settings.objective == objective
    for name in ("network", "latent_dim", "optimizer", "learning_rate"):
        assert getattr(settings, name) == paper[name]
    if objective == paper["objective"]:
        assert settings.options == {**settings.options, **options_of(paper)}
    else:
        rate = settings.learning_rate
        assert settings.options == complete_options(objective, {}, 200, rate)


def options_of(preset):
    return {name: value for name, value in preset.items() if name in OPTIONS}


# ---- what is refused -----------------------------------------------------------


def test_an_option_of_other_objectives_names_them():
    sentence = (
        "`gamma` is an option of annealed_vae, beta_tc_vae, factor_vae; received "
        "gamma=3.0 with objective='beta_vae', whose options are beta, beta_schedule, "
        "beta_start, beta_steps. Leave it out, or name another objective."
    )
    with pytest.raises(ValueError, match=re.escape(sentence)):
        complete_options("beta_vae", {"gamma": 3.0}, 100)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_foreign_option_is_refused(objective):
    for name in set(OPTIONS) - set(OBJECTIVES[objective].options):
        with pytest.raises(ValueError, match=f"`{name}` is an option of .*_.*; rec"):
            complete_options(objective, {name: 1}, 100)


@pytest.mark.parametrize("name", ["beta_start", "beta_steps"])
def test_a_warm_up_needs_its_kind(name):
    sentence = f"received {name}=1 with beta_schedule='constant'. Name linear, cosine"
    with pytest.raises(ValueError, match=re.escape(sentence)):
        complete_options("beta_vae", {name: 1}, 100)


@pytest.mark.parametrize(
    ("objective", "typed", "sentence"),
    [
        ("beta_va", {}, "received 'beta_va'. Did you mean 'beta_vae'?"),
        ("beta_vae", {"beta": -1.0}, "received beta=-1.0"),
        ("beta_vae", {"beta": float("inf")}, "received beta=inf"),
        ("beta_vae", {"beta_schedule": "liner"}, "Did you mean 'linear'?"),
        ("info_vae", {"alpha": 1.5}, "finite number <= 1; received alpha=1.5"),
        ("info_vae", {"lambda_mmd": -1.0}, "received lambda_mmd=-1.0"),
        ("dip_vae_i", {"lambda_d": float("nan")}, "received lambda_d=nan"),
        ("annealed_vae", {"capacity": -2.0}, "received capacity=-2.0"),
        ("annealed_vae", {"capacity_steps": 0}, "received capacity_steps=0"),
        ("annealed_vae", {"capacity_steps": 2.5}, "received capacity_steps=2.5"),
        ("ada_gvae", {"changed_factors": -1}, "received changed_factors=-1"),
        ("ada_gvae", {"changed_factors": 1.5}, "received changed_factors=1.5"),
        ("ada_gvae", {"changed_factors": True}, "received changed_factors=True"),
        ("dip_vae_ii", {"lambda_od": "much"}, "received lambda_od='much'"),
        ("beta_tc_vae", {"estimator": "stratified"}, "received 'stratified'"),
        ("info_vae", {"bandwidth": 0.0}, "received bandwidth=0.0"),
    ],
)
def test_bad_values_are_named(objective, typed, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        complete_options(objective, typed, 100)


@pytest.mark.parametrize("rate", [0.0, -1e-4, float("nan"), float("inf")])
def test_the_discriminators_rate_must_be_above_0(rate):
    sentence = f"received discriminator_learning_rate={rate!r}. The paper uses 1e-4."
    with pytest.raises(ValueError, match=re.escape(sentence)):
        complete_options("factor_vae", {"discriminator_learning_rate": rate}, 100)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"beta_start": -0.5}, "`beta_start` must be a finite number >= 0; received "),
        ({"beta_steps": 0}, "received beta_steps=0"),
    ],
)
def test_bad_warm_ups_are_named(typed, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        complete_options("beta_vae", {"beta_schedule": "linear", **typed}, 100)


def test_two_strengths_that_do_not_fit_are_refused_by_the_model():
    with pytest.raises(ValueError, match=r"received alpha=0\.5, lambda_mmd=0\.25"):
        made("info_vae", alpha=0.5, lambda_mmd=0.25)
