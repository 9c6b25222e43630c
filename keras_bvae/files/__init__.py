"""Files and folders that are written whole, replaced whole, and held by one process."""
