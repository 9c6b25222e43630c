"""The data set: what it is, and a contact sheet of it."""

from keras_bvae.pictures.sheets import contact_sheet
from keras_bvae.report.blocks import Section, Table, Text
from keras_bvae.report.embedded_picture import embedded_page

# Of a data set with dozens of factors the table would be longer than the report.
_FACTORS_LISTED = 40


def data_section(subject):
    """Summary, factors and a contact sheet.

    Args:
        subject: `Subject`.

    Returns:
        `Section`.
    """
    dataset = subject.dataset
    factors = tuple(zip(dataset.factor_names, dataset.factor_sizes, strict=True))
    blocks = [Text(_summary(dataset))]
    if factors:
        rows = tuple((name, f"{size:,}") for name, size in factors[:_FACTORS_LISTED])
        blocks.append(Table("Factors", ("factor", "classes"), rows, numbers=(1,)))
    sheet = contact_sheet(dataset, seed=subject.seed)
    each = ", then one row a factor, the others held" if factors else ""
    description = f"Images of {dataset.name} drawn at random{each}."
    caption = f"Drawn at random{each}."
    blocks.append(embedded_page(sheet, description, caption))
    return Section("data", "Data", tuple(blocks))


def _summary(dataset):
    """Line by line, without that of the factors, which a table shows."""
    lines = dataset.summary().splitlines()
    return "\n".join(line for line in lines if not line.startswith("factors:"))
