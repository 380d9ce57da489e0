"""A purge removes what stands for no decided shot, notes it first, and touches nothing else."""

import hashlib
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from farm.cli.display import purges
from farm.domain.events import EventKind
from farm.domain.lease import Lease
from farm.domain.lifecycle import ReviewStatus
from farm.operations.purge import Plan, Purged, Purger
from farm.scheduler.finds import Code
from farm.scheduler.sweep import Sweeper
from farm.store import Store
from farm.store.queries import labels, selection, shot_story
from farm.store.queue import judged_takes, leases, settle
from farm.store.shots import holds, in_review, review
from pipeline.ladder import best
from pipeline.result import Verdict
from pipeline.storage.folder import MediaFolder
from pipeline.storage.names import previews_of
from tests.audit import Auditor
from tests.conftest import a_result
from tests.integration.farm.store.conftest import OVER, a_step, accept, claim, log, order, submit

FILM = b"film"


@pytest.fixture
def media(tmp_path: Path) -> Path:
    folder = tmp_path / "media of mine"
    folder.mkdir()
    return folder


def write(media: Path, where: str, data: bytes = FILM, age: float = 7200.0) -> Path:
    place = media / where
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    then = time.time() - age
    os.utime(place, (then, then))
    return place


def make(store: Store, media: Path, lease: Lease, *, missed: bool = False) -> str:
    """Settles a lease with a clip that is there; where its clip lies."""
    write(media, lease.clip)
    weak = {"verdict": Verdict.LOW_MATCH, "score": 0.2} if missed else {}
    result = a_result(lease.clip, **weak)
    clip = {"sha256": hashlib.sha256(FILM).hexdigest(), "size": len(FILM)}
    whole = replace(result, clip=replace(result.clip, **clip))
    assert settle.made(store, lease, whole, order() if missed else accept)[0]
    return lease.clip


@pytest.fixture
def climbed(store: Store, media: Path) -> tuple[str, str]:
    """A shot whose first take missed and whose second one was accepted: their clips."""
    submit(store, "sh010")
    return make(store, media, claim(store), missed=True), make(store, media, claim(store))


def purger(store: Store, media: Path, *, keep_selected: bool = True) -> Purger:
    return Purger(
        store=store, media=MediaFolder(media), production="demo", keep_selected=keep_selected
    )


def purge(store: Store, media: Path, *, keep_selected: bool = True) -> tuple[str, ...]:
    """Purges all there is; what went wrong."""
    one = purger(store, media, keep_selected=keep_selected)
    return one.carry_out(one.plan(0.0), "anna", "on air").troubles


def files(plan: Plan) -> list[str]:
    return [file.path for take in plan.takes for file in take.files]


def test_the_clip_that_stands_for_no_shot_goes_and_its_row_and_history_say_so(
    store: Store, media: Path, climbed: tuple[str, str]
) -> None:
    first, second = climbed

    plan = purger(store, media).plan(0.0)
    assert (files(plan), plan.size, plan.left) == ([first], 4, ())
    assert purge(store, media) == ()

    assert not (media / first).exists()
    assert (media / second).read_bytes() == FILM
    told = shot_story.tell(store, "demo", "sh010")
    assert [bool(take.purged) for take in told.takes] == [True, False]
    assert told.takes[0].clip == first
    event = told.events[-1]
    assert (event.kind, event.take, event.who) == (EventKind.TAKE_PURGED, 1, "anna")
    assert event.data == {
        "clip": first,
        "sha256": hashlib.sha256(FILM).hexdigest(),
        "files": [first],
        "size": 4,
        "why": "on air",
    }
    assert list(Sweeper(store=store, media=MediaFolder(media)).everything()) == []
    assert Auditor(store.engine).audit() == []
    assert files(purger(store, media).plan(0.0)) == []


def test_previews_go_with_their_clip_and_are_counted(
    store: Store, media: Path, climbed: tuple[str, str]
) -> None:
    first, second = climbed
    for clip in climbed:
        for name in previews_of(clip):
            write(media, name, b"small", age=1.0)

    plan = purger(store, media).plan(0.0)
    assert (files(plan), plan.files, plan.size) == ([first, *previews_of(first)], 3, 14)
    assert purge(store, media) == ()

    assert not any((media / name).exists() for name in (first, *previews_of(first)))
    assert all((media / name).exists() for name in (second, *previews_of(second)))
    assert log(store)[-1].data["files"] == [first, *previews_of(first)]
    assert list(Sweeper(store=store, media=MediaFolder(media)).everything()) == []
    assert Auditor(store.engine).audit() == []


def test_a_preview_that_was_made_while_its_clip_went_goes_with_the_next_purge(
    store: Store, media: Path, climbed: tuple[str, str]
) -> None:
    purge(store, media)
    late = previews_of(climbed[0]).thumbnail
    write(media, late, age=1.0)

    assert files(purger(store, media).plan(0.0)) == [late]
    assert purge(store, media) == ()

    assert not (media / late).exists()
    assert log(store)[-1].data["clip"] is None
    assert Auditor(store.engine).audit() == []


def test_previews_of_a_clip_that_cannot_be_vouched_for_stay_with_it(
    store: Store, media: Path, climbed: tuple[str, str]
) -> None:
    small = write(media, previews_of(climbed[0]).thumbnail)
    (media / climbed[0]).write_bytes(b"graded")

    assert purge(store, media) == ()

    assert small.exists()


def test_what_is_too_young_stays(store: Store, media: Path, climbed: tuple[str, str]) -> None:
    assert purger(store, media).plan(3600.0) == Plan(takes=(), left=())


@pytest.mark.parametrize("keep_selected", [True, False])
def test_the_take_that_stands_for_its_shot_goes_only_where_none_is_kept(
    store: Store, media: Path, climbed: tuple[str, str], keep_selected: bool
) -> None:
    purge(store, media, keep_selected=keep_selected)

    assert (media / climbed[1]).exists() == keep_selected
    [take] = selection.selected_takes(store, "demo")
    assert (take.purged is None) == keep_selected


def test_takes_of_shots_that_are_not_decided_stay_and_are_named(store: Store, media: Path) -> None:
    submit(store, "sh010", "sh020", "sh030", "sh040")
    for _ in range(4):
        make(store, media, claim(store))
    review.review(store, "demo", "sh010", ReviewStatus.REJECTED, "anna")
    review.retake(store, "demo", "sh020", lambda _: a_step(seed=9), "anna")
    review.retake(store, "demo", "sh030", lambda _: a_step(seed=9), "anna")
    claim(store)
    holds.omit(store, "demo", "sh040", "anna")

    plan = purger(store, media, keep_selected=False).plan(0.0)

    assert [take.take.shot.code for take in plan.takes] == ["sh040"]
    assert {each.where: each.why for each in plan.left} == {
        "sh010": "it is rejected",
        "sh020": "it is rendering",
        "sh030": "it is waiting",
    }


def test_what_lies_aside_and_what_late_attempts_left_goes_with_its_take(
    store: Store, media: Path
) -> None:
    submit(store, "sh010")
    late = claim(store, "host:1:aaaaaa", lease_seconds=OVER)
    leases.take_back(store)
    later = claim(store, "host:2:bbbbbb", lease_seconds=OVER)
    leases.take_back(store)
    first = make(store, media, claim(store, "host:3:cccccc"), missed=True)
    second = make(store, media, claim(store, "host:3:cccccc"))
    aside = write(media, f"aside/{late.clip}", age=1.0)
    in_place = write(media, later.clip)
    folder, _, name = later.clip.rpartition("/")
    half = write(media, f"{folder}/.{name}.0a1b2c3d.part")
    small = write(media, previews_of(later.clip).filmstrip)
    half_of_it = write(media, f"{folder}/.{name}.filmstrip.webp.0a1b2c3d.part")
    young = write(media, f"{folder}/.{name}.ffffffff.part", age=10.0)
    other = write(media, f"aside/{second}")

    assert purge(store, media) == ()

    gone = [media / first, aside, in_place, half, small, half_of_it]
    assert [place.exists() for place in gone] == [False] * 6
    assert young.exists(), "a zombie may be writing it"
    assert other.exists(), "that take stands for its shot"
    assert len(log(store)[-1].data["files"]) == 6


def test_leftovers_of_a_take_that_never_had_a_clip_go_too(store: Store, media: Path) -> None:
    submit(store, "sh010")
    late = claim(store, "host:1:aaaaaa", lease_seconds=OVER)
    leases.take_back(store)
    aside = write(media, f"aside/{late.clip}")
    holds.omit(store, "demo", "sh010", "anna")

    assert purge(store, media) == ()

    assert not aside.exists()
    assert log(store)[-1].data["clip"] is None
    assert Auditor(store.engine).audit() == []


def test_a_clip_that_is_not_there_or_not_itself_is_named_and_left(
    store: Store, media: Path, climbed: tuple[str, str]
) -> None:
    first, _ = climbed
    (media / first).write_bytes(b"graded")

    plan = purger(store, media).plan(0.0)
    assert plan.takes == ()
    assert [each.why for each in plan.left] == [f"{first} has 6 bytes, 4 were published"]

    (media / first).unlink()
    [left] = purger(store, media).plan(0.0).left
    assert left.why == f"{first} is not there; `farm sweep` tells more"
    assert shot_story.tell(store, "demo", "sh010").takes[0].purged is None, (
        "another folder may be mounted"
    )


def test_a_link_is_never_followed(
    store: Store, media: Path, climbed: tuple[str, str], tmp_path: Path
) -> None:
    precious = tmp_path / "precious.mp4"
    (media / climbed[0]).rename(precious)
    (media / climbed[0]).symlink_to(precious)

    assert purge(store, media) == ()

    assert precious.read_bytes() == FILM


def test_a_purge_that_is_cut_off_says_gone_of_what_is_there_and_never_the_other_way(
    store: Store, media: Path, climbed: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = climbed

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            purge(store, media)

    assert (media / first).exists()
    assert shot_story.tell(store, "demo", "sh010").takes[0].purged
    [find] = Sweeper(store=store, media=MediaFolder(media)).everything()
    assert (find.code, find.where) == (Code.PURGED, first)
    assert find.sentence == f"{first} was purged and is still there: the purge was cut off"
    assert find.fix is not None
    assert files(purger(store, media).plan(0.0)) == [first]
    find.fix()
    assert not (media / first).exists()
    assert Auditor(store.engine).audit() == []


def test_a_purge_that_was_cut_off_is_ended_by_the_next(
    store: Store, media: Path, climbed: tuple[str, str]
) -> None:
    one = purger(store, media)
    purge(store, media)
    write(media, climbed[0])  # as if it had not gone

    assert files(one.plan(0.0)) == [climbed[0]]
    assert purge(store, media) == ()
    assert not (media / climbed[0]).exists()
    assert Auditor(store.engine).audit() == []


def test_what_cannot_be_removed_is_told(
    store: Store, media: Path, climbed: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refused)
    one = purger(store, media)
    plan = one.plan(0.0)
    purged = one.carry_out(plan, "anna")

    assert purged.troubles == (
        f"{climbed[0]} could not be removed (Permission denied): mend that and purge again",
    )
    assert (len(purged.takes), purged.files, purged.size) == (1, 0, 0)
    told = purges.as_json("demo", "selected", plan, purged, dry_run=False)
    assert (told["takes"][0]["removed"], told["files"], told["size"]) == (False, 0, 0)
    foreseen = purges.as_json("demo", "selected", plan, Purged(), dry_run=True)
    assert (foreseen["files"], foreseen["size"]) == (1, len(FILM))


def test_a_take_that_came_to_stand_for_its_shot_meanwhile_stays(
    store: Store, media: Path, climbed: tuple[str, str]
) -> None:
    one = purger(store, media)
    plan = one.plan(0.0)
    review.review(store, "demo", "sh010", ReviewStatus.APPROVED, "bert", take=1)

    purged = one.carry_out(plan, "anna")

    assert purged.troubles == ("sh010 take 1 stays: the shot was changed meanwhile",)
    assert (media / climbed[0]).exists()


def test_a_shot_that_is_reopened_meanwhile_keeps_everything(
    store: Store, media: Path, climbed: tuple[str, str]
) -> None:
    one = purger(store, media, keep_selected=False)
    plan = one.plan(0.0)
    review.retake(store, "demo", "sh010", lambda _: a_step(seed=9), "bert")

    purged = one.carry_out(plan, "anna")

    assert len(purged.troubles) == 2
    assert all((media / clip).exists() for clip in climbed)


def test_a_purged_take_cannot_be_approved_nor_chosen_and_is_no_clip_to_look_at(
    store: Store, media: Path, climbed: tuple[str, str]
) -> None:
    purge(store, media)

    with pytest.raises(
        review.Refused, match="take 1 has a clip that was purged; takes with one: 2"
    ):
        review.review(store, "demo", "sh010", ReviewStatus.APPROVED, "anna", take=1)
    [shot] = in_review.find(store, "demo")
    takes = judged_takes.history(store, shot.name).takes
    assert [take.purged for take in takes] == [True, False]
    assert best(takes[:1]) is None
    purge(store, media, keep_selected=False)
    assert [take.clip for take in labels.filmed(store, "toy", 9)] == [None]
    with pytest.raises(
        review.Refused, match="take 2 has a clip that was purged; takes with one: none"
    ):
        review.review(store, "demo", "sh010", ReviewStatus.APPROVED, "anna")
