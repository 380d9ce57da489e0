"""What a run knows of its database and of its media folder while either is in trouble."""

import errno
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from farm.scheduler.disk_space import DiskSpace
from farm.scheduler.outage import Outage
from pipeline.storage.folder import MediaFolder

Usage = namedtuple("Usage", "total used free")
MIB = 2**20


def test_a_database_that_is_away_is_asked_again_after_a_moment() -> None:
    outage = Outage()
    outage.begin("connection refused", now=10.0)

    assert (outage.away, outage.may_ask(10.5), outage.may_ask(11.0)) == (True, False, True)
    outage.end()
    assert (outage.away, outage.may_ask(10.5), outage.sentence(0)) == (False, True, None)


def test_people_are_told_what_waits_and_why() -> None:
    outage = Outage()
    outage.begin("db:5432: connection refused", now=10.0)
    outage.also("media/spool cannot be written")

    assert outage.sentence(3) == (
        "the database is away, renders go on and 3 finished takes wait for it "
        "(media/spool cannot be written): db:5432: connection refused"
    )


def test_too_little_room_is_told_and_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = [100 * MIB]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, free[0]))
    disk = DiskSpace(MediaFolder(tmp_path), 500 * MIB)

    assert disk.trouble(0.0) == (
        f"the media folder {tmp_path} has 100 MiB left and the farm wants 500: free some; "
        "takes wait meanwhile"
    )
    free[0] = 900 * MIB
    assert disk.trouble(1.0) is not None, "looked at more often than there is need"
    assert disk.trouble(6.0) is None


def test_a_full_quota_is_found_by_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = DiskSpace(MediaFolder(tmp_path), 0)
    assert disk.trouble(0.0) is None

    def full(*_: object) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        disk.doubt()
        sentence = disk.trouble(0.1)
    assert sentence is not None
    assert "cannot be written (Disk quota exceeded)" in sentence
    assert disk.trouble(6.0) is None
    assert list(tmp_path.iterdir()) == []


def test_a_media_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    sentence = DiskSpace(MediaFolder(tmp_path / "gone"), 0).trouble(0.0)

    assert sentence is not None
    assert "No such file or directory" in sentence
