"""Data sets made from other ones: painted, cut, hidden, tied together."""
