"""Real photographs go the whole way: shot list, real Ray, clips in a folder."""

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage import data
from sklearn.datasets import load_sample_image

from pipeline.clips import encode

SHOTS = {
    # Code: picture, prompt, aspect.
    "sh010": ("astronaut", "The astronaut smiles and turns her head to the camera.", ""),
    "sh020": ("coffee", "Steam rises from the cup, then the spoon slides to the right.", ""),
    "sh030": ("cat", "猫慢慢眨眼，然后把头转向左边", ""),
    "sh040": ("rocket", "The rocket lifts off, smoke spreads over the ground.", "9:16"),
    "sh050": ("china", "镜头缓缓推近，屋檐下的灯笼轻轻摇晃", ""),
    "sh060": ("flower", "花瓣在风中轻轻摆动", "1:1"),
    "sh070": ("motorcycle", "The motorcycle rolls forward out of the garage.", "16:9"),
}


def photograph(name: str) -> Image.Image:
    if name in ("china", "flower"):
        return Image.fromarray(load_sample_image(f"{name}.jpg"))
    loaded = {
        "astronaut": data.astronaut,
        "coffee": data.coffee,
        "cat": data.chelsea,
        "rocket": data.rocket,
        "motorcycle": lambda: data.stereo_motorcycle()[0],
    }[name]()
    return Image.fromarray(np.asarray(loaded))


def write_list(folder: Path) -> None:
    with (folder / "shots.csv").open("w", encoding="gb18030", newline="") as file:
        table = csv.writer(file, delimiter=";")
        table.writerow(["shot", "image", "prompt", "aspect"])
        for code, (name, prompt, aspect) in SHOTS.items():
            photograph(name).save(folder / f"{name}.jpg", quality=95)
            table.writerow([code, f"{name}.jpg", prompt, aspect])


def evenly(picture: Image.Image, width: int, height: int) -> Iterator[np.ndarray[Any, Any]]:
    """Cut-outs of the picture in this shape, scaled evenly, from one end to the other: one of them a
    still must be."""
    scale = max(width / picture.width, height / picture.height)
    across, down = width / scale, height / scale
    for part in np.linspace(0, 1, 241):
        left, top = (picture.width - across) * part, (picture.height - down) * part
        box = (left, top, left + across, top + down)
        fitted = picture.resize((width, height), Image.Resampling.LANCZOS, box=box)
        yield np.asarray(fitted, float)


def stretched(picture: Image.Image, width: int, height: int) -> np.ndarray[Any, Any]:
    """The whole picture squeezed into this shape: what a still must not be."""
    return np.asarray(picture.resize((width, height), Image.Resampling.LANCZOS), float)


def test_photographs_with_english_and_chinese_prompts_become_delivered_clips(
    farm_folder: Any,
) -> None:
    write_list(farm_folder.path)
    submitted = farm_folder.run("submit", "shots.csv", "-p", "nike_ss27", "--no-decline")
    assert submitted.status == 0, submitted.err
    ran = farm_folder.run("run", "--workers", "2", "--until-idle")
    assert ran.status == 0, ran.err
    assert ran.out == ""
    # Of photographs the toy makes blurs, which the clip checks tell from their stills.
    assert {shot["state"] for shot in farm_folder.shots("nike_ss27")} == {"needs_review"}
    assert "is not the still" in farm_folder.run("show", "nike_ss27", "sh010").out
    approved = farm_folder.run("approve", "nike_ss27", *SHOTS)
    assert approved.status == 0, approved.err
    delivered = farm_folder.run("deliver", "nike_ss27", "--to", "delivery")
    assert delivered.status == 0, delivered.err

    folder = farm_folder.path / "delivery"
    manifest = json.loads((folder / "manifest.json").read_text())
    listed = {row["shot"]: row for row in manifest["clips"]}
    assert listed.keys() == SHOTS.keys()
    for code, (name, prompt, aspect) in SHOTS.items():
        row = listed[code]
        clip = folder / row["file"]
        frames = encode.read(clip)
        assert hashlib.sha256(clip.read_bytes()).hexdigest() == row["sha256"]
        assert frames.shape == (row["frames"], row["height"], row["width"], 3)
        recipe = json.loads(encode.metadata_of(clip)["recipe"])
        assert recipe["prompt"] == prompt
        still = Image.open(
            farm_folder.path / "media" / "stills" / recipe["still"][:2] / f"{recipe['still']}.png"
        )
        assert still.size == (row["width"], row["height"])
        assert_not_stretched(still, photograph(name), aspect)


def assert_not_stretched(still: Image.Image, photo: Image.Image, aspect: str) -> None:
    """The still is a plain cut-out of the photograph, and near the ratio that was asked for."""
    pixels = np.asarray(still, float)
    even = min(np.abs(pixels - each).mean() for each in evenly(photo, *still.size))
    assert even < 4.0, f"mean difference {even:.1f} of 255 to an even cut-out"
    if abs(still.width / still.height / (photo.width / photo.height) - 1) > 0.05:
        assert even < np.abs(pixels - stretched(photo, *still.size)).mean() / 2
    width, height = map(float, aspect.split(":")) if aspect else photo.size
    assert still.width / still.height == pytest.approx(width / height, rel=0.2)


def test_the_way_of_the_readme_leads_from_two_photographs_to_a_delivery(farm_folder: Any) -> None:
    shotlist = Path(__file__).parents[2] / "examples" / "photographs" / "shots.csv"
    submitted = farm_folder.run("submit", str(shotlist), "-p", "photographs", "--no-decline")
    assert submitted.status == 0, submitted.err
    assert "it knows coloured shapes only" in submitted.out
    ran = farm_folder.run("run", "--until-idle", "--cluster", "inline")
    assert ran.status == 0, ran.err

    shots = farm_folder.shots("photographs")
    assert [(shot["state"], shot["takes"]) for shot in shots] == [("needs_review", 1)] * 2
    told = farm_folder.run("show", "photographs", "sh010").out
    assert "never declined" in told
    assert "was rendered once, as asked, though" in told

    approved = farm_folder.run("approve", "photographs", "sh010", "sh020")
    assert approved.status == 0, approved.err
    delivered = farm_folder.run("deliver", "photographs", "--to", "delivery", "--json")
    assert delivered.json["clips"] == 2


def test_a_photograph_for_the_toy_is_told_what_to_do_instead(farm_folder: Any) -> None:
    shotlist = Path(__file__).parents[2] / "examples" / "photographs" / "shots.csv"
    submitted = farm_folder.run("submit", str(shotlist), "-p", "photographs", "--dry-run")
    assert "submit them with --no-decline" in submitted.out
