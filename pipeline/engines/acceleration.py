"""How experts compute on this machine: the exact attention that is fastest here, and one compiled graph.

Nothing here changes what is computed. A compiled graph rounds otherwise, so a profile has to ask for it.
"""

import logging
import os
import shutil
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pipeline.models.device import Accelerator, accelerator, is_cpu

if TYPE_CHECKING:
    from diffusers import WanTransformer3DModel

HOPPER = 9
"""The compute capability of H100 and H200, whole number."""
CUDNN_ATTENTION = "_native_cudnn"
"""diffusers' name of cuDNN's attention: 1.7 to 2.3 times as fast as FlashAttention 2 on an H100, and slower
than torch's own choice on A100, A10G and RTX PRO 6000 (transformers' pull request 48163)."""

_log = logging.getLogger(__name__)


def attention_for(found: Accelerator | None) -> str | None:
    """diffusers' name of the attention to use on an accelerator; None leaves the choice to torch.

    Exact ones alone are chosen. SageAttention's kernel for Hopper gives noise on Wan2.2 (diffusers'
    issue 12783), so no setting offers it.
    """
    return CUDNN_ATTENTION if found and found.capability[0] == HOPPER else None


def compiler_for(device: str) -> str | None:
    """The program that compiling for a device needs, as far as this machine has it."""
    named = os.environ.get("CXX" if is_cpu(device) else "CC")
    usual = ("g++", "clang++") if is_cpu(device) else ("gcc", "clang", "cc")
    return next((name for name in ([named] if named else usual) if shutil.which(name)), None)


def no_compiler(device: str) -> str:
    """What people are told where there is none."""
    package = "g++" if is_cpu(device) else "gcc"
    return (
        f"the profile asks for compiled experts and this machine has no C compiler ({package}): takes are "
        f"rendered without, slower; install {package}, or set speed.compile = false"
    )


def set_up(experts: "Iterable[WanTransformer3DModel]", device: str, *, compiled: bool) -> None:
    """Lets experts compute as fast as this machine can; both attention and compiler are the process's."""
    import torch

    experts = [*experts]
    if not is_cpu(device):
        torch.backends.cudnn.benchmark = True  # the VAE's convolutions meet few shapes, many times
        if backend := attention_for(accelerator()):
            for expert in experts:
                expert.set_attention_backend(backend)
    if not compiled:
        return
    if compiler_for(device) is None:
        _log.warning(no_compiler(device))
        return
    compile_blocks(experts)
    warm_up(experts, device)


def compile_blocks(experts: "Iterable[WanTransformer3DModel]", **options: Any) -> None:
    """One graph for the blocks of all experts and for every size and length.

    With `dynamic=False` each shape has its own, and torch gives up at the tenth: a profile allows
    thousands. MagCache would switch compiling off without a word. `options` are `torch.compile`'s.
    """
    for expert in experts:
        expert.compile_repeated_blocks(fullgraph=True, dynamic=True, **options)


def warm_up(experts: "Iterable[WanTransformer3DModel]", device: str) -> None:
    """One small forward pass each, so that the first take and its lease do not wait for the compiler."""
    import torch

    for expert in experts:
        shape: Any = expert.config
        size = [frames * patch for frames, patch in zip((3, 6, 4), shape.patch_size, strict=True)]
        with torch.inference_mode():
            expert(
                hidden_states=torch.zeros(
                    1, shape.in_channels, *size, dtype=expert.dtype, device=device
                ),
                timestep=torch.full((1,), 500, device=device),
                encoder_hidden_states=torch.zeros(
                    1, 512, shape.text_dim, dtype=expert.dtype, device=device
                ),
                return_dict=False,
            )
