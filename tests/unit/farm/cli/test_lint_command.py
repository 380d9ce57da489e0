"""`farm lint`: marks under the prompt, advice, a better prompt, JSON by contract, an honest exit status."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from farm.cli import farm
from farm.cli.display import lint_text
from farm.cli.display.lint_text import difference, underlined
from tests.pictures import ground

KEYS = [
    "shot", "language", "findings", "subject", "actions", "simplified", "negative", "still",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    ground((320, 320), "red").save(tmp_path / "red.png")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(farm, ["lint", *arguments], env={"COLUMNS": "80"})


def a_list(folder: Path, *prompts: str, **columns: str) -> str:
    """A shot list with these prompts, and the same further columns in each row."""
    rows = [
        {"shot": f"sh{number:03}", "image": "red.png", "prompt": prompt, **columns}
        for number, prompt in enumerate(prompts, 1)
    ]
    (folder / "shots.json").write_text(json.dumps(rows))
    return "shots.json"


def told(*arguments: str) -> list[dict[str, Any]]:
    return json.loads(run(*arguments, "--json").stdout)["shots"]


# JSON


def test_json_tells_of_each_shot_what_scripts_rely_on(folder: Path) -> None:
    prompt = "Pure magic, a swan takes off, no boats"
    [shot] = told(a_list(folder, prompt, negative="fog", profile="wan2.2-i2v-a14b"))
    assert list(shot) == KEYS
    assert (shot["shot"], shot["language"], shot["subject"]) == ("sh001", "en", "swan")
    assert shot["actions"] == ["takes off"]
    assert shot["negative"] == "fog, boats"
    assert shot["simplified"] == {
        "L1": "a swan takes off, no boats",
        "L2": "a swan takes off",
        "L3": "a swan takes off",
    }
    assert [list(each) for each in shot["findings"]] == 3 * [
        ["code", "severity", "start", "end", "message"]
    ]
    assert {each["code"]: prompt[each["start"] : each["end"]] for each in shot["findings"]} == {
        "prompt.abstract": "Pure magic",
        "prompt.subject_late": "a swan",
        "prompt.negation": "no boats",
    }


def test_one_prompt_alone_has_no_shot(folder: Path) -> None:
    [shot] = told("--prompt", "天鹅起飞，不要出现船")
    assert (shot["shot"], shot["language"], shot["negative"]) == (None, "zh", "船")


def test_must_keep_words_of_the_list_stay_in_what_is_simplified(folder: Path) -> None:
    [shot] = told(a_list(folder, "A swan takes off, timeless charm", must_keep="timeless"))
    assert "timeless" in shot["simplified"]["L3"]


def test_the_seconds_of_the_row_decide_how_much_fits(folder: Path) -> None:
    prompt = "A clerk opens a drawer, stamps a letter and throws it away"
    profile = "wan2.2-i2v-a14b"
    [short] = told(a_list(folder, prompt, seconds="2", profile=profile))
    [long] = told(a_list(folder, prompt, seconds="5", profile=profile))
    assert [each["code"] for each in short["findings"]] == ["prompt.too_many_actions"]
    assert long["findings"] == []


def test_the_seconds_of_a_prompt_alone_can_be_given(folder: Path) -> None:
    prompt = "A clerk opens a drawer, stamps a letter and throws it away"
    alone = ("--profile", "wan2.2-i2v-a14b", "--prompt", prompt)
    assert told(*alone, "--seconds", "5")[0]["findings"] == []
    assert told(*alone, "--seconds", "2")[0]["findings"] != []


# Exit status


@pytest.mark.parametrize(
    ("prompt", "status"),
    [
        ("The swan takes off", 0),
        ("Pure magic, a swan takes off, no boats", 0),
        ("Un homme marche dans la rue", 0),
        ("a ((swan)) takes off --ar 16:9", 0),
        ("De auto rijdt naar links", 0),
        ("TBD", 1),
        ("#REF!", 1),
        ("a mossy stone", 1),
        ("A swan takes off, cut to a beach", 1),
    ],
)
def test_only_errors_make_it_fail(folder: Path, prompt: str, status: int) -> None:
    assert run("--prompt", prompt).exit_code == status
    assert run(a_list(folder, "The swan takes off", prompt), "--json").exit_code == status


@pytest.mark.parametrize(
    "arguments", [[], ["shots.csv", "--prompt", "a"], ["--seconds", "3", "x.csv"]]
)
def test_wrong_usage_is_told(folder: Path, arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


# Errors of the list


def test_bad_rows_are_named_as_submit_names_them_and_the_others_are_linted(folder: Path) -> None:
    (folder / "shots.csv").write_text(
        "shot,image,prompt,seconds\n"
        "sh010,red.png,Pure magic,\n"
        "sh020,red.png,,\n"
        "sh030,blue.png,The swan takes off,\n"
        "sh040,red.png,The swan takes off,99\n"
    )
    result = run("shots.csv")
    assert result.exit_code == 1
    assert "farm: shots.csv row 3, field prompt: it is empty" in result.stderr
    assert "farm: shots.csv row 4, field image: " in result.stderr
    assert "farm: shots.csv row 5, field seconds: 99 s is longer than" in result.stderr
    assert "sh010" in result.stdout
    assert "sh040" in result.stdout
    problems = json.loads(run("shots.csv", "--json").stdout)["problems"]
    assert [(each["row"], each["field"]) for each in problems] == [
        (3, "prompt"), (4, "image"), (5, "seconds"),
    ]  # fmt: skip


def test_nothing_is_written(folder: Path) -> None:
    before = [*folder.iterdir(), folder / "shots.json"]
    run(a_list(folder, "The swan takes off"))
    assert sorted(folder.iterdir()) == sorted(before)


# For people


def test_what_is_found_is_marked_under_the_prompt(folder: Path) -> None:
    lines = run("--prompt", "Pure magic, a swan takes off, no boats").stdout.splitlines()
    at = lines.index("  Pure magic, a swan takes off, no boats")
    assert lines[at + 1] == "  1~~~~~~~~~  2~~~~~            3~~~~~~~"
    assert "prompt.abstract" in lines[at + 2]
    assert any(line.startswith("  better    A swan takes off") for line in lines)
    assert "  negative  boats" in lines


def test_a_clean_prompt_has_one_line(folder: Path) -> None:
    result = run(a_list(folder, "The swan takes off"))
    assert result.stdout.splitlines() == [
        "sh001  nothing to say",
        "1 prompt and 1 still: 0 errors, 0 warnings, 0 notes.",
    ]


def test_brackets_in_a_prompt_are_no_markup(folder: Path) -> None:
    assert (
        "[bold] a swan, no [red]boats[/]"
        in run("--prompt", "[bold] a swan, no [red]boats[/]").stdout
    )


def test_a_trigger_between_colons_is_no_picture() -> None:
    """Rich shows `:x:` as a cross, unless it is told not to."""
    prompt = "<lora:x:1> a swan takes off, [red:fire:0.5] sky"
    shown = run("--prompt", prompt).stdout
    assert (prompt in shown, "“<lora:x:1>”" in shown) == (True, True)
    files = Path(lint_text.__file__).parents[1].rglob("*.py")
    made = [each for file in files for each in re.findall(r"\bConsole\(.*", file.read_text())]
    assert made
    assert [each for each in made if "emoji=False" not in each] == []


def test_a_prompt_of_several_lines_is_marked_line_by_line(folder: Path) -> None:
    lines = run("--prompt", "A swan takes off.\nNo\tboats\nno text").stdout.splitlines()
    assert lines[1:6] == [
        "  A swan takes off.",
        "  No boats",
        "  1~~~~~~~",
        "  no text",
        "  2~~~~~~",
    ]


def test_marks_count_the_cells_of_chinese(folder: Path) -> None:
    text = "镜头推近，天鹅起飞，不要出现船"
    start = text.index("不要")
    assert list(underlined(text, [("1", start, len(text))], 80)) == [
        text,
        " " * cell_len(text[:start]) + "1" + "~" * 9,
    ]


def test_a_mark_goes_on_in_the_next_line() -> None:
    assert list(underlined("one two three four", [("1", 4, 13)], 8)) == [
        "one two",
        "    1~~",
        "three",
        "1~~~~",
        "four",
    ]


def test_marks_that_overlap_have_lines_of_their_own() -> None:
    marks = [("1", 0, 7), ("2", 4, 7), ("3", 0, 3)]
    assert list(underlined("one two", marks, 80)) == ["one two", "1~~~~~~", "3~~ 2~~"]


def test_the_difference_shows_words_that_go_and_words_that_moved() -> None:
    shown = difference("fog, a swan lands", "a swan lands, fog")
    assert "[-fog, -]" in shown
    assert "{+, fog+}" in shown


def test_a_capital_that_moved_is_no_difference() -> None:
    assert difference("Fog. A swan lands", "A swan lands") == "[red][-Fog. -][/]A swan lands"
    assert difference("so, a swan lands", "A swan lands").endswith("A swan lands")


# What submit says of it


def test_submit_says_in_one_line_that_the_lint_has_something_to_say(folder: Path) -> None:
    listed = a_list(folder, "Pure magic, a swan takes off, no boats", "The swan takes off")
    result = CliRunner().invoke(farm, ["submit", listed, "-p", "spring", "--dry-run"])
    assert result.exit_code == 0
    assert "`farm lint` has 3 remarks on 1 of 2 prompts.\n" in result.stdout
    assert "2 shots are ready" in result.stdout


def test_submit_says_nothing_of_clean_prompts(folder: Path) -> None:
    listed = a_list(folder, "The swan takes off")
    result = CliRunner().invoke(farm, ["submit", listed, "-p", "spring", "--dry-run"])
    assert "lint" not in result.stdout


def test_submit_says_once_what_is_wrong_with_a_picture_of_many_shots(folder: Path) -> None:
    ground((40, 40), "red").save(folder / "red.png")
    listed = a_list(folder, *(f"The ball rolls past {number} trees" for number in range(5)))

    result = CliRunner().invoke(farm, ["submit", listed, "-p", "spring", "--dry-run"])

    (line,) = [line for line in result.stdout.splitlines() if "red.png" in line]
    assert line.startswith("sh001, sh002, sh003 and 2 more: red.png ")
