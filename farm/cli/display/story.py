"""The whole story of one shot, for people: its takes, why each was made, who did what and when."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape

from farm.cli.display import table
from farm.cli.display.comments import show_comments
from farm.domain.lettering import Told, lettering
from farm.domain.lifecycle import TakeStatus
from farm.store.queries.shot_story import ShotStory, TakeStory
from farm.wording import events
from pipeline.coverage import Coverage
from pipeline.early_look import EarlyLook
from pipeline.recipe import all_steps

LETTERING = {
    Told.SELDOM: ("label seldom read", "yellow"),
    Told.FOLLOWED: ("label followed", "green"),
    Told.UNREAD: ("label unread", "yellow"),
}
"""What is said of lettering that nothing is wrong with, and its colour."""


def show_story(story: ShotStory) -> None:
    """A shot from its submission to now."""
    console = Console(emoji=False)
    state = table.coloured(story.state, story.state.replace("_", " "))
    console.print(f"[bold]{escape(story.production)}/{escape(story.code)}[/]  {state}")
    console.print(f"  still   {escape(story.image)}", soft_wrap=True)
    console.print(f"  prompt  {escape(story.prompt)}", soft_wrap=True)
    if story.no_decline:
        console.print("  never declined: where still and prompt do not fit it is rendered once")
    for finding in story.findings:
        console.print(f"  [yellow]{finding['code']}[/] {escape(finding['message'])}")
    for take in story.takes:
        _show_take(console, take, selected=take.number == story.selected)
        if any(each.get("has_evidence") for each in take.attempts):
            words = ["farm", "logs", story.production, story.code, "--take", str(take.number)]
            console.print(f"  why, in full: {escape(shlex.join(words))}", soft_wrap=True)
    show_comments(console, story.comments)
    console.print("\n[bold]History[/]")
    for event in story.events:
        at = event.at.astimezone().strftime("%d %b %H:%M:%S")
        told = escape(events.sentence(event))
        console.print(f"  {at}  {escape(event.who):<14} {told}", soft_wrap=True)


def _show_take(console: Console, take: TakeStory, *, selected: bool) -> None:
    mark = " [green]◀ selected[/]" if selected else ""
    match = "" if take.match is None else f"  match {take.match:.2f}"
    console.print(f"\n[bold]take {take.number}[/]  {take.status} {take.verdict or ''}{match}{mark}")
    console.print(f"  {escape(take.why)}")
    for line in _tied(take):
        console.print(f"  {escape(line)}")
    for name, (before, after) in take.changes.items():
        console.print(f"  {name}: {escape(str(before))} → {escape(str(after))}")
    for number, each in enumerate(take.recipe.get("segments", ()), start=1):
        told = f"segment {number}, {each['frames']} frames: {each['prompt']}"
        console.print(f"  {escape(told)}")
    for piece in take.removed:
        rule = piece["rule"].replace("_", " ")
        console.print(f"  cut by [dim]{rule}[/]: {escape(piece['text'].strip())}")
    if take.status is TakeStatus.RUNNING:
        console.print(f"  at step {take.step} of {all_steps(take.recipe)}")
    if take.verdict:
        _show_coverage(console, take.coverage)
    if take.early:
        seen = _seen_early(take.early, final=take.is_final)
        console.print(f"  early   {escape(seen)}", soft_wrap=True)
    show_judgement(console, take.result or {})
    if take.clip:
        purged = f" [yellow]purged[/] {table.clock(take.purged)}" if take.purged else ""
        console.print(f"  clip    {escape(take.clip)}{purged}", soft_wrap=True)
    if take.reason:
        console.print(f"  [red]{escape(take.reason)}[/]", soft_wrap=True)
    for attempt in take.attempts:
        if attempt["outcome"] not in (None, "succeeded"):
            reason = f": {attempt['reason']}" if attempt["reason"] else ""
            console.print(
                f"  attempt {attempt['attempt']} on {attempt['worker']}: "
                f"{attempt['outcome']}{escape(reason)}",
                soft_wrap=True,
            )


def _tied(take: TakeStory) -> Iterator[str]:
    """What a draft is for, and what became of it; which draft another take goes back to."""
    if take.draft_for is not None:
        takes = ", ".join(map(str, take.finals)) or "not ordered yet"
        yield f"draft   for {take.draft_for}; final: {takes}"
    if take.final_of is not None:
        yield f"final   of take {take.final_of}, a draft that was approved"


def _seen_early(look: EarlyLook, *, final: bool) -> str:
    """What was seen of a take before it was done, and what followed."""
    if look.score is None:
        return look.note
    seen = f"match {look.score:.2f} at step {look.step} of {look.steps}"
    if look.threshold is None:
        return f"{seen}, only written down"
    low = look.score < look.threshold
    why = ", as an audit" if look.audit else ", as the final of an approved draft" if final else ""
    then = "ended" if look.ended else f"rendered on{why if low else ''}"
    return f"{seen}, {'below' if low else 'not below'} {look.threshold:.2f}: {then}"


def _show_coverage(console: Console, coverage: Coverage | None) -> None:
    """How much of what was asked for it shows; each stage where that is not all."""
    if coverage is None:
        console.print("  shows   [dim]coverage unknown[/]")
        return
    colour = "green" if coverage.whole else "yellow"
    console.print(f"  shows   [{colour}]{escape(str(coverage))}[/]", soft_wrap=True)
    if coverage.whole:
        return
    for stage in coverage.stages:
        value = "   –" if stage.value is None else f"{stage.value:.2f}"
        told = stage.shown.replace("_", " ")
        console.print(f"  [dim]{value}[/]  {told}: {escape(stage.text)}", soft_wrap=True)


def show_judgement(console: Console, result: Mapping[str, Any]) -> None:
    """What the take misses, what became of its lettering, then what its scorer was asked and answered."""
    for miss in result.get("misses", ()):
        kind = miss["kind"].replace("_", " ")
        console.print(f"  [yellow]{kind}[/]: {escape(miss['message'])}", soft_wrap=True)
    for each in lettering(result):
        if each.told is not Told.WRONG:  # that is a miss
            said, colour = LETTERING[each.told]
            console.print(f"  [{colour}]{said}[/]: {escape(each.sentence)}", soft_wrap=True)
    match = result.get("match", {})
    for answer in match.get("answers", ()):
        value = "   –" if answer["value"] is None else f"{answer['value']:.2f}"
        console.print(f"  [dim]{value}[/]  {escape(answer['question'])}", soft_wrap=True)
    if match.get("note"):
        console.print(f"  [yellow]unscored[/]: {escape(match['note'])}")
