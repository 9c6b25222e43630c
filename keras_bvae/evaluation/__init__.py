"""A model and a data set in, what the model is worth out."""
