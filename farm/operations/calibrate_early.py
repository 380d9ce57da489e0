"""Where takes may be ended early, found among takes that were looked at and rendered to their end."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.domain.early_end import GOOD
from farm.errors import Refused
from farm.operations.workspace import profile_of

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.store import Store
    from farm.store.queries.early_looks import LookedAt
    from pipeline.profiles.profile import Profile
    from pipeline.scoring.early_record import EarlyRecord, Kind, Seen
    from pipeline.storage.protocol import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldEarly:
    """What became of it."""

    profile: str
    scorer: str
    looked: int
    """Takes of this profile's revision, scorer, step and decoder that were rendered to their end whatever
    was seen."""
    others: int
    """Takes that were looked at and say nothing: of another revision, scorer, step or decoder, without a
    score, or let through by a threshold."""
    record: "EarlyRecord | None" = None
    file: str | None = None
    """Where it was written; None where nothing was."""
    why_not: str = ""


def from_looks(
    settings: "Settings",
    store: "Store",
    media: "Media",
    productions: Collection[str] = (),
    profile: str | None = None,
    *,
    dry_run: bool = False,
) -> ToldEarly:
    """Finds the match below which takes of a profile may be ended, by those of these productions, or of
    all.

    A take is good where the gate accepted it or found it good in part, unless a person spoke: then as that
    person said. A dry run writes nothing. Raises `UnknownName`, and `Refused` where nothing was looked at
    or the record cannot be written.
    """
    from farm.store.queries import early_looks, overview
    from pipeline.scoring import early_record
    from pipeline.scoring.calibration import NotEnough

    found = profile_of(settings, profile)
    for production in productions:
        overview.productions(store, production)
    takes = early_looks.looked_at(store, found.name, productions)
    if not takes:
        remedy = "`farm run`"
        if found.early.mode == "off":
            remedy = f'set early.mode of the profile to "shadow", then {remedy}'
        raise Refused(f"no take of {found.name} was looked at before it was done: {remedy}")
    kind = kind_of(settings, found)
    seen = [*_seen(store, takes, kind)]
    told = ToldEarly(
        profile=found.name, scorer=kind.scorer, looked=len(seen), others=len(takes) - len(seen)
    )
    try:
        record = early_record.find(kind, seen)
    except NotEnough as reason:
        return ToldEarly(
            profile=told.profile, scorer=told.scorer, looked=told.looked, others=told.others,
            why_not=str(reason),
        )  # fmt: skip
    file = None
    if not dry_run:
        try:
            file = early_record.keep(media, record)
        except OSError as error:
            raise Refused(
                f"{media.root}: the record cannot be written ({error.strerror})"
            ) from error
    return ToldEarly(
        profile=told.profile, scorer=told.scorer, looked=told.looked, others=told.others,
        record=record, file=file,
    )  # fmt: skip


def kind_of(settings: "Settings", profile: "Profile") -> "Kind":
    """What takes are looked at by, as the profile is now. Raises `Refused`."""
    from farm.operations.gated import scorer_of
    from pipeline.engines import loading
    from pipeline.models import tiny_decoder
    from pipeline.scoring.early_record import Kind

    scorer = scorer_of(settings, profile)
    decoder = loading.decoder_of(profile, settings.weights)
    if scorer is None:
        raise Refused(f"the scorer of {profile.name} is not on this machine: calibrate where it is")
    if decoder is None:
        raise Refused(
            f'{profile.name} looks at no take before it is done: set its early.mode to "shadow"'
        )
    return Kind(
        profile=profile.name,
        revision=profile.revision,
        scorer=scorer,
        step=profile.early.step,
        decoder=tiny_decoder.fingerprint(decoder),
    )


def _seen(store: "Store", takes: "Sequence[LookedAt]", kind: "Kind") -> "Iterator[Seen]":
    from farm.store.queries import labels
    from pipeline.result import Verdict
    from pipeline.scoring.early_record import Seen

    said = {
        (each.production, each.shot, each.take): each.approved
        for each in labels.judged(store, kind.profile)
    }
    for take in takes:
        look, verdict = take.done.look, take.done.verdict
        same = (take.revision, look.scorer, look.below, look.decoder) == (
            kind.revision, kind.scorer, kind.step, kind.decoder,
        )  # fmt: skip
        if not same or look.score is None or not take.done.representative:
            continue
        by_person = said.get((take.production, take.shot, take.number))
        if by_person is None and verdict is Verdict.UNSCORED:
            continue
        yield Seen(
            score=look.score,
            good=verdict in GOOD if by_person is None else by_person,
            step=look.step,
            steps=look.steps,
            seconds=take.done.would_spare,
        )
