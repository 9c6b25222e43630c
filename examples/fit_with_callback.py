"""Train a β-VAE with `model.fit` and watch its disentanglement grow.

    KERAS_BACKEND=tensorflow python examples/fit_with_callback.py

Any backend works: set KERAS_BACKEND to tensorflow, jax or torch.
"""

import argparse

import keras

import keras_bvae as kb

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--beta", type=float, default=4.0)
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--steps-per-epoch", type=int, default=500)
parser.add_argument("--network", default="burgess2018")
parser.add_argument("--out", default="beta_vae.keras")
arguments = parser.parse_args()

# 1. The data: all 737,280 images of dSprites, drawn from their geometry.
dataset = kb.datasets.load("dsprites")
print(dataset.summary())

# 2. The networks by the paper's name, and the model around them. Your own encoder and
#    decoder work too: any Keras models of the right shapes.
encoder, decoder = kb.networks.build(
    arguments.network, image_shape=dataset.image_shape, latent_dim=10
)
model = kb.BetaVAE(encoder, decoder, beta=arguments.beta)
model.compile(optimizer=keras.optimizers.Adam(5e-4))

# 3. Training. The callback scores the current weights after every epoch and puts the
#    score into the history, where other callbacks find it.
history = model.fit(
    dataset.batches(batch_size=64),
    epochs=arguments.epochs,
    steps_per_epoch=arguments.steps_per_epoch,
    callbacks=[kb.callbacks.DisentanglementMetric(dataset, metric="beta_vae")],
    verbose=2,
).history

for epoch, (loss, score) in enumerate(
    zip(history["loss"], history["beta_vae_score"], strict=True), start=1
):
    print(f"epoch {epoch}: loss {loss:.1f} nats, β-VAE score {score:.3f}")

# 4. The file loads on every backend: `kbvae traverse` draws what each latent does.
model.save(arguments.out)
print(f"Next: kbvae traverse {arguments.out} -o latents.png")
