"""Finds the pictures that a shot list names, and none outside the folders it may use."""

import difflib
import os
from collections.abc import Sequence
from pathlib import Path

from farm.shotlist.fields import Wrong, parts, text


class Places:
    """The folders that a shot list's pictures may come from.

    Asks `os.path`, not `Path`, what is there: a name of 2,000 characters is an answer, not an error.
    """

    def __init__(self, folder: Path, picture_roots: Sequence[Path]) -> None:
        self._folder = folder.resolve()
        self._allowed = [self._folder, *(root.resolve() for root in picture_roots)]

    def image(self, value: object) -> Path:
        """The whole path, links resolved, of the one picture that a field names."""
        name = text(value)
        if not name:
            raise Wrong("it is empty; name the start picture, relative to the shot list")
        return self._find(name)

    def alternates(self, value: object) -> tuple[Path, ...]:
        """The whole paths of further pictures."""
        return tuple(self._find(name) for name in parts(value))

    def _find(self, name: str) -> Path:
        picture = self._follow(name)
        if not any(picture.is_relative_to(place) for place in self._allowed):
            raise Wrong(
                f"{name} lies outside the shot list's folder; "
                "copy the picture into it, or add its folder to picture_roots"
            )
        if os.path.isdir(picture):
            raise Wrong(f"{name} is a folder; name the picture in it")
        if not os.path.isfile(picture):
            raise Wrong(f"there is no picture {name}; {_suggestion(picture)}")
        return picture

    def _follow(self, name: str) -> Path:
        """Where a name leads in the end. Spreadsheets on Windows write it with backslashes."""
        try:
            return (self._folder / name.replace("\\", "/")).resolve()
        except RuntimeError as error:
            raise Wrong(f"{name} is a link that leads nowhere; name the picture itself") from error


def _suggestion(picture: Path) -> str:
    beside = picture.parent.glob("*") if os.path.isdir(picture.parent) else []
    spelt = {path.name.lower(): path.name for path in beside}
    near = difflib.get_close_matches(picture.name.lower(), spelt, n=1)
    return f"did you mean {spelt[near[0]]}?" if near else "put it there, or correct the name"
