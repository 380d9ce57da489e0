"""What is carried to a machine without a hub is pinned, and small enough."""

from pathlib import Path

import pytest

from tests.gpu import wheels

ROOT = Path(__file__).resolve().parents[3]


def test_everything_that_is_carried_is_pinned() -> None:
    versions = wheels.pinned((ROOT / "constraints.txt").read_text(), wheels.CARRIED)
    assert set(versions) == set(wheels.CARRIED)
    assert versions["diffusers"]
    assert "torch" not in versions


def test_names_are_compared_as_packages_are() -> None:
    assert wheels.pinned("Foo_Bar.baz==1.2\n", ["foo-bar-baz"]) == {"foo-bar-baz": "1.2"}


def test_what_is_not_pinned_is_refused_by_name() -> None:
    with pytest.raises(wheels.NotPinned, match=r"no version of kernels, peft: add one"):
        wheels.pinned("diffusers==0.42.1\n", ["diffusers", "kernels", "peft"])


def test_wheels_alone_are_fetched_and_nothing_that_they_need() -> None:
    asked = wheels.command(Path("there"), {"diffusers": "0.42.1"}, "3.12")
    assert asked[-1] == "diffusers==0.42.1"
    assert "--no-deps" in asked
    assert asked[asked.index("--only-binary") + 1] == ":all:"
    assert asked[asked.index("--python-version") + 1] == "3.12"


def test_more_than_can_be_carried_is_told_with_the_largest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, size in {"small": 100_000, "large": 1_500_000}.items():
        (tmp_path / f"{name}-1-py3-none-any.whl").write_bytes(bytes(size))
    told, right = wheels.judged(tmp_path)
    assert right
    assert told == f"2 wheels in {tmp_path}, 1.5 MiB of at most 64"
    monkeypatch.setattr(wheels, "MOST", 1)
    told, right = wheels.judged(tmp_path)
    assert not right
    assert "no more than 1 can be carried; the largest are large-1" in told
