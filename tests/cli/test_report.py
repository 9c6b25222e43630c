import json
import shutil
from pathlib import Path


def test_report_measures_draws_and_says_where_it_is(kbvae, run):
    result = kbvae("report", run)
    assert result.exit_code == 0, result.output
    file = run / "report.html"
    last = result.stdout.splitlines()[-1]
    assert last == f"{file}  {file.stat().st_size / 1e6:.1f} MB"
    text = file.read_text(encoding="utf-8")
    assert "kbvae <" not in text
    assert "measured at the end of training" in text
    assert "measured for this report" in text
    assert "Drawing" in result.stderr
    # The run itself is as it was.
    assert "quick_dci" not in (run / "run.json").read_text()


def test_a_checkpoint_alone_gets_a_report_beside_it(kbvae, run, tmp_path):
    shutil.copy(run / "ckpt.keras", tmp_path / "best.keras")
    result = kbvae("report", "best.keras", "--data", "squares", "--no-metrics")
    assert result.exit_code == 0, result.output
    text = (tmp_path / "best-report.html").read_text(encoding="utf-8")
    assert "A checkpoint without a run has no history, so no curves." in text
    assert "Nothing was measured, as was asked for." in text


def test_options_reach_the_library_and_it_opens_what_was_written(
    kbvae, tmp_path, monkeypatch
):
    told, opened = [], []

    def write_report(*arguments):
        told.append(arguments[:-1])
        file = tmp_path / "own.html"
        file.write_text("0123456789" * 25_000)
        return file

    monkeypatch.setattr("keras_bvae.report.write_report", write_report)
    monkeypatch.setattr("click.launch", opened.append)
    result = kbvae("report", "beta4")
    assert result.stdout == f"{tmp_path / 'own.html'}  0.2 MB\n"
    assert opened == []
    further = ("-o", "own.html", "--data", "digits", "--full", "--no-metrics")
    result = kbvae("report", "beta4", *further, "--open")
    assert result.exit_code == 0, result.output
    assert told == [
        (Path("beta4"), None, None, True, True),
        (Path("beta4"), Path("own.html"), "digits", False, False),
    ]
    assert opened == [(tmp_path / "own.html").as_uri()]


def test_bad_input_is_refused_in_a_sentence(refused, run, tmp_path):
    assert "does not. Name the folder" in refused("report", tmp_path)
    assert "found none at 'gone.keras'" in refused("report", "gone.keras")
    assert "must end in .html" in refused("report", run, "-o", "report.pdf")
    assert "must end in .html" in refused("report", run, "-o", "")
    (run / "run.json").write_text(json.dumps({"settings": {"beta": "four"}}))
    assert "as `kbvae train` wrote it" in refused("report", run)
