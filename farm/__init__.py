"""Who makes the takes, when, and what is remembered."""

__version__ = "0.1.0"
