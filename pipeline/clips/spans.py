"""Frame numbers for people."""

from collections.abc import Iterable


def spans(numbers: Iterable[int]) -> str:
    """`[0, 1, 2, 6]`, counted from 0, as `1-3, 7`, counted from 1."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1]:
            found[-1][1] = number + 1
        else:
            found.append([number + 1, number + 1])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in found)
