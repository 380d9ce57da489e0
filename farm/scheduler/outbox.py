"""Finished takes that the database could not be told of: files that outlast the run, settled by the next.

They lie in the media folder, beside clips and stills: the one place that every run can reach.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from farm.domain.lease import Lease
from farm.domain.shot import ShotName
from pipeline.coverage import Coverage
from pipeline.early_look import EarlyLook
from pipeline.findings import Finding, Severity
from pipeline.misses import stored
from pipeline.recipe import Recipe
from pipeline.result import Clip, Match, TakeResult, Verdict, Zones
from pipeline.storage.protocol import Media

FOLDER = "spool"

_log = logging.getLogger(__name__)


class Outbox:
    """The results that wait under one media root."""

    def __init__(self, media: Media) -> None:
        self.folder = media.where(FOLDER)
        """Where they lie, for people."""
        self._media = media
        self._seen: set[str] = set()
        """Files that this run wrote or read."""

    def keep(self, lease: Lease, result: TakeResult) -> None:
        """Writes a result so that it outlasts a power cut, once. Raises `OSError`."""
        if _name(lease) in self._seen:
            return
        held = {**asdict(lease), "started_at": lease.started_at.isoformat()}
        text = json.dumps({"lease": held, "result": asdict(result)}, ensure_ascii=False)
        self._media.put(_name(lease), text.encode())
        self._seen.add(_name(lease))

    def drop(self, lease: Lease) -> None:
        """The database knows of it."""
        name = _name(lease)
        if name in self._seen:
            self._seen.remove(name)
            self._media.remove(name)

    def waiting(self) -> Iterator[tuple[Lease, TakeResult]]:
        """Everything that lies here, whoever kept it; what cannot be read is left for `farm sweep`."""
        for name in self._names():
            try:
                lease, result = read(self._media, name)
                self._seen.add(_name(lease))
                yield lease, result
            except (OSError, ValueError, KeyError, TypeError) as error:
                _log.warning("%s cannot be read: %s", self._media.where(name), error)

    def _names(self) -> list[str]:
        try:
            return [each.name for each in self._media.files_below(f"{FOLDER}/", ".json")]
        except OSError as error:
            _log.warning("%s cannot be read: %s", self.folder, error)
            return []


def read(media: Media, name: str) -> tuple[Lease, TakeResult]:
    """What `Outbox.keep` wrote. Raises `OSError`, and `ValueError` or its like for another file."""
    with media.open(name) as file:
        held = json.loads(file.read())
    return _lease(held["lease"]), result_of(held["result"])


def _name(lease: Lease) -> str:
    run = lease.owner.rpartition(":")[2]
    return f"{FOLDER}/{run}_{lease.key}.json"


def _lease(values: Mapping[str, Any]) -> Lease:
    return Lease(**{
        **values,
        "shot": ShotName(**values["shot"]),
        "recipe": Recipe.from_dict(values["recipe"]),
        "started_at": datetime.fromisoformat(values["started_at"]),
        "must_keep": tuple(values.get("must_keep", ())),
    })  # fmt: skip


def result_of(values: Mapping[str, Any]) -> TakeResult:
    """A finished take as JSON holds it."""
    findings = tuple(
        Finding(each["code"], Severity(each["severity"]), each["message"])
        for each in values["findings"]
    )
    return TakeResult(
        verdict=Verdict(values["verdict"]),
        match=Match.from_dict(values["match"]),
        clip=Clip(**values["clip"]),
        findings=findings,
        coverage=Coverage.from_dict(values["coverage"]) if values.get("coverage") else None,
        misses=stored(values),
        zones=Zones(**values["zones"]) if values.get("zones") else None,
        despite=values.get("despite", ""),
        early=EarlyLook.from_dict(values["early"]) if values.get("early") else None,
        seconds=values["seconds"],
        device=values["device"],
    )
