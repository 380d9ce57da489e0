"""What a delivery lists: takes, the files that were made of them, and how."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from fractions import Fraction
from typing import Any, Self

from farm.delivery.steps import Made, Step
from farm.domain.lettering import Lettering
from pipeline.coverage import Coverage

UNSIGNED = "unsigned_sha256"
"""The option of a signature with the checksum of what was signed: no signature is made twice alike."""


@dataclass(frozen=True, kw_only=True)
class Deliverable:
    """The selected take of a shot that is fit to be delivered."""

    shot: str
    take: int
    recipe_hash: str
    prompt: str
    clip: str
    """Relative to the media root."""
    sha256: str
    """Of the clip's file."""
    frames: int
    fps: int
    width: int
    height: int
    match: float | None
    verdict: str
    coverage: Coverage | None = None
    """What it shows of the shot's own prompt; None where nobody knows."""
    review: str
    still: str | None
    """SHA-256 of the prepared still."""
    attempt: int = 0
    """That published it."""
    profile: str = ""
    """What drew it, with its revision; empty where a client gets no recipe."""
    revision: str = ""
    draft: bool = False
    """On a contact sheet of everything alone: a draft is never delivered."""
    purged: datetime | None = None
    """When its clip was removed from the media folder, if it was."""
    lettering: tuple[Lettering, ...] = ()
    """What became of the words on its subject, for contact sheets."""

    @classmethod
    def of(cls, take: object) -> Self:
        """Out of anything that has the values under the same names."""
        return cls(**{each.name: getattr(take, each.name) for each in fields(cls)})

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Self:
        """Out of a clip's row in the JSON manifest. Raises `KeyError` for one that does not say enough, and
        `ValueError` for what no delivery says."""
        stages = row["stages"]
        coverage = None if stages is None else Coverage.from_dict({"stages": stages})
        names = ("shot", "take", "recipe_hash", "prompt", "match", "verdict", "review", "still")
        letters = tuple(Lettering.from_dict(each) for each in row.get("lettering", ()))
        values = {name: row[name] for name in names}
        return cls(**values, **row["source"], coverage=coverage, lettering=letters)

    def without_recipe(self) -> Self:
        """The same without its prompt, what it shows of it, its must-keep words, and what drew it."""
        return replace(self, prompt="", coverage=None, lettering=(), profile="", revision="")

    @property
    def file(self) -> str:
        """The clip's name in the delivered folder."""
        return f"{self.shot}_t{self.take:02d}.mp4"

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.frames / self.fps


@dataclass(frozen=True, slots=True)
class Put:
    """A file that a delivery puts into its folder."""

    file: str
    sha256: str
    made: str = ""
    """Of a clip that was not just copied: `Record.text`."""

    @classmethod
    def of(cls, file: str, content: bytes) -> Self:
        return cls(file, hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """How a file was made of a clip, and what it is."""

    key: str
    """Hash of the source and of all that was wanted of it: what has the same need not be made again."""
    steps: tuple[Step, ...]
    size: int
    """Bytes."""
    frames: int
    fps: Fraction
    width: int
    height: int
    codec: str
    colour: Mapping[str, str]

    @classmethod
    def of(cls, key: str, made: Made) -> Self:
        film = made.film
        return cls(
            key=key, steps=made.steps, size=made.size, frames=film.frames, fps=film.fps,
            width=film.width, height=film.height, codec=film.codec, colour=film.colour,
        )  # fmt: skip

    @property
    def unsigned(self) -> str:
        """The checksum before it was signed; empty where it was not."""
        signed = (step.options.get(UNSIGNED) for step in self.steps if step.name == "sign")
        return next((each for each in signed if isinstance(each, str)), "")

    @property
    def text(self) -> str:
        """As JSON, always the same."""
        names = ("key", "size", "frames", "width", "height", "codec")
        values = {name: getattr(self, name) for name in names} | {
            "rate": f"{self.fps.numerator}/{self.fps.denominator}",
            "colour": dict(self.colour),
            "steps": [each.as_dict() for each in self.steps],
        }
        return json.dumps(values, ensure_ascii=False, sort_keys=True)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Out of `text`; None for what it never wrote."""
        try:
            values = json.loads(text)
            steps = tuple(
                Step(each["name"], each["tool"], each["options"]) for each in values.pop("steps")
            )
            return cls(steps=steps, fps=Fraction(values.pop("rate")), **values)
        except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A take's file as it lies in the delivered folder."""

    item: Deliverable
    file: str
    sha256: str
    record: Record | None = None
    """None for a copy."""
    colour: Mapping[str, str] | None = None
    """Its tags; None where they cannot be read."""

    @property
    def frames(self) -> int:
        return self.record.frames if self.record else self.item.frames

    @property
    def fps(self) -> Fraction:
        return self.record.fps if self.record else Fraction(self.item.fps)

    @property
    def width(self) -> int:
        return self.record.width if self.record else self.item.width

    @property
    def height(self) -> int:
        return self.record.height if self.record else self.item.height

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.record.steps if self.record else ()

    def step(self, name: str) -> Step | None:
        """The step of this name, if there was one."""
        return next((each for each in self.steps if each.name == name), None)


def put_of(each: Listed) -> Put:
    """A listed file as the next delivery finds it."""
    return Put(each.file, each.sha256, each.record.text if each.record else "")
