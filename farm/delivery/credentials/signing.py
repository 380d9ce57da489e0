"""The last step of a delivered film: signed content credentials on how it was made."""

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from farm import __version__
from farm.delivery.credentials import c2pa_files, claims
from farm.delivery.credentials.c2pa_files import Ingredient
from farm.delivery.credentials.claims import Subject
from farm.delivery.credentials.keys import Signing
from farm.delivery.listed import UNSIGNED
from farm.delivery.steps import Step
from farm.errors import Refused
from pipeline.storage.checksums import sha256_at
from pipeline.storage.files import draft_of

GENERATOR = {"name": "shotfarm", "version": __version__}
Place = Callable[[], AbstractContextManager[Path | None]]
"""Where a file of the media root lies while it is asked for; None where it is gone."""


class Sign:
    """Signs a film: a clip as it was made, or what was made of one, which then names the clip as its
    parent."""

    def __init__(
        self, signing: Signing, subject: Subject, clip: Place, still: Place, before: Sequence[Step]
    ) -> None:
        """`before` are the steps that go before, as they are wanted."""
        self._signing = signing
        self._subject = subject
        self._clip = clip
        self._still = still
        self._done = [step.as_dict() for step in before if claims.changes_pictures(step.name)]
        self.wanted = Step(
            "sign",
            c2pa_files.TOOL,
            {
                "signer": signing.signer,
                "certificate": signing.fingerprint,
                "algorithm": signing.algorithm,
                **({"time_stamp": signing.stamped_by} if signing.timestamp else {}),
            },
        )

    def __call__(self, source: Path, to: Path) -> Step:
        """Raises `Refused` where it cannot be signed, and `OSError`."""
        done = Step("sign", self.wanted.tool, {**self.wanted.options, UNSIGNED: sha256_at(source)})
        if not self._done:
            self._sign_master(source, to)
            return done
        master = draft_of(to)
        try:
            with self._clip() as clip:
                if clip is None:
                    raise Refused("it cannot be signed: the clip that it was made of is gone")
                self._sign_master(clip, master)
            now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            claim = claims.of_derived(self._subject, GENERATOR, self._done, now)
            about = claims.ingredient(claims.MASTER, self._subject.title)
            parent = Ingredient(about=about, file=master, mime=c2pa_files.mime_of(master))
            c2pa_files.sign(source, to, claim, [parent], self._signing)
        finally:
            with suppress(OSError):
                master.unlink(missing_ok=True)
        return done

    def _sign_master(self, source: Path, to: Path) -> None:
        with self._still() as still:
            claim = claims.of_master(self._subject, GENERATOR, still=still is not None)
            about = claims.ingredient(claims.STILL, "start picture")
            ingredients = [Ingredient(about=about, file=still, mime="image/png")] if still else []
            c2pa_files.sign(source, to, claim, ingredients, self._signing)
