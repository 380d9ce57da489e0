"""What cannot be asked of a delivery is refused in a sentence, before anything is made."""

from typing import Any

import pytest

from farm.delivery.plan import Plan
from farm.errors import Refused


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"fps": "23.976", "conform": "repeat"}, "--fps '23.976' is none of 24, 25, 29.97, 30"),
        ({"fps": "-25", "conform": "repeat"}, "--fps '-25' is none of"),
        ({"fps": "25; rm -rf /", "conform": "repeat"}, "is none of"),
        ({"fps": "25", "conform": "optical"}, "--conform 'optical' is none of repeat, blend, motion"),
        ({"fps": "25"}, "--fps 25 needs a way to come there: --conform repeat|blend|motion|speed"),
        ({"conform": "motion"}, "--conform motion needs a rate: --fps 24|25|29.97|30"),
        ({"mezzanine": "h265"}, "--mezzanine 'h265' is none of dnxhr_hq, prores_422, prores_hq"),
        ({"handles": -1, "otio": True}, "--handles -1 is outside 0"),
        ({"handles": 10**9, "edl": True}, "is outside 0"),
        ({"handles": 8}, "--handles is of timelines: add --otio, --edl or --xml"),
        ({"media_root": "E:\\ads", "edl": True}, "add --otio or --xml"),
        ({"media_root": "ads", "otio": True}, "no whole path"),
        ({"variant": "../up"}, "--variant '../up' is no name of a folder"),
        ({"variant": "a/b"}, "is no name of a folder"),
        ({"variant": ".hidden"}, "is no name of a folder"),
        ({"variant": "变体"}, "is no name of a folder"),
        ({"variant": "x" * 33}, "is no name of a folder"),
        ({"variant": ""}, "is no name of a folder"),
        ({"variant": "label_zh"}, "which --label zh makes: take another name"),
        ({"variant": "LABEL_EN"}, "which --label en makes: take another name"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(asked: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        Plan(**asked)
    assert sentence in str(refusal.value)


def test_a_plan_is_kept_as_what_was_asked_and_nothing_else() -> None:
    plan = Plan(fps="25", conform="repeat", otio=True)
    assert plan.as_dict() == {"fps": "25", "conform": "repeat", "otio": True}
    assert Plan.of(plan.as_dict()) == plan
    assert Plan().as_dict() == {}
    with pytest.raises(ValueError, match="asks for grade, which this farm does not know"):
        Plan.of({"grade": "warm"})
