"""What the farm refuses: one clear sentence, an exit status, and nothing lost."""

import re
import sqlite3
from typing import Any

import numpy as np
import pytest
from PIL import Image


def test_three_bad_rows_among_200_are_named_and_the_rest_goes_in(farm_folder: Any) -> None:
    farm_folder.picture("still.png")
    (farm_folder.path / "text.png").write_text("I am no picture")
    rows = [f"sh{number:03d},still.png,The circle moves left,1" for number in range(200)]
    rows[10] = "sh010,text.png,The circle moves left,1"
    rows[20] = "sh020,still.png,,1"
    rows[30] = "sh030,still.png,The circle moves left,60"
    farm_folder.write_list("shot,image,prompt,seconds\n" + "\n".join(rows))
    answer = farm_folder.run("submit", "shots.csv", "-p", "ads")
    assert answer.status == 1
    assert "197 shots added" in answer.out
    for place in ("row 12, field image", "row 22, field prompt", "row 32, field seconds"):
        assert f"shots.csv {place}" in answer.err
    assert "at most 4.12 s" in answer.err
    assert len(farm_folder.shots()) == 197
    again = farm_folder.run("submit", "shots.csv", "-p", "ads", "--json").json
    assert (len(again["added"]), len(again["unchanged"]), len(again["problems"])) == (0, 197, 3)


def test_strict_takes_in_nothing_when_a_row_is_bad(farm_folder: Any) -> None:
    farm_folder.picture("still.png")
    farm_folder.write_list("shot,image,prompt\nsh010,still.png,It moves\nsh020,none.png,It moves\n")
    answer = farm_folder.run("submit", "shots.csv", "-p", "ads", "--strict")
    assert answer.status == 1
    assert farm_folder.run("status", "--json").json["productions"] == []


def test_a_dry_run_says_the_same_and_writes_nothing(farm_folder: Any) -> None:
    farm_folder.picture("still.png")
    farm_folder.write_list("shot,image,prompt\nsh010,still.png,It moves\nsh020,none.png,It moves\n")
    dry = farm_folder.run("submit", "shots.csv", "-p", "ads", "--dry-run")
    assert dry.status == 1
    assert "1 shot is ready" in dry.out
    assert not (farm_folder.path / "media").exists()
    assert not (farm_folder.path / "farm.db").exists()
    real = farm_folder.run("submit", "shots.csv", "-p", "ads")
    assert dry.err == real.err


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no shots"),
        ("shot,image,prompt\n", "has no shots"),
        ("shot,image,prompt\nsh010,../../etc/passwd,It moves\n", "row 2, field image"),
        ("shot,image,prompt,colour\nsh010,still.png,It moves,red\n", "no such column"),
    ],
)
def test_a_useless_list_is_refused_in_a_sentence(
    farm_folder: Any, text: str, sentence: str
) -> None:
    farm_folder.picture("still.png")
    farm_folder.write_list(text)
    answer = farm_folder.run("submit", "shots.csv", "-p", "ads")
    assert answer.status == 1
    assert sentence in answer.err
    assert "Traceback" not in answer.err


def test_strange_but_real_pictures_render(farm_folder: Any) -> None:
    plain = Image.linear_gradient("L").resize((96, 64))
    pictures = {
        "cmyk.jpg": plain.convert("CMYK"),
        "deep.png": Image.fromarray(np.asarray(plain).astype(np.uint16) * 257),
        "palette.png": plain.convert("P"),
        "clear.png": plain.convert("RGBA"),
    }
    for name, picture in pictures.items():
        picture.save(farm_folder.path / name)
    turned = Image.Exif()
    turned[0x0112] = 6
    plain.convert("RGB").save(farm_folder.path / "turned.jpg", exif=turned)
    names = [*pictures, "turned.jpg"]
    rows = [f"sh{number},{name},The circle moves left" for number, name in enumerate(names)]
    farm_folder.write_list("shot,image,prompt\n" + "\n".join(rows))
    submitted = farm_folder.run("submit", "shots.csv", "-p", "ads", "--profile", "quick")
    assert submitted.status == 0, submitted.err
    run = farm_folder.run("run", "--cluster", "inline", "--profile", "quick", "--until-idle")
    assert run.status == 0, run.err
    # Whatever the gate makes of a grey wedge that moves: each picture was rendered.
    assert {shot["verdict"] for shot in farm_folder.shots()} <= {
        "accepted",
        "low_match",
        "bad_clip",
    }
    sizes = {
        code: (take["recipe"]["width"], take["recipe"]["height"])
        for code in (f"sh{number}" for number in range(len(names)))
        for take in farm_folder.story(code)["takes"]
    }
    assert sizes["sh0"][0] > sizes["sh0"][1]
    assert sizes["sh4"][0] < sizes["sh4"][1], "a turned picture must be set upright"


def test_a_database_of_another_revision_is_refused(farm_folder: Any) -> None:
    farm_folder.submit(1)
    with sqlite3.connect(farm_folder.path / "farm.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    answer = farm_folder.run("status")
    assert answer.status == 1
    assert "9999" in answer.err
    assert "newer farm" in answer.err


def test_check_names_every_problem_at_once(farm_folder: Any) -> None:
    answer = farm_folder.run(
        "check", FARM_MEDIA="/proc/media", FARM_FFMPEG="/bin/false", FARM_CLUSTER="inline"
    )
    assert answer.status == 1
    assert answer.out.count("no  ") == 2
    assert farm_folder.run("check", FARM_CLUSTER="inline").status == 0


def test_settings_that_cannot_work_are_all_named_at_once(farm_folder: Any) -> None:
    (farm_folder.path / "farm.toml").write_text('worker = 3\nlease_seconds = "long"\n')
    answer = farm_folder.run("status", FARM_BACKOFF_SECONDS="-1", FARM_LEASE_SECONDS="")
    assert answer.status == 1
    assert "farm.toml, worker: there is no such setting" in answer.err
    assert "FARM_BACKOFF_SECONDS" in answer.err


def test_a_wrong_checkpoint_stops_the_run_in_a_sentence_and_loses_nothing(farm_folder: Any) -> None:
    farm_folder.submit(1)
    broken = farm_folder.path / "weights" / "broken"
    broken.mkdir(parents=True)
    toy = farm_folder.path / "profiles" / "quick.toml"
    text = toy.read_text().replace('weights = "builtin:toy-i2v"', f'weights = "{broken}"')
    (farm_folder.path / "profiles" / "toy.toml").write_text(text.replace('"quick"', '"toy"'))
    for cluster in ("inline", "ray"):
        answer = farm_folder.run("run", "--cluster", cluster, "--until-idle")
        assert answer.status == 1
        assert str(broken) in answer.err
        assert "Traceback" not in answer.err
    assert farm_folder.shots()[0]["state"] == "waiting"


def test_init_writes_settings_that_are_read_back(farm_folder: Any) -> None:
    assert farm_folder.run("init").status == 0
    text = (farm_folder.path / "farm.toml").read_text()
    live = [line.removeprefix("# ") for line in text.splitlines() if " = " in line]
    set_ones = [line for line in live if "not set" not in line and re.match(r"\w+ = ", line)]
    (farm_folder.path / "farm.toml").write_text("\n".join(set_ones))
    assert farm_folder.run("db", "upgrade").status == 0
    assert farm_folder.run("status").status == 0
    assert farm_folder.run("init").status == 1
