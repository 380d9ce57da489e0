"""Renders pairs of takes without a database, keeps them, and keeps what they say of a stand-in."""
