"""Several optimizers as one `model.optimizer`, a player each."""

import keras


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
