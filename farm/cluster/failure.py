"""What a worker answers of an exception, without the secrets that its process's environment hides."""

import os
from collections.abc import Iterable

from farm.cluster.outcome import Faulted, Rejected
from farm.domain import evidence
from farm.domain.evidence import Evidence
from farm.domain.scrubbing import secrets_of
from pipeline.errors import Cause, RenderFault, ShotRejected


def rejected(rejection: ShotRejected) -> Rejected:
    """The shot has to change, and why."""
    return Rejected(rejection.code, evidence.sentence(rejection.sentence, secrets_of(os.environ)))


def faulted(error: Exception, lines: Iterable[str] = ()) -> Faulted:
    """A take failed: of its machine, or of a defect. `lines` are what the worker last logged."""
    secrets = secrets_of(os.environ)
    cause, sentence = _told(error, Cause.MACHINE, secrets)
    return Faulted(cause, sentence, evidence.of(error, secrets, lines))


def not_loaded(error: Exception) -> Faulted:
    """A worker could not load. A missing package or another defect is the same the next time."""
    cause, sentence = _told(error, Cause.FATAL, secrets_of(os.environ))
    return Faulted(cause, sentence, evidence_of_load(error))


def evidence_of_load(error: Exception) -> Evidence:
    """What is worth a look where a model could not be loaded; none where the sentence says it all."""
    return evidence.of_load(error, secrets_of(os.environ))


def _told(error: Exception, of_a_defect: Cause, secrets: frozenset[str]) -> tuple[Cause, str]:
    if isinstance(error, RenderFault):
        return error.cause, evidence.sentence(error.sentence, secrets)
    return of_a_defect, evidence.sentence_of(error, secrets)
