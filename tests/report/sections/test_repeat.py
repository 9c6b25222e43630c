import dataclasses

from small_model import small_model
from small_run import subject

from keras_bvae.report.sections.repeat import repeat_section


def lines(about):
    blocks = repeat_section(about).blocks
    return [block.line for block in blocks if block.kind == "command"]


def test_a_run_is_trained_again_and_further():
    assert lines(subject(small_model(), title="my run")) == [
        "kbvae train --backend torch --data squares --batch-size 8 --steps 40 --seed 3 "
        "--checkpoint-every 20",
        "kbvae train --resume 'my run' --steps 80",
        "kbvae evaluate 'my run'/ckpt.keras --metrics all",
    ]


def test_a_run_that_was_stopped_goes_on_to_its_end():
    about = subject(small_model(), record={"status": "interrupted", "step": 20})
    assert "kbvae train --resume beta4 --steps 40" in lines(about)


def test_a_checkpoint_alone_is_reported_and_measured_again():
    about = dataclasses.replace(subject(small_model(), title="best"), record=None)
    assert lines(about) == [
        "kbvae report best.keras --data squares",
        "kbvae evaluate best.keras --data squares --metrics all",
    ]


def test_a_checkpoint_that_a_run_kept_leads_to_the_run():
    about = dataclasses.replace(
        subject(small_model(), title="step-000030"), record=None, kept_by="my run"
    )
    assert lines(about)[:2] == [
        "kbvae report 'my run'",
        "kbvae report step-000030.keras --data squares",
    ]
    texts = [block.text for block in repeat_section(about).blocks]
    assert not any("not recorded" in text for text in texts)
