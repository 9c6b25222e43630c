"""A model's column of the page: its pictures, and a slider for each latent."""

from keras_bvae.errors import InvalidValue
from keras_bvae.explore import markup, model_content

# Fine enough to look continuous, coarse enough for the arrow keys to get along.
_STEP = 0.05


def add_model_column(gradio, explorer, image):
    """Puts a column with a model into the row that is open.

    Args:
        gradio: the module.
        explorer: LatentExplorer.
        image: uint8 array `(height, width, channels)` that it starts from.

    Returns:
        ModelColumn.
    """
    content = model_content.content_of_image(explorer, image)
    with gradio.Column(min_width=320, elem_classes="kbvae-column"):
        gradio.HTML(markup.model_heading(explorer))
        with gradio.Row(equal_height=False):
            with gradio.Column(scale=2, min_width=200, elem_classes="kbvae-pictures"):
                picture = gradio.HTML(content.picture)
                pair = gradio.HTML(content.pair)
            with gradio.Column(scale=3, min_width=280):
                column = ModelColumn(gradio, explorer, pair, picture)
                column.add_sliders(content)
    return column


class ModelColumn:
    """The parts of a model's column that change.

    Args:
        gradio: the module.
        explorer: LatentExplorer.
        pair, picture: HTML components, of the original with its reconstruction, and
            of the image at the sliders.
    """

    def __init__(self, gradio, explorer, pair, picture):
        self.gradio = gradio
        self.explorer = explorer
        self.pair = pair
        self.picture = picture
        self.sliders = []
        self.strips = []

    @property
    def changing(self):
        """The components that `updates` has a value for, in its order."""
        return [self.pair, self.picture, *self.sliders, *self.strips]

    def add_sliders(self, content):
        """The active latents with their thumbnails; the others folded away."""
        gradio, explorer = self.gradio, self.explorer
        alive, dead = explorer.active_order, explorer.dead_order
        positions = iter(content.positions)
        for latent, strip in zip(alive, content.strips, strict=True):
            with gradio.Column(elem_classes="kbvae-latent"):
                self._add_slider(latent, next(positions))
                self.strips.append(gradio.HTML(strip))
        if dead:
            label = f"Latents that carry nothing: {len(dead)}"
            with (
                gradio.Accordion(label, open=not alive),
                gradio.Column(elem_classes="kbvae-latent"),
            ):
                for latent in dead:
                    self._add_slider(latent, next(positions))

    def _add_slider(self, latent, position):
        self.sliders.append(
            self.gradio.Slider(
                -position.reach,
                position.reach,
                position.value,
                step=_STEP,
                label=model_content.slider_label(self.explorer, latent),
                interactive=True,
                buttons=[],
            )
        )

    def connect(self, gradio, settings):
        """Lets the picture follow the sliders, and the thumbnails their end.

        Args:
            gradio: the module.
            settings: dict, of how Gradio sends the events.
        """
        # As they come: a code beyond the range that a slider was built with is fine.
        settings = {**settings, "preprocess": False}
        moved = [slider.input for slider in self.sliders]
        gradio.on(moved, self._picture, self.sliders, self.picture, **settings)
        if self.strips:
            let_go = [slider.release for slider in self.sliders]
            gradio.on(let_go, self._strips, self.sliders, self.strips, **settings)

    def updates(self, content):
        """The values of `changing` that show a ModelContent."""
        positions = [
            self.gradio.update(
                value=position.value, minimum=-position.reach, maximum=position.reach
            )
            for position in content.positions
        ]
        pair = self.gradio.skip() if content.pair is None else content.pair
        return [pair, content.picture, *positions, *content.strips]

    def _picture(self, *values):
        return self._made_of(model_content.picture_of, values)

    def _made_of(self, make, values):
        try:
            return make(self.explorer, values)
        except InvalidValue as error:  # none of the page's own, or the model diverged
            raise self.gradio.Error(str(error), print_exception=False) from error

    def _strips(self, *values):
        strips = self._made_of(model_content.strips_of, values)
        # Gradio wants a value, not a list of one, for one output.
        return strips[0] if len(strips) == 1 else strips
