"""Linear layers in 8 bits: half of the memory, and more speed where a card has units for it.

Weights get a scale for each output, once; what comes in gets one for each token, at every pass. torch
multiplies; nothing here is tuned to one model.
"""

import torch
from torch import Tensor, nn

from pipeline.profiles.sections import Quantisation

INT8_MOST = 127.0
FLOAT8_MOST = 448.0
"""The largest number of float8_e4m3fn."""
LEAST_SCALE = 1e-12
"""Keeps a row of zeros from a division by zero."""
ROWS_AT_ONCE = 8192
"""Tokens that are multiplied at once where nothing is compiled: the whole products would take more memory
than anything else in an expert."""


class QuantisedLinear(nn.Module):
    """`nn.Linear` with weights of 8 bits and a scale for each of its outputs."""

    weight: Tensor
    """(outputs, inputs), 8 bits."""
    scale: Tensor
    """(outputs,), float32."""
    bias: Tensor | None

    def __init__(self, weight: Tensor, scale: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.register_buffer("scale", scale)
        self.register_buffer("bias", bias)

    def forward(self, given: Tensor) -> Tensor:
        rows = given.reshape(-1, given.shape[-1])
        if torch.compiler.is_compiling():  # a loop would be another graph for each number of rows
            made = self._product(rows)
        else:
            # Pieces of about one size: a card multiplies no fewer than 17 rows of whole numbers.
            pieces = rows.tensor_split(-(-len(rows) // ROWS_AT_ONCE))
            made = torch.cat([self._product(some) for some in pieces])
        return made.reshape(*given.shape[:-1], made.shape[-1])

    def _product(self, rows: Tensor) -> Tensor:
        raise NotImplementedError


class Int8Linear(QuantisedLinear):
    """In whole numbers, which every card since 2018 multiplies fast."""

    def _product(self, rows: Tensor) -> Tensor:
        numbers, scale = to_int8(rows)
        product = torch._int_mm(numbers, self.weight.t())
        made = product * scale * self.scale
        return (made if self.bias is None else made + self.bias).to(rows.dtype)


class Float8Linear(QuantisedLinear):
    """In floating point of 8 bits, for Ada and Hopper cards and later ones."""

    def _product(self, rows: Tensor) -> Tensor:
        numbers, scale = to_float8(rows)
        # torch's public name for it, scaled_mm, cannot be compiled by 2.11, with which a card was measured.
        made = torch._scaled_mm(
            numbers,
            self.weight.t(),
            scale_a=scale,
            scale_b=self.scale[None],
            out_dtype=torch.bfloat16,  # the only one that kernels with a scale for each row give
            use_fast_accum=True,
        )
        return (made if self.bias is None else made + self.bias).to(rows.dtype)


def to_int8(rows: Tensor) -> tuple[Tensor, Tensor]:
    """(rows, numbers) as whole numbers of 8 bits, and the scale of each row, (rows, 1) in float32."""
    full = rows.float()
    scale = (full.abs().amax(dim=1, keepdim=True) / INT8_MOST).clamp(min=LEAST_SCALE)
    return (full / scale).round().to(torch.int8), scale


def to_float8(rows: Tensor) -> tuple[Tensor, Tensor]:
    """(rows, numbers) as floating point of 8 bits, and the scale of each row, (rows, 1) in float32."""
    full = rows.float()
    scale = (full.abs().amax(dim=1, keepdim=True) / FLOAT8_MOST).clamp(min=LEAST_SCALE)
    return (full / scale).to(torch.float8_e4m3fn), scale


KINDS: dict[Quantisation, tuple[type[QuantisedLinear], torch.dtype]] = {
    "int8": (Int8Linear, torch.int8),
    "float8": (Float8Linear, torch.float8_e4m3fn),
}


def quantise(weight: Tensor, kind: Quantisation) -> tuple[Tensor, Tensor]:
    """A layer's weight (outputs, inputs) in 8 bits, and the scale of each output, (outputs,)."""
    numbers, scale = to_int8(weight) if kind == "int8" else to_float8(weight)
    return numbers, scale[:, 0]


def replace_linears(blocks: nn.Module, kind: Quantisation) -> list[str]:
    """Puts layers of `kind`, without numbers yet, in the place of all linear ones; their names."""
    made, dtype = KINDS[kind]
    names = [name for name, each in blocks.named_modules() if isinstance(each, nn.Linear)]
    for name in names:
        parent, _, last = name.rpartition(".")
        linear = blocks.get_submodule(name)
        assert isinstance(linear, nn.Linear)
        weight = torch.empty_like(linear.weight, dtype=dtype, requires_grad=False)
        scale = torch.empty(linear.out_features, device=weight.device, dtype=torch.float32)
        bias = None if linear.bias is None else linear.bias.detach()
        setattr(blocks.get_submodule(parent), last, made(weight, scale, bias))
    return names
