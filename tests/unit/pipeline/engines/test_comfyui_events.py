"""What a ComfyUI server tells of a take: its name there, how far it is, and how it ended."""

import itertools
from typing import Any

import pytest

from pipeline.engines.comfyui import answers
from pipeline.engines.comfyui.following import Following
from pipeline.engines.comfyui.graph import HIGH, LOW, SAVER, Asked, graph_of
from pipeline.engines.comfyui.names import prompt_of, prompts_before
from pipeline.engines.protocol import Attempt
from pipeline.errors import Cause, RenderFault, RenderStopped
from pipeline.stages import LOADING, WAITING
from tests.comfyui.running import SERVER, asking
from tests.conftest import a_recipe


def test_an_attempt_knows_the_names_of_those_before_it_and_of_no_others() -> None:
    recipe = a_recipe()
    names = [prompt_of(Attempt("7", token), recipe, "p").id for token in (1, 2, 3)]
    third = Attempt.named("7.3")
    assert [each.id for each in prompts_before(third, recipe, "p")] == names[1::-1]
    others = [
        prompt_of(Attempt("8", 1), recipe, "p"),
        prompt_of(Attempt("7", 1, segment=1), recipe, "p"),
        prompt_of(Attempt("7", 1), a_recipe(seed=8), "p"),
        prompt_of(Attempt("7", 1), recipe, "q"),
        prompt_of(Attempt.named(""), recipe, "p"),
        prompt_of(Attempt.named(""), recipe, "p"),
    ]
    assert len({*names, *(each.id for each in others)}) == 9
    assert prompts_before(Attempt.named(""), recipe, "p") == ()


def following() -> Following:
    return Following("me", graph_of(asking(SERVER), Asked(a_recipe(), "still.png", "abc")), 8)


def test_a_take_is_where_its_server_says() -> None:
    found, seen = following(), list[tuple[str, int]]()
    for kind, data in (
        ("execution_start", {}),
        ("executing", {"node": "prompt"}),
        ("executing", {"node": "high"}),
        ("executing", {"node": HIGH}),
        ("progress", {"node": HIGH, "value": 3, "max": 3}),
        ("executing", {"node": LOW}),
        ("progress", {"node": LOW, "value": 1, "max": 5}),
        ("progress", {"node": LOW, "value": 5, "max": 5}),
        ("executing", {"node": "frames"}),
        ("progress", {"node": "frames", "value": 40, "max": 80}),
    ):
        found.hear({"type": kind, "data": {"prompt_id": "me", **data}})
        seen.append((found.stage, found.step))
    assert [stage for stage, _ in itertools.groupby(seen, lambda each: each[0])] == [
        LOADING, "text", LOADING, "denoise", LOADING, "denoise", "decode",
    ]  # fmt: skip
    assert [step for _, step in seen] == [0, 0, 0, 0, 3, 3, 4, 8, 8, 8]
    assert not found.over
    found.hear({"type": "executing", "data": {"node": None, "prompt_id": "me"}})
    assert found.over


def test_what_is_told_of_others_is_left_alone() -> None:
    found = following()
    for message in (
        {"type": "execution_start", "data": {"prompt_id": "another"}},
        {"type": "executing", "data": {"node": None, "prompt_id": "another"}},
        {"type": "executing", "data": {"node": None}},
        {"type": "progress", "data": {"prompt_id": "another", "node": HIGH, "value": 3}},
        {"type": "crystools.monitor", "data": {"cpu": 3}},
        {"type": "status", "data": None},
        {"type": "progress", "data": {"node": HIGH, "value": "3"}},
    ):
        found.hear(message)
    assert (found.stage, found.step, found.over) == (WAITING, 0, False)


def test_an_entry_without_an_end_is_none_and_one_without_outputs_is_no_success() -> None:
    assert answers.ended({"status": {}, "outputs": {}}, SERVER) is None
    done = answers.ended({"status": {"status_str": "success", "completed": True}}, SERVER)
    assert done
    assert isinstance(done.error, RenderFault)
    assert done.error.cause is Cause.MACHINE


def test_a_file_of_another_folder_is_nobody_of_ours() -> None:
    image = {"filename": "a.webp", "subfolder": "theirs", "type": "output"}
    entry = {"status": {"completed": True}, "outputs": {SAVER: {"images": [image]}}}
    found = answers.ended(entry, SERVER)
    assert found
    assert found.file is None


def test_an_interruption_is_no_fault() -> None:
    messages = [["execution_start", {}], ["execution_interrupted", {"node_id": "86"}]]
    entry = {"status": {"status_str": "error", "completed": False, "messages": messages}}
    found = answers.ended(entry, SERVER)
    assert found
    assert isinstance(found.error, RenderStopped)


@pytest.mark.parametrize(
    ("status", "body", "cause", "said"),
    [
        (500, {}, Cause.FATAL, "500"),
        (413, {}, Cause.FATAL, "413"),
        (400, {"error": {"type": "prompt_no_outputs", "message": "Prompt has no outputs"}},
         Cause.FATAL, "no outputs"),
        (400, {"error": {"type": "missing_node_type", "extra_info": {"class_type": "Nope"}}},
         Cause.FATAL, "no node Nope:"),
        (400, {"error": {"type": "missing_node_type", "extra_info": {"class_type": None}}},
         Cause.FATAL, "no node of a class with no name"),
        (400, {"error": {"type": "invalid_prompt", "extra_info": {},
                         "message": "Cannot execute because node Nope does not exist."}},
         Cause.FATAL, "no node Nope:"),
        (400, {"error": {"type": "invalid_prompt", "message": "a node is missing the class_type"}},
         Cause.FATAL, "missing the class_type"),
        (400, {"error": {}, "node_errors": {"1": {"class_type": "LoadImage", "errors": [
            {"type": "custom_validation_failed"}]}}}, Cause.MACHINE, "lost the still"),
        (400, {"error": {}, "node_errors": {"1": {"class_type": "X", "errors": [
            {"type": "value_smaller_than_min", "details": "width"}]}}}, Cause.FATAL, "width"),
    ],
)  # fmt: skip
def test_a_refusal_is_of_its_class(status: int, body: Any, cause: Cause, said: str) -> None:
    fault = answers.refused(status, body, SERVER)
    assert fault.cause is cause
    assert said in fault.sentence
