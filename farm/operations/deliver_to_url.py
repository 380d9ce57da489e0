"""Delivers to a URL: made in a folder below the media root, then carried there, file by file."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.domain.label_decision import LabelDecision, labelled_folder
from farm.errors import Refused
from farm.operations.deliver import NO_DECISION, deliver, refuse_recipes
from farm.operations.packed_delivery import remove
from farm.scheduler.sweep import DELIVERIES

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.delivery.copying import Delivery
    from farm.delivery.plan import Plan
    from farm.delivery.remote import Sent
    from farm.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A delivery that was carried to a URL."""

    delivery: "Delivery"
    sent: "Sent"
    url: str
    """Without a password."""


def deliver_to_url(
    settings: "Settings",
    store: "Store",
    production: str,
    url: str,
    *,
    who: str,
    keep_old: bool = False,
    plan: "Plan | None" = None,
    order: Sequence[str] | None = None,
    label: LabelDecision = NO_DECISION,
    on_clip: Callable[[int, int], None] = lambda done, total: None,
    on_file: Callable[[int, int], None] = lambda done, total: None,
    on_wait: Callable[[], None] = lambda: None,
) -> Carried:
    """As `deliver`, to a URL that fsspec knows; what was cut off is gone on with the next time.

    Raises what `deliver` raises, `MissingExtra`, and `Refused` where the other side fails. A clip that
    cannot be delivered stops it before anything is sent.
    """
    from farm.delivery.remote import Target
    from farm.operations.workspace import media_at_hand

    if plan and plan.xml and plan.media_root is None:
        raise Refused(
            "XML names whole paths on the editor's machine: with a URL say where the files will lie, by "
            r"--media-root 'E:\ads\nike'"
        )
    if plan and plan.variant:
        url = f"{url.rstrip('/')}/{plan.variant}"
    target = Target(url)
    called = hashlib.sha256(f"{production} {target.shown}".encode()).hexdigest()[:16]
    folder = media_at_hand(settings).local(f"{DELIVERIES}/{called}")
    if folder is None:
        raise Refused(
            "this farm's media root is no folder to make a delivery in: deliver to a folder"
        )
    to = folder / plan.variant if plan and plan.variant else folder
    sent: list[Sent] = []

    def carry(made: "Delivery") -> Refused | None:
        sent.append(target.carry(to, on_file, keep_old=keep_old))
        if made.labelled:
            below = made.labelled.name
            try:
                labelled = Target(f"{url.rstrip('/')}/{below}")
                more = labelled.carry(made.labelled, on_file, keep_old=keep_old)
            except Refused as refusal:
                return refusal  # the clean films are there, and the log is to have them
            sent.append(sent.pop().with_those_below(below, more))
        return None

    if plan and plan.no_recipe:
        renewed = labelled_folder(label.language) if label.language else ""
        refuse_recipes(
            target.shown, [each for each in target.with_recipes_below() if each != renewed]
        )
    delivery = deliver(
        settings, store, production, folder, who=who, called=target.shown, keep_old=keep_old,
        on_clip=on_clip, on_wait=on_wait, plan=plan, order=order, label=label, carry=carry,
    )  # fmt: skip
    remove(folder)
    return Carried(delivery=delivery, sent=sent[0], url=target.shown)
