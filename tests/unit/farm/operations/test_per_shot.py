"""A wish for several shots: refusals are kept beside what was done, other errors are no refusals."""

import pytest

from farm.errors import Refused
from farm.operations.per_shot import PerShot, per_shot


def act(code: str) -> str:
    if code == "sh020":
        raise Refused("sh020 is omitted")
    if code == "sh030":
        raise ValueError(code)
    return code.upper()


def test_a_refusal_of_one_does_not_keep_the_others() -> None:
    assert per_shot(["sh010", "sh020", "sh040"], act) == PerShot(
        done=("SH010", "SH040"), refused=("sh020 is omitted",)
    )


def test_another_error_is_no_refusal() -> None:
    with pytest.raises(ValueError, match="sh030"):
        per_shot(["sh010", "sh030"], act)
