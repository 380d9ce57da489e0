"""Reads shot lists: `stream` checks row after row, `prepare` makes shots of the good ones.

Neither holds the whole of a table. The names below are the package's face; other modules are its own.
"""

from farm.shotlist.prepare import lengths, prepare, undivided
from farm.shotlist.reading import Source, Stream, other_table, read, stream
from farm.shotlist.remarks import html_in
from farm.shotlist.rows import Problem, ShotList, ShotRow
from farm.shotlist.spill import Pile
from farm.shotlist.still_cache import Finders, Stills

__all__ = [
    "Finders", "Pile", "Problem", "ShotList", "ShotRow", "Source", "Stills", "Stream",
    "html_in", "lengths", "other_table", "prepare", "read", "stream", "undivided",
]  # fmt: skip
