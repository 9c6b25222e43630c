"""People's own pictures, arrays and factor tables."""
