"""A list is taken in, or foreseen; bad rows, a bad name and all or nothing are told as values."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from farm.config import Settings
from farm.domain.changes import Asked
from farm.errors import Refused
from farm.operations.submit import Submission, submit
from farm.operations.workspace import media_of, source_of
from farm.shotlist import Problem, ShotRow, Stream
from farm.store import Store
from farm.store.queries import overview
from tests.pictures import ground

LIST = (
    "shot,image,prompt\n"
    "sh010,red.png,The red circle moves left.\n"
    "sh020,gone.png,The red circle moves left.\n"
    'sh030,red.png,"The red circle rises, no people."\n'
)


@pytest.fixture
def shots(settings: Settings, tmp_path: Path) -> Path:
    ground((256, 256), "red").save(tmp_path / "red.png")
    (tmp_path / "shots.csv").write_text(LIST)
    return tmp_path / "shots.csv"


def hand_in(
    settings: Settings, store: Store | None, shots: Path, *, strict: bool = False
) -> Submission:
    source = source_of(settings, None, None, media_of(settings) if store else None)
    return submit(
        settings,
        store,
        shots,
        "ads",
        source,
        asked=Asked(strict=strict),
        who="ben",
        dry_run=not store,
    )


def test_good_rows_go_in_and_the_others_are_named(
    settings: Settings, farm: Store, shots: Path
) -> None:
    found = hand_in(settings, farm, shots)

    assert found.intake.added == ("sh010", "sh030")
    assert [(each.row, each.field) for each in found.problems] == [(3, "image")]
    assert not found.whole
    assert found.remarks == "`farm lint` has 1 remark on 1 of 2 prompts."
    assert found.toys == ["toy"]
    assert len(overview.shots(farm, "ads")) == 2
    assert len(list(settings.media.glob("stills/*/*.png"))) == 1


def test_without_a_store_all_is_foreseen_and_nothing_made(settings: Settings, shots: Path) -> None:
    found = hand_in(settings, None, shots)

    assert (found.dry_run, found.intake.added) == (True, ("sh010", "sh030"))
    assert not settings.media.exists()
    assert not Path("farm.db").exists()


def test_all_or_nothing_is_nothing_where_a_row_is_bad(
    settings: Settings, farm: Store, shots: Path
) -> None:
    found = hand_in(settings, farm, shots, strict=True)

    assert (found.ready, found.intake.added) == ((), ())
    assert overview.productions(farm) == []


def test_whoever_asks_goes_through_the_rows(settings: Settings, shots: Path) -> None:
    seen: list[str] = []

    def each(stream: Stream) -> Iterable[ShotRow | Problem]:
        assert stream.at_most >= 3
        for row in stream.rows:
            seen.append("bad" if isinstance(row, Problem) else row.code)
            yield row

    source = source_of(settings, None, None)
    submit(settings, None, shots, "ads", source, asked=Asked(), who="ben", each=each)

    assert seen == ["sh010", "bad", "sh030"]


@pytest.mark.parametrize("name", ["", "a/b", "..", "a" * 65])
def test_what_cannot_name_a_folder_cannot_name_a_production(
    settings: Settings, shots: Path, name: str
) -> None:
    source = source_of(settings, None, None)
    with pytest.raises(Refused, match="cannot name a production"):
        submit(settings, None, shots, name, source, asked=Asked(), who="ben")


def test_without_a_store_there_is_nothing_to_rename(settings: Settings, shots: Path) -> None:
    source = source_of(settings, None, None)
    asked = Asked(renames={"sh001": "sh010"})
    with pytest.raises(Refused, match="ads has no shot sh001 to rename; it has no shots yet"):
        submit(settings, None, shots, "ads", source, asked=asked, who="ben")
