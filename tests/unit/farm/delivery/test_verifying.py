"""A film tells what it holds, whoever made it, and a stranger's words do no harm."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import pytest

from farm.cli.display import verified
from farm.delivery import film_boxes
from farm.delivery.ai_labels.marking import Mark
from farm.delivery.ai_labels.values import Origin
from farm.delivery.credentials.reading import Credentials, State, Told, read_off
from farm.delivery.verifying import Listed, Verified, verify
from farm.errors import Refused
from pipeline.storage.checksums import sha256_at

ORIGIN = Origin(production="spring", shot="sh010", take=2, attempt=1, sha256="ab" * 32)


def labelled(clip: Path) -> Path:
    to = clip.with_name("labelled.mp4")
    Mark(ORIGIN)(clip, to)
    return to


def listed(film: Path, sha256: str) -> None:
    rows = [{"file": film.name, "sha256": sha256}]
    document = {"production": "spring", "clips": rows, "files": [], "earlier": []}
    (film.parent / "manifest.json").write_text(json.dumps(document))


def test_a_labelled_film_tells_its_label_its_source_and_its_recipe(
    sealed: Callable[..., Path],
) -> None:
    found = verify(labelled(sealed()))
    assert found.label is not None
    assert found.label["ProduceID"] == "spring/sh010/2/1"
    assert found.source_type == "trainedAlgorithmicMedia"
    assert found.recipe
    assert (found.credentials.state, found.listed) == (State.NONE, Listed.NO_MANIFEST)
    assert found.whole is None
    assert "made by a model, by shotfarm, as spring/sh010/2/1" in "\n".join(verified.lines(found))


def test_a_clip_as_it_was_sealed_has_no_label(sealed: Callable[..., Path]) -> None:
    found = verify(sealed())
    assert (found.label, found.source_type, found.recipe) == (None, "", True)


def test_the_manifest_beside_a_film_vouches_for_it_or_not(sealed: Callable[..., Path]) -> None:
    film = labelled(sealed())
    listed(film, sha256_at(film))
    assert (verify(film).listed, verify(film).whole) == (Listed.AS_LISTED, True)

    listed(film, "0" * 64)
    assert (verify(film).listed, verify(film).whole) == (Listed.CHANGED, False)
    assert "NOT WHOLE" in next(verified.lines(verify(film)))

    listed(film.with_name("another.mp4"), "0" * 64)
    assert (verify(film).listed, verify(film).whole) == (Listed.NOT_LISTED, None)

    (film.parent / "manifest.json").write_text("[" * 100_000)
    assert (verify(film).listed, verify(film).whole) == (Listed.UNREADABLE, None)
    assert "manifest.json beside it cannot be read" in "\n".join(verified.lines(verify(film)))


@pytest.mark.parametrize("keep", [4000, 20, 0, None])
def test_what_is_left_of_a_listed_film_is_told_as_changed(
    sealed: Callable[..., Path], keep: int | None
) -> None:
    film = labelled(sealed())
    listed(film, sha256_at(film))
    content = film.read_bytes()
    film.write_bytes(content[:keep] if keep is not None else content + b"x")

    found = verify(film)
    assert (found.whole, found.listed) == (False, Listed.CHANGED)
    assert found.damaged
    told = [*verified.lines(found)]
    assert "NOT WHOLE" in told[0]
    assert not any(line.startswith(("label", "credentials")) for line in told)


@pytest.mark.parametrize(
    "label", ["", "no json", "[1]", "[" * 100_000, '{"Label": {"a": 1}, "ProduceID": null}', "\x1b"]
)
def test_a_label_that_is_none_does_no_harm(sealed: Callable[..., Path], label: str) -> None:
    film = sealed().with_name("foreign.mp4")
    film_boxes.rewrite(
        sealed("another.mp4"), film, {"AIGC": label}, b"<!DOCTYPE x [<!ENTITY a 'b'>]>"
    )
    found = verify(film)
    assert found.source_type == ""
    assert found.label is None or found.label["Label"] == "{'a': 1}"


def test_what_a_stranger_wrote_controls_no_terminal(sealed: Callable[..., Path]) -> None:
    evil = "\x1b[2J\x1b]0;owned\x07\r\n\u202e" + "x" * 1000
    found = Verified(
        file="film.mp4",
        label={"Label": "9", "ContentProducer": evil, "ProduceID": evil},
        source_type=evil,
        recipe=False,
        credentials=Credentials(
            state=State.BROKEN, signer=evil, issuer=evil, problems=(evil,), stamped=evil,
            history=(Told(action=evil, by=evil, description=evil, of=(evil,)),),
        ),
        listed=Listed.NO_MANIFEST,
    )  # fmt: skip
    lines = [*verified.lines(found)]
    assert all(each.isprintable() for each in lines)
    assert max(map(len, lines)) < 1000
    assert found.whole is False


def test_what_is_no_film_is_not_called_a_torn_one(tmp_path: Path) -> None:
    place = tmp_path / "shots.csv"
    place.write_text("shot,image,prompt\n" * 9)
    with pytest.raises(Refused, match="it is no MP4 or QuickTime film"):
        verify(place)


@pytest.mark.parametrize(
    "content", [b"", b"text", b"\0\0\0\x08ftyp", b"\xff" * 100, b"\0\0\0\x01ftyp" + b"\xff" * 8]
)
def test_what_is_no_film_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    with pytest.raises(Refused, match=r"a\.mp4: "):
        verify(tmp_path / "a.mp4")


FILM = b"\0\0\0\x08ftyp\0\0\0\x08moov"


def test_a_film_beside_what_is_none_is_named_and_nothing_else(tmp_path: Path) -> None:
    refused = tmp_path / "m.mp4"
    refused.write_bytes(b"no film at all")
    (tmp_path / "a.mp4").symlink_to(tmp_path / "gone.mp4")
    (tmp_path / "b.mp4").mkdir()
    (tmp_path / "c.mov").write_bytes(b"nor this one")
    os.mkfifo(tmp_path / "d.mp4")
    with pytest.raises(Refused, match=r"such as \S+/sh010_t02\.mp4$"):
        verify(refused)
    (tmp_path / "n.MOV").write_bytes(FILM)
    with pytest.raises(Refused, match=r"such as \S+/n\.MOV$"):
        verify(refused)


def test_a_folder_that_cannot_be_looked_into_names_no_film(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_folder: Path) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.csv").write_text("shot,image\n")
    monkeypatch.setattr(Path, "iterdir", denied)
    with pytest.raises(Refused, match=r"no MP4 or QuickTime film; name a film .*sh010_t02\.mp4$"):
        verify(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (FILM[:-3], "a box in it is cut off; have it copied, or delivered, anew"),
        (FILM + b"\0\0\0\x08moof", "it is a film in fragments; name the film as it was delivered"),
        (FILM[:8], "it has 0 boxes `moov` instead of one; name the film as it was delivered"),
    ],
)
def test_only_what_is_cut_off_is_to_be_copied_anew(
    tmp_path: Path, content: bytes, why: str
) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    with pytest.raises(Refused) as refused:
        verify(tmp_path / "a.mp4")
    assert str(refused.value).endswith(f"a.mp4: {why}")


def test_a_film_that_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    for place in (tmp_path / "gone.mp4", tmp_path):
        with pytest.raises(Refused):
            verify(place)


@pytest.mark.parametrize("content", [b"", b"\0" * 200, b"\xff" * 5000])
def test_a_box_of_credentials_that_holds_none_vouches_for_nothing(
    sealed: Callable[..., Path], content: bytes
) -> None:
    film = sealed()
    box = film_boxes._box(b"uuid", film_boxes.CREDENTIALS + content)
    film.write_bytes(film.read_bytes() + box)
    with suppress(Refused):
        assert verify(film).whole is not True


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"manifests": [], "active_manifest": 3},
        {"manifests": {"a": {"assertions": [{"label": "c2pa.actions.v2", "data": 3}]}}},
        {"active_manifest": "a", "manifests": {"a": {"ingredients": "x", "signature_info": []}}},
        {"validation_status": [None, {"code": 3}], "validation_state": 7},
    ],
)
def test_credentials_in_an_unheard_of_form_are_passed_over(found: dict[str, object]) -> None:
    assert read_off(found).state is State.BROKEN


def test_films_that_claim_each_other_as_parent_come_to_an_end() -> None:
    parent = [{"relationship": "parentOf", "active_manifest": "a", "title": "itself"}]
    opened = [{"label": "c2pa.actions.v2", "data": {"actions": [{"action": "c2pa.opened"}]}}]
    manifests = {"a": {"ingredients": parent, "assertions": opened}}
    found = read_off({"active_manifest": "a", "manifests": manifests, "validation_state": "Valid"})
    assert found.state is State.VALID
    assert len(found.history) == 20
