"""The desk: pages on which people look at takes, compare them, decide and ask for more."""
