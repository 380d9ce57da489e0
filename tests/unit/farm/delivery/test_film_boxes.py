"""What a film says of itself is read and written in its boxes, and no frame is touched."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from farm.delivery import film_boxes
from farm.delivery.ffmpeg import Ffmpeg
from farm.delivery.film_boxes import DamagedFilm, described, rewrite
from pipeline.clips.encode import metadata_of, read
from tests.unit.farm.delivery.conftest import TAGS

SAID = {"title": "a title", "AIGC": '{"Label":"1"}', "镜头": "红 " * 3000}


def boxes_of(film: Path) -> list[tuple[bytes, bytes]]:
    """Top boxes with their contents, read in the plainest way."""
    data, found, place = film.read_bytes(), [], 0
    while place < len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        found.append((kind, data[place + 8 : place + size]))
        place += size
    return found


def test_it_reads_what_the_encoder_wrote(sealed: Callable[..., Path]) -> None:
    found = described(sealed())
    assert {key: found.tags[key] for key in TAGS} == TAGS
    assert (found.xmp, found.credentials) == ((), False)


@pytest.mark.parametrize("tags", [SAID, {}])
def test_another_program_reads_what_was_written_and_every_frame_is_the_same(
    sealed: Callable[..., Path], tmp_path: Path, tags: dict[str, str]
) -> None:
    source, to = sealed(), tmp_path / "to.mp4"
    before = source.read_bytes()

    rewrite(source, to, tags, b"<x/>")

    assert source.read_bytes() == before
    own = {key: text for key, text in metadata_of(to).items() if "brand" not in key}
    assert {key: text for key, text in own.items() if key != "minor_version"} == tags
    assert described(to).tags == tags
    assert described(to).xmp == (b"<x/>",)
    assert np.array_equal(read(to), read(source))
    films = [dict(boxes_of(film))[b"mdat"] for film in (source, to)]
    assert films[0] == films[1]


def test_the_same_words_make_the_same_file_and_old_ones_leave_no_trace(
    sealed: Callable[..., Path], tmp_path: Path
) -> None:
    source = sealed()
    one, two, three = (tmp_path / f"{number}.mp4" for number in range(3))

    rewrite(source, one, {"title": "a"}, b"<x/>")
    rewrite(source, two, SAID, b"<y/>")
    rewrite(two, three, {"title": "a"}, b"<x/>")

    assert one.read_bytes() == three.read_bytes()


def test_a_quicktime_film_with_its_index_at_the_end_is_read_and_written(
    sealed: Callable[..., Path], tmp_path: Path, ffmpeg: Ffmpeg
) -> None:
    film, to = tmp_path / "film.mov", tmp_path / "to.mov"
    how = ["-c:v", "prores_ks", "-movflags", "use_metadata_tags", "-f", "mov", str(film)]
    ffmpeg.run(["-i", str(sealed()), *how])
    assert [kind for kind, _ in boxes_of(film)][-1] == b"moov"
    assert described(film).tags["recipe"] == TAGS["recipe"]

    rewrite(film, to, SAID)

    assert described(to).tags == SAID
    assert metadata_of(to)["AIGC"] == SAID["AIGC"]
    assert np.array_equal(read(to), read(film))


def test_wide_boxes_and_wide_offsets_are_understood(
    sealed: Callable[..., Path], tmp_path: Path
) -> None:
    """As in films over 4 GB: `mdat` with a size of 8 bytes, `co64` instead of `stco`."""
    source, wide, to = sealed(), tmp_path / "wide.mp4", tmp_path / "to.mp4"
    parts = dict(boxes_of(source))
    moov = _with_wide_offsets(parts[b"moov"], by=12 + 8)
    mdat = struct.pack(">I4sQ", 1, b"mdat", len(parts[b"mdat"]) + 16) + parts[b"mdat"]
    head = [(b"ftyp", parts[b"ftyp"]), (b"moov", moov), (b"free", parts[b"free"])]
    wide.write_bytes(b"".join(_box(*each) for each in head) + mdat)
    assert np.array_equal(read(wide), read(source)), "the test's own film is right"

    rewrite(wide, to, SAID)

    assert np.array_equal(read(to), read(source))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


def _with_wide_offsets(moov: bytes, by: int) -> bytes:
    """The content of a `moov` with one offset, as `co64`; `by` is what the file grows before it, with the
    four bytes of the offset, eight of the head of `mdat`."""
    at = moov.index(b"stco") - 4
    assert struct.unpack_from(">I", moov, at + 12)[0] == 1, "a film with one chunk"
    (offset,) = struct.unpack_from(">I", moov, at + 16)
    table = _box(b"co64", struct.pack(">IIQ", 0, 1, offset + by - 8))
    grown = bytearray(moov[:at] + table + moov[at + 20 :])
    for kind in (b"trak", b"mdia", b"minf", b"stbl"):
        place = grown.index(kind) - 4
        struct.pack_into(">I", grown, place, struct.unpack_from(">I", grown, place)[0] + 4)
    return bytes(grown)


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda film: b"", "no MP4"),
        (lambda film: b"no film at all, but some words", "no MP4"),
        (lambda film: film[: len(film) // 2], "cut off"),
        (lambda film: film[:-3], "cut off"),
        (lambda film: film + b"\0\0\0\x04moov", "cut off"),
        (lambda film: film + _box(b"moof", b""), "fragments"),
        (lambda film: film + _box(b"free", b"") * 60_000, "more boxes than any film"),
        (lambda film: film + _box(b"moov", b""), "2 boxes `moov`"),
        (lambda film: film.replace(b"moov", b"muuv", 1), "0 boxes `moov`"),
        (
            lambda film: film.replace(b"stco\0\0\0\0\0\0\0\1", b"stco\0\0\0\0\xff\xff\xff\xff"),
            "cut",
        ),
    ],
)
def test_a_damaged_film_is_told_and_nothing_hangs(
    sealed: Callable[..., Path], tmp_path: Path, harm: Callable[[bytes], bytes], why: str
) -> None:
    film = sealed()
    film.write_bytes(harm(film.read_bytes()))
    with pytest.raises(DamagedFilm, match=why):
        rewrite(film, tmp_path / "to.mp4", SAID)


def test_an_index_that_claims_gigabytes_is_not_read(
    sealed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    film = sealed()
    monkeypatch.setattr(film_boxes, "LARGEST", 100)
    with pytest.raises(DamagedFilm, match="too large"):
        described(film)


def test_an_index_that_leads_out_of_the_film_is_told(
    sealed: Callable[..., Path], tmp_path: Path
) -> None:
    film = sealed()
    data = bytearray(film.read_bytes())
    struct.pack_into(">I", data, data.index(b"stco") + 12, 2**31)
    film.write_bytes(bytes(data))
    with pytest.raises(DamagedFilm, match="leads out"):
        rewrite(film, tmp_path / "to.mp4", SAID)


def test_what_is_there_is_not_written_over(sealed: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "to.mp4").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        rewrite(sealed(), tmp_path / "to.mp4", SAID)
    assert (tmp_path / "to.mp4").read_bytes() == b"mine"
