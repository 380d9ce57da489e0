"""Where the experts change: a split of the steps in ComfyUI, a boundary of the noise here."""

WAN = 0.9
"""Wan2.2's own boundary for images."""
_CLOSE = 0.001
"""Nearer than this the last bits decide on which side of it a step falls."""


def sigma(step: int, steps: int, shift: float) -> float:
    """Share of noise before a step (counted from 0), as the scheduler `simple` spaces them."""
    left = 1 - step / steps
    return shift * left / (1 + (shift - 1) * left)


def boundary(split: int, steps: int, shift: float) -> float | None:
    """The boundary that gives the high-noise expert the first `split` steps: Wan's own where it does so,
    else the middle of all that do, to three digits or as many as it takes. None where one expert has all
    steps, and where they lie too close."""
    if not 0 < split < steps:
        return None
    below, above = sigma(split, steps, shift), sigma(split - 1, steps, shift)
    if below + _CLOSE < WAN < above - _CLOSE:
        return WAN
    middle = (below + above) / 2
    found = (round(middle, digits) for digits in range(3, 12))
    return next((each for each in found if below < each < above), None)
