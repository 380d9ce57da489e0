"""A grammar without loops: names of rules, and the alternatives that each stands for."""

import random
import re
from collections.abc import Mapping

Rules = Mapping[str, tuple[str, ...]]
"""Of each name its alternatives; `{name}` in an alternative is another rule."""
REFERENCE = re.compile(r"\{([^}]*)\}")


def write(rules: Rules, text: str, rng: random.Random) -> str:
    """`text` with an alternative by chance in place of every reference. Raises `KeyError` for no rule."""
    return REFERENCE.sub(lambda name: write(rules, rng.choice(rules[name[1]]), rng), text)
