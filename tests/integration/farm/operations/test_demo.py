"""The demo's product: one take of it keeps its name and another loses it, and both are said."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from farm import demo
from farm.config import Settings
from farm.domain.lettering import Lettering, Told, lettering
from farm.domain.lifecycle import ShotState
from farm.operations import demo as playing
from farm.operations import run
from farm.store import Store, open_store
from farm.store.queries import overview, selection, shot_story


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return playing.settings_in(tmp_path / "demo", workers=1, cluster="inline")


@pytest.fixture
def played(settings: Settings) -> Iterator[Store]:
    """The demo handed in, and of its shots those of the product rendered."""
    store = open_store(settings.database)
    playing.submit(settings, store)
    assert not playing.is_done(store, demo.LETTERED_PROFILE)
    run.render(settings, store, until_idle=True, profiles=[demo.LETTERED_PROFILE])
    yield store
    store.close()


def told(store: Store, code: str) -> list[tuple[Lettering, ...]]:
    """What became of the name in each take."""
    takes = shot_story.tell(store, demo.PRODUCTION, code).takes
    assert {each.recipe["profile"] for each in takes} == {demo.LETTERED_PROFILE}
    return [lettering(each.result) for each in takes]


def test_the_name_on_the_product_is_followed_and_where_it_melts_a_person_looks(
    settings: Settings, played: Store
) -> None:
    keeps, loses = demo.LETTERED
    *_, (kept,) = told(played, keeps)
    assert kept.told is Told.FOLLOWED
    assert "the must-keep word ‘TEA’" in kept.sentence
    melted = told(played, loses)
    assert len(melted) == 2, "another seed is tried, and no more"
    for (lost,) in melted:
        assert lost.told is Told.WRONG
        assert "the must-keep word ‘TEA’ is not to be read any more from frame" in lost.sentence
    (shot,) = [each for each in overview.shots(played, demo.PRODUCTION) if each.code == loses]
    assert shot.state is ShotState.NEEDS_REVIEW
    listed = selection.selected_takes(played, demo.PRODUCTION)
    assert {each.shot: each.lettering for each in listed}[loses] in melted

    assert playing.is_done(played, demo.LETTERED_PROFILE)
    assert not playing.is_done(played, *playing.profiles_of(settings)), "the other shots wait"
