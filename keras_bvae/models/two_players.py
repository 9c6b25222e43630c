"""A second player beside the autoencoder: a discriminator with its own optimizer."""

import keras
from keras import ops

from keras_bvae.models.model_rules import require_several_images
from keras_bvae.models.player_optimizers import PlayerOptimizers
from keras_bvae.networks.discriminator import mlp_discriminator


class TwoPlayers:
    """Mixin before `VariationalAutoencoder` for a model with a discriminator.

    The model writes `discriminator_objective(codes, average, training)`, the scalar
    that the discriminator minimises, logged as `discriminator`.
    """

    def add_discriminator(self, discriminator=None):
        """To be called by `__init__`; None makes the paper's network."""
        self.discriminator = discriminator or mlp_discriminator()
        self.permutation_seed = self.new_seed_generator()
        self._build_discriminator()

    def compile(self, optimizer="adam", discriminator_optimizer=None, **kwargs):
        """As `compile` of every model; `optimizer` updates the autoencoder.

        Args:
            discriminator_optimizer: None: Adam(1e-4, β₁ 0.5, β₂ 0.9), the paper's.
        """
        if not isinstance(optimizer, PlayerOptimizers):
            optimizer = PlayerOptimizers(
                autoencoder=self._scaling(optimizer),
                discriminator=self._scaling(
                    discriminator_optimizer
                    or keras.optimizers.Adam(1e-4, beta_1=0.5, beta_2=0.9)
                ),
            )
        super().compile(optimizer, **{**kwargs, "auto_scale_loss": False})

    def _scaling(self, optimizer):
        """The optimizer, with loss scaling where half precision needs it."""
        optimizer = keras.optimizers.get(optimizer)
        is_scaling = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        if is_scaling or self.dtype_policy.name != "mixed_float16":
            return optimizer
        return keras.optimizers.LossScaleOptimizer(optimizer)

    def second_update(self, terms, average, training):
        """The discriminator's turn: an update in training, else only its loss."""
        codes = ops.stop_gradient(terms.codes)

        def loss_and_logs():
            loss = self.discriminator_objective(codes, average, training)
            return loss + sum(self.discriminator.losses), {"discriminator": loss}

        if not training:
            return loss_and_logs()[1]
        return self.minimize(
            loss_and_logs,
            self.discriminator.trainable_variables,
            self.optimizer["discriminator"],
        )

    def discriminate(self, codes, training=False):
        """The discriminator's two logits of codes, `(batch, 2)` float32."""
        return ops.cast(self.discriminator(codes, training=training), "float32")

    @property
    def autoencoder_regularizers(self):
        return [*self.encoder.losses, *self.decoder.losses]

    @property
    def autoencoder_variables(self):
        opponent = {id(v) for v in self.discriminator.trainable_variables}
        return [v for v in self.trainable_variables if id(v) not in opponent]

    @property
    def autoencoder_optimizer(self):
        return self.optimizer["autoencoder"]

    def require_training_data(self, data, batch_size):
        super().require_training_data(data, batch_size)
        require_several_images(data, batch_size, "A permutation of the batch's codes")

    def _connect(self, image_shape):
        super()._connect(image_shape)
        self._build_discriminator()

    def _build_discriminator(self):
        ready = hasattr(self, "discriminator") and hasattr(self, "latent_dim")
        if ready and not self.discriminator.built:
            # A call, not `build`, which leaves a subclassed network without weights.
            self.discriminator(keras.KerasTensor((None, self.latent_dim), "float32"))

    def _build_optimizer(self):
        self._build_discriminator()
        self.optimizer.build_players(
            autoencoder=self.autoencoder_variables,
            discriminator=self.discriminator.trainable_variables,
        )

    def get_config(self):
        discriminator = keras.saving.serialize_keras_object(self.discriminator)
        return {**super().get_config(), "discriminator": discriminator}
