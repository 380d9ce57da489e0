"""The sweep says nothing on a healthy farm, and names and repairs what killed processes leave behind."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from farm.domain.lease import Lease
from farm.domain.lifecycle import ReviewStatus
from farm.scheduler.finds import Code, Find
from farm.scheduler.outbox import Outbox
from farm.scheduler.sweep import DIED, Sweeper
from farm.store import Store, open_store, workers
from farm.store.queries import shot_story
from farm.store.queue import leases, settle
from farm.store.shots import archive, purging, review
from farm.store.shots.purging import Loss
from pipeline.storage.folder import MediaFolder
from pipeline.storage.names import previews_of
from tests.conftest import a_result, sqlite_database
from tests.integration.farm.store.conftest import OVER, accept, claim, submit

OLD = 7200.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(sqlite_database(tmp_path / "farm.db"))
    yield opened
    opened.close()


@pytest.fixture
def media(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    folder.mkdir()
    return folder


def write(media: Path, where: str, data: bytes = b"film", age: float = OLD) -> Path:
    """A file below the media root, last written `age` seconds ago."""
    place = media / where
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    let_lie(place, age)
    return place


def let_lie(place: Path, age: float = OLD) -> None:
    """As if nobody had written the file for `age` seconds."""
    then = time.time() - age
    os.utime(place, (then, then))


def publish(store: Store, media: Path, lease: Lease, data: bytes = b"film") -> None:
    write(media, lease.clip, data)
    result = a_result(lease.clip)
    clip = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    whole = replace(result, clip=replace(result.clip, **clip))
    assert settle.made(store, lease, whole, accept)[0]


def draft_of(lease: Lease) -> str:
    folder, _, name = lease.clip.rpartition("/")
    return f"{folder}/.{name}.0a1b2c3d.part"


def a_loss(lease: Lease) -> Loss:
    """The published clip of an attempt, as a purge gives it up."""
    return Loss(
        take_id=lease.take_id,
        number=lease.number,
        clip=lease.clip,
        sha256=None,
        files=(lease.clip,),
        size=4,
    )


def sweep(store: Store, media: Path, **more: Any) -> list[Find]:
    return list(Sweeper(store=store, media=MediaFolder(media), who="anna", **more).everything())


def fix(finds: list[Find]) -> None:
    for find in finds:
        assert find.fix is not None, find
        find.fix()


def test_a_healthy_farm_at_work_is_silent(store: Store, media: Path) -> None:
    submit(store, "sh010", "sh020", "sh030")
    publish(store, media, claim(store, "host:1:aaaaaa"))
    running = claim(store, "host:1:aaaaaa")
    write(media, draft_of(running))
    write(media, "stills/55/" + "5" * 64 + ".png")
    write(media, "stills/55/.still.png.0a1b2c3d.part", age=1.0)
    finished = claim(store, "host:1:aaaaaa")
    write(media, finished.clip)

    assert sweep(store, media) == []


def test_a_draft_of_a_killed_writer_is_named_and_deleted(store: Store, media: Path) -> None:
    submit(store, "sh010")
    lease = claim(store, "host:1:aaaaaa")
    draft = write(media, draft_of(lease))
    leases.release(store, lease, "stopped")

    (find,) = sweep(store, media)

    assert (find.code, find.where) == (Code.DRAFT, draft_of(lease))
    assert find.sentence == f"{draft_of(lease)} is half a clip of an attempt that has ended"
    fix([find])
    assert not draft.exists()
    assert sweep(store, media) == []


def test_half_a_still_is_named_and_deleted(store: Store, media: Path) -> None:
    draft = write(media, "stills/55/.still.png.0a1b2c3d.part")

    (find,) = sweep(store, media)

    assert find.code is Code.DRAFT
    fix([find])
    assert not draft.exists()


def test_what_workers_kept_for_each_other_goes_after_a_week(store: Store, media: Path) -> None:
    week = 7 * 86_400.0
    young = write(media, "kept/texts/aa/" + "a" * 64 + ".safetensors", age=week - 60)
    old = write(media, "kept/latents/bb/" + "b" * 64 + ".safetensors", age=week + 60)
    half = write(media, "kept/texts/aa/.c.safetensors.0a1b2c3d.part")
    write(media, "kept/texts/aa/.d.safetensors.0a1b2c3d.part", age=1.0)

    finds = sweep(store, media)

    assert {(find.code, find.where.rpartition("/")[2][:2]) for find in finds} == {
        (Code.KEPT, "bb"),
        (Code.DRAFT, ".c"),
    }
    assert "7 days ago" in next(find for find in finds if find.code is Code.KEPT).sentence
    assert Sweeper(store=store, media=MediaFolder(media)).safe_part() != []
    assert not old.exists()
    assert not half.exists()
    assert young.exists()
    assert sweep(store, media) == []


def test_a_delivery_that_a_killed_desk_left_goes_after_a_day(store: Store, media: Path) -> None:
    day = 24 * 3600.0
    old = write(media, "deliveries/0a1b/sh010_t01.mp4", age=day + 60)
    young = write(media, "deliveries/2c3d/sh010_t01.mp4", age=day - 60)

    (find,) = sweep(store, media)

    assert (find.code, find.where) == (Code.DRAFT, "deliveries/0a1b/sh010_t01.mp4")
    assert Sweeper(store=store, media=MediaFolder(media)).safe_part() != []
    assert (old.exists(), young.exists()) == (False, True)


def test_what_was_dropped_at_a_desk_that_was_killed_goes_after_a_day(
    store: Store, media: Path
) -> None:
    day = 86_400.0
    young = write(media, "pictures/looked-at/aa/list.csv", age=day - 60)
    old = write(media, "pictures/looked-at/bb/镜头/one.png", age=day + 60)
    taken = write(media, "pictures/handed-in/cc/one.png", age=9 * day)

    [find] = sweep(store, media)

    assert (find.code, find.where) == (Code.UPLOAD, "pictures/looked-at/bb/镜头/one.png")
    assert "was dropped at a desk 1 day ago and never handed in" in find.sentence
    assert [each.code for each in Sweeper(store=store, media=MediaFolder(media)).safe_part()] == [
        Code.UPLOAD
    ]
    assert (young.exists(), old.exists(), taken.exists()) == (True, False, True)
    assert sweep(store, media) == []


def test_what_a_gate_holds_is_no_stray_and_what_a_killed_one_left_is_put_in_order(
    store: Store, media: Path
) -> None:
    takes = "gates/takes/toy-fast-0_toy-1_2/toy"
    write(media, f"{takes}/sh010_s1_aaaaaa_a1.mp4")
    write(media, f"{takes}/sh010_s1_aaaaaa_a1.json")
    write(media, "gates/records/toy-fast-0_toy-1_toy-clip.json")
    write(media, f"{takes}/sh010_s2_aaaaaa_a1.mp4", age=1.0)
    untold = write(media, f"{takes}/sh020_s1_aaaaaa_a1.mp4", b"paid for")
    half = write(media, f"{takes}/.sh020_s2_aaaaaa_a1.mp4.0a1b2c3d.part")

    finds = sweep(store, media)

    assert {(find.code, find.where.rpartition("/")[2][:9]) for find in finds} == {
        (Code.UNPUBLISHED, "sh020_s1_"),
        (Code.DRAFT, ".sh020_s2"),
    }
    [safe] = Sweeper(store=store, media=MediaFolder(media)).safe_part()
    assert safe.code is Code.DRAFT
    assert not half.exists()
    fix([find for find in finds if find.code is Code.UNPUBLISHED])
    assert not untold.exists()
    assert (media / "aside" / takes / untold.name).read_bytes() == b"paid for"
    assert sweep(store, media) == []


def test_a_clip_that_nobody_published_is_put_aside_and_never_deleted(
    store: Store, media: Path
) -> None:
    submit(store, "sh010")
    late = claim(store, "host:1:aaaaaa", lease_seconds=OVER)
    leases.take_back(store)
    write(media, late.clip, b"paid for")
    settle.made(store, late, a_result(late.clip), accept)

    (find,) = sweep(store, media)

    assert (find.code, find.where) == (Code.UNPUBLISHED, late.clip)
    fix([find])
    assert (media / "aside" / late.clip).read_bytes() == b"paid for"
    assert sweep(store, media) == []


def test_previews_are_nothing_to_tell_while_their_clip_is_made_or_published(
    store: Store, media: Path
) -> None:
    submit(store, "sh010", "sh020")
    done = claim(store, "host:1:aaaaaa")
    publish(store, media, done)
    for name in (*previews_of(done.clip), *previews_of(claim(store, "host:1:aaaaaa").clip)):
        write(media, name)

    assert sweep(store, media) == []


def test_previews_of_a_lost_attempt_are_removed_and_its_clip_is_put_aside(
    store: Store, media: Path
) -> None:
    submit(store, "sh010")
    late = claim(store, "host:1:aaaaaa", lease_seconds=OVER)
    leases.take_back(store)
    write(media, late.clip, b"paid for")
    thumbnail, filmstrip = previews_of(late.clip)
    write(media, thumbnail)
    young = write(media, filmstrip, age=10.0)
    folder, _, name = thumbnail.rpartition("/")
    half = f"{folder}/.{name}.0a1b2c3d.part"
    write(media, half)

    finds = sweep(store, media)

    told = {find.where: (find.code, find.fix is not None) for find in finds}
    assert told == {
        half: (Code.DRAFT, True),
        late.clip: (Code.UNPUBLISHED, True),
        thumbnail: (Code.PREVIEW, True),
        filmstrip: (Code.PREVIEW, False),
    }
    sentences = {find.where: find.sentence for find in finds}
    assert sentences[half] == f"{half} is half a preview of an attempt that has ended"
    assert "is a preview of a clip that nobody published" in sentences[thumbnail]
    [draft] = Sweeper(store=store, media=MediaFolder(media)).safe_part()
    assert (draft.code, draft.where) == (Code.DRAFT, half)
    let_lie(young)
    fix(sweep(store, media))
    assert [each.name for each in MediaFolder(media).files_below("")] == [f"aside/{late.clip}"]


def test_previews_that_a_purge_left_are_removed(store: Store, media: Path) -> None:
    submit(store, "sh010")
    lease = claim(store, "host:1:aaaaaa")
    publish(store, media, lease)
    purging.give_up(store, lease.shot, [a_loss(lease)], keep_selected=False, who="anna")
    (media / lease.clip).unlink()
    write(media, previews_of(lease.clip).filmstrip, age=1.0)

    (find,) = sweep(store, media)

    assert (find.code, find.where) == (Code.PURGED, previews_of(lease.clip).filmstrip)
    fix([find])
    assert sweep(store, media) == []


def test_previews_of_another_farm_are_named_and_never_touched(store: Store, media: Path) -> None:
    write(media, "clips/other/sh010/sh010_t01_a1.1_bbbbbb.mp4.thumbnail.webp")

    (find,) = sweep(store, media)

    assert (find.code, find.fix) == (Code.STRAY, None)


def test_what_may_still_be_written_is_named_and_not_touched(store: Store, media: Path) -> None:
    submit(store, "sh010")
    zombie = claim(store, "host:1:aaaaaa", lease_seconds=OVER)
    leases.take_back(store)
    write(media, draft_of(zombie), age=10.0)

    (find,) = sweep(store, media)

    assert (find.code, find.fix) == (Code.DRAFT, None)
    assert sweep(store, media, grace=5.0)[0].fix is not None


def test_a_file_of_another_farm_is_named_and_never_touched(store: Store, media: Path) -> None:
    submit(store, "sh010")
    lease = claim(store, "host:1:aaaaaa")
    other = lease.clip.replace("aaaaaa", "ffffff")
    write(media, other)
    write(media, "clips/other/sh010/sh010_t01_a1_bbbbbb.mp4")

    finds = sweep(store, media)

    assert [(find.code, find.fix) for find in finds] == [(Code.STRAY, None)] * 2
    assert "another farm may have made it" in finds[0].sentence


def _remove(place: Path) -> None:
    place.unlink()


def _cut(place: Path) -> None:
    place.write_bytes(place.read_bytes()[:-1])


def _flip(place: Path) -> None:
    place.write_bytes(b"FILM")


@pytest.mark.parametrize(
    ("harm", "code", "words"),
    [
        (_remove, Code.MISSING, "is not there"),
        (_cut, Code.ALTERED, "has 3 bytes, 4 were published"),
        (_flip, Code.ALTERED, "is not what was published: its checksum differs"),
    ],
)
def test_a_published_clip_that_is_harmed_gives_its_shot_back_to_a_person(
    store: Store, media: Path, harm: Callable[[Path], None], code: Code, words: str
) -> None:
    submit(store, "sh010")
    lease = claim(store, "host:1:aaaaaa")
    publish(store, media, lease)
    harm(media / lease.clip)

    (find,) = sweep(store, media)

    assert find.code is code
    assert f"the clip of demo/sh010 take 1, {words}" in find.sentence
    fix([find])
    told = shot_story.tell(store, "demo", "sh010")
    assert told.review is ReviewStatus.NEEDS_REVIEW
    assert (told.events[-1].who, told.events[-1].data["why"]) == ("anna", find.sentence)
    assert sweep(store, media)[0].fix is None, "the clip is still gone, and the person knows"


def test_a_quick_look_reads_no_clip(store: Store, media: Path) -> None:
    submit(store, "sh010")
    lease = claim(store, "host:1:aaaaaa")
    publish(store, media, lease)
    _flip(media / lease.clip)

    assert sweep(store, media, hashes=False) == []


def test_a_harmed_clip_that_stands_for_nothing_is_only_named(store: Store, media: Path) -> None:
    submit(store, "sh010")
    lease = claim(store, "host:1:aaaaaa")
    publish(store, media, lease)
    review.review(store, "demo", "sh010", ReviewStatus.REJECTED, "anna")
    _remove(media / lease.clip)

    (find,) = sweep(store, media)

    assert (find.code, find.fix) == (Code.MISSING, None)


def test_a_harmed_clip_of_an_archived_production_is_only_named(store: Store, media: Path) -> None:
    submit(store, "sh010")
    lease = claim(store, "host:1:aaaaaa")
    publish(store, media, lease)
    archive.archive(store, "demo", "anna")
    _remove(media / lease.clip)

    (find,) = sweep(store, media)

    assert (find.code, find.fix) == (Code.MISSING, None)


def test_an_abandoned_attempt_is_named_and_taken_back(store: Store, media: Path) -> None:
    submit(store, "sh010")
    claim(store, "host:1:aaaaaa", lease_seconds=OVER)

    (find,) = sweep(store, media)

    assert (find.code, find.sentence) == (
        Code.ABANDONED,
        "attempt 1 of demo/sh010 take 1 was left by host:1:aaaaaa, its lease is over",
    )
    fix([find])
    assert claim(store).token == 2


def test_a_result_that_nobody_settled_is_named(store: Store, media: Path) -> None:
    submit(store, "sh010")
    lease = claim(store, "host:1:aaaaaa")
    write(media, lease.clip)
    Outbox(MediaFolder(media)).keep(lease, a_result(lease.clip))
    [kept] = (media / "spool").iterdir()
    assert sweep(store, media) == [], "the database may just have come back"
    let_lie(kept)
    write(media, "spool/broken.json", b"{")

    broken, unsettled = sorted(
        sweep(store, media), key=lambda find: find.where != "spool/broken.json"
    )

    assert unsettled.code is broken.code is Code.UNSETTLED
    assert "the result of demo/sh010 take 1, for the next run" in unsettled.sentence
    assert "is no result that can be read" in broken.sentence


def test_the_safe_part_takes_drafts_and_abandoned_attempts_and_nothing_else(
    store: Store, media: Path
) -> None:
    submit(store, "sh010", "sh020")
    lease = claim(store, "host:1:aaaaaa", lease_seconds=OVER)
    leases.take_back(store)
    draft, whole = write(media, draft_of(lease)), write(media, lease.clip)
    claim(store, "host:1:aaaaaa", lease_seconds=OVER)

    done = Sweeper(store=store, media=MediaFolder(media)).safe_part()

    assert {find.code for find in done} == {Code.DRAFT, Code.ABANDONED}
    assert (draft.exists(), whole.exists()) == (False, True)
    assert [find.code for find in sweep(store, media)] == [Code.UNPUBLISHED]


def test_a_run_that_died_without_workers_is_named_by_its_fleet(store: Store, media: Path) -> None:
    workers.report(store, "host:1:aaaaaa", {}, -DIED - 60.0)

    [find] = sweep(store, media)
    assert find.sentence.startswith("its fleet is still noted of host:1:aaaaaa, a run that died")


def test_workers_of_a_run_that_died_long_ago_go_and_those_of_others_stay(
    store: Store, media: Path
) -> None:
    workers.report(store, "host:1:aaaaaa", {"w1": "node7"}, -DIED - 60.0)
    workers.report(store, "host:2:bbbbbb", {"w1": "node7"}, -60.0)
    workers.report(store, "host:3:cccccc", {"w1": "node7"}, 60.0)

    [find] = sweep(store, media)
    assert (find.code, find.where) == (Code.DEAD_RUN, "host:1:aaaaaa")
    assert find.sentence.startswith("1 worker is still noted of host:1:aaaaaa, a run that died")
    [safe] = Sweeper(store=store, media=MediaFolder(media)).safe_part()

    assert safe.code is Code.DEAD_RUN
    assert sweep(store, media) == []
    assert workers.dead_runs(store, 0.0) == {"host:2:bbbbbb": 1}
    assert [each.owner for each in workers.workers(store)] == ["host:3:cccccc"]
