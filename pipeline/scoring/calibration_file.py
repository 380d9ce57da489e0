"""Keeps calibrations in the media root, a file for each profile and scorer; the gate reads them there."""

import re

from pydantic import TypeAdapter, ValidationError

from pipeline.errors import Cause, RenderFault
from pipeline.scoring.calibration import Calibration
from pipeline.storage.protocol import Media

FOLDER = "calibration"
_AS_JSON = TypeAdapter(Calibration)


def name_of(profile: str, scorer: str) -> str:
    """Where the calibration of a profile and a scorer lies in the media root, there or not."""
    return f"{FOLDER}/{profile}-{re.sub(r'[^A-Za-z0-9._-]+', '_', scorer)}.json"


def keep(media: Media, calibration: Calibration) -> str:
    """Writes a calibration whole or not at all, in place of the one before, and says where it lies.

    Raises `OSError`.
    """
    name = name_of(calibration.profile, calibration.scorer)
    media.put(name, _AS_JSON.dump_json(calibration, indent=2) + b"\n")
    return media.where(name)


def read(media: Media, profile: str, scorer: str) -> Calibration | None:
    """The calibration of a profile and a scorer; None where there is none.

    Raises `RenderFault`, fatal, for a file that cannot be one: a gate of unknown lines is none.
    """
    name = name_of(profile, scorer)
    where = media.where(name)
    try:
        with media.open(name) as file:
            found = _AS_JSON.validate_json(file.read())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refused(where, f"cannot be read ({error.strerror})") from error
    except ValidationError as error:
        problem = error.errors()[0]
        part = ".".join(map(str, problem["loc"])) or "as a whole"
        raise _refused(where, f"is no calibration ({part}: {problem['msg']})") from error
    if (found.profile, found.scorer) != (profile, scorer):
        raise _refused(where, f"is of {found.profile} and {found.scorer}")
    return found


def _refused(file: str, what: str) -> RenderFault:
    return RenderFault(
        Cause.FATAL,
        f"{file} {what}: make it anew with `farm calibrate`, or delete it to go by the profile's "
        "threshold",
    )
