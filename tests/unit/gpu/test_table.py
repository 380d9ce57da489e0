"""What was measured becomes tables, and what was not stands there with its reason."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.gpu import table
from tests.unit.gpu.test_takes import stages


def found(**changes: Any) -> dict[str, Any]:
    return {
        "date": "2026-12-01",
        "commit": "abc1234",
        "tiny": False,
        "card": "NVIDIA H200",
        "memory_gib": 139.8,
        "driver": "580.1",
        "torch": "2.13.0",
        "whole": True,
        "stages": stages(),
    } | changes


def rows(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in text.splitlines()
        if line.startswith("| ")
    ]


def test_card_date_and_versions_stand_above() -> None:
    head = " ".join(table.table(found()).splitlines()[:2])
    assert head == (
        "Measured on NVIDIA H200 (139.8 GiB) on 2026-12-01, commit `abc1234`, with weights made by chance; "
        "driver 580.1, torch 2.13.0."
    )


def test_a_take_is_held_against_limit_target_and_peers() -> None:
    told = rows(table.table(found()))
    assert [
        "wan2.2-i2v-a14b",
        "480p",
        "209.0",
        "343.3",
        "170",
        "225: reached",
        "207 (LightX2V, H100, its steps alone)",
    ] in told
    slow = stages(compiled_480p={"pass_s": 3.0, "tflops": 560})
    [exact] = [row for row in rows(table.table(found(stages=slow))) if row[:2] == told[1][:2]]
    assert exact[5] == "225: **missed by 24 s**"


def test_passes_decodes_and_the_rest_have_a_row_each() -> None:
    more = stages(
        compiled_480p={"pass_s": 2.5, "tflops": 671.0, "peak_gib": 29.9, "off_exact": 0.004},
        vae_480p={
            "decode bfloat16, too little room": {"s": 5.0, "peak_gib": 1.2, "in_tiles": True}
        },
        exchange={"one_way_s": 1.25},
        take_in_24_gb={"denoise": {"peak_gib": 17.5, "reserved_gib": 18.0}},
        take_in_80_gb={"decode": {"peak_gib": 70.1}},
    )
    told = rows(table.table(found(stages=more)))
    assert [
        "half precision, compiled: the exact path",
        "480p",
        "2.5",
        "671.0",
        "29.9",
        "0.004",
    ] in told
    assert ["decode bfloat16, too little room", "480p", "5.0", "1.2", "in tiles"] in told
    assert ["an exchange of experts, int8, s", "1.25"] in told
    assert ["within 24 GB, 480p: denoise, reserved, GiB", "18.0"] in told
    assert ["within 80 GB, 720p: decode, peak, GiB", "70.1"] in told


def test_what_was_left_out_or_failed_says_why() -> None:
    more = stages(
        float8={"left_out": "12 s were left, and it takes about 100"},
        draft={"error": "OutOfMemoryError: CUDA out of memory"},
    )
    told = table.table(found(stages=more, whole=False))
    assert "Left out: float8 (12 s were left, and it takes about 100)." in told
    assert "Failed: draft (OutOfMemoryError: CUDA out of memory)." in told
    assert "The measurement was ended before it was through." in told
    assert "| not measured (float8: 12 s were left, and it takes about 100) |" in told


def test_a_measurement_that_was_ended_at_once_has_a_table_too() -> None:
    told = table.table(found(stages={}, whole=False, card=None, memory_gib=None, tiny=True))
    assert told.startswith("**A rehearsal")
    assert "Measured on a CPU on" in told
    assert "not measured (compiled_480p: the measurement was ended before it)" in told


def test_the_command_prints_it_and_refuses_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "gpu.json"
    file.write_text(json.dumps(found()))
    monkeypatch.setattr("sys.argv", ["table", str(file)])
    assert table.main() == 0
    assert capsys.readouterr().out == table.table(found())
    for text in ("{}", "no JSON", "[]"):
        file.write_text(text)
        assert table.main() == 1
        said = capsys.readouterr().err
        assert str(file) in said
        assert "name its gpu.json" in said
