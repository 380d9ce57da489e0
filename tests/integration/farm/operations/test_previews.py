"""Pictures of clips are made where there are none, once, and told of in a sentence where they cannot be."""

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PIL import Image

from farm.errors import Refused
from farm.operations.previews import filmstrip, thumbnail
from pipeline.clips import encode
from pipeline.clips import previews as drawing
from pipeline.storage.folder import MediaFolder
from pipeline.storage.names import previewed, previews_of
from pipeline.storage.protocol import Media
from tests.memory_media import MemoryMedia
from tests.pictures import ground

Root = TypeVar("Root", bound=Media)

CLIP = "clips/ads/sh010/sh010_t01_a1.1_aaaaaa.mp4"


@pytest.fixture
def media(tmp_path: Path) -> MediaFolder:
    return with_clip(MediaFolder(tmp_path))


def with_clip(root: Root) -> Root:
    """A media root with a clip that no worker made previews of."""
    frames = np.repeat(np.asarray(ground((64, 64), "teal"))[None], 17, axis=0)
    encode.seal(frames, root, CLIP, 8, {})
    return root


def opened(found: Path | bytes) -> Image.Image:
    return Image.open(io.BytesIO(found if isinstance(found, bytes) else found.read_bytes()))


def small(media: Media) -> list[str]:
    return [each.name for each in media.files_below("") if previewed(each.name)]


def count_films(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The films that are decoded from now on."""
    films: list[Path] = []
    decode = drawing.of_film

    def counted(path: Path) -> drawing.Pictures:
        films.append(path)
        return decode(path)

    monkeypatch.setattr(drawing, "of_film", counted)
    return films


def test_an_old_clip_gets_both_at_the_first_look(
    media: MediaFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    films = count_films(monkeypatch)
    assert small(media) == []

    found = thumbnail(media, CLIP), filmstrip(media, CLIP), thumbnail(media, CLIP)

    names = previews_of(CLIP)
    assert found == tuple(
        media.local(each) for each in (names.thumbnail, names.filmstrip, names.thumbnail)
    )
    assert [opened(each).size for each in found[:2]] == [(320, 320), (1536, 128)]
    assert len(films) == 1
    assert len([*media.files_below("clips/")]) == 3, "no draft is left"


def test_what_the_worker_made_is_told_as_it_is(
    media: MediaFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    films = count_films(monkeypatch)
    media.put(previews_of(CLIP).thumbnail, b"by the worker")

    found = thumbnail(media, CLIP)

    assert isinstance(found, Path)
    assert found.read_bytes() == b"by the worker"
    assert films == []


def test_a_media_root_that_is_no_folder_gives_bytes() -> None:
    media = with_clip(MemoryMedia())
    for _ in range(2):
        found = filmstrip(media, CLIP)
        assert isinstance(found, bytes)
        assert opened(found).size == (1536, 128)


def test_two_who_ask_at_once_get_the_same_and_the_clip_is_decoded_once(
    media: MediaFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    films, both = count_films(monkeypatch), threading.Barrier(2)

    def ask(one: int) -> Path | bytes:
        both.wait()
        return thumbnail(media, CLIP)

    with ThreadPoolExecutor(2) as askers:
        found = list(askers.map(ask, range(2)))

    assert found == [media.local(previews_of(CLIP).thumbnail)] * 2
    assert opened(found[0]).size == (320, 320)
    assert len(films) == 1


def test_another_process_that_was_first_does_no_harm(
    media: MediaFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    decode = drawing.of_film

    def outrun(path: Path) -> drawing.Pictures:
        made = decode(path)
        drawing.keep(made, media, CLIP)
        return made

    monkeypatch.setattr(drawing, "of_film", outrun)

    assert opened(thumbnail(media, CLIP)).size == (320, 320)
    assert small(media) == sorted(previews_of(CLIP))


def test_pictures_that_cannot_be_kept_are_shown_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class ReadOnly(MemoryMedia):
        def put(self, name: str, data: bytes) -> None:
            raise OSError(30, "Read-only file system", name)

    found = thumbnail(with_clip(ReadOnly()), CLIP)

    assert opened(found).size == (320, 320)
    assert "thumbnail.webp cannot be kept" in caplog.text


@pytest.mark.parametrize("ask", [thumbnail, filmstrip])
def test_a_clip_that_is_gone_is_refused_even_where_its_previews_are_left(
    media: MediaFolder, ask: Callable[[Media, str], object]
) -> None:
    thumbnail(media, CLIP)
    media.remove(CLIP)

    with pytest.raises(Refused, match=r"aaaaaa\.mp4 is not there: it was purged or lost"):
        ask(media, CLIP)


@pytest.mark.parametrize("data", [b"", b"Dear client"])
def test_a_broken_clip_is_refused_in_a_sentence_and_leaves_nothing(
    media: MediaFolder, data: bytes
) -> None:
    media.put(CLIP, data)

    with pytest.raises(Refused, match=r"cannot be shown \(.+\): `farm sweep` tells whether"):
        filmstrip(media, CLIP)

    assert small(media) == []


def test_half_a_clip_is_refused(media: MediaFolder) -> None:
    whole = media.local(CLIP).read_bytes()
    media.put(CLIP, whole[: len(whole) - 30])

    with pytest.raises(Refused, match="cannot be shown"):
        thumbnail(media, CLIP)


def test_a_clip_that_cannot_be_read_is_refused_with_the_remedy() -> None:
    class Unmounted(MemoryMedia):
        def exists(self, name: str) -> bool:
            raise OSError(5, "Input/output error", name)

    with pytest.raises(Refused, match=r"cannot be read \(Input/output error\): mend that"):
        thumbnail(with_clip(Unmounted()), CLIP)


def test_a_name_that_leads_elsewhere_is_refused(media: MediaFolder) -> None:
    with pytest.raises(Refused, match="names no file in the media root"):
        thumbnail(media, "clips/../../passwords.mp4")
