"""The life of takes: claimed, leased, settled, moved, each with its event."""
