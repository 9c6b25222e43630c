"""`kbvae convert`."""

from pathlib import Path

import click

from kbvae.backend import backend_option, start_keras
from kbvae.terminal import say

# What the file says of itself: such a file may be replaced.
_MARK = "converted_from"


@click.command(name="convert")
@click.argument("published", type=click.Path(path_type=Path), metavar="PUBLISHED.pt")
@backend_option
@click.option(
    "--beta",
    type=float,
    default=1.0,
    show_default=True,
    help="β that it was trained with; noted in the file, for its loss.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default=Path("ckpt.keras"),
    show_default=True,
    help="The .keras file to write.",
)
def command(published, backend, beta, out):
    """Turn a published PyTorch checkpoint into a .keras file.

    It must hold a network as github.com/YannDubs/disentangling-vae names its layers,
    or as github.com/1Konny/Beta-VAE numbers them, both of its models; alone or in a
    dict, as {"state_dict": ...}, of DataParallel, torch.compile or Lightning too; as
    .pt, which needs PyTorch, or .safetensors. Nothing in it is executed.

    \b
    Examples
      kbvae convert betaH_dsprites.pt --beta 4 -o betaH.keras
      kbvae convert checkpoints/last -o mine.keras
      kbvae traverse betaH.keras
    """
    start_keras(backend)
    from keras_bvae.files.folders import as_typed
    from keras_bvae.models import from_pytorch
    from keras_bvae.models.checkpoint import require_checkpoint_name, save_checkpoint

    require_checkpoint_name(out)
    _require_place(published, out)
    model = from_pytorch(published, beta=beta)
    save_checkpoint(model, out, {_MARK: published.name})
    height, width, channels = model.image_shape
    typed = as_typed(out)
    say(
        f"{out}  {model.latent_dim} latents, images {height}×{width}×{channels}\n"
        f"\nNext\n  kbvae traverse {typed}\n  kbvae evaluate {typed}"
    )


def _require_place(published, out):
    """Raises where a model is that was trained here: it would be lost."""
    from keras_bvae.errors import KerasBVAEError
    from keras_bvae.files.result_file import require_result_path
    from keras_bvae.models.checkpoint import read_state

    def is_converted(path):
        try:
            return _MARK in read_state(path)
        except KerasBVAEError:
            return False

    require_result_path(out, is_converted, "A converted model", [published])
