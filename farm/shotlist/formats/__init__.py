"""The readers of shot lists, one for each format, and the writer of empty lists."""
