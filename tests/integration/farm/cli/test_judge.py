"""`farm judge` and `farm calibrate --from`: films that no farm has made, judged by the toy's scorer."""

import csv
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from farm.cli import farm
from farm.errors import Refused
from pipeline.clips import encode
from pipeline.errors import RenderFault
from pipeline.result import Zones
from pipeline.scoring import calibration_file
from pipeline.scoring.calibration import Calibration
from pipeline.storage.folder import MediaFolder
from pipeline.toy import captions, drawing
from tests.benchmarks.toy_world import shots


@dataclass(frozen=True)
class Film:
    """A film of the tiny world, and what is drawn in it."""

    file: str
    prompt: str
    still: str


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def drawn(folder: Path, number: int) -> list[Film]:
    found: list[Film] = []
    for each, scene in enumerate(shots.dealt("judged", number)):
        frames = drawing.frames(scene)
        film = Film(f"{each:02d}.mp4", captions.short(scene), f"{each:02d}.png")
        encode.seal(frames, MediaFolder(folder), film.file, 8, {})
        Image.fromarray(frames[0]).save(folder / film.still)
        found.append(film)
    return found


def run(*arguments: str) -> Result:
    return CliRunner().invoke(farm, arguments, env={"COLUMNS": "120", "FARM_PROFILE": "toy"})


def test_a_film_that_shows_its_prompt_passes_and_needs_no_farm(folder: Path) -> None:
    [film] = drawn(folder, 1)
    before = set(folder.iterdir())
    answer = run("judge", film.file, "--prompt", film.prompt)
    assert answer.exit_code == 0, answer.output
    first, *others = answer.stdout.splitlines()
    assert first.startswith("00.mp4  accepted  match ")
    assert sum(film.prompt.rstrip(".") in line for line in others) >= 2, "every question is told"
    assert others[-1].startswith("judged by builtin:toy-clip#")
    assert others[-1].endswith("accepted from 0.500 (the profile's threshold)")
    assert set(folder.iterdir()) == before


def test_what_a_film_misses_is_told_to_people(folder: Path) -> None:
    first, second = drawn(folder, 2)
    answer = run("judge", second.file, "--prompt", first.prompt)
    assert isinstance(answer.exception, SystemExit), answer.exception
    assert answer.exit_code == 1
    assert answer.stdout.startswith("01.mp4  low match  match ")
    assert re.search(r"^  [a-z ]+: .+: 0\.\d\d, below 0\.50$", answer.stdout, re.MULTILINE)
    assert "judged by builtin:toy-clip#" in answer.stdout


def test_several_films_are_judged_though_one_is_broken_and_the_status_says_no(folder: Path) -> None:
    first, second = drawn(folder, 2)
    (folder / "letter.mp4").write_text("Dear client")
    answer = run("judge", first.file, "letter.mp4", second.file, "--prompt", first.prompt, "--json")
    assert answer.exit_code == 1
    told = json.loads(answer.stdout)
    mine, broken, other = told["clips"]
    assert (mine["verdict"], broken["verdict"], other["verdict"]) == (
        "accepted", None, "low_match",
    )  # fmt: skip
    assert mine["score"] == min(mine["match"]["clip_prompt"], mine["match"]["clip_still"])
    assert mine["match"]["answers"][0]["question"]
    assert other["misses"]
    assert "letter.mp4 cannot be read as a film" in broken["problem"]
    assert answer.stderr.startswith("farm: letter.mp4 cannot be read as a film")
    assert (told["profile"], told["calibrated"]) == ("toy", False)


def test_a_still_of_its_own_is_what_the_clip_is_held_against(folder: Path) -> None:
    first, second = drawn(folder, 2)
    plain, own, other = (
        json.loads(run("judge", first.file, "--prompt", first.prompt, "--json", *still).stdout)
        for still in ((), ("--still", first.still), ("--still", second.still))
    )
    kept = [each["clips"][0]["match"]["clip_still"] for each in (plain, own, other)]
    assert kept[0] == pytest.approx(kept[1], abs=0.1)
    assert kept[2] < kept[1]
    missing = run("judge", first.file, "--prompt", first.prompt, "--still", "none.png")
    assert missing.exit_code == 1
    assert "none.png" in missing.stderr


def test_a_calibration_in_the_media_root_draws_the_lines(folder: Path) -> None:
    [film] = drawn(folder, 1)
    told = json.loads(run("judge", film.file, "--prompt", film.prompt, "--json").stdout)
    lines = Zones(accept=1.0, retake=0.1)
    made = Calibration(
        profile="toy", scorer=told["scorer"], source="labels", zones=lines, limit=0.1, good=40, bad=20
    )  # fmt: skip
    media = MediaFolder(folder / "media")
    media.set_up()
    calibration_file.keep(media, made)
    strict = run("judge", film.file, "--prompt", film.prompt)
    assert strict.exit_code == int(told["clips"][0]["score"] < 1.0)
    assert "accepted from 1.000 (a calibration)" in strict.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("a.mp4",), "Missing option '--prompt'"),
        (("--prompt", "A cup turns"), "Missing argument 'CLIP…'"),
        (("a.mp4", "--prompt", " "), "--prompt says nothing"),
        (("a.mp4", "--prompt", "A cup", "--csv", "--json"), "choose one"),
    ],
)
def test_wrong_usage_is_told_with_status_2(
    folder: Path, arguments: tuple[str, ...], told: str
) -> None:
    answer = run("judge", *arguments)
    assert answer.exit_code == 2
    assert told in answer.stderr


def test_a_profile_without_weights_at_hand_says_how_to_get_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    answer = run("judge", "a.mp4", "--prompt", "A cup", "--profile", "wan2.2-i2v-a14b")
    assert isinstance(answer.exception, RenderFault)
    assert "set FARM_WEIGHTS" in str(answer.exception)


def test_a_table_of_judged_films_is_filled_in_and_draws_the_lines(folder: Path) -> None:
    """As a person goes: judge, fill in the column `good`, calibrate."""
    films = drawn(folder, 40)
    table = run("judge", films[0].file, films[1].file, "--prompt", films[0].prompt, "--csv").stdout
    mine, other = csv.DictReader(io.StringIO(table))
    assert (mine["clip"], mine["verdict"], other["verdict"]) == ("00.mp4", "accepted", "low_match")
    assert (mine["prompt"], mine["good"]) == (films[0].prompt, "")
    rows: list[dict[str, str]] = []
    for number, film in enumerate(films):
        wrong = films[number - 1] if number % 3 == 0 else film
        said = {"clip": film.file, "prompt": wrong.prompt, "good": "yes" if wrong is film else "no"}
        rows.append({**mine, **said})
    good = [row for row in rows if row["good"] == "yes"]
    bad = [row for row in rows if row["good"] == "no"]
    with (folder / "labels.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows([*good, *bad])

    dry = run("calibrate", "--from", "labels.csv", "--limit", "0.3", "--dry-run", "--json")
    assert dry.exit_code == 0, dry.output
    [told] = json.loads(dry.stdout)["calibrations"]
    assert (told["calibration"]["good"], told["calibration"]["bad"]) == (len(good), len(bad))
    assert told["calibration"]["accuracy"]["auroc"]["value"] > 0.9
    assert not (folder / "media" / "calibration").exists()

    wet = run("calibrate", "--from", "labels.csv", "--limit", "0.3")
    assert wet.exit_code == 0, wet.output
    assert "approvals and" in wet.stdout
    kept = calibration_file.read(MediaFolder(folder / "media"), "toy", told["scorer"])
    assert kept is not None
    assert not (folder / "farm.db").exists(), "no database was asked"
    judged = run("judge", films[1].file, "--prompt", films[1].prompt)
    assert f"accepted from {kept.zones.accept:.3f} (a calibration)" in judged.stdout


def test_rows_that_will_not_do_are_named_before_anything_is_judged(folder: Path) -> None:
    (folder / "labels.csv").write_text("clip,prompt,good\nnone.mp4,A cup,maybe\n")
    answer = run("calibrate", "--from", "labels.csv")
    assert isinstance(answer.exception, Refused)
    assert "labels.csv row 2, field clip: there is no file none.mp4" in str(answer.exception)
    assert "labels.csv row 2, field good: 'maybe'" in str(answer.exception)


def test_a_film_that_cannot_be_read_is_named_by_its_row(folder: Path) -> None:
    (folder / "letter.mp4").write_text("Dear client")
    (folder / "labels.csv").write_text("clip,prompt,good\nletter.mp4,A cup,yes\n")
    answer = run("calibrate", "--from", "labels.csv")
    assert isinstance(answer.exception, Refused)
    assert str(answer.exception).startswith(
        "labels.csv row 2, field clip: letter.mp4 cannot be read as a film"
    )


def test_every_film_that_does_not_begin_is_named_before_any_is_judged(folder: Path) -> None:
    [film] = drawn(folder, 1)
    (folder / "letter.mp4").write_text("Dear client")
    Image.new("RGB", (64, 64)).save(folder / "cup.png")
    rows = "".join(f"{each},A cup,yes\n" for each in (film.file, "letter.mp4", "cup.png"))
    (folder / "labels.csv").write_text(f"clip,prompt,good\n{rows}")
    answer = run("calibrate", "--from", "labels.csv")
    assert isinstance(answer.exception, Refused)
    first, second = str(answer.exception).splitlines()
    assert first.startswith("labels.csv row 3, field clip: letter.mp4 cannot be read")
    assert second.startswith("labels.csv row 4, field clip: cup.png holds one picture")


def test_every_still_that_cannot_be_read_is_named_before_any_film_is_judged(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.scoring.films.match_of", None)
    [film] = drawn(folder, 1)
    (folder / "cup.png").write_text("Dear client")
    rows = "".join(
        f"{film.file},{prompt},yes,{still}\n"
        for prompt, still in (("A", film.still), ("B", "cup.png"), ("C", "cup.png"), ("D", ""))
    )
    (folder / "labels.csv").write_text(f"clip,prompt,good,still\n{rows}")
    answer = run("calibrate", "--from", "labels.csv")
    assert isinstance(answer.exception, Refused)
    first, second = str(answer.exception).splitlines()
    assert first.startswith("labels.csv row 3, field still: cup.png ")
    assert second.startswith("labels.csv row 4, field still: cup.png ")


def test_too_few_labels_are_told_before_any_film_is_judged(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.scoring.films.match_of", None)
    test_too_few_labels_change_nothing(folder)


def test_too_few_labels_change_nothing(folder: Path) -> None:
    [film] = drawn(folder, 1)
    (folder / "labels.csv").write_text(f"clip,prompt,good\n{film.file},{film.prompt},yes\n")
    answer = run("calibrate", "--from", "labels.csv")
    assert answer.exit_code == 1
    assert "there are 1 approvals and 0 rejections" in answer.stderr


def test_an_encoding_that_was_guessed_is_told_before_any_film_is_judged(folder: Path) -> None:
    row = "gone.mp4,杯子在桌子上旋转，背景不变。,是\n"
    (folder / "labels.csv").write_bytes(f"clip,prompt,good\n{row}".encode("gbk"))
    answer = run("calibrate", "--from", "labels.csv")
    assert answer.stderr == (
        "farm: labels.csv was read as GBK; if its letters are wrong, say --encoding\n"
    )
    assert str(answer.exception).startswith(
        "labels.csv row 2, field clip: there is no file gone.mp4"
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [(("--from", "a.csv", "--from-swapped"), "choose one"), (("--encoding", "gbk"), "--from")],
)
def test_two_sorts_of_labels_at_once_are_wrong_usage(
    folder: Path, options: tuple[str, ...], told: str
) -> None:
    answer = run("calibrate", *options)
    assert answer.exit_code == 2
    assert told in answer.stderr
