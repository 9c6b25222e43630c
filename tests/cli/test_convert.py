import pytest
from small_model import small_model

from keras_bvae.models.checkpoint import load_checkpoint, save_checkpoint


def test_a_published_checkpoint_becomes_a_keras_file(kbvae, tmp_path, shared_data):
    published = shared_data / "published_checkpoints" / "betaH_dsprites.pt"
    out = tmp_path / "betaH.keras"
    result = kbvae("convert", published, "--beta", 4, "-o", out)
    assert result.exit_code == 0, result.output
    assert f"kbvae traverse {out}" in result.output
    model = load_checkpoint(out)
    assert (model.latent_dim, float(model.beta)) == (10, 4.0)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint"])
def test_foreign_files_are_refused_and_nothing_is_written(refused, tmp_path, content):
    (tmp_path / "other.pt").write_bytes(content)
    assert "could not be read as one" in refused("convert", tmp_path / "other.pt")


def test_missing_files_are_named(refused):
    assert "'none.pt' does not" in refused("convert", "none.pt")


def test_a_converted_model_replaces_converted_models_only(
    kbvae, refused, tmp_path, shared_data
):
    published = shared_data / "published_checkpoints" / "betaH_dsprites.pt"
    for beta in (1, 4):
        result = kbvae("convert", published, "--beta", beta)
        assert result.exit_code == 0, result.output
    assert float(load_checkpoint(tmp_path / "ckpt.keras").beta) == 4.0
    save_checkpoint(small_model(), tmp_path / "trained.keras", {"step": 7})
    (tmp_path / "text.keras").write_text("mine")
    for name in ("trained.keras", "text.keras"):
        before = (tmp_path / name).read_bytes()
        said = refused("convert", published, "-o", name)
        assert "holds something else" in said
        assert (tmp_path / name).read_bytes() == before
    (tmp_path / "run.json").write_text("{}")
    assert "a run's own files" in refused("convert", published)
    assert "must end in .keras" in refused("convert", published, "-o", published)
