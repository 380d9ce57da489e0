"""Keeps what became of each take of a pair beside its clip, so that an interrupted gate goes on."""

import json
import logging
import uuid
from collections.abc import Callable
from dataclasses import asdict

from farm.domain.stand_in import CLIP, TAKES, TOLD, judged_by
from farm.scheduler.outbox import result_of
from pipeline.profiles.profile import Profile
from pipeline.recipe import Recipe
from pipeline.result import TakeResult
from pipeline.storage.protocol import Media

_log = logging.getLogger(__name__)


class KeptTakes:
    """The takes of one exact profile and one that may stand for it."""

    def __init__(
        self, media: Media, stand_in: Profile, exact: Profile, scorer: str | None = None
    ) -> None:
        """What is rendered or judged otherwise lies in another folder. Takes of another scorer than
        `scorer`, where that is known, are as good as none."""
        names = [f"{each.name}-{each.revision}" for each in (stand_in, exact)]
        self.folder = f"{TAKES}/{'_'.join(names)}_{judged_by(exact)}"
        """Relative to the media root."""
        self._media, self._scorer = media, scorer
        self._mark = uuid.uuid4().hex[:6]

    def clip_of(self, shot: str, number: int, profile: str) -> Callable[[int], str]:
        """Where each attempt at a take puts its clip; no other attempt's name, whoever makes it."""
        place = f"{self.folder}/{profile}/{shot}_s{number}_{self._mark}"
        return lambda attempt: f"{place}_a{attempt}{CLIP}"

    def keep(self, recipe: Recipe, result: TakeResult) -> None:
        """Writes what became of a take. Raises `OSError`."""
        told = {"recipe": recipe.as_dict(), "result": asdict(result)}
        name = result.clip.path.removesuffix(CLIP) + TOLD
        self._media.put(name, json.dumps(told, ensure_ascii=False).encode())

    def found(self) -> dict[str, TakeResult]:
        """The takes that are there, each with its clip whole, by the hash of their recipe. Raises
        `OSError`.

        What cannot be read is as good as none, and is made again.
        """
        takes: dict[str, TakeResult] = {}
        for file in self._media.files_below(f"{self.folder}/", TOLD):
            try:
                with self._media.open(file.name) as opened:
                    told = json.loads(opened.read())
                recipe, result = Recipe.from_dict(told["recipe"]), result_of(told["result"])
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                _log.warning("%s cannot be read: %s", self._media.where(file.name), error)
                continue
            if self._scorer not in (None, result.match.scorer):
                continue
            clip = self._media.look(result.clip.path)
            if clip and clip.size == result.clip.size:
                takes.setdefault(recipe.hash, result)
        return takes
