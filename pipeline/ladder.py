"""The ladder: the takes so far → the next recipe and why, or why there is none. Pure.

A profile lists the rungs, or lets the miss itself choose (`pipeline.profiles.remedies`). Either way the
prompt is simplified from that of the take that the ladder stands on: the first, or the latest that a person
ordered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.coverage import Coverage
from pipeline.misses import Miss, MissKind
from pipeline.profiles.profile import Profile
from pipeline.profiles.remedies import DECLINED_FOR, SAME_AGAIN, Rung, gravest
from pipeline.prompts.grammar.prompt import ParsedPrompt, parse
from pipeline.prompts.simplify import Removal, at_level, simplify
from pipeline.prompts.wished import all_left
from pipeline.recipe import GUIDANCE_CAP, Recipe
from pipeline.recipe_changes import (
    Alternate,
    Difference,
    differences,
    next_seed,
    with_prompt,
    with_seed,
    with_still,
)
from pipeline.result import Verdict, Zones


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeFacts:
    """What the ladder needs to know of a take that was made, or refused before it was."""

    number: int
    rung: int
    """0 for a first take or one ordered by hand, else the rung that made it."""
    recipe: Recipe
    verdict: Verdict | None
    """None for a take that was refused before anything was rendered, and for one that was ended early."""
    score: float | None
    by_hand: bool = False
    misses: tuple[Miss, ...] = ()
    seconds: float = 0.0
    """What it took to render."""
    zones: Zones | None = None
    """The lines that the gate went by; None for a take of before they were kept."""
    purged: bool = False
    """Its clip was removed: it counts as ever, but nobody can look at it."""
    coverage: Coverage | None = None
    """What it shows of the shot's own prompt; None where nobody could say, and of a take of before it was
    asked."""
    despite: str = ""
    """Why it would have been declined, where it was rendered all the same."""
    ended: str = ""
    """Why it was ended early, where it was: a miss as any other, of which there is no clip."""

    @property
    def declined(self) -> bool:
        """Whether nothing of it was rendered."""
        return self.verdict is None and not self.ended

    @property
    def unsure(self) -> bool:
        """Whether the score lies between the lines, where a person must look."""
        if self.verdict is not Verdict.LOW_MATCH or self.zones is None or self.score is None:
            return False
        return self.zones.unsure(self.score)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The next take: its recipe, the rung it stands on, and why it is made."""

    rung: int
    recipe: Recipe
    why: str
    """One sentence for people."""
    changes: Mapping[str, tuple[Any, Any]]
    """Field of the recipe → (before, after), against the take before."""
    removed: tuple[Removal, ...] = ()
    """What the rules cut out of an earlier take's prompt to make this one's, piece by piece."""


_STANDING = {
    Verdict.ACCEPTED: 4,
    Verdict.PARTLY: 3,
    Verdict.LOW_MATCH: 2,
    Verdict.UNSCORED: 1,
    Verdict.BAD_CLIP: 0,
}


@dataclass(frozen=True, slots=True)
class End:
    """No further take is made by the farm itself."""

    why: str
    """For people, without a full stop."""


def climb(
    takes: Sequence[TakeFacts],
    profile: Profile,
    *,
    must_keep: Sequence[str] = (),
    alternates: Sequence[Alternate] = (),
) -> Step | End:
    """The take to make after the latest one missed, or why none is made."""
    latest = takes[-1]
    if latest.verdict is Verdict.ACCEPTED:
        return End(f"take {latest.number} did not miss")
    if latest.verdict is Verdict.PARTLY:
        return End(f"take {latest.number} shows {latest.coverage}")
    if latest.verdict is Verdict.UNSCORED:
        return End(f"the scorer could not judge take {latest.number}; a person must")
    if latest.unsure and latest.zones:
        lines = f"{latest.zones.retake:.2f} and {latest.zones.accept:.2f}"
        return End(
            f"match {latest.score:.2f} of take {latest.number} lies between {lines}, where the score "
            "cannot tell; a person must"
        )
    step = _next(takes, profile, must_keep, alternates)
    if step is None:
        return End(_no_way_left(latest))
    spent = _spent(_since_foot(takes), profile)
    return End(spent) if spent else step


def _next(
    takes: Sequence[TakeFacts],
    profile: Profile,
    must_keep: Sequence[str],
    alternates: Sequence[Alternate],
) -> Step | None:
    latest, wish = takes[-1], parse(_since_foot(takes)[0].recipe.prompt)
    tried = {take.recipe.hash for take in takes}
    unused = [each for each in alternates if each.still not in {t.recipe.still for t in takes}]
    skipped: list[str] = []
    ways = _ways(latest, profile)
    for number, rung in ways:
        if rung.whole and not _keeps_all(wish, rung, must_keep, profile):
            continue
        recipe = _on_rung(rung, wish, latest.recipe, must_keep, unused, profile)
        if recipe.hash in tried or _again(rung, recipe, takes, profile):
            skipped += _idle(number, rung, profile)
            continue
        return _step(number, rung, recipe, latest, profile, skipped)
    if profile.retakes.by == "diagnosis" and SAME_AGAIN in [rung for _, rung in ways]:
        recipe = next_seed(latest.recipe)  # nothing else is left to be tried
        while recipe.hash in tried:
            recipe = next_seed(recipe)
        return _step(ways[0][0], SAME_AGAIN, recipe, latest, profile, skipped)
    return None


def _step(
    number: int,
    rung: Rung,
    recipe: Recipe,
    latest: TakeFacts,
    profile: Profile,
    skipped: Sequence[str],
) -> Step:
    changes = differences(latest.recipe, recipe)
    told = "; ".join([*skipped, _told(rung, changes, profile)])
    why = f"{_missed(latest, profile)}: {told}"
    return Step(rung=number, recipe=recipe, why=why, changes=changes)


def _again(rung: Rung, recipe: Recipe, takes: Sequence[TakeFacts], profile: Profile) -> bool:
    """Whether a remedy with another seed had one before, for all else that it makes."""
    if not rung.new_seed or profile.retakes.by == "article":
        return False
    seeds = {take.recipe.seed for take in takes if with_seed(take.recipe, recipe.seed) == recipe}
    first = _since_foot(takes)[0].recipe.seed
    return len(seeds) > 1 if rung == SAME_AGAIN else bool(seeds - {first})


def _ways(latest: TakeFacts, profile: Profile) -> list[tuple[int, Rung]]:
    """What may be tried next, with the number that the take would climb to, in order."""
    miss, refused = _to_meet(latest), latest.declined
    kind = miss.kind if miss else None
    if kind is None and (latest.verdict is Verdict.LOW_MATCH or latest.ended):
        # Where the still shows nothing that the words name, nobody is asked what becomes of it.
        kind = MissKind.ACTION_ABSENT
    if kind is None or (profile.retakes.by == "article" and not refused):
        return list(enumerate(profile.ladder[latest.rung :], start=latest.rung + 1))
    return [(latest.rung + 1, remedy) for remedy in profile.retakes.against(kind)]


def _to_meet(take: TakeFacts) -> Miss | None:
    """The miss that the next take is made against.

    What a take is declined for counts only where it was: of one that was rendered, words that nothing
    in the still answers to are clutter, and a simpler prompt has none of them.
    """
    return gravest([each for each in take.misses if take.declined or each.kind not in DECLINED_FOR])


def _spent(row: Sequence[TakeFacts], profile: Profile) -> str:
    """Why the shot has had its share of renders, where it has."""
    rendered = [take for take in row if not take.declined]
    seconds = sum(take.seconds for take in rendered)
    most = profile.retakes
    if len(rendered) >= most.renders:
        return f"{most.renders} renders in a row are the most for one shot"
    if most.seconds and seconds >= most.seconds:
        return f"its takes have rendered for {seconds:.0f} s, {most.seconds:.0f} are the most for one shot"
    return ""


def _idle(number: int, rung: Rung, profile: Profile) -> list[str]:
    """A word on a rung that came to nothing. Remedies that were tried before need none."""
    if _in_vain(rung, profile):
        return [f"guidance stays, {profile.name} is rendered without"]
    return [f"rung {number} changes nothing here"] if profile.retakes.by == "article" else []


def _in_vain(rung: Rung, profile: Profile) -> bool:
    """Whether a rung would raise guidance that does not act."""
    return not profile.guided and (rung.cfg_high is not None or rung.cfg_low is not None)


def _no_way_left(latest: TakeFacts) -> str:
    miss = _to_meet(latest)
    if latest.declined and miss:
        return f"take {latest.number} was not rendered: {miss.message}"
    return "the ladder is at its end"


def best(takes: Sequence[TakeFacts]) -> TakeFacts | None:
    """The take that should stand for the shot: sound before broken, one that shows more of it before one
    that shows less, high before low, late before early.

    None whose clip was purged.
    """
    judged = [take for take in takes if take.verdict is not None and not take.purged]
    return max(judged, key=_standing, default=None)


def _since_foot(takes: Sequence[TakeFacts]) -> Sequence[TakeFacts]:
    """The take that the ladder stands on, and those after it."""
    by_hand = [index for index, take in enumerate(takes) if take.by_hand]
    return takes[by_hand[-1] if by_hand else 0 :]


def _keeps_all(wish: ParsedPrompt, rung: Rung, must_keep: Sequence[str], profile: Profile) -> bool:
    """Whether the rung's simpler prompt still asks for all by which a take is accepted."""
    simpler = at_level(wish, rung.simplify, must_keep)
    return all_left(wish, simpler, main_only=profile.match.coverage == "stages")


def _on_rung(
    rung: Rung,
    wish: ParsedPrompt,
    latest: Recipe,
    must_keep: Sequence[str],
    unused: Sequence[Alternate],
    profile: Profile,
) -> Recipe:
    simpler = simplify(wish, rung.simplify, must_keep).text
    recipe = with_prompt(latest, min(simpler, latest.prompt, key=len))
    if profile.guided:
        recipe = replace(
            recipe,
            cfg_high=_raised(latest.cfg_high, rung.cfg_high),
            cfg_low=_raised(latest.cfg_low, rung.cfg_low),
        )
    if rung.new_seed:
        recipe = next_seed(recipe)
    return with_still(recipe, unused[0]) if rung.alternate_still and unused else recipe


def _raised(guidance: float, to: float | None) -> float:
    """Guidance that was raised is never lowered again."""
    return min(max(guidance, to or guidance), GUIDANCE_CAP)


def _standing(take: TakeFacts) -> tuple[int, int, float, int]:
    assert take.verdict is not None
    missing = len(take.coverage.missing) if take.coverage else 1
    score = -1.0 if take.score is None else take.score
    return _STANDING[take.verdict], -missing, score, take.number


def _missed(take: TakeFacts, profile: Profile) -> str:
    miss = _to_meet(take)
    if take.declined and miss:
        return f"take {take.number} was not rendered, {miss.message}"
    if take.ended:
        return f"take {take.number} was {take.ended}"
    if miss and profile.retakes.by == "diagnosis":
        return f"take {take.number}: {miss.message}"
    if take.verdict is Verdict.BAD_CLIP or take.score is None:
        return f"take {take.number} is a broken clip"
    line = take.zones.retake if take.zones else profile.match.threshold
    return f"match {take.score:.2f} is below {line:.2f}"


def _told(rung: Rung, changes: Difference, profile: Profile) -> str:
    parts: list[str] = []
    if "prompt" in changes:
        parts.append(f"simpler prompt ({rung.simplify})")
    for name in ("cfg_high", "cfg_low"):
        if name in changes:
            parts.append("{} {:g} → {:g}".format(name, *changes[name]))
    if "seed" in changes:
        parts.append("another seed")
    if "still" in changes:
        parts.append("the alternate still")
    if _in_vain(rung, profile):
        parts.append(f"guidance stays, {profile.name} is rendered without")
    return ", ".join(parts)
