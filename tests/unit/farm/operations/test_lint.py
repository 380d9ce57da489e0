"""One line on what the lint has to say about the prompts of checked shots."""

import pytest

from farm.operations import lint
from tests.conftest import a_new_shot, a_recipe


def test_nothing_is_said_where_there_is_nothing_to_say() -> None:
    assert lint.remarks([a_new_shot(recipe=a_recipe(prompt="The swan takes off"))]) == ""


def test_of_a_very_long_list_the_first_prompts_alone_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lint, "MOST_REMARKED", 2)
    shots = [a_new_shot(recipe=a_recipe(prompt="no people")) for _ in range(3)]

    said = lint.remarks(shots)

    assert said == lint.remarks(shots[:2]).replace("of 2", "of the first 2")
    assert "2 of the first 2 prompts" in said
