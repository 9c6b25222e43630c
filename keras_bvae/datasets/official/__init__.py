"""The official files of published data sets, read in their original formats."""
