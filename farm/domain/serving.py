"""Which profiles one run may serve: those whose workers hold the same of a machine. Pure."""

from collections.abc import Mapping, Sequence

from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import WorkerSection


def why_not_together(
    profiles: Sequence[Profile], tags: Mapping[str, Sequence[str]] | None = None
) -> str | None:
    """A sentence where workers cannot change from one of the profiles to another; `tags` are those that the
    machines of each must have, by the profile's name."""
    first, *others = profiles
    for other in others:
        if why := _why_apart(first, other, tags or {}):
            return f"{first.name} and {other.name} cannot be served by one run: {why}"
    judges = own_judges(profiles)
    if sum(each.match.gpus for each in judges) >= 1:
        named = ", ".join(each.name for each in judges)
        return (
            f"{named} cannot be served by one run: their scorers, each of its own, would hold a whole GPU; "
            "set match.gpus lower, or give them the same [match]"
        )
    return None


def own_judges(profiles: Sequence[Profile]) -> list[Profile]:
    """One profile for each scorer that all workers of a run ask: the same table [match] is the same one."""
    found: list[Profile] = []
    for each in profiles:
        if each.match.where == "own" and all(each.match != other.match for other in found):
            found.append(each)
    return found


def joint(profiles: Sequence[Profile]) -> Profile:
    """The first of the profiles, as a worker's place must be that is to hold any of them: with the most
    CPUs, the largest wave, and beside it the scorers of all."""
    workers = [each.worker for each in profiles]
    most = {
        "cpus": max(each.cpus for each in workers),
        "wave": max(each.wave for each in workers),
    }
    judges = own_judges(profiles)
    match = profiles[0].match
    if judges:
        together = sum(each.match.gpus for each in judges)
        match = judges[0].match.model_copy(update={"gpus": together})
    changed = {"worker": workers[0].model_copy(update=most), "match": match}
    return profiles[0].model_copy(update=changed)


def _why_apart(first: Profile, other: Profile, tags: Mapping[str, Sequence[str]]) -> str | None:
    asking = next((each.name for each in (first, other) if each.engine.servers), "")
    if asking:
        return f"servers make the takes of {asking}, one worker each, which hold no model: {_APART}"
    if (why := _why_places_differ(first.worker, other.worker)) is not None:
        return why
    mine, others = (sorted(tags.get(each.name, ())) for each in (first, other))
    if mine != others:
        told = [", ".join(each) or "none" for each in (mine, others)]
        return (
            f"their workers' machines have other tags ({told[0]}; {told[1]}): give both the same in "
            f"`limits` of farm.toml, or {_APART}"
        )
    asked = first.match, other.match
    if "own" in {each.where for each in asked} and asked[0].device != asked[1].device:
        return f"their scorers compute on other devices: set match.device alike, or {_APART}"
    return None


_APART = "give each a run of its own (farm run --profile)"


def _why_places_differ(first: WorkerSection, other: WorkerSection) -> str | None:
    if first.ranks != other.ranks:
        return (
            f"a worker of the one is {first.ranks} ranks, of the other {other.ranks}: set worker.ranks "
            f"alike, or {_APART}"
        )
    if first.gpus == other.gpus:
        return None
    return (
        f"a worker of the one holds {first.gpus:g} GPUs, of the other {other.gpus:g}: set worker.gpus "
        f"alike, or {_APART}"
    )
