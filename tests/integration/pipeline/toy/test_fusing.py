"""Faster steps of training: only where they pay, and the layers stay what they were."""

import copy
import sys
from pathlib import Path

import pytest

from pipeline.toy.training import fusing


@pytest.mark.parametrize(
    ("steps", "device", "headers", "fused"),
    [
        (fusing.WORTH, "cpu", True, True),
        (fusing.WORTH - 1, "cpu", True, False),
        (fusing.WORTH, "cuda", True, False),
        (fusing.WORTH, "cpu", False, False),
    ],
)
def test_layers_are_fused_for_a_long_training_on_a_cpu_that_can_compile(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    steps: int,
    device: str,
    headers: bool,
    fused: bool,
) -> None:
    if headers:
        (tmp_path / "Python.h").touch()
    monkeypatch.setattr(fusing.sysconfig, "get_path", lambda _: tmp_path)
    monkeypatch.setenv("CXX", sys.executable)

    assert fusing.pays(steps, device) is fused


def test_without_a_compiler_training_goes_on_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")

    assert not fusing.pays(10_000, "cpu")


def test_matrices_in_half_precision_give_nearly_the_same_and_have_the_same_names() -> None:
    import torch

    torch.manual_seed(1)
    block = torch.nn.Sequential(torch.nn.Linear(32, 64), torch.nn.GELU(), torch.nn.Linear(64, 32))
    plain, x = copy.deepcopy(block), torch.randn(8, 32)

    for layer in block:
        if isinstance(layer, torch.nn.Linear):
            fusing.in_bfloat16(layer)
    out = block(x)
    out.square().sum().backward()

    assert out.dtype == torch.float32
    assert 0 < (out - plain(x)).abs().max() < 0.02
    assert block.state_dict().keys() == plain.state_dict().keys()
    assert all(
        each.grad is not None and each.grad.dtype == each.dtype for each in block.parameters()
    )
