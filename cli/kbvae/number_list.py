"""Whole numbers on the command line, with commas between them."""

import click


class NumberList(click.ParamType):
    """`0,10,20` as a tuple of ints, none below 0."""

    name = "N,N,…"

    def convert(self, value, parameter, context):
        if isinstance(value, tuple):
            return value
        try:
            numbers = tuple(int(part) for part in value.split(","))
        except ValueError:
            numbers = (-1,)
        if min(numbers) < 0:
            self.fail(
                "Whole numbers of at least 0 are given with commas between them, as "
                f"0,10,20; received {value!r}. A single number will do as well."
            )
        return numbers
