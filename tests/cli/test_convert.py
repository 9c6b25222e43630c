import pytest

from keras_bvae.models.checkpoint import load_checkpoint


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
    assert "found no file at 'none.pt'" in refused("convert", "none.pt")
