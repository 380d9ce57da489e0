"""A take is judged by its lettering, too: a wrong label is not accepted, and who cannot read says so."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline import take
from pipeline.clips import lettering
from pipeline.findings import Finding, Severity
from pipeline.misses import LABEL_FOLLOWED, Miss, MissKind
from pipeline.models.text_reader import SIDE, Line, Picture, Quad, TextReader
from pipeline.profiles.clip_section import LetteringSection
from pipeline.profiles.profile import Profile
from pipeline.recipe import TakeOrder
from pipeline.result import TakeResult
from tests.memory_media import MemoryMedia
from tests.played_tools import PlayedEngine, PlayedScorer, a_still, an_order_for, played_tools
from tests.played_tools import told_nobody as nobody


class Nobody:
    def stage(self, name: str) -> None: ...

    def step(self, step: int, steps: int) -> None: ...


class Unlettered:
    """A reader that finds nothing."""

    def find(self, picture: Picture, side: int = SIDE) -> tuple[Quad, ...]:
        return ()

    def read(self, picture: Picture, boxes: Sequence[Quad]) -> tuple[Line, ...]:
        return ()


class Broken(Unlettered):
    def find(self, picture: Picture, side: int = SIDE) -> tuple[Quad, ...]:
        raise RuntimeError("its model is no model")


def made(folder: Path, reader: TextReader | None, *words: str, **section: Any) -> TakeResult:
    played = played_tools(folder / "media")
    values = {**played.profile.model_dump(), "lettering": LetteringSection(**section).model_dump()}
    media = MemoryMedia()
    tools = take.Tools(
        profile=Profile.model_validate(values),
        engine=PlayedEngine(nobody),
        scorer=PlayedScorer(nobody),
        media=media,
        reader=reader,
    )
    asked = an_order_for(a_still(folder, media), "label")
    order = TakeOrder(
        recipe=asked.recipe, clip=asked.clip, title=asked.title, insisted=True, must_keep=words
    )
    result = take.make(order, tools, Nobody())
    assert isinstance(result, TakeResult)
    return result


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Of two labels one is found changed; what was asked."""
    asked: dict[str, Any] = {}

    def follow(*_: Any, **named: Any) -> tuple[tuple[Miss, ...], tuple[Finding, ...]]:
        asked.update(named)
        kind, message = MissKind.LABEL_CHANGED, "‘NORDLYS’ reads ‘NORDLXS’"
        followed = Finding(LABEL_FOLLOWED, Severity.INFO, "‘N° 5’ stays readable")
        return (Miss(kind=kind, value=0.14, threshold=0.05, message=message),), (followed,)

    monkeypatch.setattr(lettering, "follow", follow)
    return asked


def codes(result: TakeResult) -> list[tuple[str, str]]:
    found = [(each.code, each.severity.value) for each in result.findings]
    return [each for each in found if "label" in each[0] or "letter" in each[0]]


def test_a_take_with_a_wrong_label_is_not_accepted(tmp_path: Path, changed: dict[str, Any]) -> None:
    result = made(tmp_path, Unlettered(), "NORDLYS")
    assert result.verdict == "bad_clip"
    assert MissKind.LABEL_CHANGED in {miss.kind for miss in result.misses}
    assert codes(result) == [("clip.label_changed", "error"), ("clip.label_followed", "info")]
    assert changed["must_keep"] == ("NORDLYS",)


def test_a_profile_may_leave_it_to_a_person(tmp_path: Path, changed: dict[str, Any]) -> None:
    result = made(tmp_path, Unlettered(), errors=())
    assert codes(result)[0] == ("clip.label_changed", "warning")
    assert changed


def test_where_no_reader_is_installed_a_take_says_that_nobody_read(tmp_path: Path) -> None:
    result = made(tmp_path, None)
    assert codes(result) == [("clip.lettering_unread", "info")]
    [finding] = [each for each in result.findings if each.code == "clip.lettering_unread"]
    assert 'pip install "shotfarm[ocr]"' in finding.message


def test_a_take_whose_reader_fails_says_so_and_lives_on(tmp_path: Path) -> None:
    result = made(tmp_path, Broken())
    assert codes(result) == [("clip.lettering_unread", "info")]
    assert any("its model is no model" in each.message for each in result.findings)


@pytest.mark.parametrize(
    ("reader", "read"), [(Unlettered(), True), (None, False), (Broken(), False)]
)
def test_nothing_is_said_where_nothing_is_wrong_or_nothing_is_to_be_read(
    tmp_path: Path, reader: TextReader | None, read: bool
) -> None:
    assert codes(made(tmp_path, reader, read=read)) == []
