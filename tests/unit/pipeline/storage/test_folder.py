"""The media root as a folder: drafts that a killed writer leaves, links, and other forms of a root."""

import errno
import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import Cause
from pipeline.storage.checksums import BLOCK, sha256_at, sha256_of
from pipeline.storage.files import draft_of, drafted
from pipeline.storage.folder import MediaFolder
from pipeline.storage.roots import media_at

CLIP = "clips/ads/sh010/a.mp4"
KILLED = """
import os, sys
from pathlib import Path
from pipeline.storage.folder import MediaFolder
with MediaFolder(Path(sys.argv[1])).draft(sys.argv[2]) as draft:
    draft.write_bytes(b"half")
    os._exit(9)
"""


@pytest.fixture
def media(tmp_path: Path) -> MediaFolder:
    return MediaFolder(tmp_path)


def test_a_killed_writer_leaves_a_draft_beside_the_place_and_nothing_in_it(
    media: MediaFolder,
) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, media.root, CLIP], check=False)
    assert killed.returncode == 9

    [draft] = media.files_below("")
    assert drafted(draft.name) == CLIP
    assert draft.name.startswith("clips/ads/sh010/.a.mp4.")
    assert not media.exists(CLIP)

    media.put_new(CLIP, b"whole")
    assert media.local(CLIP).read_bytes() == b"whole"
    assert [drafted(each.name) for each in media.files_below("")] == [CLIP, None]


def test_a_draft_is_known_by_its_name() -> None:
    draft = draft_of(Path("clips/ads/sh010/a.mp4")).as_posix()

    assert drafted(draft) == CLIP
    assert drafted(".manifest.json.0a1b2c3d.part") == "manifest.json"
    others = (CLIP, "a.mp4.0a1b2c3d.part", ".a.mp4.part", ".a.mp4.0a1b2c3.part", "x/.0a1b2c3d.part")
    assert [drafted(each) for each in others] == [None] * 5


def test_a_clip_behind_a_link_is_there_and_told_from_one_that_lies_there_itself(
    media: MediaFolder, tmp_path: Path
) -> None:
    media.put("elsewhere/film.mp4", b"film")
    media.put("clips/own.mp4", b"film")
    (tmp_path / "clips/linked.mp4").symlink_to(tmp_path / "elsewhere/film.mp4")
    (tmp_path / "clips/dangling.mp4").symlink_to(tmp_path / "none")
    (tmp_path / "clips/loop.mp4").symlink_to(tmp_path / "clips/loop.mp4")

    found = [(each.name, each.size, each.linked) for each in media.files_below("clips/")]
    assert found == [("clips/linked.mp4", 4, True), ("clips/own.mp4", 4, False)]


def test_folders_behind_links_are_listed_once(media: MediaFolder, tmp_path: Path) -> None:
    media.put("disk2/ads/a.mp4", b"film")
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips/ads").symlink_to(tmp_path / "disk2/ads")
    (tmp_path / "disk2/ads/back").symlink_to(tmp_path / "clips")

    found = [each.name for each in media.files_below("clips/")]
    assert found == ["clips/ads/a.mp4"]


def test_a_place_is_a_path_of_this_machine(media: MediaFolder, tmp_path: Path) -> None:
    assert media.local(CLIP) == tmp_path / CLIP
    assert media.where(CLIP) == f"{tmp_path}/{CLIP}"


@pytest.mark.parametrize(
    ("number", "cause", "words"),
    [
        (errno.ENOSPC, Cause.CAPACITY, "has no room left: free some"),
        (errno.EDQUOT, Cause.CAPACITY, "has no room left: free some"),
        (errno.EACCES, Cause.FATAL, "cannot be used (Permission denied): let the farm's user"),
        (errno.ENOENT, Cause.FATAL, "is not there (No such file or directory): mount it"),
        (errno.EIO, Cause.MACHINE, "fails (Input/output error): look at the disk"),
    ],
)
def test_a_trouble_says_whose_it_is(
    media: MediaFolder, number: int, cause: Cause, words: str
) -> None:
    fault = media.fault(OSError(number, os.strerror(number)), CLIP)

    assert fault.cause is cause
    assert fault.sentence.startswith(f"the media folder {media.root}/clips/ads/sh010 {words}")


def test_a_root_is_a_folder(tmp_path: Path) -> None:
    assert media_at(str(tmp_path)) == MediaFolder(tmp_path)
    assert media_at(media_at(str(tmp_path)).root) == MediaFolder(tmp_path)
    with pytest.raises(ValueError, match="s3://bucket/media is no folder"):
        media_at("s3://bucket/media")


def test_a_checksum_is_of_the_whole_file_and_of_what_is_copied(tmp_path: Path) -> None:
    data = os.urandom(2 * BLOCK + 17)
    (tmp_path / "a").write_bytes(data)
    copy = io.BytesIO()

    assert sha256_at(tmp_path / "a") == hashlib.sha256(data).hexdigest()
    assert sha256_of(io.BytesIO(data), copy) == hashlib.sha256(data).hexdigest()
    assert copy.getvalue() == data
