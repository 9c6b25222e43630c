"""Images that take long to read, and the arrays in files they come from."""
