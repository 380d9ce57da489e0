"""What may stand in one field of a shot list: each function reads one field or raises `Wrong`."""

import datetime
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from pipeline.profiles.sections import WIDEST

LONGEST_PROMPT = 2000
"""Characters; text encoders cut off far earlier."""
SEED_END = 2**63
URGENT = 100
"""Priorities lie between minus this and plus this."""

_CODE = re.compile(r"\w[\w.-]{0,63}")
_WHOLE = re.compile(r"([+-]?\d{1,20})(?:\.0+)?")
_DECIMAL = re.compile(
    r"(\d{1,9}(?:[.,]\d+)?) ?(?:s|sec|secs|seconds?|秒|秒钟|秒鐘)?\.?", re.IGNORECASE
)
_PROFILE = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}(?<!\.toml)")
_ASPECT = re.compile(r"(\d{1,5}(?:[.,]\d+)?) ?[:x×*/] ?(\d{1,5}(?:[.,]\d+)?)", re.IGNORECASE)


class Wrong(Exception):
    """A field cannot be used; the message says why and what to write instead."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Stands for the value of a spreadsheet's cell that has none that could be used."""

    sentence: str


class Number(str):
    """A number of a spreadsheet, written plainly; `shown` is how its cell shows it, where that differs."""

    shown = ""

    @classmethod
    def of(cls, written: str, shown: str) -> "Number":
        number = cls(written)
        number.shown = shown
        return number


def text(value: object) -> str:
    """The text of a field, trimmed; nothing at all is an empty text."""
    if value is None:
        return ""
    if isinstance(value, Fault):
        raise Wrong(value.sentence)
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        raise Wrong(
            f"it is a date or a time to the spreadsheet ({value}); format the cell as text and type it anew"
        )
    if not isinstance(value, str):
        raise Wrong("it must be text or a number, not a list, a mapping, true or false")
    for letter in value:
        if "\udc80" <= letter <= "\udcff":
            raise Wrong(
                f"it holds a byte that is not UTF-8 ({ord(letter) - 0xDC00:02X}), unlike the rest of the "
                "file; type it anew"
            )
        if unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\t\r\n":
            raise Wrong(f"it holds an invisible character (U+{ord(letter):04X}); type it anew")
    return value.strip()


def parts(value: object) -> tuple[str, ...]:
    """The entries of a list, or of a text that separates them by `|`."""
    entries: list[object] = value if isinstance(value, list) else [*re.split("[|｜]", text(value))]
    return tuple(filter(None, map(text, entries)))


def code(value: object) -> str:
    """A shot's code, which becomes part of file names."""
    if isinstance(value, Number) and value.shown:
        raise Wrong(
            f"it is the number {value}, which the sheet only shows as {value.shown}; "
            "format the column as text and type the codes anew"
        )
    name = unicodedata.normalize("NFC", text(value))
    if not name:
        raise Wrong("it is empty; give the shot a code, such as sh010")
    if not _CODE.fullmatch(name):
        raise Wrong(
            f"{_short(name)} is no shot code; use letters, digits, '_', '-' and '.', "
            "at most 64, with a letter or digit first"
        )
    return name


def prompt(value: object) -> str:
    """A prompt that says something and is not endless."""
    return _not_too_long(text(value)) or _refuse("it is empty; say what should happen in the shot")


def negative(value: object) -> str:
    """What the shot must not show; may be empty."""
    return _not_too_long(text(value))


def seconds(value: object) -> float | None:
    """A wish for the clip's length; what the model can make is the profile's to say."""
    written = _plain(value)
    if not written:
        return None
    found = _DECIMAL.fullmatch(written)
    if not found:
        raise Wrong(f"{_short(written)} is not a number of seconds; write it like 5 or 2.5")
    length = float(found[1].replace(",", "."))
    return length or _refuse("a clip of 0 seconds shows nothing; leave it empty for the default")


def seed(value: object) -> int | None:
    """A seed as the samplers take it."""
    number = _whole(value)
    if number is not None and not 0 <= number < SEED_END:
        raise Wrong(f"{number} is out of range; use 0 to {SEED_END - 1}, or leave it empty")
    return number


def priority(value: object) -> int:
    """Higher goes first; 0 where nothing is said."""
    number = _whole(value) or 0
    if abs(number) > URGENT:
        raise Wrong(f"{number} is out of range; use {-URGENT} (last) to {URGENT} (first)")
    return number


def aspect(value: object) -> str | None:
    """`W:H` or `WxH`. Spreadsheets take 16:9 for a time of day and write 16:09, which is read as meant."""
    written = _plain(_as_ratio(value))
    if not written:
        return None
    found = _ASPECT.fullmatch(written)
    width, height = _sides(found.groups()) if found else (0.0, 0.0)
    if not width or not height:
        raise Wrong(f"{_short(written)} is no aspect; write width:height, such as 16:9")
    if not 1 / WIDEST <= width / height <= WIDEST:
        raise Wrong(f"{written} is too narrow a strip; use 1:{WIDEST:g} to {WIDEST:g}:1")
    return f"{width:g}:{height:g}"


def profile(value: object) -> str | None:
    """A profile's name, or None for the default; a list cannot point at files of its own choice."""
    name = text(value)
    if name and not _PROFILE.fullmatch(name):
        raise Wrong(f"{_short(name)} is not a profile's name; write one that the farm has")
    return name or None


def _as_ratio(value: object) -> object:
    """16:9 that a spreadsheet keeps as a time of day, or as 16 hours and 9 minutes."""
    if isinstance(value, datetime.time) and not value.second:
        return f"{value.hour}:{value.minute}"
    if isinstance(value, datetime.timedelta) and not value.total_seconds() % 60:
        hours, minutes = divmod(int(value.total_seconds()) // 60, 60)
        return f"{hours}:{minutes}"
    return value


def _sides(groups: Sequence[str]) -> tuple[float, float]:
    width, height = (float(each.replace(",", ".")) for each in groups)
    return width, height


def _plain(value: object) -> str:
    """A number as people write it, full-width digits and signs made plain."""
    return unicodedata.normalize("NFKC", text(value))


def _whole(value: object) -> int | None:
    written = _plain(value)
    if not written:
        return None
    found = _WHOLE.fullmatch(written)
    if not found:
        raise Wrong(
            f"{_short(written)} is not a whole number; write digits only, or leave it empty"
        )
    return int(found[1])


def _not_too_long(written: str) -> str:
    if len(written) > LONGEST_PROMPT:
        raise Wrong(
            f"it has {len(written)} characters; keep to {LONGEST_PROMPT}, models read far fewer"
        )
    return written


def _short(written: str) -> str:
    return repr(written if len(written) <= 40 else written[:39] + "…")


def _refuse(sentence: str) -> NoReturn:
    raise Wrong(sentence)


Reader = Callable[[object], object]
