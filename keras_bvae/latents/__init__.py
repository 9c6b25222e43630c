"""What latents do, as arrays: ranges, traversals, statistics. Nothing here draws."""
