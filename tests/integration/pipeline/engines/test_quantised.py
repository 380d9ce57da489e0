"""Linear layers in 8 bits give what the plain ones give, but for their rounding."""

from typing import get_args

import pytest
import torch
from torch import Tensor, nn

from pipeline.engines import quantised
from pipeline.engines.quantised import KINDS, QuantisedLinear, quantise, replace_linears
from pipeline.profiles.sections import Quantisation

OFF = {"int8": 0.01, "float8": 0.04}
"""Relative error of one layer on numbers of a normal distribution."""


@pytest.fixture
def plain() -> nn.Linear:
    torch.manual_seed(7)
    return nn.Linear(128, 256).bfloat16().requires_grad_(False)


@pytest.fixture
def given() -> Tensor:
    torch.manual_seed(8)
    return torch.randn(3, 50, 128).bfloat16()


def in_8_bits(plain: nn.Linear, kind: Quantisation) -> QuantisedLinear:
    return KINDS[kind][0](*quantise(plain.weight, kind), plain.bias)


def relative_error(made: Tensor, right: Tensor) -> float:
    return float((made.float() - right.float()).norm() / right.float().norm())


@pytest.mark.parametrize("kind", get_args(Quantisation))
def test_a_layer_in_8_bits_is_off_by_its_rounding(
    plain: nn.Linear, given: Tensor, kind: Quantisation
) -> None:
    made = in_8_bits(plain, kind)(given)
    assert (made.shape, made.dtype) == ((3, 50, 256), torch.bfloat16)
    assert 0 < relative_error(made, plain(given)) < OFF[kind]


@pytest.mark.parametrize("kind", get_args(Quantisation))
def test_an_output_with_large_weights_costs_the_others_nothing(
    plain: nn.Linear, given: Tensor, kind: Quantisation
) -> None:
    plain.weight[0] *= 1000
    layer = in_8_bits(plain, kind)
    assert relative_error(layer(given)[..., 1:], plain(given)[..., 1:]) < OFF[kind]


@pytest.mark.parametrize("kind", get_args(Quantisation))
def test_a_token_with_large_numbers_costs_the_others_nothing(
    plain: nn.Linear, given: Tensor, kind: Quantisation
) -> None:
    given[0, 0] *= 1000
    layer = in_8_bits(plain, kind)
    assert relative_error(layer(given)[1:], plain(given)[1:]) < OFF[kind]


@pytest.mark.parametrize("kind", get_args(Quantisation))
def test_nothing_but_zeros_gives_the_bias(plain: nn.Linear, kind: Quantisation) -> None:
    layer = in_8_bits(plain, kind)
    assert torch.equal(layer(torch.zeros(20, 128).bfloat16()), plain.bias.expand(20, -1))


@pytest.mark.parametrize("kind", get_args(Quantisation))
def test_many_tokens_are_multiplied_in_pieces_and_give_the_same(
    plain: nn.Linear, given: Tensor, kind: Quantisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = in_8_bits(plain, kind)
    whole = layer(given)
    monkeypatch.setattr(quantised, "ROWS_AT_ONCE", 40)
    pieces: list[int] = []
    product = layer._product
    monkeypatch.setattr(layer, "_product", lambda rows: pieces.append(len(rows)) or product(rows))
    assert torch.equal(layer(given), whole)
    assert pieces == [38, 38, 37, 37]  # and no small one is left over


@pytest.mark.parametrize("kind", get_args(Quantisation))
def test_all_numbers_of_tokens_share_one_graph(plain: nn.Linear, kind: Quantisation) -> None:
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    layer = in_8_bits(plain, kind)
    compiled = torch.compile(layer, backend="aot_eager", fullgraph=True, dynamic=True)
    for tokens in (50, 70, 90):
        given = torch.randn(1, tokens, 128).bfloat16()
        assert torch.equal(compiled(given), layer(given))
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 1


@pytest.mark.parametrize("kind", get_args(Quantisation))
def test_linear_layers_are_replaced_and_no_others(kind: Quantisation) -> None:
    blocks = nn.Sequential(nn.LayerNorm(8), nn.Sequential(nn.Linear(8, 4, bias=False)))
    assert replace_linears(blocks, kind) == ["1.0"]
    assert {name: each.dtype for name, each in blocks.state_dict().items()} == {
        "0.weight": torch.float32,
        "0.bias": torch.float32,
        "1.0.weight": KINDS[kind][1],
        "1.0.scale": torch.float32,
    }
