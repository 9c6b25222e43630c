"""`kbvae convert`."""

from pathlib import Path

import click

from kbvae.backend import backend_option, start_keras


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

    It must be a state dict of the Burgess network as github.com/YannDubs/
    disentangling-vae names its layers. Nothing in it is executed. Needs PyTorch.

    \b
    Example
      kbvae convert betaH_dsprites.pt --beta 4 -o betaH.keras
      kbvae traverse betaH.keras
    """
    start_keras(backend, will_save=True)
    from keras_bvae.models import from_pytorch
    from keras_bvae.models.checkpoint import save_checkpoint

    model = from_pytorch(published, beta=beta)
    save_checkpoint(model, out)
    height, width, channels = model.image_shape
    click.echo(
        f"{out}  {model.latent_dim} latents, images {height}×{width}×{channels}\n"
        f"\nNext\n  kbvae traverse {out}\n  kbvae evaluate {out}"
    )
