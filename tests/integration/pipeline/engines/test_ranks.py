"""Two ranks on CPUs make the clip that one makes alone, and what ends a render on one ends it on both."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipeline.engines import loading, ranked, ranks
from pipeline.errors import Cause, RenderFault, ShotRejected
from tests import rank_process

WAIT_S = 200.0
"""More than ranks wait for each other."""
HALF = 160
"""Of the 320 tokens of the clip that they make."""


def run(folder: Path, count: int, trouble: str) -> list[dict[str, Any]]:
    """What each of `count` ranks said of itself, after all have ended; nothing for one that died."""
    log = (folder / "log").open("wb")
    processes = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.rank_process",
                str(folder),
                str(rank),
                str(count),
                trouble,
            ],
            stdout=log,
            stderr=log,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        for rank in range(count)
    ]
    try:
        codes = [process.wait(WAIT_S) for process in processes]
    finally:
        for process in processes:
            process.kill()
        log.close()
    said = [folder / f"told{rank}.json" for rank in range(count)]
    assert all(code in {0, 9} for code in codes), (folder / "log").read_text()
    return [json.loads(file.read_text()) if file.exists() else {} for file in said]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The latents of one rank."""
    folder = tmp_path_factory.mktemp("alone")
    run(folder, 1, "nothing")
    return latents(folder)


def latents(folder: Path) -> Any:
    import torch

    return torch.load(folder / "latents.pt")


def test_a_stop_is_heard_by_both_and_the_next_take_has_the_bits_of_one_rank(
    tmp_path: Path, alone: Any
) -> None:
    rank0, rank1 = run(tmp_path, 2, "stop")
    assert rank0["told"] == [
        {"kind": "RenderStopped", "cause": None, "sentence": "a person cancelled it"}
    ]
    assert rank1 == {"told": [], "broken": None, "share": [HALF]}
    assert rank0["share"] == [HALF]
    assert latents(tmp_path).equal(alone)


def test_a_fault_of_rank_0_between_two_steps_leaves_the_ranks_together(
    tmp_path: Path, alone: Any
) -> None:
    rank0, rank1 = run(tmp_path, 2, "fault")
    assert [each["sentence"] for each in rank0["told"]] == ["the lease could not be renewed"]
    assert rank1 == {"told": [], "broken": None, "share": [HALF]}
    assert latents(tmp_path).equal(alone)


@pytest.mark.parametrize(
    ("trouble", "cause", "sentence"),
    [
        ("after", Cause.MACHINE, "the card fell off the bus"),
        ("within", Cause.CAPACITY, "the memory of cpu ran out while denoising: "),
    ],
)
def test_an_error_of_one_rank_is_raised_by_both_with_its_sentence_and_its_cause(
    tmp_path: Path, trouble: str, cause: Cause, sentence: str
) -> None:
    rank0, rank1 = run(tmp_path, 2, trouble)
    (own,) = rank1["told"]
    heard, later = rank0["told"]
    assert (own["cause"], heard["cause"]) == (cause, cause)
    assert own["sentence"].startswith(sentence)
    assert heard["sentence"] == f"rank 1: {own['sentence']}"
    assert later["cause"] == Cause.MACHINE, "a worker whose ranks are gone is to be made anew"
    assert later["sentence"].endswith(own["sentence"])
    assert not (tmp_path / "latents.pt").exists()


def test_a_rank_that_dies_in_a_step_is_a_fault_of_the_machine(tmp_path: Path) -> None:
    rank0, rank1 = run(tmp_path, 2, "gone")
    assert not rank1
    assert [each["cause"] for each in rank0["told"]] == [Cause.MACHINE] * 2


def test_a_rank_whose_others_do_not_come_says_so(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.engines import ranks\n"
        "try: ranks.join(Path(sys.argv[1]), 0, 2, 'cpu', patience_s=2)\n"
        "except Exception as error: print(error.cause, error)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "rendezvous")],
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert "machine rank 0 waited 2 s for the other 1 in vain: " in said.stdout


class NoGroup(ranks.Group):
    """A group of four in which nobody may be asked for anything."""

    def __init__(self, count: int) -> None:
        super().__init__(0, count, Path(), None, None)


def test_a_size_whose_tokens_do_not_divide_is_refused_before_any_rank_hears_of_it() -> None:
    engine: Any = None  # is not asked either
    odd = replace(rank_process.RECIPE, width=624, height=624, frames=81)
    with pytest.raises(ShotRejected, match="crop the still to 624x608") as refused:
        ranked.RankedEngine(engine, NoGroup(2)).denoise(
            Image.new("RGB", (624, 624)), None, odd, lambda step, steps: None
        )
    assert refused.value.code == "size.undivided"


def test_a_picture_of_another_size_is_refused_before_any_rank_hears_of_it() -> None:
    engine: Any = None
    with pytest.raises(ValueError, match="RGB of 64x64"):
        ranked.RankedEngine(engine, NoGroup(2)).denoise(
            Image.new("RGB", (32, 64)), None, rank_process.RECIPE, lambda step, steps: None
        )


def test_what_ranks_cannot_render_is_refused_before_weights_are_looked_for(tmp_path: Path) -> None:
    toy = rank_process.TOY
    lost = toy.model_copy(update={"model": toy.model.model_copy(update={"weights": "none/such"})})
    with pytest.raises(RenderFault, match="take 2, 4 or 8") as refused:
        loading.load_rank(lost, tmp_path, "cpu", NoGroup(3))
    assert refused.value.cause is Cause.FATAL
