"""Expressions of numbers, as nodes for maths hold them: worked out without running anything else."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

LONGEST = 500
"""Characters of an expression."""
_MOST = 1e18
"""No value of a clip comes near; powers of powers would never end."""

_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Not: operator.not_,
}
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "float": float,
    "int": int,
    "max": max,
    "min": min,
    "round": round,
    "sqrt": math.sqrt,
}


def work_out(expression: str, names: Mapping[str, Any]) -> float | int | bool:
    """The value of `expression` with values for its names. Raises `ValueError` for whatever is no plain
    arithmetic of numbers."""
    if len(expression) > LONGEST:
        raise ValueError("the expression is too long")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
        value = _value(tree.body, names)
    except (SyntaxError, ArithmeticError, TypeError, RecursionError, MemoryError) as error:
        raise ValueError(f"{expression!r} cannot be worked out") from error
    if not math.isfinite(value):
        raise ValueError(f"{expression!r} is no number")
    return value


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=bool() | int() | float() as value):
            return _bounded(value)
        case ast.Name(id=name) if isinstance(names.get(name), bool | int | float):
            return _bounded(names[name])
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            return _UNARY[type(op)](_value(operand, names))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _bounded(math.pow(_value(left, names), _value(right, names)))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _bounded(_BINARY[type(op)](_value(left, names), _value(right, names)))
        case ast.IfExp(test=test, body=body, orelse=other):
            return _value(body if _value(test, names) else other, names)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return _COMPARE[type(op)](_value(left, names), _value(right, names))
        case ast.BoolOp(op=op, values=values):
            found = [bool(_value(each, names)) for each in values]
            return all(found) if isinstance(op, ast.And) else any(found)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return _bounded(_FUNCTIONS[name](*(_value(each, names) for each in args)))
    raise ValueError("there is something else than numbers, names and arithmetic in it")


def _bounded(value: Any) -> Any:
    if not isinstance(value, bool | int | float) or abs(value) > _MOST:
        raise ValueError("it grows beyond all numbers")
    return value
