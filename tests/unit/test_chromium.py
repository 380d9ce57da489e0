"""The browser that the tests of the desk drive is found by path, or its remedy is said."""

from pathlib import Path

import pytest

from tests import chromium


def program(folder: Path, name: str) -> Path:
    place = folder / name
    place.write_text("#!/bin/sh\n")
    place.chmod(0o755)
    return place


def test_the_one_that_is_named_goes_before_those_on_the_path(tmp_path: Path) -> None:
    own, other = program(tmp_path, "own"), program(tmp_path, "chromium")
    assert chromium.found({"PATH": str(tmp_path)}) == other
    assert chromium.found({"PATH": str(tmp_path), "FARM_CHROMIUM": str(own)}) == own


def test_one_that_is_named_and_cannot_be_run_is_no_reason_to_take_another(tmp_path: Path) -> None:
    program(tmp_path, "chromium")
    named = {"PATH": str(tmp_path), "FARM_CHROMIUM": str(tmp_path / "gone")}
    with pytest.raises(FileNotFoundError, match=r"FARM_CHROMIUM: .*gone cannot be run"):
        chromium.found(named)


def test_where_none_is_and_none_can_be_installed_the_remedy_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # without apt-get
    monkeypatch.delenv("FARM_CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "DEBIAN", tmp_path / "chromium")
    with pytest.raises(SystemExit, match=r"apt-get install chromium.*FARM_CHROMIUM"):
        chromium.main()
    program(tmp_path, "google-chrome")
    chromium.main()


def test_debians_is_installed_by_root_where_there_is_apt_get(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "apt-get")
    monkeypatch.setenv("PATH", str(tmp_path))
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    chromium.install(lambda command, **_: asked.append(command))
    assert asked == []
    monkeypatch.setattr("os.geteuid", lambda: 0)
    chromium.install(lambda command, **_: asked.append(command))
    assert [command[:2] for command in asked] == [("apt-get", "update"), ("apt-get", "install")]
