import pytest

from keras_bvae.errors import InvalidValue
from keras_bvae.runs import Settings
from keras_bvae.runs.length import first_rest, is_at_rest, lengthened, with_steps

# Nothing here knows a backend.
pytestmark = pytest.mark.across_backends


def test_epochs_are_passes_and_what_hangs_on_the_steps_follows():
    settings = Settings(epochs=4, beta_schedule="linear")
    assert (settings.steps, settings.beta_steps) == (None, None)
    known = with_steps(settings, 25)
    assert (known.steps, known.epochs, known.beta_steps) == (100, 4, 50)
    assert Settings(**known.to_dict()) == known
    assert with_steps(known, 25) == known


def test_a_preset_gives_no_steps_where_epochs_are_typed():
    settings = Settings.from_preset("locatello2019", epochs=2)
    assert (settings.steps, with_steps(settings, 30).steps) == (None, 60)


@pytest.mark.parametrize(
    ("passes", "every"), [(3, 100), (149, 100), (260, 300), (10_368, 1000)]
)
def test_rounds_come_about_once_a_pass_in_whole_log_periods(passes, every):
    assert with_steps(Settings(validation=0.1), passes).validation_every == every
    typed = Settings(validation=0.1, validation_every=7)
    assert with_steps(typed, passes).validation_every == 7
    assert with_steps(Settings(), passes).validation_every == 0


def test_a_run_is_lengthened_by_either():
    settings = with_steps(Settings(epochs=4, beta_schedule="linear"), 25)
    longer = lengthened(settings, None, 6, 25)
    assert (longer.steps, longer.epochs, longer.beta_steps) == (150, 6, 50)
    longer = lengthened(settings, 170, None, 25)
    assert (longer.steps, longer.epochs) == (170, None)
    assert lengthened(settings, None, None, 25) == settings


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (lambda: Settings.from_preset(steps=10, epochs=2), "steps=10 and epochs=2"),
        (lambda: with_steps(Settings(steps=9, epochs=2), 5), "which are 10 steps here"),
        (lambda: lengthened(Settings(), 10, 2, 5), "steps=10 and epochs=2"),
        (lambda: lengthened(Settings(), None, 0, 5), "received epochs=0"),
        (lambda: lengthened(Settings(), None, 2**40, 5), "received epochs=1099511"),
        (lambda: lengthened(Settings(), None, 2**31 - 1, 5), "received steps=107374"),
    ],
)
def test_steps_and_epochs_do_not_contradict_each_other(refused, said):
    with pytest.raises(InvalidValue, match=said):
        refused()


def test_rounds_count_where_strengths_are_at_rest():
    linear = Settings(beta_schedule="linear", beta_steps=40)
    assert [is_at_rest(linear, step) for step in (0, 39, 40, 90)] == [False] * 2 + [
        True
    ] * 2
    cyclic = Settings(beta_schedule="cyclic", beta_steps=40)
    assert [is_at_rest(cyclic, step) for step in (0, 19, 20, 39, 40, 60)] == [
        *(False, False, True, True, False, True)
    ]
    assert first_rest(Settings(objective="annealed_vae", steps=70)) == 70
    assert first_rest(Settings()) == 0
