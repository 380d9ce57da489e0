"""Ages as people write them."""

import re
from typing import Any

import click

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
LONGEST = 36_500 * 86_400.0
"""A hundred years: more than any database's clock can go back needlessly."""


class Age(click.ParamType):
    """`30d`, `12h`, `2w`: a number with its unit, in seconds. The unit must be said."""

    name = "age"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, float):
            return value
        said = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)\s*([smhdw])", str(value).strip().lower())
        if said is None:
            self.fail(
                f"{value!r} is no age: say a number and its unit, as 30d, 12h or 2w", param, ctx
            )
        seconds = float(said[1]) * UNITS[said[2]]
        if seconds > LONGEST:
            self.fail(f"{value!r} is longer than a hundred years", param, ctx)
        return seconds
