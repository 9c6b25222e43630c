"""What runs a training step on each backend; only this room knows which one."""
