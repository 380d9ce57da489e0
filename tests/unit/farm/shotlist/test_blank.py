"""A still that shows nothing is refused, and one that shows little is not."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image, ImageDraw, ImageFilter

from farm.cli import farm
from pipeline.findings import Severity
from pipeline.profiles import profile
from pipeline.stills import lint as still_lint
from pipeline.stills import measurements, prepare
from pipeline.stills.blank import emptiness
from tests.pictures import ground, photograph

SIZE = (832, 520)
WAN = profile.load("wan2.2-i2v-a14b")


def _empty(image: Image.Image) -> str:
    return emptiness(np.asarray(image.convert("RGB").resize(SIZE, Image.Resampling.BOX)))


def _noise(level: float, spread: float) -> Image.Image:
    drawn = np.random.default_rng(7).normal(level, spread, (SIZE[1], SIZE[0], 3))
    return Image.fromarray(np.clip(np.round(drawn), 0, 255).astype(np.uint8))


def _specks(count: int, size: float, light: int, seed: int = 3) -> Image.Image:
    """So many stars of at most this radius in a sky that is nearly black."""
    chance, image = np.random.default_rng(seed), Image.new("RGB", SIZE, (2, 3, 8))
    draw = ImageDraw.Draw(image)
    for x, y, share in zip(*chance.uniform(size=(3, count)), strict=True):
        radius = size * (0.5 + share / 2)
        at = x * SIZE[0], y * SIZE[1]
        draw.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), (light,) * 3)
    return image


def _hot_pixels(count: int) -> Image.Image:
    """Of a camera that took nothing, twice as large as it is looked at."""
    image = Image.new("RGB", (SIZE[0] * 2, SIZE[1] * 2), (3, 3, 4))
    for x, y in np.random.default_rng(5).integers(0, SIZE[1], (count, 2)):
        image.putpixel((int(x), int(y)), (255, 255, 255))
    return image


def _packshot(product: int, ground_level: int, shadow: int) -> Image.Image:
    """Something pale on a pale ground, with a soft shadow."""
    image, soft = Image.new("RGB", SIZE, (ground_level,) * 3), Image.new("L", SIZE, 0)
    ImageDraw.Draw(soft).ellipse((250, 360, 600, 420), fill=255)
    image.paste((shadow,) * 3, mask=soft.filter(ImageFilter.GaussianBlur(15)))
    ImageDraw.Draw(image).rounded_rectangle((280, 130, 560, 390), 20, fill=(product,) * 3)
    return image


def _dot(side: int) -> Image.Image:
    image = Image.new("RGB", SIZE, "white")
    ImageDraw.Draw(image).ellipse((400, 250, 400 + side, 250 + side), fill=(150, 60, 40))
    return image


def _fog(name: str) -> Image.Image:
    image = photograph(name).resize(SIZE).filter(ImageFilter.GaussianBlur(6))
    return Image.blend(image, Image.new("RGB", SIZE, (205, 208, 210)), 0.9)


def _night(name: str, share: float) -> Image.Image:
    return photograph(name).point(lambda level: int(level * share))


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (Image.new("RGB", SIZE, "black"), "black"),
        (Image.new("RGB", SIZE, "white"), "white"),
        (Image.new("RGB", SIZE, (200, 30, 40)), "one_colour"),
        (_noise(128, 1), "one_colour"),
        (_noise(120, 5), "one_colour"),
        (_noise(4, 3), "black"),
        (_noise(253, 2), "white"),
        (_hot_pixels(8), "black"),
        (_night("coffee", 0.04), "black"),
        (photograph("coffee").point([251 + level // 64 for level in range(256)] * 3), "white"),
    ],
)
def test_what_shows_nothing_is_called_so(image: Image.Image, why: str) -> None:
    assert _empty(image) == why


@pytest.mark.parametrize(
    "image",
    [
        *(_night(name, 0.12) for name in ("astronaut", "rocket", "man", "china")),
        *(_fog(name) for name in ("astronaut", "rocket", "horse", "flower")),
        _specks(150, 1.2, 200),
        _specks(40, 2.0, 255),
        _specks(1, 30, 240),
        _packshot(250, 255, 236),
        _packshot(255, 255, 243),
        _packshot(248, 250, 241),
        _dot(16),
        ground(SIZE, "white"),
        Image.blend(ground(SIZE, "white"), Image.new("RGB", SIZE, (200, 200, 200)), 0.92),
        photograph("gravel"),
    ],
)
def test_nights_fog_stars_pale_things_small_ones_and_gradients_show_something(
    image: Image.Image,
) -> None:
    assert _empty(image) == ""


# In a list


def _transparent(path: Path) -> None:
    image = photograph("coffee").convert("RGBA")
    image.putalpha(3)
    image.save(path)


def _white_on_clear(path: Path) -> None:
    image = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((100, 100, 300, 200), fill="white")
    image.save(path)


def _red_on_clear(path: Path) -> None:
    image = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((100, 100, 300, 200), fill="red")
    image.save(path)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FARM_PROFILE", "toy")
    for name in ("black", "white", "red"):
        Image.new("RGB", (400, 300), name).save(tmp_path / f"{name}.png")
    _transparent(tmp_path / "zero_alpha.png")
    _white_on_clear(tmp_path / "white_logo.png")
    _red_on_clear(tmp_path / "red_logo.png")
    return tmp_path


def _listed(folder: Path, *names: str, prompt: str = "The red circle moves left.") -> None:
    rows = [
        {"shot": name, "image": f"{name}.png", "prompt": prompt, "alternates": ""} for name in names
    ]
    (folder / "shots.json").write_text(json.dumps(rows))


BLANK = {
    "black": "black or nearly so",
    "white": "white or nearly so",
    "red": "one colour",
    "zero_alpha": "clear all over",
    "white_logo": "as its ground",
}


def test_lint_calls_it_an_error_and_says_nothing_else(folder: Path) -> None:
    _listed(folder, *BLANK, "red_logo")
    result = CliRunner().invoke(farm, ["lint", "shots.json", "--json"])
    assert result.exit_code == 1
    for shot in json.loads(result.stdout)["shots"]:
        found = shot["still"]["findings"]
        if shot["shot"] == "red_logo":
            assert not [each for each in found if each["severity"] == "error"]
            continue
        assert [(each["code"], each["severity"]) for each in found] == [("still.blank", "error")]
        assert BLANK[shot["shot"]] in found[0]["message"]


def test_submit_refuses_it_and_takes_the_rest(folder: Path) -> None:
    _listed(folder, *BLANK, "red_logo")
    result = CliRunner().invoke(farm, ["submit", "shots.json", "-p", "ads", "--dry-run"])
    assert result.exit_code == 1
    assert "1 shot is ready for ads" in result.stdout
    for name, words in BLANK.items():
        [line] = [line for line in result.stderr.splitlines() if f"{name}.png" in line]
        assert "field image" in line
        assert words in line


def test_an_alternate_must_show_something_too(folder: Path) -> None:
    row = {
        "shot": "1",
        "image": "red_logo.png",
        "prompt": "红色圆向左移动",
        "alternates": "black.png",
    }
    (folder / "shots.json").write_text(json.dumps([row]))
    result = CliRunner().invoke(farm, ["submit", "shots.json", "-p", "ads", "--dry-run"])
    assert result.exit_code == 1
    assert "field alternates: black.png 什么都看不见" in result.stderr


def test_stars_are_there_though_a_small_frame_loses_them(tmp_path: Path) -> None:
    _specks(150, 1.2, 200).save(tmp_path / "sky.png")
    fitted = prepare.fit(tmp_path / "sky.png", profile.load("toy"), look=True)
    assert measurements.measure(fitted.source, fitted.how).empty == ""


def test_only_the_part_that_is_kept_counts(tmp_path: Path) -> None:
    image = Image.new("RGB", (1600, 400), "white")
    ImageDraw.Draw(image).rectangle((10, 50, 60, 350), fill="red")
    image.save(tmp_path / "wide.png")
    fitted = prepare.fit(tmp_path / "wide.png", WAN, aspect=0.25, finder=_Nobody())
    seen = measurements.measure(fitted.source, fitted.how)
    [finding] = still_lint.lint(seen, WAN.still, "It moves", "wide.png").findings
    assert (finding.code, finding.severity) == ("still.blank", Severity.ERROR)


class _Nobody:
    def find(self, image: Image.Image) -> None:
        return None
