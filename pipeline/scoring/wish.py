"""Holds a clip against the shot's own prompt, however simple the prompt was that made it.

What is praised, described or forbidden is no part of it: only what should happen.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pipeline.coverage import Coverage, Shown, Stage
from pipeline.misses import Answer, MissKind
from pipeline.profiles.match_section import MatchSection
from pipeline.prompts.grammar.clauses import Clause, Kind
from pipeline.prompts.grammar.prompt import ParsedPrompt, parse
from pipeline.prompts.wished import happening, left_of
from pipeline.result import Match
from pipeline.scoring import questions
from pipeline.scoring.protocol import CannotJudge, Scorer
from pipeline.scoring.questions import Words

if TYPE_CHECKING:
    from pipeline.storage.files import Frames

Ask = Callable[[Sequence[Words]], Sequence[Answer]]
"""Asks a scorer whether a clip shows stages, in their order; one answer each."""


def covered(
    scorer: Scorer,
    frames: "Frames",
    wish: str,
    prompt: str,
    match: Match,
    section: MatchSection,
    line: float,
) -> tuple[Coverage | None, str]:
    """What a clip that was made of `prompt` shows of `wish`; or None and why nobody can say. Never raises.

    Of a stage that the prompt still asks for, the answers in `match` say so where they are about it; of all
    others the scorer is asked. From `line` on a stage counts as shown.
    """
    notes: list[str] = []

    def ask(stages: Sequence[Words]) -> Sequence[Answer]:
        try:
            return scorer.ask_stages(frames, stages)
        except CannotJudge as refusal:
            notes.append(refusal.note)
        except Exception as error:  # whatever a scorer dies of, the paid-for take lives on
            notes.append(f"the scorer failed: {type(error).__name__}: {error}")
        return ()

    found, unanswered = cover(wish, prompt, match.answers, section.coverage == "stages", line, ask)
    if not unanswered:
        return found, ""
    why = f": {notes[0]}" if notes else ""
    return None, f"nobody could say whether the clip shows “{unanswered[0]}”{why}"


def cover(
    wish: str, prompt: str, answers: Sequence[Answer], main_only: bool, line: float, ask: Ask
) -> tuple[Coverage, list[str]]:
    """The rule of `covered`, and the stages that were asked for and got no answer, which no move of the
    camera ever gets. `main_only` leaves out what others than the main subject do. Pure, but for `ask`."""
    whole, asked = parse(wish), parse(prompt)
    wished = [*happening(whole, main_only=main_only)]
    still_there = left_of(whole, wished, asked)
    values = [_answered(place, answers) for place in still_there]
    unknown = [
        number
        for number, clause in enumerate(wished)
        if values[number] is None and clause.kind is not Kind.CAMERA
    ]
    told = ask([questions.stage(whole, wished[number]) for number in unknown]) if unknown else ()
    for number, answer in zip(unknown, told, strict=False):
        values[number] = _number(answer.value)
    stages = tuple(
        Stage(
            text=_as_written(whole, clause),
            shown=_shown(place is not None, value, line),
            value=value,
        )
        for clause, place, value in zip(wished, still_there, values, strict=True)
    )
    unanswered = [
        stage.text
        for stage, clause in zip(stages, wished, strict=True)
        if stage.shown is Shown.UNJUDGED and clause.kind is not Kind.CAMERA
    ]
    return Coverage(stages=stages), unanswered


def _answered(place: Clause | None, answers: Sequence[Answer]) -> float | None:
    """The lowest answer that is about the words of the take's prompt there, or about all of it."""
    if place is None:
        return None
    values = [
        _number(each.value)
        for each in answers
        if each.kind is MissKind.ACTION_ABSENT
        and (each.span is None or questions.meets(each.span, place))
    ]
    return min((value for value in values if value is not None), default=None)


def _number(value: float | None) -> float | None:
    """NaN is no answer: it would slip past a line."""
    return value if value is not None and 0 <= value <= 1 else None


def _shown(asked: bool, value: float | None, line: float) -> Shown:
    if not asked:
        return Shown.CUT
    if value is None:
        return Shown.UNJUDGED
    return Shown.SHOWN if value >= line else Shown.NOT_SHOWN


def _as_written(reading: ParsedPrompt, clause: Clause) -> str:
    return reading.written[clause.start : clause.end].strip(" ,;.，；。")
