"""dSprites from its outlines, and black and white images as bits."""
