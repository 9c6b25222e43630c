"""A second player in a model: a discriminator, its turn, and its own optimizer."""

import keras
from keras import ops

from keras_bvae.models.model_rules import require_several_images
from keras_bvae.rules import require_whole


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
            further = [ops.cast(term, loss.dtype) for term in self.discriminator.losses]
            return loss + sum(further), {"discriminator": loss}

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


def mlp_discriminator(units=1000, depth=6, slope=0.2):
    """Dense layers with leaky ReLU, then two logits: "as drawn" and "permuted".

    Args:
        units: int, units of each hidden layer.
        depth: int, hidden layers.
        slope: float, of the leaky ReLU below 0.

    Returns:
        Keras model, codes `(batch, latent_dim)` to `(batch, 2)`; built with the first
        codes that it sees.

    Raises:
        ValueError: `units` or `depth` is no whole number of its range.

    Source: Kim & Mnih 2018 (arXiv:1802.05983), appendix A; the slope is that of the
    reference code, the paper prints none.
    """
    require_whole("units", units, least=1, advice="The paper has 1000.")
    require_whole("depth", depth, least=0, advice="The paper has 6.")
    hidden = [
        layer
        for _ in range(depth)
        for layer in (
            keras.layers.Dense(units),
            keras.layers.LeakyReLU(negative_slope=slope),
        )
    ]
    return keras.Sequential([*hidden, keras.layers.Dense(2)], name="discriminator")


@keras.saving.register_keras_serializable(package="keras_bvae")
class PlayerOptimizers(keras.optimizers.Optimizer):
    """Holds an optimizer for each player of a game.

    Keras moves the state of `model.optimizer` through compiled steps, saves it and
    restores it. A second optimizer beside it would be forgotten; inside this one it is
    not. It never updates by itself: the step takes `optimizers["discriminator"]`.

    `learning_rate` and `iterations` are those of the first player, so that Keras's
    callbacks schedule the autoencoder.

    Args:
        **players: a Keras optimizer (or its name) for each player, first the one that
            counts as the model's own.
    """

    def __init__(self, **players):
        super().__init__(learning_rate=0.0, name="players")
        self.players = {
            name: keras.optimizers.get(player) for name, player in players.items()
        }

    def __getitem__(self, name):
        return self.players[name]

    def build_players(self, **variables):
        """Makes each player's state for the variables that it trains."""
        for name, player in self.players.items():
            if not player.built:
                player.build(list(variables[name]))
        self.built = True

    @property
    def first(self):
        """The optimizer of the first player."""
        return next(iter(self.players.values()))

    @property
    def variables(self):
        return [v for player in self.players.values() for v in player.variables]

    @property
    def iterations(self):
        return self.first.iterations

    @property
    def learning_rate(self):
        return self.first.learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        self.first.learning_rate = value

    def finalize_variable_values(self, var_list):
        for player in self.players.values():
            player.finalize_variable_values(player._trainable_variables)

    def save_own_variables(self, store):
        """Nothing: Keras finds the players in `players` and saves each."""

    def load_own_variables(self, store):
        """Nothing, as for saving."""

    def get_config(self):
        return {
            name: keras.optimizers.serialize(player)
            for name, player in self.players.items()
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(
            **{
                name: keras.optimizers.deserialize(player, custom_objects)
                for name, player in config.items()
            }
        )
