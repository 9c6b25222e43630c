import dataclasses

import pytest

from keras_bvae.report import blocks

KINDS = [
    value
    for value in vars(blocks).values()
    if dataclasses.is_dataclass(value) and value is not blocks.Section
]


def test_every_block_has_a_kind_of_its_own():
    kinds = [block.kind for block in KINDS]
    assert len(set(kinds)) == len(kinds) > 5


@pytest.mark.parametrize("block", KINDS)
def test_blocks_cannot_be_changed(block):
    fields = {field.name: () for field in dataclasses.fields(block)}
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign"):
        block(**fields).caption = "another"
