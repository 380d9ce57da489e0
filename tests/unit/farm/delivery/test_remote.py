"""A delivery is carried to a real server: each file once, checked, gone on with, and none written over."""

import json
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer

from farm.delivery.deliver import deliver
from farm.delivery.listed import Deliverable
from farm.delivery.plan import Plan
from farm.delivery.remote import Target, is_url, shown
from farm.errors import MissingExtra, Refused
from pipeline.storage.folder import MediaFolder
from tests.unit.farm.delivery.conftest import NewClip


@dataclass
class Server:
    """A real FTP server, and what lies on it."""

    folder: Path
    port: int
    stored: list[str]
    """The names of what was sent, each time."""

    @property
    def url(self) -> str:
        return f"ftp://anna:s3cret@127.0.0.1:{self.port}/nike"

    def files(self) -> dict[str, bytes]:
        return {each.name: each.read_bytes() for each in (self.folder / "nike").iterdir()}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "ftp").mkdir()
    users = DummyAuthorizer()
    users.add_user("anna", "s3cret", str(tmp_path / "ftp"), perm="elradfmwMT")
    stored: list[str] = []

    class Handler(FTPHandler):
        authorizer = users

        def on_file_received(self, file: str) -> None:
            stored.append(Path(file).name)

    logging.getLogger("pyftpdlib").setLevel(logging.ERROR)
    serving = FTPServer(("127.0.0.1", 0), Handler)
    done = threading.Event()

    def serve() -> None:
        while not done.is_set():
            serving.serve_forever(timeout=0.02, blocking=False)

    thread = threading.Thread(target=serve)
    thread.start()
    yield Server(tmp_path / "ftp", serving.address[1], stored)
    done.set()
    thread.join()
    serving.close_all()


@pytest.fixture
def items(new_clip: NewClip) -> list[Deliverable]:
    return [new_clip(f"sh{number:02}0", frames=5, size=(64, 48)) for number in range(1, 4)]


@pytest.fixture
def out(items: Sequence[Deliverable], folder: MediaFolder, tmp_path: Path) -> Path:
    return deliver("spring", items, folder, tmp_path / "out", plan=Plan(otio=True)).folder


def local(out: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in out.iterdir()}


def test_a_delivery_lies_on_the_server_whole_and_goes_there_once(server: Server, out: Path) -> None:
    heard: list[tuple[int, int]] = []

    first = Target(server.url).carry(out, lambda *numbers: heard.append(numbers))
    assert server.files() == local(out)
    assert set(first.sent) == set(local(out))
    assert server.stored[-1] == "manifest.json"
    assert heard[-1] == (len(first.sent), len(first.sent))

    second = Target(server.url).carry(out)
    assert (second.sent, set(second.there)) == ((), set(local(out)))
    assert len(server.stored) == len(first.sent)


def test_what_was_cut_off_is_gone_on_with(
    server: Server, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = (out / "sh020_t01.mp4").read_bytes()[:1000]

    def cut(done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Target(server.url).carry(out, cut)
    (server.folder / "nike" / "sh020_t01.mp4").write_bytes(half)
    assert server.stored == ["sh010_t01.mp4"]

    went_on = Target(server.url).carry(out)

    assert went_on.there == ("sh010_t01.mp4",)
    assert "sh020_t01.mp4" in went_on.sent
    assert server.files() == local(out)


def test_what_others_put_there_is_named_and_not_written_over(server: Server, out: Path) -> None:
    (server.folder / "nike").mkdir()
    (server.folder / "nike" / "sh010_t01.mp4").write_bytes(b"graded by hand")
    (server.folder / "nike" / "sh020_t01.mp4").write_bytes(
        (out / "sh020_t01.mp4").read_bytes() + b"more"
    )

    before = server.files()

    with pytest.raises(Refused) as refusal:
        Target(server.url).carry(out)

    assert str(refusal.value) == (
        f"2 files at ftp://127.0.0.1:{server.port}/nike are not what a delivery put there: move them away "
        "and deliver again; nothing was sent there (sh010_t01.mp4, sh020_t01.mp4)"
    )
    assert server.files() == before, "a manifest would list what is not there"
    for file in before:
        (server.folder / "nike" / file).unlink()
    Target(server.url).carry(out)
    assert server.files() == local(out)


def test_the_next_delivery_replaces_and_removes_what_is_its_own(
    server: Server, items: Sequence[Deliverable], folder: MediaFolder, out: Path, tmp_path: Path
) -> None:
    Target(server.url).carry(out)
    (server.folder / "nike" / "notes.txt").write_bytes(b"for the client")
    plan = Plan(otio=True, fps="25", conform="repeat")
    deliver("spring", items[:2], folder, tmp_path / "new", plan=plan)

    sent = Target(server.url).carry(tmp_path / "new")

    assert sent.removed == ("sh030_t01.mp4",)
    assert server.files() == local(tmp_path / "new") | {"notes.txt": b"for the client"}


def test_deliveries_below_that_may_hold_recipes_are_found(server: Server, out: Path) -> None:
    assert Target(server.url).with_recipes_below() == []
    Target(server.url).carry(out)
    Target(f"{server.url}/mezz").carry(out)
    document = json.loads((out / "manifest.json").read_text())
    (out / "manifest.json").write_text(json.dumps({**document, "plan": {"no_recipe": True}}))
    Target(f"{server.url}/client").carry(out)
    (server.folder / "nike" / "graded").mkdir()
    assert Target(server.url).with_recipes_below() == ["mezz"]


def test_a_file_that_arrives_altered_is_told(
    server: Server, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Target(server.url)
    put = type(target._files).put_file

    def spoil(files: object, there: str, place: str, **options: object) -> None:
        put(files, there, place, **options)
        on_disk = server.folder / place.lstrip("/")
        content = bytearray(on_disk.read_bytes())
        content[-1] ^= 1
        on_disk.write_bytes(content)

    monkeypatch.setattr(type(target._files), "put_file", spoil)
    with pytest.raises(Refused, match=r"sh010_t01\.mp4 did not arrive whole: deliver again"):
        target.carry(out)


def test_another_production_s_folder_is_refused(server: Server, out: Path) -> None:
    (server.folder / "nike").mkdir()
    document = json.loads((out / "manifest.json").read_text())
    (server.folder / "nike" / "manifest.json").write_text(
        json.dumps({**document, "production": "summer"})
    )
    with pytest.raises(
        Refused, match=r"holds the delivery of summer: give spring a folder of its own"
    ):
        Target(server.url).carry(out)
    (server.folder / "nike" / "manifest.json").write_text("{")
    with pytest.raises(Refused, match="is no manifest of a delivery"):
        Target(server.url).carry(out)


def test_a_password_is_never_said(server: Server, out: Path) -> None:
    url = server.url.replace("s3cret", "wr0ng")
    with pytest.raises(Refused) as refusal:
        Target(url).carry(out)
    assert "wr0ng" not in str(refusal.value)
    assert f"cannot deliver to ftp://127.0.0.1:{server.port}/nike" in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("s3://bucket/a", "s3://bucket/a"),
        ("ftp://anna:s3:c@ret@host:21/a", "ftp://host:21/a"),
        ("https://host/a?X-Sig=abc#b", "https://host/a"),
        ("s3://key:secret@bucket", "s3://bucket"),
    ],
)
def test_a_url_is_shown_without_its_secrets(url: str, plain: str) -> None:
    assert is_url(url)
    assert shown(url) == plain


@pytest.mark.parametrize(
    "url",
    ["simplecache::ftp://h/a", "ftp://h/a/../b", "ftp://h/\na", "ftp://h/\x00", "nosuch://h/a"],
)
def test_a_url_that_cannot_be_is_refused(url: str) -> None:
    with pytest.raises(Refused, match=r"no URL of a folder|cannot deliver to"):
        Target(url)


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr("fsspec.core.url_to_fs", missing)
    with pytest.raises(
        MissingExtra, match=r"cannot deliver to s3://bucket/a: Install s3fs to access S3"
    ):
        Target("s3://bucket/a")


def test_a_server_that_is_not_there_is_a_sentence(server: Server, out: Path) -> None:
    with pytest.raises(Refused, match=r"cannot deliver to ftp://127\.0\.0\.1:1/a: "):
        Target("ftp://127.0.0.1:1/a").carry(out)
