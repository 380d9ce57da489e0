"""The good rows of a shot list become shots: stills kept, first recipes written, the rest named."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from farm.domain.shot import NewShot, seed_for
from farm.errors import Refused, UnknownName
from farm.shotlist import Problem, ShotRow, Stills, prepare, read, stream, undivided
from pipeline.profiles.profile import Profile, load
from pipeline.stills import measurements
from pipeline.stills import prepare as still
from pipeline.stills.fitting import Fitting
from pipeline.storage.folder import MediaFolder
from pipeline.storage.names import still_path
from tests.pictures import ground

TOY = load("toy")


def profiles(name: str | None) -> Profile:
    if name not in (None, "toy"):
        raise UnknownName(f"there is no profile {name!r}; there are: toy")
    return TOY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ground((320, 160), "red").save(tmp_path / "wide.png")
    ground((200, 200), "blue").save(tmp_path / "square.png")
    Image.new("RGB", (8, 8)).save(tmp_path / "tiny.png")
    (tmp_path / "torn.png").write_bytes((tmp_path / "square.png").read_bytes()[:60])
    return tmp_path


def prepared(
    folder: Path, *rows: str, header: str = "shot,image,prompt", dry: bool = False
) -> tuple[list[NewShot], list[Problem]]:
    path = folder / "shots.csv"
    path.write_text("\n".join([header, *rows]))
    listed = read(path)
    assert listed.problems == ()
    media = None if dry else MediaFolder(folder / "media")
    return sorted_out(prepare(path.name, listed.rows, "spring", profiles, media))


def sorted_out(rows: Iterable[NewShot | Problem]) -> tuple[list[NewShot], list[Problem]]:
    shots, problems = list[NewShot](), list[Problem]()
    for each in rows:
        if isinstance(each, Problem):
            problems.append(each)
        else:
            shots.append(each)
    return shots, problems


def test_a_clip_that_the_ranks_of_its_profile_cannot_share_is_named_before_it_is_rendered(
    folder: Path,
) -> None:
    worker = TOY.worker.model_copy(update={"ranks": 8})
    eight = TOY.model_copy(update={"worker": worker})
    (folder / "shots.csv").write_text(
        "shot,image,prompt\nsh010,square.png,It turns.\nsh020,wide.png,It turns."
    )
    listed = read(folder / "shots.csv")
    shots, problems = sorted_out(
        prepare("shots.csv", listed.rows, "spring", lambda _: eight, MediaFolder(folder / "media"))
    )
    assert [each.code for each in shots] == ["sh010"]
    (problem,) = problems
    assert (problem.row, problem.field) == (3, "image")
    assert problem.message.startswith("size.undivided: 80x48 with 17 frames is 75 tokens, which 8")
    assert "crop the still to " in problem.message
    assert undivided(listed, lambda _: eight, Stills(10**8, lambda _: None)) == [problem]
    assert undivided(listed, profiles, Stills(10**8, lambda _: None)) == []


def test_a_row_becomes_a_shot_with_the_recipe_of_its_first_take(folder: Path) -> None:
    header = "shot,image,prompt,negative,seconds,seed,priority,must_keep,notes"
    (shot,), problems = prepared(
        folder, "sh010,wide.png,It rolls,rain,1,7,5,ball,TV", header=header
    )

    assert problems == []
    assert (shot.code, shot.priority, shot.must_keep, shot.notes) == ("sh010", 5, ("ball",), "TV")
    assert shot.image == str((folder / "wide.png").resolve())
    recipe = shot.recipe
    assert (recipe.prompt, recipe.negative) == ("It rolls", "blurry, still picture, rain")
    assert (recipe.seed, recipe.frames, recipe.fps, recipe.steps) == (7, 9, 8, 8)
    assert (recipe.width, recipe.height) == TOY.size_for(2, 1)
    assert (recipe.profile, recipe.revision) == ("toy", TOY.revision)
    assert still.load(MediaFolder(folder / "media"), recipe.still).size == (
        recipe.width,
        recipe.height,
    )


def test_a_shot_without_a_negative_of_its_own_has_the_profiles(folder: Path) -> None:
    (shot,), _ = prepared(folder, "sh010,wide.png,It rolls")

    assert shot.recipe.negative == TOY.sampler.negative


def test_a_seed_nobody_named_depends_on_production_and_shot_alone(folder: Path) -> None:
    (shot,), _ = prepared(folder, "sh010,wide.png,It rolls")

    assert shot.recipe.seed == seed_for("spring", "sh010") == 373884435
    seeds = {seed_for("spring", "sh020"), seed_for("autumn", "sh010"), shot.recipe.seed}
    assert len(seeds) == 3
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_an_aspect_crops_the_still_and_says_so(folder: Path) -> None:
    (shot,), _ = prepared(folder, "sh010,wide.png,It rolls,1:1", header="shot,image,prompt,aspect")

    assert shot.aspect == "1:1"
    assert shot.recipe.width == shot.recipe.height
    assert [finding.code for finding in shot.findings] == ["still.cropped", "still.aspect"]


def test_alternates_are_prepared_too(folder: Path) -> None:
    header = "shot,image,prompt,alternates"
    (shot,), _ = prepared(folder, "sh010,wide.png,It rolls,square.png|wide.png", header=header)

    square, wide = shot.alternates
    assert (square.image, square.width, square.height) == (
        str((folder / "square.png").resolve()),
        *TOY.size_for(1, 1),
    )
    assert wide.still == shot.recipe.still
    assert (folder / "media" / still_path(square.still)).is_file()


def test_everything_wrong_with_a_row_is_named_and_the_others_survive(folder: Path) -> None:
    header = "shot,image,prompt,seconds,alternates,profile"
    shots, problems = prepared(
        folder,
        "sh010,square.png,It rolls,,,",
        "sh020,torn.png,It rolls,60,tiny.png,",
        "sh030,square.png,It rolls,,,wan9",
        "sh040,wide.png,It rolls,,,toy",
        header=header,
    )

    assert [shot.code for shot in shots] == ["sh010", "sh040"]
    assert [(problem.row, problem.field) for problem in problems] == [
        (3, "seconds"),
        (3, "image"),
        (3, "alternates"),
        (4, "profile"),
    ]
    assert str(problems[0]) == (
        "shots.csv row 3, field seconds: 60 s is longer than toy makes: at most 4.12 s "
        "(33 frames at 8 fps); split the shot in two"
    )
    assert "torn.png" in problems[1].message
    assert str(problems[3]) == (
        "shots.csv row 4, field profile: there is no profile 'wan9'; there are: toy"
    )


def test_a_placeholder_keeps_its_row_out_with_a_remedy(folder: Path) -> None:
    rows = ("1,wide.png,TBD", "2,torn.png,#REF!", "3,wide.png,a test tube fills", "4,wide.png,待定")
    shots, problems = prepared(folder, *rows)

    assert [shot.code for shot in shots] == ["3"]
    assert [(each.row, each.field) for each in problems] == [
        (2, "prompt"), (3, "prompt"), (3, "image"), (5, "prompt"),
    ]  # fmt: skip
    assert str(problems[0]) == (
        "shots.csv row 2, field prompt: “TBD” is a placeholder, not a prompt: write who does what"
    )


def test_a_dry_run_makes_the_same_shots_and_keeps_nothing(folder: Path) -> None:
    rows = ("sh010,wide.png,It rolls", "sh020,square.png,It rolls")
    dry, _ = prepared(folder, *rows, dry=True)

    assert not (folder / "media").exists()
    assert dry == prepared(folder, *rows)[0]


def test_the_same_picture_is_fitted_once_for_each_size_it_is_wanted_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted: list[tuple[str, float | None]] = []
    measured: list[tuple[int, int]] = []
    fit, measure = still.fit, measurements.measure

    def counted(picture: Path, profile: Profile, **wishes: Any) -> still.Fitted:
        fitted.append((picture.name, wishes["aspect"]))
        return fit(picture, profile, **wishes)

    def measured_once(source: Image.Image, how: Fitting, *by: Any, **so: Any) -> measurements.Facts:
        measured.append(how.after)
        return measure(source, how, *by, **so)

    monkeypatch.setattr(still, "fit", counted)
    monkeypatch.setattr(measurements, "measure", measured_once)
    header = "shot,image,prompt,aspect"
    prepared(
        folder,
        "1,wide.png,It rolls,",
        "2,wide.png,It rolls,",
        "3,wide.png,It rolls,1:1",
        header=header,
    )

    assert fitted == [("wide.png", None), ("wide.png", 1.0)]
    assert measured == [TOY.size_for(2, 1), TOY.size_for(1, 1)]


def test_rows_are_read_one_by_one_so_that_a_long_list_needs_little_memory(folder: Path) -> None:
    path = folder / "shots.csv"
    path.write_text(
        "shot,image,prompt\n1,wide.png,It rolls\n2,torn.png,It rolls\n3,wide.png,It rolls\n"
    )
    consumed: list[int] = []

    def rows() -> Iterator[ShotRow | Problem]:
        for row in stream(path).rows:
            consumed.append(row.row)
            yield row

    ready = prepare(path.name, rows(), "spring", profiles, None)

    assert [(each.code, [*consumed]) for each in ready if isinstance(each, NewShot)] == [
        ("1", [2]),
        ("3", [2, 3, 4]),
    ]


def test_pictures_with_more_pixels_than_allowed_are_refused(folder: Path) -> None:
    path = folder / "shots.csv"
    path.write_text("shot,image,prompt\n1,wide.png,It rolls\n")

    rows = stream(path).rows
    shots, problems = sorted_out(
        prepare(path.name, rows, "spring", profiles, None, max_pixels=1000)
    )

    assert shots == []
    assert [(problem.row, problem.field) for problem in problems] == [(2, "image")]
    assert "more than 1,000 pixels" in problems[0].message


def test_a_media_root_that_cannot_be_written_is_said_in_a_sentence(folder: Path) -> None:
    (folder / "media").write_text("a file where the folder should be")

    with pytest.raises(Refused, match="the media folder"):
        prepared(folder, "sh010,wide.png,It rolls")
