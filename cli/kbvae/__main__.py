"""`kbvae`: train, measure and look at disentangled representations."""

import importlib

import click

from kbvae.failures import OneSentenceGroup
from kbvae.suggestions import hint

_COMMANDS = {
    "train": "Train a β-VAE; end with its score and a picture of its latents.",
    "evaluate": "Measure checkpoints, codes or baselines: terms, disentanglement.",
    "compare": "Set runs side by side, sorted, and rank them without labels.",
    "traverse": "Draw what each latent does, as a picture, a GIF or a film.",
    "reconstruct": "Draw images beside what the model makes of them.",
    "sample": "Draw images that the model makes up.",
    "interpolate": "Draw the way from one image to another through the latents.",
    "responses": "Draw what each latent answers to: position, scale, orientation.",
    "map": "Draw the codes of images in the plane, coloured by a factor.",
    "curves": "Draw a run's losses and the KL of each latent, step by step.",
    "report": "Gather all about a run in one HTML file.",
    "explore": "Move the latents of models with sliders, in the browser.",
    "export": "Write encoder and decoder for ONNX, TensorFlow or PyTorch.",
    "convert": "Turn a published PyTorch checkpoint into a .keras file.",
    "bench": "Find the backend that trains fastest on this machine.",
    "data": "Describe a data set and draw a contact sheet of it.",
}


class _LazyGroup(OneSentenceGroup):
    """Loads a command's file when the command is named: `--help` stays instant."""

    def list_commands(self, context):
        return list(_COMMANDS)

    def get_command(self, context, name):
        if name not in _COMMANDS:
            return None
        return importlib.import_module(f"kbvae.commands.{name}").command

    def resolve_command(self, context, arguments):
        try:
            return super().resolve_command(context, arguments)
        except click.UsageError as error:
            likely, known = hint(arguments[0], _COMMANDS), ", ".join(_COMMANDS)
            error.message = f"{error.message}{likely} The commands are {known}."
            raise

    def format_commands(self, context, formatter):
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="keras-bvae", prog_name="kbvae")
def main():
    """β-VAE in Keras 3: train, measure and look at disentangled representations.

    \b
    Begin with
      kbvae train                              a β-VAE on dSprites, in minutes
      kbvae train --backend jax --beta 8       another backend, more pressure
      kbvae traverse runs/…/ckpt.keras -o latents.gif

    Nothing is downloaded: dSprites is drawn from its geometry.

    On Linux the process keeps the memory that it frees, which makes JAX and PyTorch
    faster on a CPU; KERAS_BVAE_KEEP_MEMORY=0 leaves that to the system.
    """


if __name__ == "__main__":
    main(prog_name="kbvae")
