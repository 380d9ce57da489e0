"""What each segment of a clip is asked for."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.prompts.division import divided

HALVES = [4.0, 8.0]


@pytest.mark.parametrize(
    ("prompt", "parts"),
    [
        (
            "The red circle moves left, then grows.",
            ("The red circle moves left.", "The red circle grows."),
        ),
        (
            "The red circle first moves left, then it grows",
            ("The red circle first moves left", "The red circle grows"),
        ),
        ("红色圆形先向左移动，再变大。", ("红色圆形先向左移动。", "红色圆形变大。")),
        (
            "一个女人走到窗边，然后转身微笑，镜头缓慢推进",
            ("一个女人走到窗边，镜头缓慢推进", "一个女人转身微笑，镜头缓慢推进"),
        ),
        (
            "Warm morning light. A woman is waving, then she is walking away, and finally she laughs.",
            (
                "Warm morning light. A woman is waving, then she is walking away.",
                "Warm morning light. A woman laughs.",
            ),
        ),
        (
            "A man opens the door while the dog barks, then the man walks in.",
            (
                "A man opens the door while the dog barks.",
                "The dog barks, then the man walks in.",
            ),
        ),
    ],
)
def test_stages_are_divided_and_who_acts_is_named_in_each(
    prompt: str, parts: tuple[str, ...]
) -> None:
    assert divided(prompt, HALVES) == parts


@pytest.mark.parametrize(
    ("prompt", "parts"),
    [
        (
            "[0-3s] A woman lifts the cup. [3-6s] She drinks from it. [6-8s] She smiles.",
            ("A woman lifts the cup.", "A woman drinks from it. She smiles."),
        ),
        (
            "0-4s: the dog runs, 4-8s: it jumps over a fence",
            ("the dog runs", "the dog jumps over a fence"),
        ),
        (
            "[00:00-00:04] the dog runs. [00:04-00:08] the cat sleeps.",
            ("the dog runs.", "the cat sleeps."),
        ),
        ("【0-4秒】女孩拿起杯子【4-8秒】她喝了一口茶", ("女孩拿起杯子", "女孩喝了一口茶")),
        (
            "[0-4s] wide shot, camera pans left, [4-8s] close-up of the bottle, steam rises",
            ("wide shot, camera pans left", "close-up of the bottle, steam rises"),
        ),
        (
            "[0-7s] A dog runs. [7-8s] It jumps.",
            ("A dog runs.", "A dog runs. It jumps."),
        ),
    ],
)
def test_times_that_the_prompt_gives_count_and_are_not_said_to_the_model(
    prompt: str, parts: tuple[str, ...]
) -> None:
    assert divided(prompt, HALVES) == parts


@pytest.mark.parametrize(
    ("prompt", "parts"),
    [
        (
            "[0-4s] A woman walks. [4-8s] She waves. Camera: static. Lighting: warm.",
            (
                "A woman walks. Camera: static. Lighting: warm.",
                "A woman waves. Camera: static. Lighting: warm.",
            ),
        ),
        (
            "[0-4秒]女人走到门边。[4-8秒]她打开门。暖色灯光，镜头固定。",
            ("女人走到门边。暖色灯光，镜头固定。", "女人打开门。暖色灯光，镜头固定。"),
        ),
        (
            "[0-4s] A woman walks. [4-8s] She waves. She smiles. No text, no blur.",
            ("A woman walks. No text, no blur.", "A woman waves. She smiles. No text, no blur."),
        ),
        (
            "[0-4s] A dog runs. [4-8s] It jumps, camera pans left.",
            ("A dog runs.", "A dog jumps, camera pans left."),
        ),
        (
            "[0-4s] A dog runs. [4-8s] Camera pans left. Warm light.",
            ("A dog runs.", "Camera pans left. Warm light."),
        ),
    ],
)
def test_style_camera_and_negation_after_the_last_stage_are_said_to_all(
    prompt: str, parts: tuple[str, ...]
) -> None:
    assert divided(prompt, HALVES) == parts


def test_a_stage_that_goes_on_over_a_seam_is_asked_for_on_both_sides() -> None:
    assert divided("A ball moves left, then it grows.", [2, 4, 6]) == (
        "A ball moves left.",
        "A ball moves left, then it grows.",
        "A ball grows.",
    )


@pytest.mark.parametrize(
    "prompt",
    [
        "The red circle moves left.",
        "A bottle on a table",
        "[0-8s] A dog runs along the beach",
        "Der Hund rennt, dann springt er.",
        '{"shot": "a dog runs, then jumps"}',
    ],
)
def test_what_has_no_two_stages_goes_to_each_segment_as_it_is_written(prompt: str) -> None:
    assert divided(prompt, HALVES) == (prompt, prompt)


def test_times_that_leave_a_segment_empty_leave_it_the_stage_nearest() -> None:
    first, second = divided("[0-1s] A dog runs. [1-2s] It jumps.", HALVES)
    assert (first, second) == ("A dog runs. It jumps.", "A dog jumps.")


@pytest.mark.parametrize(
    ("prompt", "parts"),
    [
        ("[0-4s] A dog runs. [4-8s] then", ("A dog runs", "A dog runs")),
        ("[0-4s] then [4-8s] A dog runs.", ("A dog runs.", "A dog runs.")),
        ("[0-4秒]小狗奔跑。[4-8秒]然后", ("小狗奔跑", "小狗奔跑")),
        ("[0-4s] then [4-8s] and then", ("[0-4s] then [4-8s] and then",) * 2),
    ],
)
def test_a_segment_whose_stage_has_no_word_gets_its_neighbours_part_or_the_whole_prompt(
    prompt: str, parts: tuple[str, ...]
) -> None:
    assert divided(prompt, HALVES) == parts


PIECES = st.sampled_from([
    "[0-3s]", "[3-6s]", "[0:00-0:04]", "[00:04-00:08]", "[8-4s]", "[99-120s]", "[4s]", "0-3s:", "3秒后",
    "A woman", "she", "walks", "smiles", "lands in a puddle", "then", "and", "while", "first", "finally",
    "女人", "把围巾围上", "然后", "微笑着看向镜头", "the camera", "zooms in", "no text", "(red:1.2)",
    "(", "[0-3s", "“", "\"walks\"", ".", ",", "; ", "，", "。", "\n",
])  # fmt: skip


@settings(max_examples=300)
@example("[0-4s] then [4-8s] A dog runs.", [4.0, 8.0])
@example("[00:04-00:08] 然后 [99-120s] smiles [0-3s then 3秒后 ( then { 3秒后", [4.0, 8.0, 12.0])
@given(
    st.builds(str.join, st.sampled_from(["", " "]), st.lists(PIECES, min_size=1, max_size=12)),
    st.sampled_from([[2.0, 4.0], [4.0, 8.0], [4.0, 8.0, 12.0]]),
)
def test_no_segment_is_asked_for_nothing(prompt: str, ends: list[float]) -> None:
    parts = divided(prompt, ends)
    assert len(parts) == len(ends)
    if any(char.isalnum() for char in prompt):
        assert all(any(char.isalnum() for char in part) for part in parts), parts
