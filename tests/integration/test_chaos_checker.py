"""The checker of chaos finds what it is there to find: planted damage, one kind at a time."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from farm.store import Store, open_store
from farm.store.queue import leases, settle
from farm.store.shots import intake
from pipeline.clips import encode
from pipeline.storage.folder import MediaFolder
from tests.chaos.checker import Findings, check
from tests.conftest import a_new_shot, a_result, sqlite_database
from tests.integration.farm.store.conftest import accept, claim
from tests.pictures import ground

CODES = ["sh010", "sh020"]


class Farm:
    """Two shots with a published clip each, one of them at its second attempt."""

    def __init__(self, folder: Path) -> None:
        self.store: Store = open_store(sqlite_database(folder / "farm.db"))
        self.media = folder / "media"
        intake.submit(self.store, "ads", [a_new_shot(code) for code in CODES], who="anna")
        leases.release(self.store, claim(self.store), "the run was stopped")
        self.clips = [self._make(), self._make()]

    def _make(self) -> Path:
        lease = claim(self.store)
        frames = np.random.default_rng(lease.take_id).integers(0, 255, (5, 32, 32, 3), np.uint8)
        clip = encode.seal(frames, MediaFolder(self.media), lease.clip, 8, {})
        settle.made(self.store, lease, replace(a_result(lease.clip), clip=clip), accept)
        return self.media / lease.clip

    def say(self, sentence: str) -> None:
        with self.store.engine.begin() as connection:
            connection.execute(sa.text(sentence))

    def check(self, **known: Any) -> Findings:
        return check(
            self.store.engine, self.media, **{"acknowledged": CODES, "renders": 1, **known}
        )


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    made = Farm(tmp_path)
    yield made
    made.store.close()


def test_a_farm_that_kept_its_promises_has_nothing_wrong(farm: Farm) -> None:
    found = farm.check()

    assert found.wrong() == []
    assert (found.shots, found.takes, found.attempts, found.returned) == (2, 2, 3, 1)


def test_a_shot_that_was_taken_in_and_is_not_there_is_lost(farm: Farm) -> None:
    assert farm.check(acknowledged=[*CODES, "sh030"]).lost == [
        "shot sh030 was taken in and is not there"
    ]


@pytest.mark.parametrize("status", ["waiting", "running"])
def test_a_take_that_came_to_no_end_is_lost(farm: Farm, status: str) -> None:
    lease = ", lease_owner = 'x', lease_until = '2026-01-01'" if status == "running" else ""
    farm.say("DELETE FROM clips WHERE take_id = 1")
    farm.say(
        f"UPDATE takes SET status = '{status}', ended_at = NULL, verdict = NULL{lease} WHERE id = 1"
    )
    assert f"shot sh010 take 1 is {status} at the end" in farm.check().lost


def test_a_take_that_succeeded_without_a_clip_is_found(farm: Farm) -> None:
    farm.say("DELETE FROM clips WHERE take_id = 2")
    assert "take 2 is succeeded and has 0 published clips" in farm.check().doubled


def test_a_take_that_was_made_twice_is_doubled(farm: Farm) -> None:
    farm.say(
        "INSERT INTO events (kind, at, shot_id, take, attempt, who, data)"
        " SELECT kind, at, shot_id, take, attempt, who, data FROM events"
        " WHERE kind = 'take_succeeded' AND shot_id = 1"
    )
    found = farm.check()
    assert found.doubled == ["shot 1 take 1 was made 2 times"]
    assert found.untold


def test_a_clip_of_another_attempt_is_doubled(farm: Farm) -> None:
    farm.say("UPDATE clips SET path = replace(path, '_a', '_a9') WHERE take_id = 1")
    assert any("is published for take 1" in sentence for sentence in farm.check().doubled)


def test_a_clip_with_another_byte_is_damaged(farm: Farm) -> None:
    data = bytearray(farm.clips[0].read_bytes())
    data[len(data) // 2] ^= 1
    farm.clips[0].write_bytes(data)
    (sentence,) = farm.check().damaged
    assert sentence.endswith("is not what was published")


def test_a_clip_that_is_gone_is_damaged(farm: Farm) -> None:
    farm.clips[1].unlink()
    (sentence,) = farm.check().damaged
    assert sentence.endswith("is published and not there")


def test_half_a_clip_is_damaged_though_its_checksum_fits(farm: Farm) -> None:
    import hashlib

    half = farm.clips[0].read_bytes()[: farm.clips[0].stat().st_size // 2]
    farm.clips[0].write_bytes(half)
    digest = hashlib.sha256(half).hexdigest()
    farm.say(f"UPDATE clips SET size = {len(half)}, sha256 = '{digest}' WHERE take_id = 1")
    assert len(farm.check().damaged) == 1


@pytest.mark.parametrize("where", ["clips/ads/sh010/.x.mp4.12345678.part", "spool/ab_1.1.json"])
def test_a_file_of_nobody_is_an_orphan_unless_the_sweeper_names_it(farm: Farm, where: str) -> None:
    (farm.media / where).parent.mkdir(parents=True, exist_ok=True)
    (farm.media / where).write_text("left over")
    assert len(farm.check().orphans) == 1
    assert farm.check(named={where}).wrong() == []


@pytest.mark.parametrize("ending", [".thumbnail.webp", ".filmstrip.webp"])
def test_a_picture_beside_its_clip_is_nothing_to_tell_and_half_of_one_is_damaged(
    farm: Farm, ending: str
) -> None:
    place = farm.clips[0].with_name(farm.clips[0].name + ending)
    ground((64, 64), "teal").save(place, "WEBP")
    assert farm.check().wrong() == []
    place.write_bytes(place.read_bytes()[:-20])
    (sentence,) = farm.check().damaged
    assert f"{ending} does not open" in sentence


def test_a_move_without_its_event_is_found(farm: Farm) -> None:
    farm.say("DELETE FROM events WHERE kind = 'take_returned'")
    assert farm.check().untold


def test_attempts_that_no_fault_explains_are_found(farm: Farm) -> None:
    assert farm.check(renders=0).wasted == ["3 attempts for 2 takes and faults that cost at most 0"]


def test_two_finals_of_one_draft_are_doubled(farm: Farm) -> None:
    farm.say("UPDATE takes SET final_of = 1 WHERE id = 1")
    assert farm.check().doubled == []
    farm.say("UPDATE takes SET final_of = 1, shot_id = 1, number = 2 WHERE id = 2")
    assert "shot 1 has 2 finals of take 1" in farm.check().doubled


def test_what_was_ended_early_is_not_given_up(farm: Farm) -> None:
    early = '{"step": 5, "steps": 8, "score": 0.1, "ended": true}'
    farm.say("DELETE FROM clips WHERE take_id = 1")
    farm.say(
        "UPDATE takes SET status = 'failed', failure_class = 'content', reason = 'ended', "
        f"verdict = NULL, early = '{early}' WHERE id = 1"
    )
    found = farm.check()
    assert (found.given_up, found.ended_early) == (0, 1)
