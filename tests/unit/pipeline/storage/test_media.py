"""What every media root promises, whatever storage it is."""

import errno
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.errors import RenderFault
from pipeline.storage.folder import MediaFolder
from pipeline.storage.protocol import Media, Taken
from tests.memory_media import MemoryMedia

CLIP = "clips/ads/sh010/a.mp4"
BIG = 1 << 20


@pytest.fixture(params=["folder", "memory"])
def media(request: pytest.FixtureRequest, tmp_path: Path) -> Media:
    return MediaFolder(tmp_path / "media") if request.param == "folder" else MemoryMedia()


def read(media: Media, name: str) -> bytes:
    with media.open(name) as file:
        return file.read()


def names(media: Media, prefix: str = "", suffix: str = "") -> list[str]:
    return [each.name for each in media.files_below(prefix, suffix)]


# What is kept


def test_a_file_is_read_as_it_was_put(media: Media) -> None:
    media.put(CLIP, b"film")
    media.put_new("stills/ab/ab.png", b"")

    assert (read(media, CLIP), read(media, "stills/ab/ab.png")) == (b"film", b"")
    assert media.exists(CLIP)
    with media.get(CLIP) as place:
        assert place.read_bytes() == b"film"


def test_a_file_is_put_in_place_of_the_one_before(media: Media) -> None:
    media.put(CLIP, b"first")
    media.put(CLIP, b"second")

    assert read(media, CLIP) == b"second"
    assert names(media) == [CLIP]


def test_a_new_file_is_never_written_over_another(media: Media) -> None:
    media.put_new(CLIP, b"precious")

    with pytest.raises(Taken, match=r"a\.mp4 already"):
        media.put_new(CLIP, b"other")

    assert read(media, CLIP) == b"precious"
    assert names(media) == [CLIP]


def test_a_draft_is_published_when_its_block_ends_and_not_before(media: Media) -> None:
    with media.draft(CLIP) as draft:
        assert not draft.exists()
        draft.write_bytes(b"film")
        assert not media.exists(CLIP)

    assert read(media, CLIP) == b"film"
    assert names(media) == [CLIP]


def test_a_draft_of_a_name_that_is_taken_is_removed(media: Media) -> None:
    media.put(CLIP, b"precious")

    with pytest.raises(Taken), media.draft(CLIP) as draft:
        draft.write_bytes(b"other")

    assert read(media, CLIP) == b"precious"
    assert names(media) == [CLIP]


@pytest.mark.parametrize("death", [RuntimeError, OSError, KeyboardInterrupt])
def test_nothing_is_left_of_a_writer_that_dies(media: Media, death: type[BaseException]) -> None:
    def write() -> None:
        with media.draft(CLIP) as draft:
            draft.write_bytes(b"half")
            raise death

    with pytest.raises(death):
        write()

    assert not media.exists(CLIP)
    assert names(media) == []


def test_of_many_who_put_a_new_file_at_once_one_wins_whole(media: Media) -> None:
    start, winners = threading.Barrier(8), list[int]()

    def put(number: int) -> None:
        start.wait()
        with suppress(Taken):
            media.put_new(CLIP, bytes([number]) * BIG)
            winners.append(number)

    writers = [threading.Thread(target=put, args=(number,)) for number in range(8)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()

    [winner] = winners
    assert read(media, CLIP) == bytes([winner]) * BIG
    assert names(media) == [CLIP]


def test_a_file_is_seen_whole_while_it_is_put_anew(media: Media) -> None:
    media.put(CLIP, b"0" * BIG)
    done = threading.Event()

    def put() -> None:
        for digit in b"12345":
            media.put(CLIP, bytes([digit]) * BIG)
        done.set()

    writer = threading.Thread(target=put)
    writer.start()
    seen = set[bytes]()
    while not done.is_set():
        data = read(media, CLIP)
        assert len(data) == BIG
        seen |= {bytes([each]) for each in set(data)}
        assert len(set(data)) == 1
    writer.join()

    assert seen <= {b"0", b"1", b"2", b"3", b"4", b"5"}
    assert read(media, CLIP) == b"5" * BIG


# What is read


@pytest.mark.parametrize(
    ("start", "length", "found"),
    [
        (0, None, b"0123456789"),
        (4, None, b"456789"),
        (4, 3, b"456"),
        (0, 0, b""),
        (8, 99, b"89"),
        (99, 5, b""),
    ],
)
def test_a_range_of_a_file(media: Media, start: int, length: int | None, found: bytes) -> None:
    media.put(CLIP, b"0123456789")

    with media.open(CLIP, start, length) as file:
        assert file.read() == found


def test_a_range_is_read_piece_by_piece(media: Media) -> None:
    media.put(CLIP, b"0123456789")

    with media.open(CLIP, 2, 5) as file:
        assert [file.read(2), file.read(2), file.read(2), file.read(2)] == [b"23", b"45", b"6", b""]


def test_what_is_not_there_is_said_so(media: Media) -> None:
    media.put("clips/ads/sh020/a.mp4", b"film")

    with pytest.raises(FileNotFoundError):
        media.open(CLIP)
    with pytest.raises(FileNotFoundError), media.get(CLIP):
        pass
    with pytest.raises(FileNotFoundError):
        media.move(CLIP, f"aside/{CLIP}")
    media.remove(CLIP)
    assert (media.exists(CLIP), media.look(CLIP)) == (False, None)
    assert not media.exists("clips/ads"), "a folder is no file"


def test_a_file_has_a_size_and_a_time_by_the_storage_s_clock(media: Media) -> None:
    media.put("stills/a.png", b"")
    before = media.clock()
    media.put(CLIP, b"film")
    after = media.clock()

    found = media.look(CLIP)
    assert found is not None
    assert (found.name, found.size, found.linked) == (CLIP, 4, False)
    assert before - 0.1 <= found.at <= after + 0.1  # file systems stamp by the tick
    assert list(media.files_below("clips/")) == [found]


def test_files_are_listed_folder_by_folder_in_the_order_of_their_names(media: Media) -> None:
    for name in ("clips/b/1.mp4", "clips/a-/1.mp4", "clips/a/2.mp4", "clips/a/.1.part", "other/1"):
        media.put(name, b"")

    everything = ["clips/a/.1.part", "clips/a/2.mp4", "clips/a-/1.mp4", "clips/b/1.mp4", "other/1"]
    assert names(media) == everything
    assert names(media, "clips/") == everything[:4]
    assert names(media, "clips/a") == everything[:3]
    assert names(media, "clips/a/") == everything[:2]
    assert names(media, "clips/a/2") == ["clips/a/2.mp4"]
    assert names(media, "clips/", ".mp4") == everything[1:4]
    assert names(media, "clips/c/") == names(media, "none/at/all/") == []


def test_a_file_is_moved_and_removed(media: Media) -> None:
    media.put(CLIP, b"paid for")

    media.move(CLIP, f"aside/{CLIP}")
    assert names(media) == [f"aside/{CLIP}"]
    assert read(media, f"aside/{CLIP}") == b"paid for"

    media.remove(f"aside/{CLIP}")
    assert names(media) == []


def test_a_folder_is_seen_once_something_was_put_there(media: Media) -> None:
    assert not media.sees("stills")
    media.put("stills/ab/ab.png", b"")
    assert media.sees("stills")
    assert not media.sees("still")


# What the storage says of itself


def test_a_storage_is_set_up_as_often_as_one_likes(media: Media) -> None:
    media.set_up()
    media.put(CLIP, b"film")
    media.set_up()
    media.probe(1000)

    assert names(media) == [CLIP]
    assert media.free() > 0
    assert media.where(CLIP).startswith(media.root)
    assert media.where(CLIP).endswith(CLIP)


def test_a_trouble_of_the_storage_is_a_fault_with_a_sentence(media: Media) -> None:
    fault = media.fault(OSError(errno.EIO, "Input/output error"), CLIP)

    assert isinstance(fault, RenderFault)
    assert "Input/output error" in fault.sentence


ACTS: dict[str, Callable[[Media, str], object]] = {
    "put": lambda media, name: media.put(name, b""),
    "put_new": lambda media, name: media.put_new(name, b""),
    "draft": lambda media, name: media.draft(name).__enter__(),
    "get": lambda media, name: media.get(name).__enter__(),
    "open": lambda media, name: media.open(name),
    "exists": lambda media, name: media.exists(name),
    "look": lambda media, name: media.look(name),
    "list": lambda media, name: list(media.files_below(f"{name}/")),
    "sees": lambda media, name: media.sees(name),
    "where": lambda media, name: media.where(name),
    "local": lambda media, name: media.local(name),
    "move": lambda media, name: media.move(name, CLIP),
    "move there": lambda media, name: media.move(CLIP, name),
    "remove": lambda media, name: media.remove(name),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize(
    "name",
    ["../x", "clips/../../x", "/etc/passwd", "/", ".", "..", "clips//x", "clips/./x", "a\0b"],
)
def test_a_name_that_leads_elsewhere_is_refused(
    media: Media, act: Callable[[Media, str], object], name: str, tmp_path: Path
) -> None:
    media.put(CLIP, b"film")
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(ValueError, match="names no file in the media root: names are relative to"):
        act(media, name)

    assert sorted(tmp_path.rglob("*")) == before
