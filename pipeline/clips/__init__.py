"""Clips: frames encoded and sealed, and what can be wrong with them."""
