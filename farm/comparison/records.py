"""Keeps what pairs said of a stand-in in the media root: a record of both revisions and the scorer."""

import re
from collections.abc import Iterator

from pydantic import TypeAdapter, ValidationError

from farm.domain.comparison import Comparison
from farm.domain.stand_in import RECORDS
from farm.errors import Refused
from pipeline.storage.protocol import Media

_AS_JSON = TypeAdapter(Comparison)


def keep(media: Media, made: Comparison) -> str:
    """Writes a record whole or not at all, in place of the one before, and says where it lies.

    Raises `OSError`.
    """
    exact = f"{made.exact.profile}-{made.exact.revision}"
    scorer = re.sub(r"[^A-Za-z0-9._-]+", "_", made.scorer)
    name = f"{_beginning(made.stand_in.profile, made.stand_in.revision)}{exact}_{scorer}.json"
    media.put(name, _AS_JSON.dump_json(made, indent=1) + b"\n")
    return media.where(name)


def of(media: Media, profile: str, revision: str) -> Iterator[Comparison]:
    """The records of one revision of a profile, in the order of their names.

    Raises `Refused` for a file that is none, and `OSError`.
    """
    for file in media.files_below(_beginning(profile, revision), ".json"):
        with media.open(file.name) as opened:
            data = opened.read()
        try:
            yield _AS_JSON.validate_json(data)
        except ValidationError as error:
            problem = error.errors()[0]
            part = ".".join(map(str, problem["loc"])) or "as a whole"
            raise Refused(
                f"{media.where(file.name)} is no record of `farm gate` ({part}: {problem['msg']}): "
                "delete it and gate again"
            ) from error


def _beginning(profile: str, revision: str) -> str:
    return f"{RECORDS}/{profile}-{revision}_"
