"""A folder is read as one zip, in pieces, and films in it are stored as they are."""

import io
import os
import zipfile
from pathlib import Path

from farm.operations import packed_delivery
from farm.operations.packed_delivery import PIECE


def test_a_folder_is_read_as_a_zip_in_small_pieces(tmp_path: Path) -> None:
    film = os.urandom(5 * PIECE + 17)
    (tmp_path / "sh010_t01.mp4").write_bytes(film)
    (tmp_path / "镜头_t01.mp4").write_bytes(b"")
    (tmp_path / "manifest.csv").write_text("shot\n" * 1000)

    pieces = [*packed_delivery.pieces(tmp_path, "ads")]

    assert max(map(len, pieces)) < PIECE + 1024
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == [
            "ads/manifest.csv",
            "ads/sh010_t01.mp4",
            "ads/镜头_t01.mp4",
        ]
        assert {each.compress_type for each in archive.infolist()} == {zipfile.ZIP_STORED}
        assert archive.read("ads/sh010_t01.mp4") == film


def test_whoever_stops_reading_leaves_the_folder_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"x" * 3 * PIECE)
    pieces = packed_delivery.pieces(tmp_path, "ads")
    next(pieces)
    pieces.close()
    packed_delivery.remove(tmp_path)
    assert not tmp_path.exists()
