"""Sections as a page of HTML that asks for nothing else."""

from importlib import resources

from markupsafe import Markup

_FOLDER = resources.files("keras_bvae.report")


def page(title, lead, sections, footer):
    """The page as text.

    Args:
        title, lead, footer: str: the heading, a sentence or two, the last line.
        sections: `Section` each.

    Returns:
        str, HTML. All text is escaped; formulas alone are markup.
    """
    import jinja2

    environment = jinja2.Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    template = environment.from_string(_read("template.html.jinja"))
    return template.render(
        title=title,
        lead=lead,
        sections=sections,
        footer=footer,
        style=Markup(_read("style.css")),
        script=Markup(_read("script.js")),
    )


def _read(name):
    return _FOLDER.joinpath(name).read_text(encoding="utf-8")
