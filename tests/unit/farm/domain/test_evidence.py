"""What is kept of a failure: bounded, with its causes, and what the worker logged, of its own thread."""

import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from farm.cluster.loading import WorkerSettings
from farm.cluster.log_tail import log_tail
from farm.cluster.outcome import Faulted, Rejected
from farm.cluster.worker import Worker
from farm.domain import evidence
from farm.domain.evidence import MOST_LINES, MOST_LOG, MOST_SENTENCE, MOST_TRACEBACK, Evidence
from pipeline.errors import Cause, RenderFault, ShotRejected
from pipeline.profiles.profile import load
from tests.conftest import an_order

ROOT = Path(__file__).resolve().parents[4]


def render(make: Callable[..., object]) -> object:
    settings = WorkerSettings(profile=load("toy"), media="/media")
    worker = Worker(settings, load=lambda _: None, make=make)  # type: ignore[arg-type]
    return worker.render("k", an_order(), 60)


def faulted(make: Callable[..., object]) -> Faulted:
    answer = render(make)
    assert isinstance(answer, Faulted)
    return answer


def deep(*_: object) -> object:
    latents: dict[str, object] = {}
    return latents["high_noise"]


def test_a_defect_brings_the_place_where_it_happened() -> None:
    answer = faulted(deep)
    assert answer.sentence == "KeyError: 'high_noise'"
    assert ", in deep\n" in answer.evidence.traceback
    assert answer.evidence.traceback.endswith("KeyError: 'high_noise'\n")


def test_a_fault_brings_what_led_to_it() -> None:
    def wrapped(*_: object) -> object:
        try:
            return deep()
        except KeyError as error:
            raise RenderFault(Cause.MACHINE, "the device fell off") from error

    told = faulted(wrapped).evidence.traceback
    assert "KeyError: 'high_noise'" in told
    assert "The above exception was the direct cause" in told
    assert told.endswith("RenderFault: the device fell off\n")


def test_a_refused_shot_has_a_sentence_and_no_evidence() -> None:
    def refuse(*_: object) -> object:
        raise ShotRejected("still.missing", "https://anna:Tr0ub4dor@host/a.png is gone")

    assert render(refuse) == Rejected("still.missing", "https://anna:***@host/a.png is gone")


def test_secrets_are_in_neither_the_sentence_nor_the_evidence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STUDIO_TOKEN", "open-sesame-9")

    def leak(*_: object) -> object:
        logging.getLogger("hub").warning("GET https://hub with open-sesame-9")
        raise RuntimeError("Authorization: Bearer open-sesame-9 was refused")

    answer = faulted(leak)
    assert "open-sesame-9" not in f"{answer.sentence} {answer.evidence}"
    assert answer.sentence == "RuntimeError: Authorization: Bearer *** was refused"


def test_a_sentence_is_one_line_and_a_traceback_is_bounded_at_both_ends() -> None:
    def endless(*_: object) -> object:
        raise RuntimeError("CUDA error:\n  no kernel\n" + "x " * 50_000 + "the end")

    answer = faulted(endless)
    assert "\n" not in answer.sentence
    assert len(answer.sentence) <= MOST_SENTENCE
    told = answer.evidence.traceback
    assert len(told) <= MOST_TRACEBACK
    assert told.startswith("Traceback (most recent call last):")
    assert told.endswith("the end\n")
    assert "characters left out" in told


def test_a_recursion_and_an_error_without_words_are_told_too() -> None:
    def round_and_round() -> (
        object
    ):  # not with *arguments: Python 3.13.0 counts those calls wrongly
        return round_and_round()

    def dizzy(*_: object) -> object:
        return round_and_round()

    assert "RecursionError" in faulted(dizzy).evidence.traceback

    class Speechless(Exception):
        def __str__(self) -> str:
            raise ValueError("no words")

    def mute(*_: object) -> object:
        raise Speechless

    assert faulted(mute).sentence == "Speechless: (its message cannot be read)"


def test_the_last_lines_come_along_with_their_warnings() -> None:
    def chatty(*_: object) -> object:
        for number in range(2 * MOST_LINES):
            logging.getLogger("a.model").warning("line %d", number)
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = lambda *_, **__: None
            log_tail().attach()
            warnings.warn("this will go away", FutureWarning, stacklevel=1)
        raise RuntimeError("no")

    lines = faulted(chatty).evidence.lines
    assert len(lines) == MOST_LINES
    assert "WARNING a.model: line 79" in lines[-2]
    assert "FutureWarning: this will go away" in lines[-1]


def test_a_library_that_keeps_its_lines_to_itself_is_heard_and_another_thread_is_not() -> None:
    library = logging.getLogger("some.package")
    library.propagate = False
    others = threading.Thread(target=lambda: library.warning("another worker's"))

    def make(*_: object) -> object:
        library.warning("mine")
        others.start()
        others.join()
        raise RuntimeError("no")

    lines: list[str] = []
    mine = threading.Thread(target=lambda: lines.extend(faulted(make).evidence.lines))
    mine.start()
    mine.join()
    assert [line.rpartition(": ")[2] for line in lines] == ["mine"]


def test_long_lines_leave_room_for_the_last_ones() -> None:
    kept = evidence.cleaned(Evidence("", tuple(f"{n} " + "y" * 5_000 for n in range(30))), ())
    assert sum(map(len, kept.lines)) <= MOST_LOG
    assert kept.lines[-1].startswith("29 ")


def test_a_line_that_cannot_be_formatted_fails_nothing() -> None:
    def make(*_: object) -> object:
        logging.getLogger("a.model").warning("%d steps", "eight")
        raise RuntimeError("no")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging, "raiseExceptions", False)
        assert "a line that cannot be read" in faulted(make).evidence.lines[-1]


@pytest.mark.parametrize(("cause", "told"), [(Cause.MACHINE, True), (Cause.FATAL, False)])
def test_where_a_load_failed_is_told_unless_its_sentence_says_what_to_do(
    cause: Cause, told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    def cannot(_: WorkerSettings) -> object:
        raise RenderFault(cause, "the checkpoint is cut") from OSError("at byte 7")

    settings = WorkerSettings(profile=load("toy"), media="/media")
    with pytest.raises(RenderFault):
        Worker(settings, load=cannot)  # type: ignore[arg-type]
    assert ("the worker could not load" in caplog.text) is told
    assert ("OSError: at byte 7" in caplog.text) is told


LINE = """
import logging
from farm.cluster.log_tail import log_tail

log_tail().listen()
logging.getLogger("a.model").warning("it is hot")
logging.getLogger("a.model").info("it is warm")
"""


def test_a_line_that_nobody_else_hears_is_still_written_where_python_writes_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LINE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == "it is hot\n"
