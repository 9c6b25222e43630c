"""The `kbvae` command: parses, calls keras_bvae, prints."""
