from pixel_decoder import decode, make_traversal  # noqa: F401
