"""`make judge-check`: a judge that judges passes, one that says anything does not, and both are told."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from pipeline.misses import Answer, MissKind
from pipeline.profiles import profile
from pipeline.scoring import loading
from pipeline.scoring.protocol import CannotJudge, Scorer
from pipeline.scoring.questions import Words
from pipeline.storage.files import Frames
from tests import judge_check
from tests.judge_check import SAMPLES, Sample, check
from tests.pictures import photograph
from tests.tiny_judges import a_qwen3_vl

TOY = profile.load("toy")


class Knows:
    """A judge that knows which prompts fit which photographs, by their mean colours."""

    name = "knows"

    def __init__(self, samples: Sequence[Sample], *, chinese: bool = True) -> None:
        self._fitting = {
            prompt: _mean(photograph(each.name))
            for each in samples
            for prompt in (each.english, *([each.chinese] if chinese else []))
        }

    def ask_still(self, picture: Image.Image, prompt: str) -> tuple[Answer, ...]:
        there = self._fitting.get(prompt)
        if there is None and not prompt.isascii():
            raise CannotJudge("it reads no Chinese")
        apart = 255.0 if there is None else max(map(abs, map(int.__sub__, there, _mean(picture))))
        kind = MissKind.SUBJECT_MISSING
        return (Answer(question="there?", value=1 - apart / 255, clause=prompt, kind=kind),)

    def ask_clip(self, frames: Frames, picture: Image.Image, prompt: str) -> tuple[Answer, ...]:
        raise AssertionError("there is no clip")

    def ask_stages(self, frames: Frames, stages: Sequence[Words]) -> tuple[Answer, ...]:
        raise AssertionError("there is no clip")


def _mean(picture: Image.Image) -> tuple[int, int, int]:
    pixel = picture.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return int(pixel[0]), int(pixel[1]), int(pixel[2])


def run(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    scorer: Scorer,
    *arguments: str,
) -> tuple[int, str]:
    monkeypatch.setattr(loading, "load", lambda *_: scorer)
    status = judge_check.main(["--profile", "toy", *arguments])
    return status, capsys.readouterr().out


def test_a_judge_that_judges_passes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out = run(capsys, monkeypatch, Knows(SAMPLES))
    assert status == 0
    first, english, chinese, wrong, verdict = out.splitlines()
    assert first.startswith("knows, 12 photographs, ")
    assert english.startswith("  another photograph's prompt, English: AUROC ")
    assert "Chinese: AUROC " in chinese
    assert "one thing wrong: AUROC 1.00 (1.00 … 1.00)" in wrong
    assert verdict == "It judges: at least 0.9 in English."


def test_a_judge_that_reads_no_chinese_is_told_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out = run(capsys, monkeypatch, Knows(SAMPLES, chinese=False))
    assert status == 0
    assert "Chinese: could not be judged" in out
    assert "It does not read Chinese well enough: name another judge" in out


def test_the_toys_scorer_knows_no_photographs_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    status = judge_check.main(["--profile", "toy", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert status == 1
    assert told["english"]["low"] <= told["english"]["value"] < judge_check.ENOUGH
    assert told["scorer"].startswith("builtin:toy-clip#")
    assert told["photographs"] == len(SAMPLES)


def test_a_folder_of_weights_or_the_judges_own_is_asked_as_the_real_profile_asks(
    tmp_path: Path,
) -> None:
    """Of chance, the judge of the class that the profile names: the plumbing is that of the real one."""
    wan = profile.load(judge_check.PROFILE)
    a_qwen3_vl(tmp_path / wan.match.weights)
    told = check(loading.load(wan.match, tmp_path), TOY, SAMPLES[:3])
    assert told.scorer.startswith(f"{wan.match.weights}#")
    assert told.english is not None
    assert not told.judges


@pytest.mark.parametrize(
    ("said", "where"), [((), "FARM_WEIGHTS"), (("--weights", "none at all"), "--weights")]
)
def test_weights_are_looked_for_where_they_are_said_to_lie(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    said: tuple[str, ...],
    where: str,
) -> None:
    """What the farm says of weights that are not at hand is true here as well: set FARM_WEIGHTS."""
    monkeypatch.setenv("FARM_WEIGHTS", "none at all")
    with pytest.raises(SystemExit):
        judge_check.main(said)
    assert f"error: {where}: none at all is no folder" in capsys.readouterr().err


def test_a_tilde_in_quotation_marks_is_the_home(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(loading, "load", lambda *_: Knows(SAMPLES))
    (tmp_path / "studio.toml").write_text(profile.text_of("toy"))
    assert judge_check.main(["--profile", "~/studio.toml"]) == 0
    assert "It judges" in capsys.readouterr().out


def test_every_photograph_has_prompts_in_both_languages_that_no_other_has() -> None:
    said = [each for sample in SAMPLES for each in (sample.english, sample.chinese, sample.wrong)]
    assert len(set(said)) == len(said)
    assert all(not sample.chinese.isascii() and sample.english.isascii() for sample in SAMPLES)
