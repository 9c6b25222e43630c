"""The statistics that scores are made of: trees, classifiers, information."""
