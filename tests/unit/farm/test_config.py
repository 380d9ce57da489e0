"""The template of settings is what it says: each line, uncommented, is the default."""

import re
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm import config
from farm.cli.commands.demo import _look_closer
from farm.cli.context import command
from farm.config import Settings, load
from farm.domain.lifecycle import ReviewStatus, ShotState
from farm.errors import SettingsError
from farm.setting_problems import strange_variables
from farm.settings_template import template
from farm.store.queries.overview import ShotStatus

LINES = re.findall(r"^# (\w+ = .*)$", template(), re.MULTILINE)


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"FARM_{name.upper()}", raising=False)


def test_every_setting_but_the_user_has_its_line() -> None:
    assert [line.partition(" ")[0] for line in LINES] == [
        name for name in Settings.model_fields if name != "user"
    ]


@pytest.mark.parametrize("line", LINES)
def test_each_line_uncommented_is_the_default(line: str) -> None:
    defaults = load()
    Path(config.FILE).write_text(template().replace(f"# {line}", line))

    assert load() == defaults


def test_all_lines_uncommented_are_the_defaults() -> None:
    defaults = load()
    Path(config.FILE).write_text(re.sub(r"^# (\w+ = )", r"\1", template(), flags=re.MULTILINE))

    assert load() == defaults


@pytest.mark.parametrize("value", [0, -5, "soon", float("nan")])
def test_seconds_after_which_an_idle_worker_is_let_go_are_some(value: object) -> None:
    with pytest.raises(SettingsError, match=rf"^--idle-release-s: .* \(it is {value!r}\)$"):
        load(idle_release_s=value)
    assert load(idle_release_s=float("inf")).idle_release_s == float("inf")


@given(st.sets(st.sampled_from(LINES)))
def test_any_lines_uncommented_are_the_defaults(lines: set[str]) -> None:
    Path(config.FILE).unlink(missing_ok=True)
    defaults = load()
    Path(config.FILE).write_text("\n".join(sorted(lines)))

    assert load() == defaults


@pytest.mark.parametrize("place", ["file", "environment", "option"])
def test_a_media_root_of_a_storage_that_there_is_not_is_refused(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, options = "s3://bucket/media", {}
    match place:
        case "file":
            Path(config.FILE).write_text(f'media = "{root}"')
        case "environment":
            monkeypatch.setenv("FARM_MEDIA", root)
        case _:
            options = {"media": root}

    with pytest.raises(SettingsError, match=f"(?i)media: {root} is no folder"):
        load(**options)


@pytest.mark.parametrize("name", ["weights", "profiles", "ffmpeg", "workers", "metrics_port"])
def test_an_empty_variable_is_not_set(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"FARM_{name.upper()}", "")

    assert getattr(load(), name) is None


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_a_command_that_is_shown_is_read_by_a_shell_as_it_was_meant(words: list[str]) -> None:
    assert shlex.split(command(*words)) == ["farm", *words]


def test_a_command_that_is_shown_can_be_copied_while_no_environment_is_active(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "a farm" / ".venv" / "bin" / "farm"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr("sys.argv", [str(program), "demo"])
    monkeypatch.setenv("PATH", "")
    assert command("show") == "'a farm/.venv/bin/farm' show"
    monkeypatch.chdir(program.parent)
    assert command("show") == "./farm show"
    monkeypatch.chdir("/proc/self")
    assert command("show") == f"'{program}' show"
    monkeypatch.setenv("PATH", str(program.parent))
    assert command("show") == "farm show"


def a_shot(code: str, state: ShotState) -> ShotStatus:
    return ShotStatus(
        code=code, state=state, review=ReviewStatus.PENDING, takes=1, rung=0, selected=None,
        verdict=None, match=None, coverage=None, seconds=None, prompt="", reason="",
    )  # fmt: skip


def test_the_demo_in_a_folder_with_a_blank_shows_the_first_shot_that_needs_a_person() -> None:
    folder = Path("/tmp/it's a demo")
    settings = load(database=f"sqlite:///{folder / 'farm.db'}", media=folder / "media")
    accepted = a_shot("sh010", ShotState.ACCEPTED)
    shots = [accepted, a_shot("sh070", ShotState.NEEDS_REVIEW), a_shot("sh080", ShotState.ACCEPTED)]

    assert _look_closer(settings, [accepted]) is None
    assert shlex.split(_look_closer(settings, shots) or "") == [
        "farm", "--database", f"sqlite:///{folder}/farm.db", "--media", f"{folder}/media",
        "show", "demo", "sh070",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('workers = "two"', "workers: it must be a whole number, without a unit (it is 'two')"),
        ('lease_seconds = "1 min"', "it must be a number, without a unit (it is '1 min')"),
        ("media = 5", 'farm.toml, media: it must be a path in quotes, such as "media" (it is 5)'),
        ('drafts = "x"', "farm.toml, drafts: it is a table: write it as [drafts]"),
        ("limits = 5", "farm.toml, limits: it is a table: write it as [limits]"),
        ('[drafts]\nprofil = "x"', "drafts.profil: there is no such setting; did you mean profile?"),
        ("lease_second = 3", "lease_second: there is no such setting; did you mean lease_seconds?"),
        ("[limits.toy]\ngpu = 4", "toy.gpu: there is no such setting; there are: gpu_memory_gb, tags"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_the_words_of_the_file(written: str, said: str) -> None:
    Path(config.FILE).write_text(written)

    with pytest.raises(SettingsError) as refused:
        load()
    assert said in str(refused.value)
    assert "accept_limit" not in str(refused.value)


@pytest.mark.parametrize("name", sorted(config.TABLES))
def test_a_table_in_the_environment_that_is_none_is_named_there(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"FARM_{name.upper()}", "toy")
    with pytest.raises(SettingsError) as refused:
        load()
    assert str(refused.value).startswith(f"FARM_{name.upper()}: it is a table, ")

    monkeypatch.setenv(f"FARM_{name.upper()}", config.TABLES[name])
    assert getattr(load(), name)


def test_a_file_of_settings_that_is_not_there_is_named_with_what_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FARM_CONFIG", "other.toml")
    with pytest.raises(SettingsError, match=r"^other\.toml: there is no such file; --config or "):
        load()


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("FARM_DATABSE", "there is no such setting; did you mean FARM_DATABASE?"),
        ("FARM_LEASE_SECOND", "there is no such setting; did you mean FARM_LEASE_SECONDS?"),
        ("farm_databse", "there is no such setting; did you mean FARM_DATABASE?"),
        ("FARM_DATABASE_URL", "there is no such setting; did you mean FARM_DATABASE?"),
        ("FARM_CONFG", "there is no such setting; did you mean FARM_CONFIG?"),
        ("FARM_CREDENTIAL_KEY", "there is no such setting; did you mean FARM_CREDENTIALS_KEY?"),
        ("FARM_LABELS_PRODUCER", "FARM_LABELS has the whole table as JSON, such as "),
        ("FARM_LABELS__CODE", "FARM_LABELS has the whole table as JSON, such as "),
    ],
)
def test_a_misspelt_variable_is_refused_with_what_was_meant(
    variable: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "a-secret")
    with pytest.raises(SettingsError) as refused:
        load()
    [problem] = refused.value.problems
    assert problem.startswith(f"{variable}: ")
    assert said in problem
    assert "a-secret" not in problem


def test_misspelt_variables_are_told_with_all_else_that_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FARM_DATABSE", "sqlite:///farm.db")
    monkeypatch.setenv("FARM_WORKER", "3")
    monkeypatch.setenv("FARM_MAX_FAULTS", "many")
    with pytest.raises(SettingsError) as refused:
        load()
    assert [each.partition(":")[0] for each in refused.value.problems] == [
        "FARM_DATABSE",
        "FARM_WORKER",
        "FARM_MAX_FAULTS",
    ]
    monkeypatch.delenv("FARM_MAX_FAULTS")
    Path(config.FILE).write_text("= 3")
    with pytest.raises(SettingsError, match=r"(?s)^FARM_DATABSE.*FARM_WORKER.*not TOML"):
        load()


def test_variables_that_may_be_of_other_programs_are_only_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {
        "FARM_SITE": "Berlin",
        "FARM_ROOT": "/mnt/farm",
        # What Kubernetes has for services called farm and farm-metrics.
        "FARM_SERVICE_HOST": "10.0.0.7",
        "FARM_SERVICE_PORT_DESK": "8400",
        "FARM_PORT": "tcp://10.0.0.7:8400",
        "FARM_PORT_8400_TCP_ADDR": "10.0.0.7",
        "FARM_DESK_PORT": "tcp://10.0.0.8:9108",
        "FARM_METRICS_PORT": "tcp://10.0.0.1:9000",
        "FARM_METRICS_SERVICE_HOST": "10.0.0.8",
        "FARM_METRICS_PORT_9108_TCP": "tcp://10.0.0.8:9108",
    }.items():
        monkeypatch.setenv(name, value)
    assert load().metrics_port is None
    assert [name for name in config.others() if name.startswith("FARM_")] == [
        "FARM_SITE",
        "FARM_ROOT",
    ]
    Path(config.FILE).write_text("metrics_port = 9108")
    assert load().metrics_port == 9108
    Path(config.FILE).write_text("metrics_port = 70000")
    with pytest.raises(SettingsError, match=r"^farm\.toml, metrics_port: "):
        load()
    monkeypatch.setenv("FARM_METRICS_PORT", "http://10.0.0.1:9000")
    with pytest.raises(SettingsError, match=r"^FARM_METRICS_PORT: it must be a whole number"):
        load()


CHECKOUT = Path(__file__).parents[3]
SEARCHED = (".ci", ".github", "deploy", "docs", "farm", "migrations", "pipeline", "tests")


def test_every_variable_that_the_checkout_speaks_of_is_known() -> None:
    """Those of deploy, of the documents, of the tests: none of them may keep a command from starting."""
    files = [
        each
        for place in SEARCHED
        for each in (CHECKOUT / place).rglob("*")
        if each.suffix in {"", ".md", ".py", ".sh", ".toml", ".yaml", ".yml"} and each.is_file()
    ]
    files += [CHECKOUT / "Makefile", *CHECKOUT.glob("*.md")]
    misspell = {Path(__file__).name, "test_no_database.py"}
    spoken = {
        name
        for each in files
        if each.name not in misspell
        for name in re.findall(r"\bFARM_[A-Z0-9_]*[A-Z0-9]", each.read_text(errors="replace"))
    }
    assert {"FARM_DATABASE", "FARM_TEST_POSTGRESQL", "FARM_BENCH_WORKERS"} <= spoken

    assert strange_variables(dict.fromkeys(spoken, ""), Settings, config.TABLES) == ([], [])
