"""A real, tiny object detector is loaded and asked; a folder without one is refused in a sentence."""

import json
from pathlib import Path

import pytest

from pipeline.errors import Cause, RenderFault
from pipeline.profiles import profile
from pipeline.stills import prepare
from pipeline.stills.detector import Detector, load
from tests.pictures import thing


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A YOLOS of one thin layer, with weights by chance."""
    import torch
    from transformers import YolosConfig, YolosForObjectDetection, YolosImageProcessorPil

    place = tmp_path_factory.mktemp("detector")
    torch.manual_seed(0)
    config = YolosConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        image_size=[32, 32], patch_size=16, num_detection_tokens=5,
    )  # fmt: skip
    config.num_labels = 3
    YolosForObjectDetection(config).save_pretrained(place)
    size = {"shortest_edge": 32, "longest_edge": 48}
    YolosImageProcessorPil(size=size).save_pretrained(place)
    return place


@pytest.fixture(scope="module")
def detector(folder: Path) -> Detector:
    return load(folder, sure=0.05)


def test_what_is_seen_lies_in_the_picture_and_is_the_same_every_time(detector: Detector) -> None:
    image = thing(size=(96, 64))
    first, again = detector.find(image), detector.find(image)
    assert first
    assert again
    left, top, right, bottom = first.box
    assert 0 <= left < right <= 96
    assert 0 <= top < bottom <= 64
    assert (first.box, first.by) == (again.box, "detector")
    assert first.mask.any()


def test_nothing_is_the_subject_where_nothing_is_sure_enough(folder: Path) -> None:
    assert load(folder, sure=0.99).find(thing(size=(96, 64))) is None


def test_the_still_is_cropped_around_what_the_detector_sees(
    detector: Detector, tmp_path: Path
) -> None:
    thing(size=(300, 100)).save(tmp_path / "wide.png")
    fitted = prepare.fit(tmp_path / "wide.png", profile.load("toy"), aspect=1.0, finder=detector)
    assert fitted.how.subject
    assert fitted.how.subject.by == "detector"


def test_a_folder_without_a_detector_is_refused_by_name(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "nobody-made-this"}))
    (tmp_path / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    with pytest.raises(RenderFault) as caught:
        load(tmp_path, 0.5)
    assert caught.value.cause is Cause.FATAL
    assert str(tmp_path) in caught.value.sentence
    assert "[still] detector" in caught.value.sentence
