"""Which images a metric draws, each encoded once."""
