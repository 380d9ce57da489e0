"""[engine] of a profile: servers, their files or a studio's own graph; and what of it changes frames."""

from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.profiles.profile import Profile
from tests.comfyui.running import SERVER, SLOTS, THEIRS, asking, theirs, values


def test_the_revision_is_of_what_changes_frames() -> None:
    same = {
        asking(SERVER).revision,
        asking("http://elsewhere:1", SERVER).revision,
    }
    assert len(same) == 1
    others = [
        asking(SERVER, version="0.34.0"),
        asking(SERVER, low="another.safetensors"),
        asking(SERVER, split=4),
        asking(SERVER, loras=[{"expert": "low", "file": "a"}]),
        theirs(),
        theirs(THEIRS | {"1": {"class_type": "MyLoader", "inputs": {"name": "y"}}}),
    ]
    assert len({each.revision for each in others} | same) == 7


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"servers": []}, "needs servers"),
        ({"servers": ["render1:8188"]}, "no address"),
        ({"servers": ["http://me:secret@render1:8188"]}, "no address"),
        ({"servers": [SERVER + "\n"]}, "no address"),
        ({"servers": [SERVER, SERVER + "/"]}, "named twice"),
        ({"version": ""}, "needs version"),
        ({"low": ""}, "low must name"),
        ({"kind": "diffusers"}, 'need kind = "comfyui"'),
        ({"slots": SLOTS}, "none is named"),
        ({"split": 8}, "none of the steps"),
    ],
)
def test_a_profile_that_cannot_work_says_why(change: dict[str, Any], said: str) -> None:
    found = values(SERVER)
    found["engine"] |= change
    with pytest.raises(ValidationError, match=said):
        Profile.model_validate(found)


def test_what_no_server_hears_of_is_refused() -> None:
    for table, change in (("worker", {"gpus": 1}), ("speed", {"compile": True})):
        found = values(SERVER)
        found[table] = found.get(table, {}) | change
        with pytest.raises(ValidationError, match="server"):
            Profile.model_validate(found)
