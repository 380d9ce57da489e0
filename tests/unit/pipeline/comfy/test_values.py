"""Values behind wires: primitives, switches, maths; and texts without weights."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.comfy.arithmetic import work_out
from pipeline.comfy.graph import Node, Wire
from pipeline.comfy.texts import escaped, unweighted
from pipeline.comfy.values import Unknown, Values


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("floor (a * b + 1)", 81),
        ("(a + 1) // 2 if b > 3 else 0", 3),
        ("min(a, b) ** 2", 25),
        ("-a % 3", 1),
        ("not (a > 1 and b > 100)", True),
        ("round(b / 3, 1)", 5.3),
    ],
)
def test_an_expression_is_worked_out(expression: str, value: float) -> None:
    assert work_out(expression, {"a": 5, "b": 16}) == value


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os')", "a.real", "[a][0]", "'text'", "9**9**9**9", "1/0", "unknown", "", "a +",
        "(" * 200 + ")" * 200, "1e400", "10**400", "lambda: 1", "f'{a}'", "max()", "a" * 600, "a := 3",
    ],
)  # fmt: skip
def test_what_is_no_arithmetic_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        work_out(expression, {"a": 5})


def plain(nodes: dict[str, Node], slot: int = 0) -> object:
    return Values(nodes).plain(Wire("end", slot))


def test_primitives_switches_and_maths_come_to_a_value() -> None:
    nodes = {
        "on": Node("PrimitiveBoolean", {"value": True}),
        "four": Node("PrimitiveInt", {"value": 4}),
        "end": Node(
            "ComfySwitchNode", {"switch": Wire("on"), "on_true": Wire("four"), "on_false": 20}
        ),
    }
    assert plain(nodes) == 4
    assert plain(nodes | {"on": Node("PrimitiveBoolean", {"value": False})}) == 20

    maths = Node(
        "ComfyMathExpression", {"expression": "a * b", "values.a": Wire("four"), "values.b": 2.5}
    )
    assert plain(nodes | {"end": maths}, 0) == 10.0
    assert plain(nodes | {"end": maths}, 1) == 10
    slider = Node("mxSlider", {"Xi": 3, "Xf": 3.5, "isfloatX": 1})
    assert plain({"end": slider}) == 3.5
    joined = Node("StringConcatenate", {"string_a": "a man", "string_b": "waves", "delimiter": " "})
    assert plain({"end": joined}) == "a man waves"
    first = Node("Any Switch (rgthree)", {"any_01": Wire("gone"), "any_02": Wire("four")})
    assert plain(nodes | {"end": first}) == 4


def test_what_is_made_while_the_graph_runs_names_its_node() -> None:
    nodes = {"end": Node("ComfySwitchNode", {"switch": Wire("size"), "on_true": 1, "on_false": 2})}
    with pytest.raises(Unknown, match="GetImageSize") as unknown:
        plain(nodes | {"size": Node("GetImageSize", {})})
    assert unknown.value.node == "size"


def test_circles_and_endless_values_come_to_nothing() -> None:
    circle = {"end": Node("ComfySwitchNode", {"switch": Wire("end"), "on_true": 1, "on_false": 2})}
    with pytest.raises(Unknown):
        plain(circle)
    with pytest.raises(Unknown):
        plain({"end": Node("Reroute", {"": Wire("end")})})

    doubled = {
        str(number): Node(
            "StringConcatenate",
            {"string_a": Wire(str(number + 1)), "string_b": Wire(str(number + 1))},
        )
        for number in range(60)
    }
    with pytest.raises(Unknown):
        plain(
            doubled
            | {
                "60": Node("PrimitiveString", {"value": "ab"}),
                "end": Node("Reroute", {"": Wire("0")}),
            }
        )


@pytest.mark.parametrize(
    ("weighted", "bare"),
    [
        ("a (red:1.3) hat", "a red hat"),
        ("((very)) red", "very red"),
        ("(a man (who waves:1.2):0.8), slowly", "a man who waves, slowly"),
        (r"a hat \(old\)", "a hat (old)"),
        ("half (open", "half (open"),
        ("at 12:30 :)", "at 12:30 :)"),
    ],
)
def test_weights_are_taken_out_of_a_text(weighted: str, bare: str) -> None:
    assert unweighted(weighted) == bare


@given(st.text(alphabet="ab(): \\1.,红", max_size=40).filter(lambda text: "\\" not in text))
def test_an_escaped_text_is_read_as_it_was(text: str) -> None:
    assert unweighted(escaped(text)) == text
