"""Who compares subjects: a picture model of its own, the scorer where it can see, or nobody."""

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import RenderFault
from pipeline.models import image_features, weights
from pipeline.profiles.profile import load
from pipeline.scoring import two_tower
from pipeline.scoring.protocol import Scorer
from pipeline.scoring.vqa import VqaScorer


def test_a_picture_model_gives_one_unit_vector_for_a_picture(tmp_path: Path) -> None:
    from transformers import BitImageProcessorPil, Dinov2Config, Dinov2Model

    config = Dinov2Config(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=28, patch_size=14
    )
    Dinov2Model(config).save_pretrained(tmp_path)
    size = {"height": 28, "width": 28}
    BitImageProcessorPil(size={"shortest_edge": 28}, crop_size=size).save_pretrained(tmp_path)
    red, blue = Image.new("RGB", (40, 60), "red"), Image.new("RGB", (40, 60), "blue")
    looks = image_features.load(tmp_path, "cpu").see([red, blue, red])
    assert looks.shape == (3, 16)
    assert np.linalg.norm(looks, axis=1) == pytest.approx(1, abs=1e-5)
    assert looks[0] @ looks[2] == pytest.approx(1, abs=1e-5)
    assert looks[0] @ looks[1] < 0.9999


def test_a_folder_without_a_picture_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderFault, match="safetensors"):
        image_features.load(tmp_path, "cpu")


def test_a_scorer_of_pictures_is_its_own_eye_and_one_of_questions_has_none() -> None:
    section = load("toy").match
    sees = two_tower.load(section, weights.folder(section.weights, None), "cpu")
    assert image_features.of(sees) is sees
    assert image_features.of(cast(Scorer, VqaScorer.__new__(VqaScorer))) is None
