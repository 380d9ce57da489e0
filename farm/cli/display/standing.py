"""How productions stand, for people: a line each, what waits, when it will be done, who works."""

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape

from farm.cli.display import table
from farm.domain.fleet_size import Headcount
from farm.domain.forecast import Range, in_words
from farm.domain.lifecycle import ShotState
from farm.store.queries.overview import ProductionStatus
from farm.store.queries.queued import Queue
from farm.store.workers import Crewman, Drained
from farm.wording.amounts import counted, only_in_part, waiting_in_archives


def show_status(
    productions: Sequence[ProductionStatus],
    queue: Queue,
    ranges: Mapping[str, Range],
    left_out: Sequence[str] = (),
    usual: Sequence[str] = (),
) -> None:
    """One line per production, then the queue, and when each production will be done. `left_out` are
    productions that are archived, `usual` the profiles whose takes a run makes that names none."""
    console = Console(emoji=False)
    if left_out:
        names = ", ".join(left_out[:5]) + (" …" if len(left_out) > 5 else "")
        console.print(f"archived: {escape(names)}; [bold]farm status --all[/] shows them")
    if not productions and not left_out:
        console.print("No productions yet: farm submit shots.csv --production NAME")
        return
    seen = [state for state in ShotState if any(each.states[state] for each in productions)]
    lines = table.table(
        "production", "shots", "takes", *(state.replace("_", " ") for state in seen)
    )
    for each in productions:
        counts = [table.coloured(state, str(each.states[state] or "·")) for state in seen]
        since = f" [dim]archived {each.archived.astimezone():%d %b %Y}[/]" if each.archived else ""
        lines.add_row(escape(each.name) + since, str(each.shots), str(each.takes), *counts)
    if productions:
        console.print(lines)
    for each in productions:
        if each.partly:
            console.print(f"{escape(each.name)}: {only_in_part(each.partly)}")
        if each.drafts:
            console.print(
                f"{escape(each.name)}: {counted(each.drafts, 'shot')} accepted or approved as a draft; "
                "`farm finals` orders the full takes of approved ones"
            )
    seconds = f"{queue.oldest_wait:.0f} s"
    for profile, count in queue.waiting.items():
        option = [] if profile in usual else ["--profile", profile]
        run = escape(shlex.join(["farm", "run", *option]))
        waits = "waits" if count == 1 else "wait"
        told = f"{counted(count, 'take')} of {escape(profile)} {waits} for [bold]{run}[/]"
        console.print(f"{told}, the oldest for {seconds}" if len(queue.waiting) == 1 else told)
    if len(queue.waiting) > 1:
        console.print(f"the oldest of these takes has waited for {seconds}")
    if queue.held:
        are = "is" if queue.held == 1 else "are"
        console.print(
            f"{counted(queue.held, 'take')} {are} on hold; `farm release` lets them go on"
        )
    if queue.archived:
        console.print(waiting_in_archives(queue.archived))
    for each in productions:
        show_forecast(each.name, ranges.get(each.name))


def show_forecast(production: str, done: Range | None) -> None:
    """When a production will be done, where anything can be said of it."""
    if done is None:
        return
    rests = f"rests on {done.takes_known} takes"
    Console(emoji=False).print(
        f"{escape(production)}: {in_words(done)} [dim]({rests})[/]", soft_wrap=True
    )


def show_workers(
    workers: Sequence[Crewman], drained: Sequence[Drained], headcount: Headcount
) -> None:
    """How many workers there are and where, and how many are wanted; which are out, and why."""
    console = Console(emoji=False)
    well = Counter(worker.node for worker in workers if not worker.sick)
    if well:
        places = ", ".join(f"{count} on {escape(node or '?')}" for node, count in well.items())
        console.print(f"{well.total()} workers: {places}")
    held = Counter(each.profile for each in workers if each.profile and not each.sick)
    if held:
        models = ", ".join(f"{escape(name)} {count}" for name, count in sorted(held.items()))
        console.print(f"workers by the model they hold: {models}")
    if told := headcount.in_words():
        console.print(f"workers: {told}")
    for worker in workers:
        if worker.sick:
            console.print(f"[red]sick[/] since {table.clock(worker.since)}: {escape(worker.why)}")
    for each in drained:
        why = f": {each.why}" if each.why else ""
        console.print(
            f"[magenta]drained[/] since {table.clock(each.since)}: {escape(each.node)} by "
            f"{escape(each.who + why)}"
        )
