"""Who makes the takes, when, and what is remembered."""

from importlib import metadata

try:
    __version__ = metadata.version("shotfarm")
    """By the tag of the commit that was installed."""
except metadata.PackageNotFoundError:  # a checkout that is run without having been installed
    __version__ = "0+unknown"
