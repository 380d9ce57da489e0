"""Where the weights of a profile are found, fetched or made, and what is said when they are not."""

from pathlib import Path

import pytest

from pipeline import weights
from pipeline.errors import Cause, RenderFault

NOWHERE = "nobody/has-made-this"


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def test_a_folder_stands_for_itself(tmp_path: Path) -> None:
    assert weights.folder(str(tmp_path), None) == tmp_path


def test_weights_lie_under_the_root_by_their_name(tmp_path: Path) -> None:
    (tmp_path / NOWHERE).mkdir(parents=True)
    assert weights.folder(NOWHERE, tmp_path) == tmp_path / NOWHERE


def test_weights_that_were_fetched_before_are_found_without_a_network(
    no_network: Path, tmp_path: Path
) -> None:
    cached = no_network / "models--nobody--has-made-this"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text("abc123")
    (cached / "snapshots" / "abc123").mkdir(parents=True)
    assert weights.folder(NOWHERE, tmp_path / "root") == cached / "snapshots" / "abc123"


@pytest.mark.parametrize("root", [None, "shelf"])
def test_weights_out_of_reach_are_refused_with_the_remedy(
    no_network: Path, tmp_path: Path, root: str | None
) -> None:
    folder = tmp_path / root if root else None
    with pytest.raises(RenderFault) as caught:
        weights.folder(NOWHERE, folder)
    sentence = caught.value.sentence
    assert caught.value.cause is Cause.FATAL
    assert NOWHERE in sentence
    assert (str(folder) if folder else "in no folder") in sentence
    assert "FARM_WEIGHTS" in sentence
    assert "farm.toml" in sentence
    assert "\n" not in sentence


def test_a_name_that_no_hub_can_have_is_refused_the_same_way(no_network: Path) -> None:
    with pytest.raises(RenderFault, match="FARM_WEIGHTS"):
        weights.folder("/no/such/folder", None)


def test_an_unknown_built_in_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(RenderFault, match="builtin:toy-clip, builtin:toy-i2v") as caught:
        weights.folder("builtin:giant", tmp_path)
    assert caught.value.cause is Cause.FATAL


def test_a_root_that_cannot_be_written_is_refused_with_the_remedy(tmp_path: Path) -> None:
    root = tmp_path / "a-file"
    root.write_text("")
    with pytest.raises(RenderFault, match=r"cannot be made in .*a-file.*FARM_WEIGHTS"):
        weights.folder("builtin:toy-clip", root)


def test_looking_for_weights_makes_and_fetches_nothing(no_network: Path, tmp_path: Path) -> None:
    assert weights.at_hand("builtin:toy-i2v", tmp_path / "root") is None
    assert weights.at_hand(NOWHERE, tmp_path / "root") is None
    assert not (tmp_path / "root").exists()


def test_built_in_weights_are_at_hand_once_they_are_made(tmp_path: Path) -> None:
    made = weights.folder("builtin:toy-clip", tmp_path)
    assert (made / "config.json").is_file()
    assert weights.at_hand("builtin:toy-clip", tmp_path) == made
