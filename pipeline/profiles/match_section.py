"""How well a take must match still and prompt, and what a profile asks to know it."""

from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.models.device import is_another_card
from pipeline.profiles.sections import Section

WHERE_ASKED = frozenset({"where", "device", "gpus"})
"""Keys of [match] that no answer depends on."""


class MatchSection(Section):
    kind: Literal["clip", "vqa"] = "clip"
    """`clip` compares picture and words (CLIP, SigLIP); `vqa` asks a model that answers questions."""
    weights: str
    where: Literal["worker", "own"] = "worker"
    """Who has the scorer: each worker one of its own; or `own`, one process that all workers of a run ask,
    so that its memory is taken once. Without Ray each worker has its own either way."""
    device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$")
    """What the scorer computes on: `auto` is a GPU where there is one, `cuda:1` a worker's second one."""
    gpus: float = Field(default=0.2, gt=0, lt=0.5)
    """Share of a GPU that an `own` scorer holds, beside a worker that holds the rest of it."""
    threshold: float = Field(ge=0, le=1)
    sampled_frames: int = Field(ge=2)
    view: Literal["frames", "filmstrip"] = "frames"
    """How a clip is held against its prompt: frame by frame, or all sampled frames as one picture,
    from which a scorer that was taught to can read motion."""
    reads: Literal["clauses", "sentences", "passages"] = "sentences"
    """What a `clip` scorer is asked about: who is named and what they do (`clauses`), each of the
    `sentences`, or `passages`: those sentences as one that go on about what the main subject does, for a
    scorer that was taught all of it at once."""
    prompt_cosine: tuple[float, float] = (0.0, 1.0)
    """Cosines of picture and prompt that count as match 0 and as match 1; with `nulls`, deviations."""
    still_cosine: tuple[float, float] = (0.0, 1.0)
    """Cosines of frame and still that count as match 0 and as match 1."""
    nulls: tuple[str, ...] = ()
    """Prompts that say nothing of the shot: what they fit is what any prompt fits. In `prompt_cosine`,
    `colour_margin` and `order_margin` a number is then how many deviations of theirs lie above them."""
    colours: tuple[str, ...] = ()
    """Colours that a `clip` scorer tells apart; a subject is asked for in each of them."""
    colour_margin: float = Field(default=0.05, gt=0)
    """So much better must another colour fit to contradict the one that is named for sure."""
    coverage: Literal["clauses", "stages"] = "clauses"
    """What of the shot's own prompt a take must show to be accepted: every clause in which something
    happens, or only the stages of its main subject."""
    partial: Literal["review", "accept"] = "review"
    """What becomes of a take that passes by a simpler prompt and shows only a part: a person looks at it,
    or it is accepted all the same."""
    order_margin: float | None = Field(default=None, gt=0)
    """So much better must another order of the stages fit to be the wrong one for sure; none: not asked."""

    @model_validator(mode="after")
    def _own_has_one_card(self) -> Self:
        if self.where == "own" and is_another_card(self.device):
            raise ValueError(
                f"a scorer of its own holds a share of one card: device {self.device!r} is a worker's "
                "second one; say cuda, or where = 'worker'"
            )
        return self

    @model_validator(mode="after")
    def _ranges_are_set(self) -> Self:
        missing = {"prompt_cosine", "still_cosine"} - self.model_fields_set
        if self.kind == "clip" and missing:
            raise ValueError(f"a scorer of the kind clip needs {' and '.join(sorted(missing))}")
        return self
