"""Finished takes that the database could not be told of: files that outlast the run, settled by the next.

They lie in the media folder, beside clips and stills: the one place that every run can reach.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from farm.domain.lease import Lease
from farm.domain.shot import ShotName
from pipeline.misses import stored
from pipeline.recipe import Clip, Finding, Match, Recipe, Severity, TakeResult, Verdict, Zones
from pipeline.storage.files import put

FOLDER = "spool"

_log = logging.getLogger(__name__)


class Outbox:
    """The results that wait under one media root."""

    def __init__(self, media: Path) -> None:
        self.folder = media / FOLDER
        self._seen: set[Path] = set()
        """Files that this run wrote or read."""

    def keep(self, lease: Lease, result: TakeResult) -> None:
        """Writes a result so that it outlasts a power cut, once. Raises `OSError`."""
        if self._place(lease) in self._seen:
            return
        held = {**asdict(lease), "started_at": lease.started_at.isoformat()}
        text = json.dumps({"lease": held, "result": asdict(result)}, ensure_ascii=False)
        put(self._place(lease), text.encode())
        self._seen.add(self._place(lease))

    def drop(self, lease: Lease) -> None:
        """The database knows of it."""
        place = self._place(lease)
        if place in self._seen:
            self._seen.remove(place)
            place.unlink(missing_ok=True)

    def waiting(self) -> Iterator[tuple[Lease, TakeResult]]:
        """Everything that lies here, whoever kept it; what cannot be read is left for `farm sweep`."""
        for place in sorted(self.folder.glob("*.json")):
            try:
                lease, result = read(place)
                self._seen.add(self._place(lease))
                yield lease, result
            except (OSError, ValueError, KeyError, TypeError) as error:
                _log.warning("%s cannot be read: %s", place, error)

    def _place(self, lease: Lease) -> Path:
        run = lease.owner.rpartition(":")[2]
        return self.folder / f"{run}_{lease.key}.json"


def read(place: Path) -> tuple[Lease, TakeResult]:
    """What `Outbox.keep` wrote. Raises `OSError`, and `ValueError` or its like for another file."""
    held = json.loads(place.read_bytes())
    return _lease(held["lease"]), _result(held["result"])


def _lease(values: Mapping[str, Any]) -> Lease:
    return Lease(**{
        **values,
        "shot": ShotName(**values["shot"]),
        "recipe": Recipe.from_dict(values["recipe"]),
        "started_at": datetime.fromisoformat(values["started_at"]),
    })  # fmt: skip


def _result(values: Mapping[str, Any]) -> TakeResult:
    findings = tuple(
        Finding(each["code"], Severity(each["severity"]), each["message"])
        for each in values["findings"]
    )
    return TakeResult(
        verdict=Verdict(values["verdict"]),
        match=Match.from_dict(values["match"]),
        clip=Clip(**values["clip"]),
        findings=findings,
        misses=stored(values),
        zones=Zones(**values["zones"]) if values.get("zones") else None,
        despite=values.get("despite", ""),
        seconds=values["seconds"],
        device=values["device"],
    )
