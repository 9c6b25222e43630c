"""The page: images to start from, and a column of sliders for each model."""

from importlib import resources

from keras_bvae.datasets.images import sample_indices
from keras_bvae.datasets.values import an, name_of_many, name_of_one
from keras_bvae.errors import MissingPackage
from keras_bvae.explore import markup, model_content
from keras_bvae.explore.code_maps import map_picture
from keras_bvae.explore.latent_explorer import SAMPLE, explorers_of
from keras_bvae.explore.model_column import add_model_column
from keras_bvae.explore.starting_image import (
    image_of_file,
    image_of_number,
    offered_numbers,
)
from keras_bvae.pictures.sheets.marks import as_tile
from keras_bvae.rules import is_whole

# One row of thumbnails on a desktop.
_OFFERED = 20
# Seconds; how often Gradio looks for uploaded pictures to delete, and how old they are.
_CLEAN_UP = (3600, 3600)
# Gradio tells of a slider's end when the pointer lets it go; here also when a key does.
_KEYS_LET_GO = """() => document.addEventListener("keyup", (event) => {
    if (event.target.type === "range")
        event.target.dispatchEvent(new Event("pointerup", { bubbles: true }));
})"""

_SMOOTH = (
    ".kbvae-now img, .kbvae-pair img, .kbvae-strip img, #kbvae-gallery img "
    "{ image-rendering: auto; }"
)


def explorer(models, dataset, *, seed=0, progress=None):
    """A page of sliders for the latents of models, side by side.

    `explorer(model, dataset).launch()` shows it in a notebook.

    Args:
        models: `VariationalAutoencoder`, or a dict of a title to each of several.
        dataset: data set of the models' image size, to start from and to measure the
            latents' KL on.
        seed: int >= 0, for the images of that measurement and those offered first.
        progress: function called as `progress(done, total)`, in models, or None.

    Returns:
        gradio.Blocks.

    Raises:
        ModuleNotFoundError: Gradio is not installed.
        ValueError: there is no model, or one has images of another size.
    """
    gradio = require_gradio()
    models = models if isinstance(models, dict) else {type(models).__name__: models}
    explorers = explorers_of(models, dataset, seed, progress)
    return _Page(gradio, explorers, dataset, seed).blocks


def require_gradio():
    """Gradio as a module.

    Raises:
        ModuleNotFoundError: it is not installed.
    """
    try:
        import gradio
    except ModuleNotFoundError as error:
        if error.name != "gradio":  # it is there, and lacks something itself
            raise
        raise MissingPackage(
            "The explorer needs Gradio, which is not installed. "
            "Run `pip install 'keras-bvae[explore]'`."
        ) from error
    return gradio


class _Page:
    """Lays the page out and connects it; what it shows comes from `model_content`."""

    def __init__(self, gradio, explorers, dataset, seed):
        self.gradio = gradio
        self.explorers = explorers
        self.dataset = dataset
        self.first_page = seed
        self.numbers = offered_numbers(dataset, _OFFERED, seed)
        self.start = image_of_number(dataset, self.numbers[0])
        # Nothing is reported to anybody, and no version is looked up.
        self.blocks = gradio.Blocks(
            title="kbvae explore", analytics_enabled=False, delete_cache=_CLEAN_UP
        )
        with self.blocks:
            self._add_head()
            self._add_starting_points()
            self._add_models()
            self._add_maps()
            self._connect()

    # ---- layout ---------------------------------------------------------------------

    def _add_head(self):
        style = resources.files(__package__).joinpath("page.css").read_text("utf-8")
        if self.dataset.kind in ("table", "series"):
            style += _SMOOTH  # lines and bars have no pixels of their own
        self.gradio.HTML(f"<style>{style}</style>", padding=False)
        self.gradio.HTML(markup.page_heading(self.dataset), padding=False)

    def _add_starting_points(self):
        gradio, last = self.gradio, len(self.dataset) - 1
        one, many = name_of_one(self.dataset), name_of_many(self.dataset)
        self.gallery = gradio.Gallery(
            self._offered(self.numbers),
            show_label=False,
            label=f"Start from {an(one)}",
            allow_preview=False,
            interactive=False,
            buttons=[],
            format="png",
            elem_id="kbvae-gallery",
        )
        with gradio.Row(elem_id="kbvae-actions"):
            self.others = gradio.Button(f"Other {many}", size="md", min_width=130)
            self.file = gradio.UploadButton(
                "Your picture …",
                file_types=["image"],
                size="md",
                min_width=130,
                visible=self.dataset.kind == "images",
            )
            self.back = gradio.Button("Back to its code", size="md", min_width=130)
            self.middle = gradio.Button("Prior's mean", size="md", min_width=130)
            self.draw = gradio.Button("Draw from the prior", size="md", min_width=130)
            self.number = gradio.Number(
                self.start.number,
                label=f"{one.capitalize()} number",
                placeholder=f"number, 0 to {last:,}",
                precision=0,
                min_width=220,
                elem_id="kbvae-number",
            )
        self.caption = gradio.HTML(markup.message(self.start.caption))
        self.shown_numbers = gradio.State(self.numbers)
        self.page_number = gradio.State(self.first_page)
        self.shown_start = gradio.State(self.start)

    def _add_models(self):
        with self.gradio.Row(equal_height=False, elem_id="kbvae-models"):
            self.columns = [
                add_model_column(self.gradio, explorer, self.start.pixels)
                for explorer in self.explorers
            ]

    def _add_maps(self):
        """Folded away: pictures of where the images lie, which no slider moves."""
        # The images that the latents were measured on.
        indices = sample_indices(self.dataset, SAMPLE, self.first_page)
        with self.gradio.Accordion("Map of the codes", open=False):
            for explorer in self.explorers:
                self.gradio.HTML(map_picture(explorer, self.dataset, indices))

    # ---- events ---------------------------------------------------------------------

    def _connect(self):
        # Without the queue an event is one request: the least delay.
        direct = {
            "queue": False,
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        lively = {**direct, "trigger_mode": "always_last"}
        outputs = [self.shown_start, self.caption, self.number]
        for column in self.columns:
            column.connect(self.gradio, lively)
            outputs += column.changing

        # Gradio reads from the annotation what to pass.
        def clicked(numbers, event: self.gradio.SelectData):
            is_there = is_whole(event.index, 0, len(numbers) - 1)
            number = numbers[event.index] if is_there else None
            return self._show_or_refuse(image_of_number, number)

        self.gallery.select(clicked, self.shown_numbers, outputs, **direct)
        # As it comes: what is no number is refused with a sentence.
        typed = {**lively, "preprocess": False}
        self.number.input(self._numbered, self.number, outputs, **typed)
        self.file.upload(self._uploaded, self.file, outputs, **direct)
        self.back.click(self._show, self.shown_start, outputs, **direct)
        self.middle.click(self._at_prior_mean, None, outputs, **direct)
        self.draw.click(self._at_prior_draw, None, outputs, **direct)
        offered = [self.page_number, self.shown_numbers, self.gallery]
        self.others.click(self._offer_others, self.page_number, offered, **direct)
        self.blocks.load(None, js=_KEYS_LET_GO)

    def _numbered(self, number):
        if number is None:  # being typed
            return self._unchanged()
        values = self._show_or_refuse(image_of_number, number)
        values[2] = self.gradio.skip()  # or it would be reset under the user's hands
        return values

    def _uploaded(self, path):
        return self._show_or_refuse(image_of_file, path)

    def _at_prior_mean(self):
        return self._at_codes(model_content.prior_mean, "the prior's mean")

    def _at_prior_draw(self):
        return self._at_codes(model_content.prior_draw, "a draw from the prior")

    def _offer_others(self, page):
        numbers = offered_numbers(self.dataset, _OFFERED, page + 1)
        return page + 1, numbers, self._offered(numbers)

    # ---- what events give back ------------------------------------------------------

    def _show_or_refuse(self, find, named):
        try:
            return self._show(find(self.dataset, named))
        except (ValueError, OSError) as error:
            return self._unchanged(markup.message(str(error), is_refusal=True))

    def _show(self, start):
        values = [start, markup.message(start.caption), start.number]
        for column in self.columns:
            content = model_content.content_of_image(column.explorer, start.pixels)
            values += column.updates(content)
        return values

    def _at_codes(self, code_for, caption):
        skip = self.gradio.skip()
        values = [skip, markup.message(caption), skip]
        for column in self.columns:
            code = code_for(column.explorer)
            content = model_content.content_of_code(column.explorer, code)
            values += column.updates(content)
        return values

    def _unchanged(self, caption=None):
        skip = self.gradio.skip()
        count = sum(len(column.changing) for column in self.columns)
        return [skip, skip if caption is None else caption, *[skip] * (count + 1)]

    def _offered(self, numbers):
        images = self.explorers[0].look.images(self.dataset.images_at(numbers))
        return [as_tile(image) for image in images]
