"""Where the weights of a profile are found or fetched, and what is said when they are not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import Cause, RenderFault
from pipeline.models import builtin, weights

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


@pytest.mark.parametrize("look", [weights.folder, weights.at_hand])
def test_an_unknown_built_in_is_refused_with_the_known_ones(
    look: Callable[[str, Path], Path | None], tmp_path: Path
) -> None:
    with pytest.raises(RenderFault, match="builtin:toy-clip, builtin:toy-i2v") as caught:
        look("builtin:giant", tmp_path)
    assert caught.value.cause is Cause.FATAL


def test_looking_for_weights_fetches_nothing(no_network: Path, tmp_path: Path) -> None:
    assert weights.at_hand(NOWHERE, tmp_path / "root") is None
    assert not (tmp_path / "root").exists()


@pytest.mark.parametrize("name", builtin.names())
def test_built_in_weights_are_the_packages_own_whatever_the_root(name: str, tmp_path: Path) -> None:
    assert weights.at_hand(name, tmp_path) == weights.folder(name, None) == builtin.folder(name)


def test_weights_of_one_name_are_told_apart(tmp_path: Path) -> None:
    commit = tmp_path / "snapshots" / "abc123"
    assert weights.identity(NOWHERE, commit) == "abc123"
    clip = "builtin:toy-clip"
    assert weights.identity(clip, builtin.folder(clip)) == builtin.fingerprint(clip)
