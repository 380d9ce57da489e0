"""What `farm deliver` says in every film, in pictures and to clients, and `farm verify` reads back."""

import errno
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import jsonschema
import numpy as np
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from PIL import Image

from farm.delivery import verifying
from farm.domain.events import EventKind
from farm.store import Store
from pipeline.clips.encode import metadata_of, read
from pipeline.storage.checksums import sha256_at
from pipeline.storage.folder import MediaFolder
from pipeline.storage.names import still_path
from tests.certificates import Authority, Signer
from tests.films import PROMPT, RECIPE
from tests.integration.farm.cli.conftest import Farm
from tests.integration.farm.cli.test_archive_and_purge import make
from tests.integration.farm.store.conftest import log, submit

CLIENT = "to the client"
PART = "sh010_t01.mp4"


@pytest.fixture
def clip(store: Store) -> str:
    """The clip of an accepted shot, in the media root."""
    submit(store, "sh010")
    return make(store)


@pytest.fixture
def signer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Signer:
    """Signs what is delivered, and is believed."""
    folder = tmp_path / "keys"
    folder.mkdir()
    authority = Authority(folder)
    made = authority.signer()
    configure(monkeypatch, made, trusted=str(authority.root))
    return made


def configure(monkeypatch: pytest.MonkeyPatch, signer: Signer, **more: str) -> None:
    table = {"certificate": str(signer.certificate), "key": str(signer.key), **more}
    monkeypatch.setenv("FARM_CREDENTIALS", json.dumps(table))


def delivered(farm: Farm, *options: str, to: str = CLIENT) -> Path:
    answer = farm("deliver", "demo", "--to", to, *options)
    assert answer.status == 0, answer.err
    return Path(to, PART)


def verified(farm: Farm, film: Path, status: int = 0) -> Any:
    answer = farm("verify", str(film), "--json")
    assert answer.status == status, answer.err
    [told] = answer.json
    return told


def everything_in(folder: str | Path) -> bytes:
    return b"\n".join(file.read_bytes() for file in Path(folder).rglob("*") if file.is_file())


SCHEMA = Path(__file__).parents[4] / "docs" / "reference" / "manifest.schema.json"


def last_delivery(store: Store) -> dict[str, Any]:
    event = log(store)[-1]
    assert event.kind is EventKind.PRODUCTION_DELIVERED
    return dict(event.data)


def test_every_film_is_labelled_without_being_asked(
    farm: Farm, clip: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARM_LABELS", '{"producer": "一家公司", "code": "001191110000MA0000000A"}')
    film = delivered(farm)

    label = json.loads(metadata_of(film)["AIGC"])
    assert (label["Label"], label["ContentProducer"]) == ("1", "001191110000MA0000000A")
    assert label["ProduceID"] == "demo/sh010/1/1"
    assert label["ReservedCode1"] == sha256_at(Path("media", clip))
    assert np.array_equal(read(film), read(Path("media", clip)))
    assert metadata_of(film)["recipe"] == RECIPE
    listed = json.loads(Path(CLIENT, "manifest.json").read_text())["clips"][0]
    assert (listed["sha256"], listed["source"]["sha256"]) == (
        sha256_at(film),
        sha256_at(Path("media", clip)),
    )
    found = verified(farm, film)
    assert (found["source_type"], found["listed"], found["whole"]) == (
        "trainedAlgorithmicMedia", "as_listed", True,
    )  # fmt: skip


def test_a_producer_that_nobody_set_is_named_and_told(farm: Farm, clip: str) -> None:
    told = farm("deliver", "demo", "--to", CLIENT).err
    assert "The labels name shotfarm as the producer: set producer or code under [labels]" in told
    assert json.loads(metadata_of(Path(CLIENT, PART))["AIGC"])["ContentProducer"] == "shotfarm"


@pytest.mark.parametrize(
    "table",
    [
        '{"producer": "a\\nb"}', '{"producer": "  "}', '{"code": "lower"}', '{"code": "A B C D E F"}',
        '{"nobody": "x"}', '{"producer": 3}', json.dumps({"producer": "x" * 101}),
    ],
)  # fmt: skip
def test_a_producer_that_cannot_be_is_a_sentence(
    farm: Farm, clip: str, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    monkeypatch.setenv("FARM_LABELS", table)
    refused = farm("deliver", "demo", "--to", CLIENT)
    assert refused.status == 1
    assert "FARM_LABELS" in refused.err or "labels." in refused.err
    assert not Path(CLIENT).exists()


def test_a_film_that_is_there_is_left_alone_and_a_changed_one_is_not_touched(
    farm: Farm, clip: str
) -> None:
    film = delivered(farm)
    inode, content = film.stat().st_ino, film.read_bytes()
    delivered(farm)
    assert film.stat().st_ino == inode

    film.write_bytes(b"graded by hand")
    refused = farm("deliver", "demo", "--to", CLIENT)
    assert refused.status == 1
    assert "is not what a delivery put there: move it away" in refused.err
    assert film.read_bytes() == b"graded by hand"

    film.unlink()
    assert delivered(farm).read_bytes() == content


def test_a_delivery_of_an_older_farm_is_labelled_also_where_its_clip_was_purged(
    farm: Farm, clip: str
) -> None:
    film = delivered(farm)
    content = film.read_bytes()
    sealed = Path("media", clip)
    shutil.copy(sealed, film)
    rows = [{"file": PART, "sha256": sha256_at(film)}]
    older = {"production": "demo", "clips": rows, "files": [], "earlier": []}
    Path(CLIENT, "manifest.json").write_text(json.dumps(older))
    sealed.unlink()

    assert delivered(farm).read_bytes() == content


def test_a_visible_label_comes_in_a_variant_beside_the_clean_film(
    farm: Farm, store: Store, clip: str
) -> None:
    film = delivered(farm, "--label", "zh")
    labelled = Path(CLIENT, "label_zh", PART)

    assert np.array_equal(read(film), read(Path("media", clip)))
    changed = np.abs(read(labelled).astype(int) - read(film)).max(axis=(1, 2, 3)) > 60
    assert changed.tolist() == [True] * 16 + [False]
    assert json.loads(metadata_of(labelled)["AIGC"])["Label"] == "1"
    assert last_delivery(store)["label"] == "zh"
    listed = json.loads(Path(CLIENT, "label_zh", "manifest.json").read_text())["clips"][0]
    assert listed["labels"]["visible"]["words"] == "人工智能生成"
    assert verified(farm, labelled)["whole"] is True
    told = farm("deliver", "demo", "--to", CLIENT, "--label", "zh", "--json").json
    assert (told["labelled"], told["left"]) == (f"{CLIENT}/label_zh", [])
    content = labelled.read_bytes()
    labelled.unlink()
    again = farm("deliver", "--again", f"{CLIENT}/label_zh/manifest.json")
    assert (again.status, labelled.read_bytes()) == (0, content), again.err


@pytest.mark.parametrize(
    ("root", "url"),
    [
        ("E:\\ads\\demo\\", "file:///E:/ads/demo/"),
        ("/Volumes/ads", "file:///Volumes/ads/"),
        ("/", "file:///"),
    ],
)
def test_timelines_of_labelled_films_name_labelled_films(
    farm: Farm, clip: str, root: str, url: str
) -> None:
    delivered(farm, "--label", "zh", "--otio", "--media-root", root)
    for folder, part in ((CLIENT, PART), (f"{CLIENT}/label_zh", f"label_zh/{PART}")):
        named = re.findall(r'"target_url": *"([^"]+)"', Path(folder, "timeline.otio").read_text())
        assert f"{url}{part}" in named, named
    plan = json.loads(Path(CLIENT, "label_zh", "manifest.json").read_text())["plan"]
    assert plan["media_root"].startswith(root.rstrip("/\\"))
    assert plan["media_root"].endswith("\\label_zh" if "\\" in root else "/label_zh")


def test_clean_films_are_in_the_log_also_where_no_labelled_ones_could_be_made(
    farm: Farm, store: Store, clip: str
) -> None:
    Path(CLIENT).mkdir()
    Path(CLIENT, "label_zh").write_text("somebody's file")
    refused = farm("deliver", "demo", "--to", CLIENT, "--label", "zh")
    assert (refused.status, "label_zh: File exists" in refused.err) == (1, True)
    event = last_delivery(store)
    assert (event["clips"], "label" in event) == (1, False)
    assert Path(CLIENT, PART).exists()


def test_labelled_films_that_a_delivery_does_not_renew_are_named(farm: Farm, clip: str) -> None:
    delivered(farm, "--label", "zh")
    assert farm("deliver", "demo", "--to", CLIENT, "--json").json["left"] == [
        {"file": "label_zh", "why": "it is of an earlier delivery; `--label zh` renews it"}
    ]


def test_a_labelled_variant_goes_to_a_url_too(farm: Farm, clip: str) -> None:
    told = farm("deliver", "demo", "--to", "memory://client", "--label", "en")
    assert told.status == 0, told.err
    assert "with a visible label in memory://client/label_en" in told.out
    found = set(MemoryFileSystem().find("/client"))
    films = {f"/client/{PART}", f"/client/label_en/{PART}"}
    assert films <= found
    assert {f"{Path(film).parent}/manifest.json" for film in films} <= found


def test_who_leaves_the_visible_label_out_is_in_the_log(
    farm: Farm, store: Store, clip: str
) -> None:
    names = ("--label-waived-by", "anna", "--label-waived-for", "ACME 广告")
    film = delivered(farm, "--label", "none", *names)
    event = last_delivery(store)
    assert (event["label"], event["waived_by"], event["waived_for"]) == (
        "none",
        "anna",
        "ACME 广告",
    )
    assert "AIGC" in metadata_of(film), "the implicit label stays"
    assert not Path(CLIENT, "label_none").exists()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--label", "none"], "--label none needs --label-waived-by"),
        (["--label", "none", "--label-waived-by", "anna"], "needs --label-waived-for"),
        (["--label", "none", "--label-waived-by", " ", "--label-waived-for", "x"], "needs --label"),
        (["--label", "zh", "--label-waived-by", "anna"], "goes with --label none alone"),
        (["--label-waived-for", "ACME"], "goes with --label none alone"),
        (
            ["--label", "none", "--label-waived-by", "a\x1b[2J", "--label-waived-for", "x"],
            "control",
        ),
        (["--label", "none", "--label-waived-by", "a" * 201, "--label-waived-for", "x"], "at most"),
        (["--label", "fr"], "is not one of"),
    ],
)
def test_a_label_that_cannot_be_decided_so_is_refused_before_anything_is_there(
    farm: Farm, clip: str, options: list[str], why: str
) -> None:
    refused = farm("deliver", "demo", "--to", CLIENT, *options)
    assert refused.status != 0
    assert why in " ".join(refused.err.split())
    assert not Path(CLIENT).exists()


def test_a_client_gets_neither_prompt_nor_recipe(farm: Farm, clip: str) -> None:
    assert PROMPT.encode() in everything_in(delivered(farm, to="inside").parent)

    conformed = ("--fps", "25", "--conform", "repeat", "--otio", "--edl", "--xml")
    film = delivered(farm, "--no-recipe", "--label", "en", *conformed)

    all_of_it = everything_in(CLIENT)
    recipe = json.loads(farm("show", "demo", "sh010", "--json").out)["takes"][0]["recipe"]
    for secret in (PROMPT, RECIPE, recipe["prompt"], recipe["profile"], recipe["revision"]):
        assert secret.encode() not in all_of_it
    assert b'"seed"' not in all_of_it
    assert verified(farm, film)["recipe"] is False
    assert verified(farm, Path(CLIENT, "label_en", PART))["recipe"] is False
    rows = Path(CLIENT, "manifest.csv").read_text(encoding="utf-8-sig").splitlines()
    assert ",unknown," in rows[1], "what of the prompt it shows would quote it"


def test_a_folder_with_recipes_becomes_one_without(farm: Farm, clip: str) -> None:
    delivered(farm)
    kept = farm("deliver", "demo", "--to", CLIENT, "--no-recipe", "--keep-old")
    assert (kept.status, "may hold recipes; leave one out" in kept.err) == (1, True)
    delivered(farm, "--no-recipe")
    assert PROMPT.encode() not in everything_in(CLIENT)


@pytest.mark.parametrize(
    ("earlier", "folder"),
    [
        (("--label", "zh"), "label_zh"),
        (("--variant", "mezz", "--fps", "25", "--conform", "repeat"), "mezz"),
    ],
)
def test_a_folder_is_not_called_without_recipes_while_others_in_it_have_them(
    farm: Farm, clip: str, earlier: tuple[str, ...], folder: str
) -> None:
    assert farm("deliver", "demo", "--to", CLIENT, *earlier).status == 0

    refused = farm("deliver", "demo", "--to", CLIENT, "--no-recipe")

    assert (refused.status, f"deliveries with recipes in {folder}: move" in refused.err) == (
        1,
        True,
    )
    assert farm("deliver", "demo", "--to", CLIENT, *earlier, "--no-recipe").status == 0
    assert farm("deliver", "demo", "--to", CLIENT, "--no-recipe").status == 0
    assert PROMPT.encode() not in everything_in(CLIENT)


def test_a_url_is_not_called_without_recipes_either(farm: Farm, clip: str) -> None:
    url = f"file://{Path('there').absolute()}"
    assert farm("deliver", "demo", "--to", url, "--label", "zh").status == 0

    refused = farm("deliver", "demo", "--to", url, "--no-recipe")

    assert (refused.status, "deliveries with recipes in label_zh: move" in refused.err) == (1, True)
    assert farm("deliver", "demo", "--to", url, "--no-recipe", "--label", "zh").status == 0
    assert PROMPT.encode() not in everything_in("there")


def test_clean_films_that_were_sent_are_in_the_log_without_labelled_ones(
    farm: Farm, store: Store, clip: str
) -> None:
    labelled = Path("there", "label_zh")
    labelled.mkdir(parents=True)
    (labelled / PART).write_bytes(b"somebody's film")
    refused = farm("deliver", "demo", "--to", f"file://{Path('there').absolute()}", "--label", "zh")
    assert (refused.status, "label_zh is not what" in refused.err) == (1, True)
    event = last_delivery(store)
    assert (event["clips"], "label" in event) == (1, False)
    assert Path("there", PART).exists()


def test_films_are_signed_where_a_certificate_is_named(
    farm: Farm, clip: str, signer: Signer
) -> None:
    still = Path("media", still_path(shown_still(farm)))
    still.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (96, 64), (200, 30, 40)).save(still)

    film = delivered(farm, "--label", "en")

    found = verified(farm, film)
    assert (found["credentials"]["state"], found["whole"]) == ("trusted", True)
    (made,) = found["credentials"]["history"]
    assert (made["action"], made["of"]) == ("c2pa.created", ["start picture (inputTo)"])
    labelled = verified(farm, Path(CLIENT, "label_en", PART))["credentials"]
    assert [each["action"] for each in labelled["history"]] == [
        "c2pa.created", "c2pa.opened", "c2pa.edited",
    ]  # fmt: skip
    for folder in (Path(CLIENT), Path(CLIENT, "label_en")):
        manifest = json.loads((folder / "manifest.json").read_text())
        jsonschema.validate(manifest, json.loads(SCHEMA.read_text()))
    said = farm("verify", str(film)).out
    assert "whole, signed by The studio (Tests), whom an authority vouches for" in said
    listed = json.loads(Path(CLIENT, "manifest.json").read_text())["clips"][0]
    assert listed["credentials"]["signer"] == "The studio"


def shown_still(farm: Farm) -> str:
    return farm("show", "demo", "sh010", "--json").json["takes"][0]["recipe"]["still"]


def test_a_signed_film_that_is_there_is_not_signed_again(
    farm: Farm, clip: str, signer: Signer
) -> None:
    first = sha256_at(delivered(farm))
    assert sha256_at(delivered(farm)) == first


def test_a_signed_delivery_is_made_again_bit_for_bit_but_for_its_signature(
    farm: Farm, clip: str, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = delivered(farm, "--otio")
    manifest = f"{CLIENT}/manifest.json"
    unsigned = json.loads(Path(manifest).read_text())["clips"][0]["credentials"]["unsigned_sha256"]
    told = farm("deliver", "--again", manifest)
    assert told.out == f"1 clip of demo in {Path(CLIENT).absolute()}, the same bit for bit\n", (
        "it was left as it was"
    )
    film.unlink()

    told = farm("deliver", "--again", manifest)
    assert (
        told.out
        == f"1 clip of demo in {Path(CLIENT).absolute()}, the same but for their signatures\n"
    ), told.err
    told = farm("deliver", "--again", manifest, "--to", "elsewhere", "--json").json
    assert (told["differing"], told["signed_anew"]) == ([], 1)
    document = json.loads(Path(manifest).read_text())
    document["files"][0]["sha256"] = "d" * 64
    Path("other.json").write_text(json.dumps(document))
    told = farm("deliver", "--again", "other.json", "--to", "another", "--json").json
    assert told["differing"] == [document["files"][0]["file"]], (
        "what differs otherwise is told still"
    )
    assert verified(farm, film)["credentials"]["state"] == "trusted"

    monkeypatch.setenv("FARM_CREDENTIALS", "{}")
    assert farm("deliver", "--again", manifest, "--to", "unsigned").err.strip() == (
        "farm: its films were signed, and the settings name no certificate: set [credentials] in "
        "farm.toml"
    )
    assert sha256_at(delivered(farm, "--otio", to="plain")) == unsigned


def test_a_delivery_is_made_again_by_the_producer_of_then(
    farm: Farm, clip: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARM_LABELS", '{"producer": "The studio"}')
    film = delivered(farm, "--no-recipe")
    content = film.read_bytes()
    film.unlink()
    monkeypatch.setenv("FARM_LABELS", '{"producer": "Its new name"}')

    assert farm("deliver", "--again", f"{CLIENT}/manifest.json").status == 0

    assert film.read_bytes() == content


@pytest.mark.parametrize("label", ["[" * 100_000, "", "{}", "[]", '{"ContentProducer": {}}', 7])
def test_a_manifest_with_a_label_that_nobody_wrote_makes_nothing_again(
    farm: Farm, clip: str, label: object
) -> None:
    delivered(farm)
    manifest = Path(CLIENT, "manifest.json")
    document = json.loads(manifest.read_text())
    document["clips"][0]["labels"]["implicit"]["AIGC"] = label
    manifest.write_text(json.dumps(document))
    refused = farm("deliver", "--again", str(manifest), "--to", "again")
    assert (refused.status, "no manifest that a delivery can be made from" in refused.err) == (
        1,
        True,
    )
    assert not Path("again").exists()


def test_a_remux_is_told_by_its_delivery(farm: Farm, clip: str, signer: Signer) -> None:
    film = delivered(farm)
    copy = film.with_name("copy.mp4")
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-loglevel",
        "error",
        "-i",
        film,
        "-c",
        "copy",
        copy,
    ]
    subprocess.run(command, check=True)
    copy.replace(film)

    found = verified(farm, film, status=1)

    assert (found["whole"], found["unsigned"], found["listed"]) == (False, True, "changed")
    said = farm("verify", str(film))
    assert said.status == 1
    assert "NOT WHOLE: it was changed" in said.out
    assert "credentials  GONE: it was signed when it was delivered" in said.out


def test_a_start_picture_that_cannot_be_read_stops_its_film_alone(
    farm: Farm, clip: str, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = still_path(shown_still(farm))
    Path("media", still).parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8)).save(Path("media", still))
    opened = MediaFolder.open

    def locked(self: MediaFolder, name: str, *more: Any) -> Any:
        if name == still:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return opened(self, name, *more)

    monkeypatch.setattr(MediaFolder, "open", locked)
    refused = farm("deliver", "demo", "--to", CLIENT)
    assert refused.status == 1
    assert "1 of 1 clips could not be delivered: sh010: " in refused.err
    assert f"{still} cannot be read (Permission denied): let the farm's user read it" in refused.err
    assert Path(CLIENT, "manifest.json").is_file()


def test_one_changed_byte_is_an_exit_status(farm: Farm, clip: str, signer: Signer) -> None:
    film = delivered(farm)
    elsewhere = Path("elsewhere.mp4")
    data = bytearray(film.read_bytes())
    data[-2000] ^= 1
    elsewhere.write_bytes(bytes(data))
    found = verified(farm, elsewhere, status=1)
    assert (found["credentials"]["state"], found["listed"]) == ("broken", "no_manifest")


@pytest.mark.parametrize("what", ["certificate", "key", "both swapped", "gone", "empty key"])
def test_a_signer_that_cannot_sign_stops_a_delivery_before_it_begins(
    farm: Farm, clip: str, signer: Signer, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    secret = signer.key.read_text().splitlines()[1]
    bad = {
        "certificate": Signer(Path(__file__), signer.key),
        "key": Signer(signer.certificate, signer.certificate),
        "both swapped": Signer(signer.key, signer.certificate),
        "gone": Signer(signer.certificate, Path("gone.key")),
        "empty key": Signer(signer.certificate, Path(os.devnull)),
    }
    configure(monkeypatch, bad[what])
    refused = farm("deliver", "demo", "--to", CLIENT)
    assert refused.status == 1
    assert refused.err.strip().startswith("farm: [credentials]")
    assert secret not in refused.err
    assert not Path(CLIENT).exists()


@pytest.mark.parametrize(
    "table",
    [
        {"key": "-----BEGIN PRIVATE KEY-----\nMIGhunter2\n-----END PRIVATE KEY-----"},
        {"kee": "-----BEGIN PRIVATE KEY-----\nMIGhunter2\n-----END PRIVATE KEY-----"},
        {"timestamp": "ftp://anna:MIGhunter2@stamps.example"},
        {"timestamp": "http://[MIGhunter2"},
        {"key": "studio.key"},
        "MIGhunter2",
    ],
)
def test_a_secret_in_the_wrong_place_is_refused_and_never_shown(
    farm: Farm, clip: str, monkeypatch: pytest.MonkeyPatch, table: object
) -> None:
    monkeypatch.setenv("FARM_CREDENTIALS", json.dumps(table))
    refused = farm("deliver", "demo", "--to", CLIENT)
    assert refused.status == 1
    assert "credentials" in refused.err.lower()
    assert "hunter2" not in refused.err + refused.out
    assert not Path(CLIENT).exists()


def test_no_key_is_in_database_manifest_or_log(
    farm: Farm, clip: str, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = signer.key.read_text()
    signer.key.unlink()
    monkeypatch.setenv("FARM_CREDENTIALS_KEY", key)
    told = farm("deliver", "demo", "--to", CLIENT)
    assert told.status == 0, told.err
    secret = key.splitlines()[1]
    kept = everything_in(CLIENT) + Path("farm.db").read_bytes() + (told.out + told.err).encode()
    assert secret.encode() not in kept
    assert verified(farm, Path(CLIENT, PART))["credentials"]["state"] == "trusted"


def test_several_films_are_verified_at_once(farm: Farm, clip: str) -> None:
    film = delivered(farm)
    torn, none = film.with_name("torn.mp4"), Path("none.mp4")
    torn.write_bytes(film.read_bytes()[:3000])
    none.write_text("no film")

    answer = farm("verify", str(film), str(torn), str(none), str(film))
    assert answer.status == 1
    assert answer.out.count("whole: it is as it was signed or delivered") == 2
    assert [line.split(": ")[1] for line in answer.err.splitlines()] == [str(torn), str(none)]


def test_what_cannot_be_verified_stops_no_other_and_stands_in_the_list(
    farm: Farm, clip: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = str(delivered(farm))
    verify = verifying.verify

    def without_c2pa(place: Path, trusted: str | None = None) -> verifying.Verified:
        if place.name == "signed.mp4":
            raise ModuleNotFoundError("No module named 'c2pa'", name="c2pa")
        return verify(place, trusted)

    monkeypatch.setattr(verifying, "verify", without_c2pa)
    names = [film, "gone.mp4", "signed.mp4", CLIENT, film]
    answer = farm("verify", *names, "--json")

    assert answer.status == 1
    assert [each["file"] for each in answer.json] == names
    assert [each.get("refused", "")[:9] for each in answer.json] == [
        "", "gone.mp4:", "signed.mp", f"{CLIENT}:"[:9], "",
    ]  # fmt: skip
    assert answer.json[1]["refused"] == "gone.mp4: No such file or directory"
    assert "shotfarm[credentials]" in answer.json[2]["refused"]
    assert answer.err.count("\n") == 3
    assert farm("verify", *names).out.count(f"{film}: whole") == 2


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.mp4", b"", "it is empty; name a film of a delivery, such as sh010_t02.mp4"),
        ("shots.csv", b"shot,image,prompt\n", "it is no MP4 or QuickTime film; name a film"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "it is no MP4 or QuickTime film; name a film"),
        ("a.mp4", b"\0" * 50, "it is no MP4 or QuickTime film; name a film"),
        (
            "a.mp4",
            b"\0\0\0\x18ftypisom\0",
            "a box in it is cut off; have it copied, or delivered, anew",
        ),
    ],
)
def test_what_is_no_film_cannot_be_verified(
    farm: Farm, tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    (tmp_path / name).write_bytes(content)
    refused = farm("verify", name)
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.startswith(f"farm: {name}: {why}")
    assert farm("verify", "gone.mp4").err == "farm: gone.mp4: No such file or directory\n"


def test_who_verifies_the_list_of_a_delivery_is_told_of_its_films(
    farm: Farm, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "sh020_t01.mp4").write_bytes(b"no film")
    film = b"\0\0\0\x08ftyp\0\0\0\x08moov"
    (tmp_path / "out" / "sh030_t01.mp4").write_bytes(film)
    (tmp_path / "out" / "manifest.csv").write_text("shot,file\n")
    told = farm("verify", "out/manifest.csv").err
    assert told.endswith("name a film of a delivery, such as out/sh030_t01.mp4\n")
