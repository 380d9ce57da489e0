"""How experts compute on this machine: the exact attention that is fastest here, and one compiled graph.

Nothing here changes what is computed. A compiled graph rounds otherwise, so a profile has to ask for it.
"""

import logging
import os
import shutil
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from pipeline.models.device import Accelerator, card_of, is_cpu
from pipeline.models.folders import first_line
from pipeline.profiles.sections import QuantisationSection

if TYPE_CHECKING:
    from diffusers import WanTransformer3DModel

HOPPER = 9
"""The compute capability of H100 and H200, whole number."""
FLOAT8_FROM, INT8_FROM = (8, 9), (7, 5)
"""The compute capabilities from which on cards multiply in 8 bits: Ada, and Turing."""
CUDNN_FIRST = ("CUDNN_ATTENTION", "FLASH_ATTENTION", "EFFICIENT_ATTENTION", "MATH")
"""torch's kernels of attention in the order for Hopper cards: cuDNN's is 1.7 to 2.3 times as fast there as
FlashAttention 2, and slower than torch's own choice on A100, A10G and RTX PRO 6000 (transformers' pull
request 48163); torch 2.11 chooses it there by itself. All stay allowed: cuDNN's takes no float32, which
scorers want."""

_log = logging.getLogger(__name__)


def attention_for(found: Accelerator | None) -> tuple[str, ...]:
    """torch's names of the kernels to try on an accelerator, in order; none leaves the order to torch.

    Exact ones alone are chosen. SageAttention's kernel for Hopper gives noise on Wan2.2 (diffusers'
    issue 12783), so no setting offers it.
    """
    return CUDNN_FIRST if found and found.capability[0] == HOPPER else ()


_for_good = ExitStack()
"""Holds what is set for the rest of the process."""


def prefer(kernels: Sequence[str]) -> None:
    """From now on attention is computed by the first of these kernels that can, in the whole process.

    Once, and not around each call as diffusers would: the flags are the process's, and a scorer in another
    thread would meanwhile find no kernel but that one.
    """
    from torch.nn.attention import SDPBackend, sdpa_kernel

    order = [getattr(SDPBackend, name) for name in kernels]
    _for_good.enter_context(sdpa_kernel(order, set_priority=True))


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


def why_no_quantisation(wanted: QuantisationSection, card: Accelerator | None) -> str | None:
    """A sentence where the card does not multiply in the precision that is wanted; a CPU does."""
    kinds = {wanted.high, wanted.low}
    if card is None:
        return None
    if "float8" in kinds and card.capability < FLOAT8_FROM:
        return (
            f"speed.quantisation asks for float8 and {card.name} does not multiply in it, which cards do "
            'from Ada and Hopper on: set it to "int8"'
        )
    if kinds != {None} and card.capability < INT8_FROM:
        return (
            f"speed.quantisation asks for 8 bits and {card.name} is too old for them: take it away"
        )
    return None


def set_up(experts: "Iterable[WanTransformer3DModel]", device: str, *, compiled: bool) -> None:
    """Lets experts compute as fast as this machine can; both attention and compiler are the process's."""
    import torch

    experts = [*experts]
    # cuDNN chooses its convolutions unasked: letting it try them (cudnn.benchmark) decoded a clip no sooner
    # on an H200, and took 39 GiB for it where 9 do.
    if kernels := attention_for(card_of(device)):
        prefer(kernels)
    if not compiled:
        return
    if compiler_for(device) is None:
        _log.warning(no_compiler(device))
        return
    compile_blocks(experts)
    try:
        warm_up(experts, device)
    except torch.OutOfMemoryError:
        raise
    except Exception as error:  # whatever compilers fail of
        _log.warning(
            "this machine cannot compile the experts (%s): takes are rendered without, slower",
            first_line(
                getattr(error, "inner_exception", error)
            ),  # dynamo's own says where, not why
        )
        leave_uncompiled(experts)


def leave_uncompiled(experts: "Iterable[WanTransformer3DModel]") -> None:
    """Takes back what `compile_blocks` did."""
    for expert in experts:
        for block in expert.blocks:
            block._compiled_call_impl = None


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
