"""Keeps calibrations in the media root, a file for each profile and scorer; the gate reads them there."""

import re
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline.errors import Cause, RenderFault
from pipeline.scoring.calibration import Calibration
from pipeline.storage.files import put

FOLDER = "calibration"
_AS_JSON = TypeAdapter(Calibration)


def place(media: Path, profile: str, scorer: str) -> Path:
    """Where the calibration of a profile and a scorer lies, there or not."""
    return media / FOLDER / f"{profile}-{re.sub(r'[^A-Za-z0-9._-]+', '_', scorer)}.json"


def keep(media: Path, calibration: Calibration) -> Path:
    """Writes a calibration whole or not at all, in place of the one before. Raises `OSError`."""
    file = place(media, calibration.profile, calibration.scorer)
    put(file, _AS_JSON.dump_json(calibration, indent=2) + b"\n")
    return file


def read(media: Path, profile: str, scorer: str) -> Calibration | None:
    """The calibration of a profile and a scorer; None where there is none.

    Raises `RenderFault`, fatal, for a file that cannot be one: a gate of unknown lines is none.
    """
    file = place(media, profile, scorer)
    try:
        found = _AS_JSON.validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refused(file, f"cannot be read ({error.strerror})") from error
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"])) or "as a whole"
        raise _refused(file, f"is no calibration ({where}: {problem['msg']})") from error
    if (found.profile, found.scorer) != (profile, scorer):
        raise _refused(file, f"is of {found.profile} and {found.scorer}")
    return found


def _refused(file: Path, what: str) -> RenderFault:
    return RenderFault(
        Cause.FATAL,
        f"{file} {what}: make it anew with `farm calibrate`, or delete it to go by the profile's "
        "threshold",
    )
