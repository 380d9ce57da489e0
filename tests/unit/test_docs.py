"""The documents are held against the code: commands, options, files, links, tests, figures."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from docs.from_code.commands import commands
from farm.cli import COMMANDS, farm

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
DOCUMENTS = sorted([*ROOT.glob("*.md"), *PAGES, *ROOT.glob("[efp]*/*/**/README.md")])
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
WITHOUT_HISTORY = [each for each in DOCUMENTS if each.name != "CHANGELOG.md"]
"""A changelog may name what is gone."""
FOLDERS = r"(?:farm|pipeline|tests|deploy|docs|migrations|examples|\.github|\.ci)"
CODE = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"^ *```(?:sh|console)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]*?)(#[^)\s]*)?\)|src=\"([^\"]+)\"")

all_documents = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda each: str(each.relative_to(ROOT))
)
documents_of_today = pytest.mark.parametrize(
    "document", WITHOUT_HISTORY, ids=lambda each: str(each.relative_to(ROOT))
)


def code_in(text: str) -> Iterator[str]:
    """What stands in backticks, and each line of a shell's block without its prompt and its remark."""
    yield from CODE.findall(text)
    for block in BLOCK.findall(text):
        lines = block.replace("\\\n", " ").splitlines()
        yield from (line.strip().removeprefix("$ ").partition("  #")[0] for line in lines)


def command_lines(text: str) -> Iterator[list[str]]:
    """What stands behind `farm` wherever a command of it is shown."""
    for code in code_in(text):
        for part in re.split(r"&&|\|\||;|\| ", code):
            if found := re.fullmatch(r"\s*(?:[\w./\[\]\"$-]+ )*?farm (.+)", part):
                yield shlex.split(re.sub(r"[\[\]]", "", found[1]).replace("…", ""))


def slug(heading: str) -> str:
    """The anchor that GitHub and the build make of a heading."""
    plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def anchors(document: Path) -> set[str]:
    text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    return {slug(each) for each in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


@pytest.mark.parametrize("name", sorted(name for name, _ in commands()))
def test_every_command_has_help_with_an_example(name: str) -> None:
    help_text = dict(commands())[name].help or ""
    assert re.search(r"Examples?:\s+farm ", help_text), f"farm {name} shows no example"


@pytest.mark.parametrize(
    "name",
    [
        "status",
        "shots",
        "show",
        "logs",
        "jobs",
        "report",
        "calibrate",
        "judge",
        "gate",
        "metrics",
        "check",
        "db current",
    ],
)
def test_every_reading_command_prints_json(name: str) -> None:
    assert "--json" in {option for each in dict(commands())[name].params for option in each.opts}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_shown_in_the_pages(name: str) -> None:
    everything = [line for page in DOCUMENTS for line in command_lines(page.read_text())]
    assert name in {words[0] for words in everything if words} or name == "demo"


def test_short_documents_stay_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150
    assert len((ROOT / "ARCHITECTURE.md").read_text().splitlines()) <= 120


@all_documents
def test_every_link_leads_somewhere(document: Path) -> None:
    for target, anchor, picture in LINK.findall(document.read_text()):
        if "://" in target:
            continue
        place = (document.parent / (target or picture)).resolve() if target or picture else document
        assert place.exists(), target or picture
        if anchor:
            assert anchor.removeprefix("#") in anchors(place), f"{target}{anchor}"


@pytest.mark.parametrize(
    "document", [*WITHOUT_HISTORY, *FORMS], ids=lambda each: str(each.relative_to(ROOT))
)
def test_every_command_that_is_shown_exists_with_its_options(document: Path) -> None:
    known = dict(commands())
    before = {option for each in farm.params for option in each.opts} | {"--help"}
    for words in command_lines(document.read_text()):
        names = [word for word in words if not word.startswith("-")]
        if not names or names[0].isupper():
            assert {word for word in words if word.startswith("--")} <= before, words
            continue
        name = " ".join(names[:2]) if " ".join(names[:2]) in known else names[0]
        assert name in known, words
        options = {each for one in known[name].params for each in (*one.opts, *one.secondary_opts)}
        given = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        assert given <= options | before, words


@all_documents
def test_every_make_target_that_is_shown_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for code in code_in(document.read_text()):
        if found := re.match(r"make (?:\w+=\S+ )*([a-z-]+)", code):
            assert found[1] in targets, code


@documents_of_today
def test_every_module_that_is_run_exists(document: Path) -> None:
    for code in code_in(document.read_text()):
        for name in re.findall(r"python -m ((?:tests|pipeline|farm|docs)[\w.]*)", code):
            place = ROOT / name.replace(".", "/")
            assert place.with_suffix(".py").exists() or (place / "__main__.py").exists(), code
        for name in re.findall(r"tests\.benchmarks --only (\w+)", code):
            if name != "NAME":
                assert (ROOT / "tests" / "benchmarks" / f"{name}.py").exists(), code


@documents_of_today
def test_every_file_that_is_named_exists(document: Path) -> None:
    for code in CODE.findall(document.read_text()):
        if re.fullmatch(rf"{FOLDERS}/[\w./-]+", code):
            place = ROOT / code
            assert place.exists() or place.with_suffix(".py").exists(), code


@documents_of_today
def test_every_module_that_is_named_exists(document: Path) -> None:
    for code in CODE.findall(document.read_text()):
        if re.fullmatch(r"(?:farm|pipeline)(?:\.\w+)+", code) and not code.endswith(".toml"):
            assert _is_there(code), code


def _is_there(name: str) -> bool:
    """Whether there is such a module, or one that has such a name in it."""
    for module, attribute in ((name, ""), tuple(name.rsplit(".", 1))):
        place = ROOT / module.replace(".", "/")
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.exists() and re.search(rf"\b{attribute}\b", file.read_text()):
                return True
    return False


@documents_of_today
def test_every_test_that_is_named_exists(document: Path) -> None:
    tests: dict[str, str] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        tests[path.name] = tests.get(path.name, "") + path.read_text()
    for file, name in re.findall(r"\b(test_\w+\.py)(?:::(test_\w+))?", document.read_text()):
        assert file in tests, file
        assert not name or f"def {name}(" in tests[file], name


def test_every_figure_of_speed_stands_with_a_benchmark_that_prints_it() -> None:
    known = {path.stem for path in (ROOT / "tests" / "benchmarks").glob("*.py")}
    rows = re.findall(
        r"^\|.*\| (.*?) \|$", (ROOT / "docs/proofs/speed.md").read_text(), re.MULTILINE
    )
    named = [set(CODE.findall(row)) for row in rows if not row.startswith(("---", "benchmark"))]
    assert len(named) > 15
    assert all(names and names <= known for names in named if "python" not in str(names)), named


def test_what_hangs_before_a_commit_is_what_make_checks() -> None:
    recipe = (ROOT / "Makefile").read_text().partition("\ncheck:")[2].partition("\n\n")[0]
    wanted = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe.splitlines()[1:]]
    [repository] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert [hook["entry"] for hook in repository["hooks"]] == wanted


def test_the_example_of_style_is_code_of_this_project() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    [(file, block)] = re.findall(r"From `([^`]+)`:\n\n```python\n(.*?)```", text, re.DOTALL)
    code = (ROOT / file).read_text()
    assert all(part.strip() in code for part in block.split("\n\n\n"))


def test_every_page_says_what_it_is_about_first() -> None:
    for page in PAGES:
        assert re.match(r"# \S|<!-- the file: ", page.read_text()), page


def test_every_form_names_what_to_attach() -> None:
    [bug] = [yaml.safe_load(each.read_text()) for each in FORMS if each.stem == "bug"]
    labels = " ".join(str(each["attributes"]["label"]) for each in bug["body"])
    assert "farm check --json" in labels
    assert "farm logs" in labels


def test_a_command_line_that_does_not_exist_would_be_noticed() -> None:
    known = dict(commands())
    [words] = command_lines("`farm rendr nike_ss27 --fast`")
    assert words[0] not in known
    assert isinstance(known["db"], click.Group)
