"""Whole numbers on the command line, with commas between them."""

import click


class NumberList(click.ParamType):
    """`0,10,20` as a tuple of ints, none below 0.

    Args:
        word: str that may be typed instead and stays as it is; None: no such word.
    """

    name = "N,N,…"

    def __init__(self, word=None):
        self.word = word

    def convert(self, value, parameter, context):
        if isinstance(value, tuple) or value == self.word:
            return value
        try:
            numbers = tuple(int(part) for part in value.split(","))
        except ValueError:
            numbers = (-1,)
        if min(numbers) < 0:
            self.fail(
                "Whole numbers of at least 0 are given with commas between them, as "
                f"0,10,20; received {value!r}. A single number will do as well"
                + ("." if self.word is None else f", or the word {self.word}.")
            )
        return numbers
