"""The farm's own errors: what it says when it says no.

FarmError           one sentence for people; the command line prints it and exits with 1
├── SettingsError   settings that cannot work, every problem at once
├── ShotListError   a shot list that cannot be read at all
├── StoreError      the database cannot be used
│   ├── NoDatabase  its file is not there
│   └── SchemaError its schema is of another revision
├── UnknownName     no such production, shot or profile
├── ClusterError    Ray cannot be reached or used
├── MissingExtra    what is asked for needs an extra that this install goes without
└── Refused         a wish that the state of things forbids
    ├── Stale       a decision on a shot as it is no more
    └── Unreadable  a file that is there and cannot be read
"""

import errno
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import DISK_FAILS


class FarmError(Exception):
    """The farm says no, in one sentence that names the remedy."""


class SettingsError(FarmError):
    """Settings that cannot work."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class ShotListError(FarmError):
    """A shot list that cannot be read at all."""


class StoreError(FarmError):
    """The database cannot be used."""


class NoDatabase(StoreError):
    """There is no such file of a SQLite database, and who only looks makes none."""

    def __init__(self, sentence: str, file: Path, *, meant: bool) -> None:
        super().__init__(sentence)
        self.file = file
        self.meant = meant
        """Whether another one was perhaps meant, which the sentence names."""


class SchemaError(StoreError):
    """The database is at another schema revision than this version of the farm."""


class UnknownName(FarmError):
    """There is no such production, shot or profile."""


class ClusterError(FarmError):
    """Ray cannot be reached or used."""


class MissingExtra(FarmError):
    """What is asked for needs an extra of the distribution that is not installed."""


class Refused(FarmError):
    """The state of things forbids the wish."""


class Stale(Refused):
    """A decision on a shot as the person saw it, which is not how it is any more."""


class Unreadable(Refused):
    """A file is there and cannot be read: who may read it is not the farm's user, or its disk fails."""

    def __init__(self, what: str, error: OSError) -> None:
        """`what` names the file as people know it."""
        locked = error.errno in (errno.EACCES, errno.EPERM)
        remedy = "let the farm's user read it" if locked else DISK_FAILS
        super().__init__(f"{what} cannot be read ({error.strerror or error}): {remedy}")


class Repeated(Exception):
    """What is asked for was done under the same key before: nothing is done, and nothing refused."""
