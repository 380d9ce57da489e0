"""What was decided on the visible label of a delivery: its language, or who took the duty. Pure."""

from dataclasses import dataclass

from farm.errors import Refused

LANGUAGES = ("zh", "en")
WAIVED = "none"
LONGEST = 200
"""Characters of who decided, and of for whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDecision:
    """Whether viewers are told in the picture that a model made it; in the file they are told always."""

    asked: str = ""
    """One of `LANGUAGES`, `none`, or nothing at all."""
    waived_by: str = ""
    """With `none`: who decided."""
    waived_for: str = ""
    """With `none`: who takes the films without it, and with them the duty to label."""

    def __post_init__(self) -> None:
        """Raises `Refused` for what cannot be."""
        if self.asked and self.asked not in (*LANGUAGES, WAIVED):
            known = ", ".join((*LANGUAGES, WAIVED))
            raise Refused(f"--label {self.asked[:32]!r} is none of {known}")
        given = {"--label-waived-by": self.waived_by, "--label-waived-for": self.waived_for}
        for option, name in given.items():
            if self.asked == WAIVED and not name.strip():
                raise Refused(
                    f"--label none needs {option}: who leaves the visible label out says so, and for whom"
                )
            if self.asked != WAIVED and name:
                raise Refused(f"{option} goes with --label none alone")
            if len(name) > LONGEST or not name.isprintable():
                raise Refused(f"{option}: a name has at most {LONGEST} characters, none to control")

    @property
    def language(self) -> str | None:
        """Of the visible label; None where there is none."""
        return self.asked if self.asked in LANGUAGES else None

    def as_event(self) -> dict[str, str]:
        """What the log keeps of it; empty where nothing was decided."""
        if self.asked != WAIVED:
            return {"label": self.asked} if self.asked else {}
        return {
            "label": WAIVED,
            "waived_by": self.waived_by.strip(),
            "waived_for": self.waived_for.strip(),
        }


def labelled_folder(language: str) -> str:
    """Below a delivered folder, the one with the same films and a visible label in them."""
    return f"label_{language}"
