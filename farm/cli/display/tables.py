"""Tables for people: productions, shots, the story of one shot."""

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from farm.cli.display import event_text
from farm.cli.display.amounts import waiting_in_archives
from farm.domain.forecast import Range, in_words
from farm.domain.lifecycle import ShotState, TakeStatus
from farm.store.queries.overview import ProductionStatus, ShotStatus
from farm.store.queries.queued import Queue
from farm.store.queries.shot_history import ShotStory, TakeStory
from farm.store.workers import Crewman, Drained

if TYPE_CHECKING:
    from farm.cluster.ray.jobs import JobInfo

COLOURS = {
    ShotState.ACCEPTED: "green",
    ShotState.APPROVED: "green",
    ShotState.WAITING: "cyan",
    ShotState.RENDERING: "blue",
    ShotState.NEEDS_REVIEW: "yellow",
    ShotState.FAILED: "red",
    ShotState.REJECTED: "red",
    ShotState.ON_HOLD: "magenta",
}


def show_status(
    productions: Sequence[ProductionStatus],
    queue: Queue,
    ranges: Mapping[str, Range],
    left_out: Sequence[str] = (),
) -> None:
    """One line per production, then the queue, and when each production will be done. `left_out` are
    productions that are archived."""
    console = Console()
    if left_out:
        names = ", ".join(left_out[:5]) + (" …" if len(left_out) > 5 else "")
        console.print(f"archived: {escape(names)}; [bold]farm status --all[/] shows them")
    if not productions and not left_out:
        console.print("No productions yet: farm submit shots.csv --production NAME")
        return
    seen = [state for state in ShotState if any(each.states[state] for each in productions)]
    table = _table("production", "shots", "takes", *(state.replace("_", " ") for state in seen))
    for each in productions:
        counts = [_coloured(state, str(each.states[state] or "·")) for state in seen]
        since = f" [dim]archived {each.archived.astimezone():%d %b %Y}[/]" if each.archived else ""
        table.add_row(escape(each.name) + since, str(each.shots), str(each.takes), *counts)
    if productions:
        console.print(table)
    for profile, count in queue.waiting.items():
        option = escape(shlex.join(["--profile", profile]))
        console.print(
            f"{count} takes wait for a run with [bold]{option}[/], "
            f"the oldest for {queue.oldest_wait:.0f} s"
        )
    if queue.held:
        console.print(f"{queue.held} takes are on hold; `farm release` lets them go on")
    if queue.archived:
        console.print(waiting_in_archives(queue.archived))
    for each in productions:
        show_forecast(each.name, ranges.get(each.name))


def show_forecast(production: str, done: Range | None) -> None:
    """When a production will be done, where anything can be said of it."""
    if done is None:
        return
    rests = f"rests on {done.takes_known} takes"
    Console().print(f"{escape(production)}: {in_words(done)} [dim]({rests})[/]", soft_wrap=True)


def show_workers(workers: Sequence[Crewman], drained: Sequence[Drained]) -> None:
    """How many workers there are and where; which of them are out, and why."""
    console = Console()
    well = Counter(worker.node for worker in workers if not worker.sick)
    if well:
        places = ", ".join(f"{count} on {escape(node or '?')}" for node, count in well.items())
        console.print(f"{well.total()} workers: {places}")
    for worker in workers:
        if worker.sick:
            console.print(f"[red]sick[/] since {_clock(worker.since)}: {escape(worker.why)}")
    for each in drained:
        why = f": {each.why}" if each.why else ""
        console.print(
            f"[magenta]drained[/] since {_clock(each.since)}: {escape(each.node)} by "
            f"{escape(each.who + why)}"
        )


def show_jobs(address: str, jobs: "Sequence[JobInfo]") -> None:
    """One line per run on a cluster."""
    console = Console()
    if not jobs:
        console.print(f"No run of the farm is known at {escape(address)}.")
        return
    table = _table("job", "production", "user", "status", "started", "ended")
    for job in jobs:
        ended = _clock(job.ended) if job.ended and job.over else ""
        started = _clock(job.started) if job.started else ""
        table.add_row(
            escape(job.id),
            escape(job.production),
            escape(job.user),
            job.status.lower(),
            started,
            ended,
        )
    console.print(table)
    if any(not job.submitted for job in jobs):
        console.print(
            "[dim]A number is a plain `farm run`: end it where it runs; its log is there, too, and of its "
            "end Ray knows only that it is over.[/]"
        )
    for job in jobs:
        if job.status == "FAILED":
            console.print(f"[red]{escape(job.id)}[/]: {escape(job.message)}", soft_wrap=True)


def _clock(at: datetime) -> str:
    return at.astimezone().strftime("%d %b %H:%M")


def show_shots(production: str, shots: Sequence[ShotStatus]) -> None:
    """One line per shot."""
    table = _table("shot", "state", "takes", "match", "verdict", "seconds", "prompt")
    for shot in shots:
        table.add_row(
            escape(shot.code),
            _coloured(shot.state, shot.state.replace("_", " ")),
            str(shot.takes),
            "" if shot.match is None else f"{shot.match:.2f}",
            (shot.verdict or "").replace("_", " "),
            "" if shot.seconds is None else f"{shot.seconds:.1f}",
            escape(shot.reason or shot.prompt),
        )
    console = Console()
    console.print(table)
    if not shots:
        console.print(f"No such shots in {escape(production)}.")


def show_story(story: ShotStory) -> None:
    """A shot from its submission to now."""
    console = Console()
    state = _coloured(story.state, story.state.replace("_", " "))
    console.print(f"[bold]{escape(story.production)}/{escape(story.code)}[/]  {state}")
    console.print(f"  still   {escape(story.image)}")
    console.print(f"  prompt  {escape(story.prompt)}")
    if story.no_decline:
        console.print("  never declined: where still and prompt do not fit it is rendered once")
    for finding in story.findings:
        console.print(f"  [yellow]{finding['code']}[/] {escape(finding['message'])}")
    for take in story.takes:
        _show_take(console, take, selected=take.number == story.selected)
        if any(each.get("has_evidence") for each in take.attempts):
            words = ["farm", "logs", story.production, story.code, "--take", str(take.number)]
            console.print(f"  why, in full: {escape(shlex.join(words))}", soft_wrap=True)
    console.print("\n[bold]History[/]")
    for event in story.events:
        at = event.at.astimezone().strftime("%d %b %H:%M:%S")
        told = escape(event_text.sentence(event))
        console.print(f"  {at}  {escape(event.who):<14} {told}", soft_wrap=True)


def _show_take(console: Console, take: TakeStory, *, selected: bool) -> None:
    mark = " [green]◀ selected[/]" if selected else ""
    match = "" if take.match is None else f"  match {take.match:.2f}"
    console.print(f"\n[bold]take {take.number}[/]  {take.status} {take.verdict or ''}{match}{mark}")
    console.print(f"  {escape(take.why)}")
    for name, (before, after) in take.changes.items():
        console.print(f"  {name}: {escape(str(before))} → {escape(str(after))}")
    for piece in take.removed:
        rule = piece["rule"].replace("_", " ")
        console.print(f"  cut by [dim]{rule}[/]: {escape(piece['text'].strip())}")
    if take.status is TakeStatus.RUNNING:
        console.print(f"  at step {take.step} of {take.recipe['steps']}")
    _show_judgement(console, take.result or {})
    if take.clip:
        purged = f" [yellow]purged[/] {_clock(take.purged)}" if take.purged else ""
        console.print(f"  clip    {escape(take.clip)}{purged}")
    if take.reason:
        console.print(f"  [red]{escape(take.reason)}[/]")
    for attempt in take.attempts:
        if attempt["outcome"] not in (None, "succeeded"):
            console.print(
                f"  attempt {attempt['attempt']} on {attempt['worker']}: "
                f"{attempt['outcome']} {escape(attempt['reason'])}"
            )


def _show_judgement(console: Console, result: Mapping[str, Any]) -> None:
    """What the take misses, then what its scorer was asked and answered."""
    for miss in result.get("misses", ()):
        kind = miss["kind"].replace("_", " ")
        console.print(f"  [yellow]{kind}[/]: {escape(miss['message'])}", soft_wrap=True)
    match = result.get("match", {})
    for answer in match.get("answers", ()):
        value = "   –" if answer["value"] is None else f"{answer['value']:.2f}"
        console.print(f"  [dim]{value}[/]  {escape(answer['question'])}", soft_wrap=True)
    if match.get("note"):
        console.print(f"  [yellow]unscored[/]: {escape(match['note'])}")


def _table(*headings: str) -> Table:
    """Columns as wide as their words; a last one of prompts takes what is left and is cut there."""
    table = Table(box=None, pad_edge=False, header_style="bold", expand="prompt" in headings)
    for heading in headings:
        right = heading in ("shots", "takes", "match", "seconds")
        table.add_column(
            heading,
            justify="right" if right else "left",
            no_wrap=True,
            overflow="ellipsis",
            ratio=1 if heading == "prompt" else None,
        )
    return table


def _coloured(state: ShotState, text: str) -> str:
    colour = COLOURS.get(state)
    return f"[{colour}]{text}[/]" if colour and text != "·" else text
