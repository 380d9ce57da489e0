"""Delivered films are signed last, and a change of one byte, or a remux, is told."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from farm.delivery.ai_labels.marking import Mark, WithholdRecipe
from farm.delivery.ai_labels.values import KEY, Origin
from farm.delivery.ai_labels.visible import VisibleLabel
from farm.delivery.credentials import c2pa_files
from farm.delivery.credentials.claims import Subject
from farm.delivery.credentials.keys import Signing, load
from farm.delivery.credentials.reading import State, read_off
from farm.delivery.credentials.signing import Sign
from farm.delivery.ffmpeg import Ffmpeg
from farm.delivery.steps import Maker, Step, make
from farm.delivery.verifying import verify
from farm.errors import Refused
from pipeline.clips.encode import metadata_of, read
from tests.certificates import Authority
from tests.unit.farm.delivery.conftest import RECIPE

ORIGIN = Origin(production="spring", shot="sh010", take=2, attempt=1, sha256="ab" * 32)
SUBJECT = Subject(title="spring/sh010 take 2", model="wan", revision="0a1b")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def signing(authority: Authority) -> Signing:
    signer = authority.signer()
    return load(str(signer.certificate), str(signer.key), environment={})


@pytest.fixture
def still(tmp_path: Path) -> Path:
    Image.new("RGB", (192, 108), (200, 30, 40)).save(tmp_path / "still.png")
    return tmp_path / "still.png"


def sign(
    signing: Signing, clip: Path, still: Path | None, before: list[Step] | None = None
) -> Sign:
    return Sign(
        signing, SUBJECT, lambda: nullcontext(clip), lambda: nullcontext(still), before or []
    )


def signed(clip: Path, to: Path, signing: Signing, still: Path | None) -> Path:
    make(clip, to, [Mark(ORIGIN), sign(signing, clip, still)])
    return to


def test_a_clip_is_signed_as_made_by_a_model_of_its_still(
    sealed: Callable[..., Path], tmp_path: Path, authority: Authority, signing: Signing, still: Path
) -> None:
    clip = sealed()
    to = signed(clip, tmp_path / "to.mp4", signing, still)

    found = read_off(c2pa_files.read(to, authority.root.read_text()))

    assert (found.state, found.signer, found.problems) == (State.TRUSTED, "The studio", ())
    (made,) = found.history
    assert (made.action, made.source_type) == ("c2pa.created", "trainedAlgorithmicMedia")
    assert (made.by, made.of) == ("wan 0a1b", ("start picture (inputTo)",))
    assert metadata_of(to)[KEY]
    assert np.array_equal(read(to), read(clip))


def test_without_its_still_a_clip_is_signed_all_the_same(
    sealed: Callable[..., Path], tmp_path: Path, signing: Signing
) -> None:
    to = signed(sealed(), tmp_path / "to.mp4", signing, None)
    found = read_off(c2pa_files.read(to))
    assert (found.state, found.history[0].of) == (State.VALID, ())


def test_a_labelled_film_names_the_signed_clip_as_its_parent(
    sealed: Callable[..., Path],
    tmp_path: Path,
    authority: Authority,
    signing: Signing,
    still: Path,
    ffmpeg: Ffmpeg,
) -> None:
    clip, to = sealed(), tmp_path / "out" / "to.mp4"
    to.parent.mkdir()
    label = VisibleLabel(ffmpeg, "zh")
    conformed = Step("conform", ffmpeg.name, {"fps": "25", "way": "motion"})
    makers: list[Maker] = [label, WithholdRecipe(), Mark(ORIGIN)]
    before = [conformed, *(each.wanted for each in makers)]

    make(clip, to, [*makers, sign(signing, clip, still, before)])

    found = read_off(c2pa_files.read(to, authority.root.read_text()))
    assert found.state is State.TRUSTED
    assert [each.action for each in found.history] == [
        "c2pa.created", "c2pa.opened", "c2pa.edited", "c2pa.edited",
    ]  # fmt: skip
    assert found.history[0].of == ("start picture (inputTo)",)
    assert found.history[1].of == ("spring/sh010 take 2 (parentOf)",)
    assert found.history[2].description == "conform: fps 25, way motion"
    assert "人工智能生成" in found.history[3].description
    assert list(to.parent.iterdir()) == [to], "no draft of the parent is left"
    assert RECIPE.encode() not in to.read_bytes()


def test_a_film_whose_clip_is_gone_is_not_signed_as_made_of_it(
    sealed: Callable[..., Path], tmp_path: Path, signing: Signing
) -> None:
    def gone() -> AbstractContextManager[Path | None]:
        return nullcontext(None)

    before = [Step("conform", "ffmpeg 9", {"fps": "25", "way": "repeat"})]
    with pytest.raises(Refused, match="the clip that it was made of is gone"):
        make(sealed(), tmp_path / "to.mp4", [Sign(signing, SUBJECT, gone, gone, before)])
    assert not (tmp_path / "to.mp4").exists()


@pytest.mark.parametrize("name", ["mezzanine", "conform"])
def test_what_draws_no_new_picture_is_coded_anew(name: str) -> None:
    from farm.delivery.credentials.claims import of_derived

    step = Step(name, "ffmpeg 9", {"way": "repeat"}).as_dict()
    opened, done = of_derived(SUBJECT, {"name": "farm"}, [step], "now")["assertions"][0]["data"][
        "actions"
    ]
    assert (opened["action"], done["action"]) == ("c2pa.opened", "c2pa.transcoded")


def test_a_client_that_gets_no_recipe_is_told_no_model(
    sealed: Callable[..., Path], tmp_path: Path, signing: Signing
) -> None:
    clip, to = sealed(), tmp_path / "to.mp4"
    subject = Subject(title="spring/sh010 take 2")
    nothing = nullcontext(None)
    make(clip, to, [WithholdRecipe(), Sign(signing, subject, lambda: nothing, lambda: nothing, [])])
    (made,) = read_off(c2pa_files.read(to)).history
    assert made.by.startswith("shotfarm ")
    assert b"wan" not in to.read_bytes().replace(b"swan", b"")


def test_quicktime_films_are_signed_too(
    sealed: Callable[..., Path], tmp_path: Path, signing: Signing, ffmpeg: Ffmpeg
) -> None:
    clip, film, to = sealed(), tmp_path / "film.mov", tmp_path / "to.mov"
    how = ["-c:v", "prores_ks", "-movflags", "use_metadata_tags", "-f", "mov", str(film)]
    ffmpeg.run(["-i", str(clip), *how])
    step = Step("mezzanine", ffmpeg.name, {"codec": "prores_422"})
    make(film, to, [Mark(ORIGIN), sign(signing, clip, None, [step])])
    assert verify(to).whole is True
    assert np.array_equal(read(to), read(film))


def test_one_changed_byte_is_told(
    sealed: Callable[..., Path], tmp_path: Path, signing: Signing
) -> None:
    to = signed(sealed(), tmp_path / "to.mp4", signing, None)
    data = bytearray(to.read_bytes())
    data[-2000] ^= 1
    to.write_bytes(bytes(data))

    found = verify(to)

    assert found.credentials.state is State.BROKEN
    assert found.whole is False
    assert "assertion.bmffHash.mismatch" in found.credentials.problems


def test_a_changed_label_of_a_signed_film_is_told(
    sealed: Callable[..., Path], tmp_path: Path, signing: Signing
) -> None:
    to = signed(sealed(), tmp_path / "to.mp4", signing, None)
    data = to.read_bytes()
    to.write_bytes(data.replace(b'"Label":"1"', b'"Label":"3"'))
    assert verify(to).whole is False
    to.write_bytes(data.replace(b"trainedAlgorithmicMedia</", b"digitalCapture_________</"))
    assert verify(to).whole is False


def test_a_remux_drops_the_credentials_and_is_told(
    sealed: Callable[..., Path], tmp_path: Path, signing: Signing, ffmpeg: Ffmpeg
) -> None:
    to = signed(sealed(), tmp_path / "to.mp4", signing, None)
    assert (verify(to).whole, verify(to).credentials.state) == (True, State.VALID)
    remuxed = tmp_path / "remuxed.mp4"

    ffmpeg.run(["-i", str(to), "-c", "copy", "-map_metadata", "0", str(remuxed)])

    found = verify(remuxed)
    assert (found.credentials.state, found.whole) == (State.NONE, None)
    assert (found.label, found.source_type) == (None, "")


def test_who_vouches_for_the_signer_counts(
    sealed: Callable[..., Path], tmp_path: Path, authority: Authority, signing: Signing
) -> None:
    to = signed(sealed(), tmp_path / "to.mp4", signing, None)
    strangers = tmp_path / "strangers"
    strangers.mkdir()
    trusted = {
        None: State.VALID,
        Authority(strangers).root.read_text(): State.VALID,
        authority.root.read_text(): State.TRUSTED,
    }
    for roots, state in trusted.items():
        assert verify(to, roots).credentials.state is state


@contextmanager
def answering(status: int, body: bytes) -> Iterator[tuple[str, list[str]]]:
    """A server that answers every request so: its address, and the types of what it was sent."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append(self.headers.get("Content-Type", ""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Says nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://anna:hunter2@127.0.0.1:{server.server_port}/tsa", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("status", "body"), [(500, b"broken"), (200, b"no time stamp")])
def test_a_time_stamp_that_does_not_come_is_a_refusal_without_the_password(
    sealed: Callable[..., Path], tmp_path: Path, signing: Signing, status: int, body: bytes
) -> None:
    with answering(status, body) as (address, asked):
        stamped = replace(signing, timestamp=address)
        with pytest.raises(Refused, match="could not be signed") as refusal:
            signed(sealed(), tmp_path / "to.mp4", stamped, None)
    assert asked == ["application/timestamp-query"]
    assert "hunter2" not in str(refusal.value)
    assert not (tmp_path / "to.mp4").exists()


def test_an_authority_of_time_that_is_not_there_is_told(
    sealed: Callable[..., Path], tmp_path: Path, signing: Signing
) -> None:
    with answering(200, b"") as (address, _):
        gone = replace(signing, timestamp=address)
    with pytest.raises(Refused, match="could not be signed"):
        signed(sealed(), tmp_path / "to.mp4", gone, None)


def test_the_step_that_is_told_holds_no_secret(signing: Signing, tmp_path: Path) -> None:
    stamped = replace(signing, timestamp="https://anna:hunter2@stamps.example/tsa")
    step = sign(stamped, tmp_path / "a", None).wanted
    assert step.options["time_stamp"] == "stamps.example"
    assert step.options["signer"] == "The studio"
    assert not {"hunter2", signing.key.decode().splitlines()[1]} & set(str(step).split())
    assert "PRIVATE" not in str(step)
    assert "hunter2" not in str(step)
