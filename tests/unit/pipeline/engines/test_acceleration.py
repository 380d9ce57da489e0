"""The fastest exact attention is chosen by the card, and a missing compiler is told in a sentence."""

import logging

import pytest

from pipeline.engines import acceleration
from pipeline.engines.acceleration import CUDNN_FIRST, attention_for, compiler_for, no_compiler
from pipeline.models.device import ACCELERATED, CPU, Accelerator


def a_card(*capability: int) -> Accelerator:
    major, minor = capability
    return Accelerator(name="a card", memory=80 * 10**9, capability=(major, minor))


@pytest.mark.parametrize(
    ("card", "attention"),
    [
        (a_card(9, 0), CUDNN_FIRST),  # H100, H200
        (a_card(8, 0), ()),  # A100
        (a_card(8, 6), ()),  # RTX 3090
        (a_card(8, 9), ()),  # RTX 4090
        (a_card(12, 0), ()),  # RTX PRO 6000
        (None, ()),
    ],
)
def test_cudnn_attends_first_on_hopper_alone(
    card: Accelerator | None, attention: tuple[str, ...]
) -> None:
    assert attention_for(card) == attention


def test_a_compiler_that_is_named_is_the_one_that_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    assert compiler_for(CPU) is None
    monkeypatch.setenv("CC", "python3")  # some program that every machine of ours has
    assert compiler_for(ACCELERATED) == "python3"


def test_without_a_compiler_takes_are_rendered_all_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    with caplog.at_level(logging.WARNING):
        acceleration.set_up([], CPU, compiled=True)
    assert caplog.messages == [no_compiler(CPU)]
    assert "install g++" in no_compiler(CPU)
    assert "install gcc" in no_compiler(ACCELERATED)
