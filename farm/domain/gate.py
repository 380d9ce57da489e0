"""The gate: what follows a finished take, by its match and the ladder. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from farm.domain.decision import Decision, History
from farm.domain.lifecycle import ReviewStatus
from pipeline.ladder import Step, TakeFacts, best, climb
from pipeline.profiles.profile import Profile
from pipeline.prompts.provenance import removed, with_negations_moved
from pipeline.recipe_changes import differences
from pipeline.result import Verdict


def decide(history: History, profile: Profile) -> Decision:
    """What follows the latest take of a shot: accepted, the next rung, or a person."""
    latest = history.takes[-1]
    if latest.despite:
        return _seen_once(latest, history.takes)
    if latest.verdict is Verdict.ACCEPTED:
        why = f"take {latest.number} matches {latest.score:.2f}"
        return Decision(review=ReviewStatus.ACCEPTED, why=why, selected=latest.number)
    if latest.verdict is Verdict.PARTLY and profile.match.partial == "accept":
        why = f"take {latest.number} matches {latest.score:.2f} and shows {latest.coverage}"
        return Decision(review=ReviewStatus.ACCEPTED, why=why, selected=latest.number)
    step = climb(history.takes, profile, must_keep=history.must_keep, alternates=history.alternates)
    if isinstance(step, Step):
        step = _with_what_was_cut(_with_negations_moved(step, history), history)
        return Decision(review=ReviewStatus.PENDING, why=step.why, step=step)
    top = best(history.takes)
    own = latest.verdict is Verdict.UNSCORED or latest.unsure
    own = own or (latest.verdict is Verdict.PARTLY and top is latest)
    why = step.why if top is None or own else f"{step.why}; {_of(top)}"
    selected = top.number if top else None
    return Decision(review=ReviewStatus.NEEDS_REVIEW, why=why, selected=selected)


def _seen_once(latest: TakeFacts, takes: Sequence[TakeFacts]) -> Decision:
    """A shot that asked for one render in spite of everything has had it: another would end the same."""
    top = best(takes)
    why = f"take {latest.number} was rendered once, as asked, though {latest.despite}"
    return Decision(review=ReviewStatus.NEEDS_REVIEW, why=why, selected=top.number if top else None)


def _with_negations_moved(step: Step, history: History) -> Step:
    prompts = [take.recipe.prompt for take in history.takes]
    recipe = with_negations_moved(step.recipe, prompts, history.must_keep)
    return replace(step, recipe=recipe, changes=differences(history.takes[-1].recipe, recipe))


def _with_what_was_cut(step: Step, history: History) -> Step:
    return replace(step, removed=removed(history.prompts, step.recipe.prompt, history.must_keep))


def _of(top: TakeFacts) -> str:
    """What a person is handed."""
    shown = "no match" if top.score is None else f"match {top.score:.2f}"
    verdict = top.verdict.replace("_", " ") if top.verdict else "no verdict"
    return f"the best is take {top.number}: {verdict}, {shown}"
