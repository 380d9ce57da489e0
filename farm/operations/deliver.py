"""Hands out what a production has: accepted and approved clips, or a sheet of everything to look at."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from farm.domain.label_decision import LANGUAGES, LabelDecision, labelled_folder
from farm.domain.lifecycle import ReviewStatus, ShotState
from farm.errors import Refused, StoreError

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.delivery.contact_sheet import SheetRow
    from farm.delivery.copying import Delivery
    from farm.delivery.folder import Left
    from farm.delivery.plan import Plan
    from farm.delivery.timeline import CutShot
    from farm.store import Store
    from farm.store.queries.selection import Stand

NO_DECISION = LabelDecision()
_log = logging.getLogger(__name__)

PASSED = frozenset({ReviewStatus.ACCEPTED, ReviewStatus.APPROVED})
"""Reviews under which a shot's selected take goes into deliveries."""


def deliver(
    settings: "Settings",
    store: "Store",
    production: str,
    to: Path,
    *,
    who: str,
    called: str = "",
    keep_old: bool = False,
    on_clip: Callable[[int, int], None] = lambda done, total: None,
    on_wait: Callable[[], None] = lambda: None,
    plan: "Plan | None" = None,
    order: Sequence[str] | None = None,
    label: LabelDecision = NO_DECISION,
    carry: "Callable[[Delivery], Refused | None] | None" = None,
) -> "Delivery":
    """Copies the selected take of every accepted or approved shot into the folder `to`, with manifests
    and a contact sheet; never a draft.

    Without a `plan` clips come with contact sheets to look at and to print. With one its files are made,
    with timelines, in a folder of its own below `to` where it is a variant. In the `order` of these
    codes, those that it leaves out at the end. Each film says that a model made it, and is signed where
    the settings name a certificate; with a `label` in words the same films come with it in their
    pictures, too, in `labelled_folder` below that.
    `on_clip` hears how many clips of how many are done, first that none is; `on_wait` that another
    delivery into the folder must end first. With `carry` what was made goes on to where it is `called`, by
    it, which tells why labelled films alone did not: only what is whole, and the log hears of it once it is
    there. The log keeps that `who` did it, and
    the folder by its path or as it is `called`; where the log cannot be told, a warning says so.
    Raises `UnknownName`, `Refused`, and `Undelivered` as `farm.delivery.deliver` does.
    """
    from farm.delivery.deliver import NOTHING_ASKED, Undelivered, sentence
    from farm.delivery.deliver import deliver as copy_out
    from farm.delivery.listed import Deliverable
    from farm.delivery.sheets import SheetKind
    from farm.operations.cut import cut_of
    from farm.operations.finishing import finishing_of
    from farm.operations.other_root import holds_none
    from farm.operations.workspace import media_at_hand
    from farm.store.queries import selection
    from farm.store.shots import delivered

    plan = plan or replace(NOTHING_ASKED, sheet=SheetKind.BOTH)
    if plan.no_recipe and keep_old:
        raise Refused(
            "--no-recipe and --keep-old: what earlier deliveries put there may hold recipes; leave one out"
        )
    if plan.variant:
        to = to / plan.variant
    ways = [(plan, to), *_labelled(plan, to, label)]
    if plan.no_recipe and not carry:
        _refuse_recipes_below(to, {folder for _, folder in ways})
    takes = selection.selected_takes(store, production, PASSED)
    items = [Deliverable.of(take) for take in takes]
    cut: list[CutShot] = []
    if plan.has_timeline or order is not None:
        cut = cut_of(store, production, order, "the order of shots")
        places = {each.shot: place for place, each in enumerate(cut)}
        items.sort(key=lambda item: places[item.shot])
    if plan.no_recipe:
        items = [item.without_recipe() for item in items]
        cut = [each.without_recipe() for each in cut]
    media = media_at_hand(settings)
    finishing = finishing_of(
        settings, production, media, no_recipe=plan.no_recipe, comfy=plan.comfy
    )
    on_clip(0, len(ways) * len(items))
    deliveries: list[Delivery] = []
    trouble: Undelivered | None = None
    failed: Refused | None = None
    for number, (way, folder) in enumerate(ways):
        before = number * len(items)
        try:
            done = copy_out(
                production,
                items,
                media,
                folder,
                on_clip=lambda done, _, before=before: on_clip(
                    before + done, len(ways) * len(items)
                ),
                keep_old=keep_old,
                on_wait=on_wait,
                plan=way,
                cut=cut if plan.has_timeline else (),
                ffmpeg=settings.ffmpeg,
                finishing=finishing,
            )
        except Undelivered as refusal:
            trouble, done = trouble or refusal, refusal.delivery
        except Refused as refusal:
            if not deliveries:
                raise
            failed = refusal  # the clean films are there, and the log is to have them
            break
        deliveries.append(done)
    done = _together(deliveries, _stale(to, {folder for _, folder in ways}))
    remark = holds_none(store, media) if trouble else ""
    remark = f"; {remark}" if remark else ""
    if carry:
        if trouble:
            raise Undelivered(sentence(done.troubles, len(items), unsent=called) + remark, done)
        if failed:
            raise failed
        failed = carry(done)
    try:
        delivered.note(
            store, production, who, clips=len(done.clips),
            undelivered=[each.shot for each in done.troubles], to=called or str(to.absolute()),
            label=None if failed else label.as_event(),
        )  # fmt: skip
    except StoreError as error:  # the clips are there all the same
        _log.warning("%s was delivered, and the log could not be told: %s", production, error)
    if trouble:
        raise Undelivered(f"{trouble}{remark}", done)
    if failed:
        raise failed
    return done


def _labelled(plan: "Plan", to: Path, label: LabelDecision) -> "list[tuple[Plan, Path]]":
    """What is delivered beside the clean films, and where."""
    if label.language is None:
        return []
    folder = labelled_folder(label.language)
    root = plan.media_root
    if root is not None:
        between = "\\" if "\\" in root else "/"
        root = f"{root.rstrip('/' + between)}{between}{folder}"
    return [(replace(plan, label=label.language, media_root=root), to / folder)]


def _refuse_recipes_below(to: Path, now: Collection[Path]) -> None:
    """Raises `Refused` where folders of earlier deliveries lie in this one, with recipes in their films,
    that it does not renew: whoever gets the folder would get them, too."""
    from farm.delivery import manifest

    found: list[str] = []
    try:
        below = sorted([*to.glob(f"*/{manifest.LIST}"), *to.glob(f"*/*/{manifest.LIST}")])
    except OSError as error:
        raise Refused(f"cannot deliver to {to}: {error.strerror or error}") from error
    for place in below:
        try:
            known = manifest.read(place.parent)
        except (OSError, ValueError):
            continue  # it is no delivery's, and is named as what others put there
        if known and known.may_hold_recipes and place.parent not in now:
            found.append(place.parent.relative_to(to).as_posix())
    refuse_recipes(str(to), found)


def refuse_recipes(to: str, found: Sequence[str]) -> None:
    """Raises `Refused` where deliveries with recipes were `found` below."""
    if found:
        raise Refused(
            f"--no-recipe: {to} holds deliveries with recipes in {', '.join(found)}: move them away, or "
            "deliver to another folder"
        )


def _stale(to: Path, now: Collection[Path]) -> "list[Left]":
    """Labelled films of earlier deliveries, which this one leaves as they are."""
    from farm.delivery.folder import Left

    return [
        Left(folder.name, f"it is of an earlier delivery; `--label {language}` renews it")
        for language in LANGUAGES
        if (folder := to / labelled_folder(language)).is_dir() and folder not in now
    ]


def _together(deliveries: "Sequence[Delivery]", stale: "Sequence[Left]") -> "Delivery":
    """The clean delivery, with what is to be told of the labelled ones."""
    from farm.delivery.folder import Left

    clean, *labelled = deliveries
    names = {each.file for each in stale}
    troubled = {each.shot for each in clean.troubles}
    more = [each for other in labelled for each in other.troubles if each.shot not in troubled]
    below = [
        Left(f"{other.folder.name}/{each.file}", each.why)
        for other in labelled
        for each in other.left
    ]
    return replace(
        clean,
        labelled=labelled[0].folder if labelled else None,
        left=(*(each for each in clean.left if each.file not in names), *below, *stale),
        troubles=(*clean.troubles, *more),
    )


def waiting_for_finals(store: "Store", production: str) -> list[str]:
    """The codes of the accepted or approved shots that are not delivered, since a draft stands for them.

    Raises `UnknownName`."""
    from farm.store.queries import selection

    return [each.shot for each in selection.stands(store, production) if _as_draft(each)]


def _as_draft(stand: "Stand") -> bool:
    return stand.draft and stand.review in PASSED


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The shots that are not in a delivery, though nothing failed of them."""

    drafts: tuple[str, ...]
    """The codes of the accepted or approved ones for which a draft stands."""
    others: Mapping[ShotState, int]
    """How many others, by how they stand now; omitted ones are no part of the production any more."""


def left_out(store: "Store", production: str, done: "Delivery") -> LeftOut:
    """What is neither in a delivery nor among its troubles: also what was approved while it was made.

    Raises `UnknownName`."""
    from farm.store.queries import selection

    told = {*done.shots, *(each.shot for each in done.troubles)}
    rest = [each for each in selection.stands(store, production) if each.shot not in told]
    found = Counter(each.state for each in rest if not _as_draft(each))
    return LeftOut(
        drafts=tuple(each.shot for each in rest if _as_draft(each)),
        others={
            state: found[state]
            for state in ShotState
            if found[state] and state is not ShotState.OMITTED
        },
    )


def contact_sheet(settings: "Settings", store: "Store", production: str, place: Path) -> Path:
    """Draws every shot of a production into the picture `place`, whatever its review: its selected take,
    or why there is none. Raises `UnknownName`."""
    from farm.delivery.contact_sheet import draw
    from farm.operations.workspace import media_at_hand

    rows = sorted(_rows(store, production), key=lambda row: row.shot)
    draw(production, rows, media_at_hand(settings), place)
    return place


def _rows(store: "Store", production: str) -> "list[SheetRow]":
    from farm.delivery.contact_sheet import SheetRow
    from farm.delivery.copying import sheet_row
    from farm.delivery.listed import Deliverable
    from farm.store.queries import selection

    takes = selection.selected_takes(store, production, drafts=True)
    return [sheet_row(Deliverable.of(take)) for take in takes] + [
        SheetRow(
            shot=shot.shot,
            prompt=shot.prompt,
            still=shot.still,
            verdict="ended_early" if shot.ended else "declined",
            review=shot.review,
            instead=shot.reason,
        )
        for shot in selection.declined(store, production)
    ]
