"""Carries a delivered folder to a URL: each file is sent once, read back and held against its checksum.

The one door to fsspec.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from farm.delivery import manifest
from farm.delivery.manifest import Known
from farm.errors import FarmError, MissingExtra, Refused
from farm.extras import needed
from pipeline.storage.checksums import sha256_at, sha256_of

_NAMED = 5
"""Files that a sentence names."""
MOST_MANIFEST = 256 << 20
"""Bytes of a manifest that is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of it."""

    sent: tuple[str, ...]
    there: tuple[str, ...]
    """They were there already, whole."""
    removed: tuple[str, ...]
    """Of earlier deliveries, and no part any more."""

    def with_those_below(self, folder: str, other: "Sent") -> "Sent":
        """This with what came of a folder below it."""
        lists = ("sent", "there", "removed")
        return Sent(
            **{
                name: (*getattr(self, name), *(f"{folder}/{each}" for each in getattr(other, name)))
                for name in lists
            }
        )


def is_url(to: str) -> bool:
    """Whether a delivery goes to a URL and not to a folder."""
    return "://" in to


def shown(url: str) -> str:
    """A URL for people and logs: without a name and a password in it."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    path = path.partition("?")[0].partition("#")[0]
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


class Target:
    """A folder behind a URL."""

    def __init__(self, url: str) -> None:
        """Raises `Refused` for a URL that cannot be, and `MissingExtra` for want of a library."""
        self.shown = shown(url)
        self._secret = _password(url)
        if "::" in url or not url.isprintable() or ".." in url.split("/"):
            raise Refused(f"{self.shown!r} is no URL of a folder that a delivery can go to")
        with needed():
            from fsspec.core import url_to_fs
        with self._told():
            options = {"use_listings_cache": False, "skip_instance_cache": True}
            self._files, self._root = url_to_fs(url.rstrip("/"), **options)

    def known(self, below: str = "") -> Known | None:
        """What an earlier delivery there, or in a folder below, says of itself.

        Raises `Refused` where that cannot be read.
        """
        file = f"{below}/{manifest.LIST}" if below else manifest.LIST
        with self._told():
            size = self._size(file)
            if size is None:
                return None
            if size > MOST_MANIFEST:
                raise Refused(f"{self.shown}/{file} is larger than any manifest")
            content = self._files.cat_file(self._place(file))
        try:
            return manifest.parsed(content)
        except ValueError as error:
            raise Refused(
                f"{self.shown}/{file} is no manifest of a delivery ({error}): move it away"
            ) from error

    def with_recipes_below(self) -> list[str]:
        """The folders below whose deliveries may hold recipes."""
        with self._told():
            try:
                listed = self._files.ls(self._root, detail=True)
            except FileNotFoundError:
                return []
        places = (each["name"].rstrip("/") for each in listed if each["type"] == "directory")
        found: list[str] = []
        for folder in sorted(place.rpartition("/")[2] for place in places):
            known = self.known(folder)
            if known and known.may_hold_recipes:
                found.append(folder)
        return found

    def carry(
        self,
        folder: Path,
        on_file: Callable[[int, int], None] = lambda done, total: None,
        *,
        keep_old: bool = False,
    ) -> Sent:
        """Sends what is not there whole; the manifest last, so that it never lists what is not there.

        What is cut off is gone on with by the next call. Raises `Refused` where the folder is another
        production's, where the other side fails, and before anything is sent where others put or changed
        what has the name of a file: no manifest is to list what is not there.
        """
        ours = manifest.read(folder)
        if ours is None:
            raise ValueError(f"{folder} holds no delivery")
        before = self.known()
        if before and before.production != ours.production:
            raise Refused(
                f"{self.shown} holds the delivery of {before.production}: give {ours.production} a folder "
                "of its own"
            )
        listed = {**{each.file: each.sha256 for each in ours.puts}, manifest.LIST: ""}
        files = [file for file in listed if (folder / file).is_file()]
        with self._told():
            self._files.makedirs(self._root, exist_ok=True)
            there = [file for file in files if self._lies(folder / file)]
            sent = [file for file in files if file not in there]
            self._refuse([file for file in sent if not self._is_ours(folder / file, before)])
            on_file(len(there), len(files))
            for done, file in enumerate(sent, start=len(there) + 1):
                self._send(folder / file)
                on_file(done, len(files))
            removed = [] if keep_old else list(self._take_out(before, set(files)))
        return Sent(sent=tuple(sent), there=tuple(there), removed=tuple(removed))

    def _refuse(self, files: Sequence[str]) -> None:
        if not files:
            return
        named = ", ".join(files[:_NAMED]) + (" …" if len(files) > _NAMED else "")
        what, them = ("files", "are"), "them"
        if len(files) == 1:
            what, them = ("file", "is"), "it"
        raise Refused(
            f"{len(files)} {what[0]} at {self.shown} {what[1]} not what a delivery put there: move {them} "
            f"away and deliver again; nothing was sent there ({named})"
        )

    def _lies(self, place: Path) -> bool:
        size = self._size(place.name)
        return size == place.stat().st_size and self._sha256(place.name) == sha256_at(place)

    def _is_ours(self, place: Path, before: Known | None) -> bool:
        """Whether what lies there may be written over: nothing, what a delivery put there, or a part of
        this very file, of a delivery that was cut off."""
        size = self._size(place.name)
        if size is None or place.name == manifest.LIST:
            return True
        found = self._sha256(place.name)
        if before and found in before.sums(place.name):
            return True
        with place.open("rb") as file:
            return size < place.stat().st_size and _sha256_of_first(file, size) == found

    def _send(self, place: Path) -> None:
        self._files.put_file(str(place), self._place(place.name))
        self._files.invalidate_cache()
        if not self._lies(place):
            raise Refused(f"{self.shown}/{place.name} did not arrive whole: deliver again")

    def _take_out(self, before: Known | None, files: set[str]) -> Iterator[str]:
        for file in dict.fromkeys(each.file for each in before.puts) if before else ():
            if file in files or self._size(file) is None:
                continue
            if before and self._sha256(file) in before.sums(file):
                self._files.rm_file(self._place(file))
                yield file

    def _size(self, file: str) -> int | None:
        try:
            return int(self._files.info(self._place(file))["size"])
        except FileNotFoundError:
            return None

    def _sha256(self, file: str) -> str:
        with self._files.open(self._place(file), "rb") as opened:
            return sha256_of(opened)

    def _place(self, file: str) -> str:
        return f"{self._root.rstrip('/')}/{file}"

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the other side fails of, as a sentence without the password."""
        try:
            yield
        except FarmError:
            raise
        except ImportError as error:
            raise MissingExtra(f"cannot deliver to {self.shown}: {error}") from None
        except Exception as error:  # each library behind fsspec has errors of its own
            why = str(error) or type(error).__name__
            if self._secret:
                why = why.replace(self._secret, "***")
            raise Refused(f"cannot deliver to {self.shown}: {why}") from None


def _password(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""


def _sha256_of_first(file: BinaryIO, size: int) -> str:
    digest = hashlib.sha256()
    while size > 0 and (block := file.read(min(size, 1 << 20))):
        digest.update(block)
        size -= len(block)
    return digest.hexdigest()
