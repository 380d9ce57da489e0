"""When the ComfyUI contract was held against real servers is on record, and what changed since is said."""

import shutil
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from tests.comfyui import stamp
from tests.comfyui.stamp import Run, StaleStamp

NOW = {"played server": "1", "contract": "2", "client": "3"}
RUN = Run("0.33.0", "2f35f4a", "2026-11-30", 23, takes=True, hashes=NOW)


def test_what_changed_since_a_real_server_was_asked_is_warned_of() -> None:
    """Only warned of: a real server is not at hand wherever something is changed."""
    stamp.warn(stamp.runs(), stamp.hashes())
    for run in stamp.runs():
        assert run.tests
        assert run.hashes.keys() == stamp.hashes().keys()


@pytest.mark.parametrize("part", NOW)
def test_a_change_of_any_part_is_named_with_version_and_date(part: str) -> None:
    changed = NOW | {part: "other"}
    with pytest.warns(StaleStamp, match=rf"0\.33\.0 on 2026-11-30; changed since: {part};"):
        stamp.warn([RUN], changed)
    newer = replace(RUN, version="0.34.0", hashes=changed)
    assert stamp.stale([newer, RUN], changed) == stamp.stale([RUN], changed)


def test_a_server_that_was_never_asked_is_warned_of(tmp_path: Path) -> None:
    with pytest.warns(StaleStamp, match="never run on a real server"):
        stamp.warn(stamp.runs(tmp_path / "stamp.json"), NOW)


def test_nothing_is_said_where_nothing_changed() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stamp.warn([RUN], NOW)


@pytest.mark.parametrize("part", NOW)
def test_a_part_is_known_by_all_of_its_files(part: str, tmp_path: Path) -> None:
    for patterns in stamp.PARTS.values():
        for place in (each for pattern in patterns for each in stamp.ROOT.glob(pattern)):
            (tmp_path / place.relative_to(stamp.ROOT)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(place, tmp_path / place.relative_to(stamp.ROOT))
    assert stamp.hashes(tmp_path) == stamp.hashes()
    for pattern in stamp.PARTS[part]:
        before = stamp.hashes(tmp_path)
        files = list(tmp_path.glob(pattern))
        assert files, f"{pattern} names no file"
        files[0].write_text(files[0].read_text() + "# changed\n")
        after = stamp.hashes(tmp_path)
        assert {name for name in NOW if before[name] != after[name]} == {part}


def test_a_version_has_its_last_run_and_the_newest_comes_first() -> None:
    older, again = replace(RUN, version="0.19.3"), replace(RUN, date="2026-12-01")
    assert stamp.with_run([RUN], older) == [RUN, older]
    assert stamp.with_run([RUN, older], again) == [again, older]
    between = replace(RUN, version="0.3.64")
    assert stamp.with_run([RUN, older], between) == [RUN, older, between]
