"""What a clip was made with is told, read back, and held against what is there now."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.clips import made_with
from pipeline.clips.made_with import KEY, UNKNOWN, MadeWith, checksum, encoder_version

FRAMES = np.arange(2 * 4 * 6 * 3, dtype=np.uint8).reshape(2, 4, 6, 3)
OLD = MadeWith(
    device="NVIDIA H200",
    builds={"machine": "x86_64", "cuda": "12.8"},
    versions={"torch": "2.13.0", "diffusers": "0.42.1"},
    encoder="7.1",
    encoder_threads=16,
    frames="f" * 64,
)


def test_what_is_told_is_read_back() -> None:
    assert MadeWith.from_metadata({"title": "a", KEY: OLD.as_json()}) == OLD


@pytest.mark.parametrize(
    "said", ["", "{", "[]", "null", "7", '{"device": "cpu"}', OLD.as_json().replace("16", '"many"')]
)
def test_what_is_no_such_record_is_as_good_as_none(said: str) -> None:
    assert MadeWith.from_metadata({KEY: said}) is None
    assert MadeWith.from_metadata({}) is None


def test_this_process_says_what_it_makes_clips_with() -> None:
    made = MadeWith.of(FRAMES, "cpu")

    assert made.device == "cpu"
    assert {"torch", "diffusers", "transformers", "shotfarm"} <= made.versions.keys()
    assert all(made.versions.values())
    assert made.builds["machine"]
    assert made.builds["instructions"]
    assert made.encoder not in ("", UNKNOWN)
    assert made.encoder_threads > 0
    assert made.frames == checksum(FRAMES) != checksum(FRAMES[::-1])
    assert MadeWith.from_metadata({KEY: made.as_json()}) == made


def test_a_system_that_tells_nothing_of_cores_fails_no_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """macOS has no `sched_getaffinity`."""
    monkeypatch.delattr("os.sched_getaffinity")
    frames = np.zeros((1, 4, 4, 3), np.uint8)
    assert MadeWith.of(frames, "cpu").encoder_threads == os.cpu_count()


def test_frames_have_one_checksum_however_they_lie_in_memory() -> None:
    assert checksum(np.asfortranarray(FRAMES)) == checksum(FRAMES)


def test_what_differs_is_named_with_both_values_the_encoder_last() -> None:
    now = replace(
        OLD,
        device="cpu",
        builds={"machine": "x86_64"},
        versions={"torch": "2.14.0", "diffusers": "0.42.1", "cache-dit": "1.5.3"},
        encoder="9.0",
        encoder_threads=2,
    )

    assert list(OLD.differences(now)) == [
        ("device", "NVIDIA H200", "cpu"),
        ("torch", "2.13.0", "2.14.0"),
        ("cache-dit", "", "1.5.3"),
        ("cuda", "12.8", ""),
        ("ffmpeg", "7.1", "9.0"),
        ("encoder threads", "16", "2"),
    ]
    assert list(OLD.differences(replace(OLD, frames=""))) == []


def an_ffmpeg(folder: Path, says: str) -> str:
    program = folder / "ffmpeg"
    program.write_text(f"#!/bin/sh\n{says}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


@pytest.mark.parametrize(
    ("says", "version"),
    [
        ("echo 'ffmpeg version 7.1-static https://x Copyright'", "7.1-static"),
        ("echo 'something else'", UNKNOWN),
        ("exit 3", UNKNOWN),
    ],
)
def test_a_studios_own_ffmpeg_says_its_version(tmp_path: Path, says: str, version: str) -> None:
    assert encoder_version(an_ffmpeg(tmp_path, says)) == version


def test_an_ffmpeg_that_does_not_answer_fails_no_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_with, "_PATIENCE", 0.05)
    assert encoder_version(an_ffmpeg(tmp_path, "exec sleep 60")) == UNKNOWN
    assert encoder_version(str(tmp_path / "there is none")) == UNKNOWN
