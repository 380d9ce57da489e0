"""A record is of two revisions and a scorer, is read as it was written, and a file that is none is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from farm.comparison import records
from farm.errors import Refused
from pipeline.storage.folder import MediaFolder
from tests.unit.farm.domain.test_comparison import a_pair, compared

REVISION = "a" * 12
"""Of `toy-fast` in `compared`."""


@pytest.fixture
def media(tmp_path: Path) -> MediaFolder:
    return MediaFolder(tmp_path)


def test_a_record_is_read_as_it_was_written(media: MediaFolder) -> None:
    made = compared(a_pair(psnr=None), a_pair(number=2), left_out=["sh020 seed 1: no still"])

    where = records.keep(media, made)

    assert Path(where).is_file()
    assert list(records.of(media, "toy-fast", REVISION)) == [made]


def test_each_exact_profile_each_revision_and_each_scorer_has_its_own(media: MediaFolder) -> None:
    made = compared(a_pair())
    others = [
        made,
        replace(made, exact=replace(made.exact, profile="toy-b")),
        replace(made, exact=replace(made.exact, revision="c" * 12)),
        replace(made, scorer="openai/clip-vit-large-patch14#1234"),
    ]
    for each in others:
        records.keep(media, each)
    records.keep(media, replace(made, at="2026-12-01T08:00:00+00:00"))

    found = list(records.of(media, "toy-fast", REVISION))
    assert len(found) == 4
    assert "2026-12-01T08:00:00+00:00" in {each.at for each in found}


def test_a_changed_profile_has_no_record(media: MediaFolder) -> None:
    records.keep(media, compared(a_pair()))
    assert list(records.of(media, "toy-fast", "d" * 12)) == []
    assert list(records.of(media, "toy", REVISION)) == []


@pytest.mark.parametrize("data", [b"{", b"{}", b'{"stand_in": 7}'])
def test_a_file_that_is_no_record_is_told_with_the_remedy(media: MediaFolder, data: bytes) -> None:
    name = f"gates/records/toy-fast-{REVISION}_toy-b_c.json"
    media.put(name, data)
    with pytest.raises(
        Refused, match=r"c\.json is no record of `farm gate` .*: delete it and gate"
    ):
        list(records.of(media, "toy-fast", REVISION))
