"""Every finding on stills, with a picture that shows it and one that nearly does."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from farm import demo
from pipeline.findings import Finding, Severity
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.stills import lint as still_lint
from pipeline.stills import measurements, prepare
from pipeline.stills.lint import StillReport
from pipeline.stills.measurements import Facts
from tests.pictures import photograph, thing

WAN = profile.load("wan2.2-i2v-a14b")
TOY = profile.load("toy")
STAYS = "The can slowly turns."


def look(
    tmp_path: Path, image: Image.Image, *, to: Profile = WAN, aspect: float | None = None
) -> Facts:
    image.save(tmp_path / "picture.png")
    fitted = prepare.fit(tmp_path / "picture.png", to, aspect=aspect, look=True)
    return measurements.measure(fitted.source, fitted.how, read=False)


def report(
    tmp_path: Path,
    image: Image.Image,
    prompt: str = STAYS,
    *,
    to: Profile = WAN,
    aspect: float | None = None,
) -> StillReport:
    return still_lint.lint(look(tmp_path, image, to=to, aspect=aspect), to.still, prompt, "can.png")


def found(made: StillReport, code: str) -> Finding | None:
    return next((each for each in made.findings if each.code == f"still.{code}"), None)


# The subject


def test_a_subject_is_found_and_its_share_said_by_its_box(tmp_path: Path) -> None:
    made = report(tmp_path, thing((0.3, 0.3, 0.7, 0.7)))
    assert made.subject
    assert made.subject.box == pytest.approx((0.3, 0.3, 0.7, 0.7), abs=0.02)
    small = found(made, "subject_small")
    assert small
    assert "16% of the frame (its box)" in small.message


@pytest.mark.parametrize(
    ("side", "severity"),
    [(0.4, Severity.WARNING), (0.7, Severity.INFO), (0.8, None)],
)
def test_a_small_subject_is_remarked_and_one_above_the_least_is_not(
    tmp_path: Path, side: float, severity: Severity | None
) -> None:
    edge = (1 - side) / 2
    small = found(report(tmp_path, thing((edge, edge, 1 - edge, 1 - edge))), "subject_small")
    assert (small.severity if small else None) == severity


def test_the_share_can_be_that_of_the_outline(tmp_path: Path) -> None:
    seen = look(tmp_path, photograph("horse"))
    by_mask = replace_section(measured="mask", least=0.5)
    small = found(still_lint.lint(seen, by_mask, STAYS, "horse.png"), "subject_small")
    assert small
    assert "(its outline)" in small.message
    assert not found(
        still_lint.lint(seen, replace_section(least=0.5), STAYS, "horse.png"), "subject_small"
    )


@pytest.mark.parametrize(("side", "said"), [(0.95, True), (0.9, False)])
def test_a_subject_that_fills_the_frame_has_no_room_to_move(
    tmp_path: Path, side: float, said: bool
) -> None:
    edge = (1 - side) / 2
    filled = found(report(tmp_path, thing((edge, edge, 1 - edge, 1 - edge))), "no_room")
    assert bool(filled) is said
    assert not filled or "no room to move" in filled.message


@pytest.mark.parametrize(("left", "said"), [(0.02, True), (0.28, False)])
def test_a_subject_far_from_the_middle_is_remarked(tmp_path: Path, left: float, said: bool) -> None:
    off = found(report(tmp_path, thing((left, 0.3, left + 0.4, 0.7))), "off_centre")
    assert bool(off) is said
    assert not off or "at the left" in off.message


def test_a_subject_stands_well_off_centre_when_it_is_to_cross_the_frame(tmp_path: Path) -> None:
    image = thing((0.02, 0.3, 0.42, 0.7))
    assert found(report(tmp_path, image, "The can rolls to the left"), "off_centre")
    assert not found(report(tmp_path, image, "The can rolls to the right"), "off_centre")


@pytest.mark.parametrize("name", ["grass", "gravel", "brick", "cat", "coins"])
def test_of_a_texture_a_crowd_or_a_face_that_fills_the_frame_no_subject_is_claimed(
    tmp_path: Path, name: str
) -> None:
    made = report(tmp_path, photograph(name), "The man walks to the left")
    assert made.subject is None
    assert made.proposed is None
    assert not {"still.no_room", "still.subject_small", "still.off_centre"} & {
        each.code for each in made.findings
    }


@pytest.mark.parametrize("name", ["coffee", "rocket", "china", "flower", "horse", "man"])
def test_the_subject_of_a_photograph_is_found(tmp_path: Path, name: str) -> None:
    wanted = {
        "coffee": (0.2, 0.0, 0.85, 0.95),
        "rocket": (0.4, 0.3, 0.62, 1.0),
        "china": (0.08, 0.0, 0.6, 0.95),
        "flower": (0.25, 0.18, 0.73, 1.0),
        "horse": (0.03, 0.03, 0.98, 0.98),
        "man": (0.0, 0.1, 0.8, 1.0),
    }[name]
    seen = look(tmp_path, photograph(name)).seen
    assert seen
    left, top, right, bottom = seen.box
    assert wanted[0] <= left < right <= wanted[2]
    assert wanted[1] <= top < bottom <= wanted[3]


# Room for the action


@pytest.mark.parametrize(
    ("prompt", "side"),
    [
        ("The can rolls to the right", "right"),
        ("The can slides left", "left"),
        ("The can rises", "up"),
        ("The can sinks", "down"),
        ("罐子向右移动", "右"),
    ],
)
def test_a_subject_at_the_edge_it_is_to_go_to_has_no_room(
    tmp_path: Path, prompt: str, side: str
) -> None:
    boxes = {
        "right": (0.55, 0.3, 0.95, 0.7), "右": (0.55, 0.3, 0.95, 0.7), "left": (0.05, 0.3, 0.45, 0.7),
        "up": (0.3, 0.05, 0.7, 0.45), "down": (0.3, 0.55, 0.7, 0.95),
    }  # fmt: skip
    cramped = found(report(tmp_path, thing(boxes[side]), prompt), "no_room")
    assert cramped
    assert cramped.severity is Severity.WARNING
    assert f"move {side}" in cramped.message or f"向{side}移动" in cramped.message
    assert "5%" in cramped.message
    assert not found(report(tmp_path, thing((0.3, 0.3, 0.7, 0.7)), prompt), "no_room")
    assert not found(report(tmp_path, thing(boxes[side]), STAYS), "no_room")


def test_of_two_moves_each_needs_half_the_room(tmp_path: Path) -> None:
    image = thing((0.45, 0.3, 0.9, 0.7))
    assert found(report(tmp_path, image, "The can rolls to the right"), "no_room")
    staged = "The can first rolls to the right, then it rolls to the left"
    assert not found(report(tmp_path, image, staged), "no_room")


@pytest.mark.parametrize(("edge", "said"), [(0.03, True), (0.1, False)])
def test_growing_needs_room_on_every_side(tmp_path: Path, edge: float, said: bool) -> None:
    image = thing((edge, 0.2, 0.7, 0.7))
    assert bool(found(report(tmp_path, image, "The can slowly grows"), "no_room")) is said


def test_who_walks_to_the_camera_may_be_cut_at_the_feet(tmp_path: Path) -> None:
    prompt = "The man walks towards the camera"
    assert not found(report(tmp_path, thing((0.3, 0.3, 0.7, 1.0)), prompt), "no_room")
    assert found(report(tmp_path, thing((0.3, 0.0, 0.7, 0.7)), prompt), "no_room")


def test_where_no_side_has_room_none_is_offered(tmp_path: Path) -> None:
    cramped = found(report(tmp_path, photograph("horse"), "A horse runs to the right"), "no_room")
    assert cramped
    assert "let it move" not in cramped.message


def test_no_room_is_said_of_the_one_still_of_the_demo_that_has_none() -> None:
    import csv

    said = set()
    with (demo.folder() / "shots.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            fitted = prepare.fit(demo.folder() / row["image"], TOY, look=True)
            seen = measurements.measure(fitted.source, fitted.how, read=False)
            made = still_lint.lint(seen, TOY.still, row["prompt"], row["image"])
            said |= {row["shot"] for each in made.findings if each.code == "still.no_room"}
    assert said == {"sh140"}


def test_the_free_margin_answers_for_a_prepared_still_with_its_value_and_the_limit() -> None:
    cramped = still_lint.free_margin(
        thing((0.55, 0.3, 0.95, 0.7)), "The can rolls right", WAN.still
    )
    assert cramped
    assert cramped.value == pytest.approx(0.05, abs=0.02)
    assert cramped.threshold == WAN.still.room
    assert "only 5%" in cramped.sentence
    free = still_lint.free_margin(thing((0.55, 0.3, 0.95, 0.7)), "The can rolls left", WAN.still)
    assert free
    assert (free.value > free.threshold, free.sentence) == (True, "")


def test_the_free_margin_knows_nothing_without_a_direction_or_a_subject() -> None:
    assert still_lint.free_margin(thing(), STAYS, WAN.still) is None
    assert still_lint.free_margin(photograph("grass"), "The can rolls right", WAN.still) is None


# Lettering


def test_where_nobody_can_read_a_note_says_so_once(tmp_path: Path) -> None:
    thing().save(tmp_path / "can.png")
    fitted = prepare.fit(tmp_path / "can.png", WAN, look=True)
    seen = measurements.measure(fitted.source, fitted.how)
    made = still_lint.lint(seen, WAN.still, STAYS, "can.png")
    unread = found(made, "lettering_unread")
    assert unread
    assert unread.severity is Severity.INFO
    assert 'pip install "shotfarm[ocr]"' in unread.message
    assert not found(report(tmp_path, thing()), "lettering_unread")


# Sharpness and blocks


@pytest.mark.parametrize(("soft", "said"), [(4.0, True), (0.8, False)])
def test_a_blurred_subject_is_remarked(tmp_path: Path, soft: float, said: bool) -> None:
    assert bool(found(report(tmp_path, thing(size=(640, 640), soft=soft)), "blurred")) is said


def test_a_sharp_subject_on_a_blurred_ground_is_sharp(tmp_path: Path) -> None:
    flower = photograph("flower")
    assert not found(report(tmp_path, flower), "blurred")
    subject = look(tmp_path, flower).fitting.subject
    assert subject
    box = tuple(round(edge) for edge in subject.box)
    blurred = flower.copy()
    part = flower.crop((box[0], box[1], box[2], box[3])).filter(ImageFilter.GaussianBlur(4))
    blurred.paste(part, (box[0], box[1]))
    assert found(report(tmp_path, blurred), "blurred")


@pytest.mark.parametrize("name", ["china", "cat", "coffee", "astronaut"])
def test_every_photograph_is_blurred_once_it_has_been_blurred(tmp_path: Path, name: str) -> None:
    image = photograph(name)
    assert not found(report(tmp_path, image), "blurred")
    assert found(report(tmp_path, image.filter(ImageFilter.GaussianBlur(3))), "blurred")


@pytest.mark.parametrize(("quality", "said"), [(25, True), (92, False)])
@pytest.mark.parametrize("name", ["cat", "astronaut", "coffee"])
def test_blocks_of_jpeg_are_seen_in_a_png_too(
    tmp_path: Path, name: str, quality: int, said: bool
) -> None:
    file = io.BytesIO()
    photograph(name).save(file, "JPEG", quality=quality)
    blocks = found(report(tmp_path, Image.open(file)), "jpeg_artefacts")
    assert bool(blocks) is said


def test_blocks_are_seen_after_a_crop_off_their_grid_and_missed_after_scaling(
    tmp_path: Path,
) -> None:
    file = io.BytesIO()
    photograph("astronaut").save(file, "JPEG", quality=25)
    cropped = Image.open(file).crop((3, 5, 503, 505))
    assert found(report(tmp_path, cropped), "jpeg_artefacts")
    assert not found(report(tmp_path, cropped.resize((430, 430))), "jpeg_artefacts")


# Size and shape


@pytest.mark.parametrize(("side", "code"), [(300, "too_small"), (330, "upscaled"), (700, None)])
def test_what_must_be_enlarged_too_much_is_too_small(
    tmp_path: Path, side: int, code: str | None
) -> None:
    codes = {each.code for each in report(tmp_path, thing(size=(side, side))).findings}
    assert codes & {"still.too_small", "still.upscaled"} == ({f"still.{code}"} if code else set())


@pytest.mark.parametrize(("aspect", "said"), [(9 / 16, True), (4 / 3, False), (None, False)])
def test_a_shape_that_throws_much_away_is_advised_against(
    tmp_path: Path, aspect: float | None, said: bool
) -> None:
    made = report(tmp_path, thing(size=(960, 640)), aspect=aspect)
    shape = found(made, "aspect")
    assert bool(shape) is said
    assert not shape or "is 3:2 and the shot is to be 9:16" in shape.message


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((1500, 100), "is 15:1, wider than 4:1, the widest that is rendered"),
        ((100, 1500), "is 1:15, taller than 1:4, the tallest that is rendered"),
        ((5600, 1000), "is 28:5, wider than 4:1"),
        ((20000, 64), "is 312:1, wider than 4:1"),
        ((4000, 1000), ""),
        ((1000, 4000), ""),
        ((4100, 1000), ""),
    ],
)
def test_a_panorama_is_told_what_is_rendered_and_nothing_that_does_not_apply(
    tmp_path: Path, size: tuple[int, int], words: str
) -> None:
    made = report(tmp_path, thing((0.05, 0.3, 0.95, 0.7), size), to=TOY)
    shape = found(made, "aspect")
    assert (words in shape.message) if shape else words == ""
    assert "leave the aspect empty" not in found_text(made)
    assert "画幅比例留空" not in found_text(
        report(tmp_path, thing(size=size), "罐子慢慢转动", to=TOY)
    )


def test_an_aspect_is_only_to_be_left_empty_where_that_keeps_the_picture_whole(
    tmp_path: Path,
) -> None:
    wide = thing((0.05, 0.2, 0.95, 0.8), (960, 640))
    assert "leave the aspect empty" in found_text(report(tmp_path, wide, aspect=9 / 16))
    strip = thing((0.05, 0.2, 0.95, 0.8), (3000, 200))
    made = report(tmp_path, strip, aspect=1.0)
    assert "hand in a picture of that shape" in found_text(made)
    assert "leave the aspect empty" not in found_text(made)


def test_a_profile_that_renders_other_shapes_says_which(tmp_path: Path) -> None:
    to = WAN.model_copy(update={"still": replace_section(ratios=("16:9", "1:1"))})
    made = report(tmp_path, thing(size=(600, 1200)), to=to)
    shape = found(made, "aspect")
    assert shape
    assert "is 1:2, and the nearest shape that this profile renders is 1:1" in shape.message
    asked = report(tmp_path, thing((0.1, 0.1, 0.9, 0.9), (600, 1200)), to=to, aspect=16 / 9)
    assert "leave the aspect empty" not in found_text(asked)


def test_a_crop_that_cuts_the_subject_says_how_much(tmp_path: Path) -> None:
    wide = thing((0.1, 0.3, 0.9, 0.7), (960, 640))
    cut = found(report(tmp_path, wide, aspect=1.0), "cropped")
    assert cut
    assert "of the subject with it" in cut.message
    assert cut.severity is Severity.WARNING
    whole = found(report(tmp_path, thing((0.3, 0.3, 0.7, 0.7), (960, 640)), aspect=1.0), "cropped")
    assert whole
    assert "the subject stays whole" in whole.message


def test_guessed_colours_are_said(tmp_path: Path) -> None:
    picture = tmp_path / "print.tif"
    thing().convert("CMYK").save(picture)
    fitted = prepare.fit(picture, WAN, look=True)
    made = still_lint.lint(
        measurements.measure(fitted.source, fitted.how, read=False), WAN.still, STAYS, "print.tif"
    )
    assert found(made, "colours_guessed")


# The proposal, the language


def test_a_crop_is_proposed_that_shows_a_small_subject_larger(tmp_path: Path) -> None:
    made = report(tmp_path, thing((0.1, 0.4, 0.25, 0.6), (2400, 1600)))
    assert made.proposed
    left, top, right, bottom = made.proposed
    assert left <= 240 < 600 <= right
    assert top <= 640 < 960 <= bottom
    assert right - left < 1200
    assert (right - left) / (bottom - top) == pytest.approx(1.5, rel=0.05)


def test_nothing_is_proposed_where_nothing_is_wrong_or_no_pixels_are_to_spare(
    tmp_path: Path,
) -> None:
    assert report(tmp_path, thing((0.1, 0.1, 0.9, 0.9), (1600, 1600))).proposed is None
    assert report(tmp_path, thing((0.3, 0.3, 0.7, 0.7), (480, 480))).proposed is None


def test_advice_is_in_the_language_of_the_prompt(tmp_path: Path) -> None:
    image = thing((0.55, 0.3, 0.95, 0.7))
    assert "罐" not in found_text(report(tmp_path, image, "The can rolls right"))
    assert "的主体要向右移动" in found_text(report(tmp_path, image, "罐子向右移动"))


def found_text(made: StillReport) -> str:
    return " ".join(each.message for each in made.findings)


def replace_section(**changes: object) -> profile.StillSection:
    return WAN.still.model_copy(update=changes)


def test_facts_are_the_same_every_time(tmp_path: Path) -> None:
    first, again = (look(tmp_path, photograph("coffee")) for _ in range(2))
    assert first.seen == again.seen
    assert replace(first, fitting=again.fitting) == again
