"""The reference comes from the code, whole; and links of the pages end where they should."""

import re
from pathlib import Path

import pytest

from docs.from_code import markdown
from docs.from_code.commands import commands
from docs.generate import FILE, PART, PARTS, filled
from docs.links import DOCS, ROOT, SHOWN, led
from farm.config import Settings
from farm.domain.events import EventKind
from farm.shotlist.headings import COLUMNS
from pipeline.misses import MissKind
from pipeline.profiles.profile import Profile
from pipeline.prompts.findings import Code as PromptCode
from pipeline.stills.findings import Code as StillCode

PAGES = sorted(DOCS.rglob("*.md"))


def names_in(part: str) -> set[str]:
    """What stands in backticks in the first column of its tables."""
    return set(re.findall(r"^\| `([^`]+)`", PARTS[part](), re.MULTILINE))


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        ("settings", set(Settings.model_fields)),
        ("columns", set(COLUMNS)),
        ("events", {*map(str, EventKind)}),
        ("misses", {*map(str, MissKind)}),
        ("findings", {*map(str, PromptCode), *(each.finding for each in StillCode)}),
        ("profile", {"steps", "cfg_high", "threshold", "simplify", "renders", "gpus", "least"}),
        ("metrics", {"farm_takes_total", "farm_queue_depth", "farm_media_free_bytes"}),
        ("modules", {"take", "claims", "lifecycle", "config"}),
    ],
)
def test_a_part_of_the_reference_leaves_nothing_out(part: str, wanted: set[str]) -> None:
    assert wanted <= names_in(part)


def test_every_command_is_told_with_its_options_and_its_example() -> None:
    text = PARTS["commands"]()
    for name, command in commands():
        told = text.partition(f"## farm {name}\n")[2].partition("\n## ")[0]
        assert f"farm {name}" in told
        assert all(
            max(each.opts, key=len) in told for each in command.params if each.opts[0][0] == "-"
        )
        assert "Example" in told


def test_every_table_of_a_profile_has_its_heading() -> None:
    text = PARTS["profile"]()
    tables = [
        name for name, field in Profile.model_fields.items() if "Section" in str(field.annotation)
    ]
    assert tables
    assert all(f"## [{name}]" in text for name in tables)


def test_every_module_says_what_it_does() -> None:
    empty = re.findall(r"^\| `(\w+)` \|  \|$", PARTS["modules"](), re.MULTILINE)
    assert empty == []


def test_every_part_stands_on_one_page_and_every_mark_is_known() -> None:
    text = "\n".join(page.read_text() for page in PAGES)
    assert sorted(PART.findall(text)) == sorted(PARTS)
    assert sorted([*FILE.findall(text), "README.md"]) == sorted(SHOWN)


@pytest.mark.parametrize("page", PAGES, ids=lambda each: str(each.relative_to(DOCS)))
def test_no_page_links_out_of_the_documents(page: Path) -> None:
    text = filled(page.read_text(), page)
    for picture, target in re.findall(r"(!?)\[[^]]*\]\(([^)#\s]+)", text):
        place = (page.parent / target).resolve()
        assert "://" in target or (place.exists() and (picture or place.is_relative_to(DOCS))), (
            target
        )


def test_a_link_is_led_to_the_page_that_shows_its_file_or_names_it() -> None:
    page = DOCS / "how-to" / "lint.md"
    toy = ROOT / "pipeline" / "toy" / "README.md"
    assert led("[a](../../ARCHITECTURE.md#directions)", page, page) == (
        "[a](../project/architecture.md#directions)"
    )
    assert led("[the world](world.py)", toy, page) == "the world (`pipeline/toy/world.py`)"
    assert led("![all](world.png)", toy, page) == "![all](../../pipeline/toy/world.png)"
    assert led("[gone](gone.md) [far](https://ray.io)", page, page) == (
        "[gone](gone.md) [far](https://ray.io)"
    )


def test_what_would_break_a_table_is_made_harmless() -> None:
    assert markdown.table(("a", "b"), [("x | y", "two\nlines")]).splitlines()[-1] == (
        r"| x \| y | two lines |"
    )
    assert markdown.prose(r"C:\shoot, `C:\shoot` and <b>") == r"C:\\shoot, `C:\shoot` and \<b>"
    assert markdown.code("") == markdown.NONE


def test_what_a_class_says_of_its_attributes_is_found() -> None:
    class Told:
        """Told."""

        first: int = 1
        """The first one."""
        second = 2
        """The second
        one."""
        third = 3

    assert markdown.attribute_docs(Told) == {"first": "The first one.", "second": "The second one."}
