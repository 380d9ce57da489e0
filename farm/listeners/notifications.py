"""Tells a URL that a run has ended, with one JSON, whatever the run ended of.

A process of its own posts it (`python -m farm.listeners.notifications`): the run only writes to its pipe,
and where the run is killed, the end of the pipe is what tells.
"""

import base64
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any, Protocol
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from farm import __version__
from farm.domain import evidence
from farm.domain.scrubbing import secrets_of

TRIES = 4
PAUSE = 1.0
"""Seconds before the second try; doubled with each one."""
TIMEOUT = 10.0
PATIENCE = 40.0
"""Seconds that a run waits at its end for its notification to be gone."""
EVERY = 1.0
"""Seconds between two notes of how far the run is, for the case that it is killed."""
KILLED = "its process was killed or the machine went down"


class Tally(Protocol):
    """What a run counts of itself."""

    made: int
    accepted: int
    partly: int
    drafts: int
    climbed: int
    failed: list[str]
    declined: list[str]
    ended_early: int
    stopped: bool
    seen: set[str]


class Messenger:
    """Stands beside one run. Call `note` now and then; `telling` posts how the run ended."""

    def __init__(self, url: str, *, run: str, user: str, profile: str) -> None:
        self._url = url
        self._run = {"run": run, "user": user, "profile": profile}
        self._started = datetime.now(UTC)
        self._process: subprocess.Popen[bytes] | None = None
        self._tally: Tally | None = None
        self._next = 0.0

    @contextmanager
    def telling(self, tally: Tally) -> Iterator[None]:
        """While the run lasts: how it ends is posted, an exception that passes through too."""
        self._tally = tally
        self._process = _beside()
        self._write({"url": self._url})
        self._write(self._body("died", KILLED))
        try:
            yield
        except BaseException as error:
            why = "stopped" if isinstance(error, KeyboardInterrupt) else "died"
            self._end(why, _sentence(f"{type(error).__name__}: {error}"))
            raise
        self._end(*outcome_of(tally))

    def note(self) -> None:
        """Tells the process beside the run how far it is, for the case that it is killed; never waits."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            self._write(self._body("died", KILLED))

    def _body(self, outcome: str, reason: str) -> dict[str, Any]:
        assert self._tally is not None
        return body(self._run, self._started, self._tally, outcome, reason)

    def _end(self, outcome: str, reason: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        os.set_blocking(self._process.stdin.fileno(), True)
        self._write(self._body(outcome, reason))
        with suppress(OSError):
            self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)

    def _write(self, value: Mapping[str, Any]) -> None:
        """One line; where the pipe is full or broken, it is left out."""
        assert self._process is not None
        assert self._process.stdin is not None
        with suppress(OSError):
            os.write(self._process.stdin.fileno(), b"\n" + json.dumps(value).encode() + b"\n")


def outcome_of(tally: Tally) -> tuple[str, str]:
    """How a run ended that was not broken off: `done`, `failed` or `stopped`, and why."""
    if tally.stopped:
        return "stopped", "it was told to end (Ctrl-C or a signal); what it had in flight waits"
    if tally.failed:
        return "failed", _sentence(f"{len(tally.failed)} takes failed for good; {tally.failed[0]}")
    return "done", ""


def _sentence(text: str) -> str:
    return evidence.sentence(text, secrets_of(os.environ))


def body(
    run: Mapping[str, str], started: datetime, tally: Tally, outcome: str, reason: str
) -> dict[str, Any]:
    """What is posted. `text` says it in one sentence, as chat services want it."""
    ended = datetime.now(UTC)
    productions = sorted(tally.seen)
    counts = {
        "made": tally.made,
        "accepted": tally.accepted,
        "partly": tally.partly,
        "drafts": tally.drafts,
        "retakes": tally.climbed,
        "failed": len(tally.failed),
        "declined": len(tally.declined),
        "ended_early": tally.ended_early,
    }
    names = ", ".join(productions) or "nothing"
    drafts = f"{counts['drafts']} of them drafts, " if tally.drafts else ""
    in_part = (
        f"; {tally.partly:,} stand with only a part of what was asked for" if tally.partly else ""
    )
    text = (
        f"farm run of {names} {outcome}: {counts['made']} takes made, {drafts}"
        f"{counts['accepted']} accepted, {counts['failed']} failed{in_part}"
        + (f". {reason}" if reason else "")
    )
    return {
        "event": "run_ended",
        "outcome": outcome,
        "reason": reason,
        "text": text,
        **run,
        "productions": productions,
        "takes": counts,
        "started_at": started.isoformat(timespec="seconds"),
        "ended_at": ended.isoformat(timespec="seconds"),
        "seconds": round((ended - started).total_seconds(), 1),
    }


def post(
    url: str, value: Mapping[str, Any], *, tries: int = TRIES, pause: float = PAUSE
) -> str | None:
    """Posts a JSON, several times where the other side is away; None, or why it could not be done."""
    why = None
    for number in range(tries):
        if number:
            time.sleep(pause * 2 ** (number - 1))
        why, again = _post_once(url, value)
        if why is None or not again:
            break
    return why


def _post_once(url: str, value: Mapping[str, Any]) -> tuple[str | None, bool]:
    """Why it could not be posted, and whether another try may help."""
    try:
        with _OPENER.open(_request(url, value), timeout=TIMEOUT) as answer:
            answer.read(1024)
        return None, False
    except urllib.error.HTTPError as error:
        with error:
            return f"it answers {error.code} {error.reason}", error.code in AWAY
    except (OSError, HTTPException) as error:  # URLError and time-outs are OSErrors
        return str(getattr(error, "reason", error)) or type(error).__name__, True
    except (ValueError, UnicodeError) as error:
        return str(error), False


AWAY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which another try may help."""


def _request(url: str, value: Mapping[str, Any]) -> urllib.request.Request:
    """`url` may hold a name and a password, which go where HTTP has a place for them."""
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode()
    place = f"[{host}]" if ":" in host else host
    plain = urlunsplit((
        parts.scheme,
        place + (f":{parts.port}" if parts.port else ""),
        quote(parts.path or "/", safe="/%:@!$&'()*+,;=~"),
        quote(parts.query, safe="/%:@!$&'()*+,;=~?"),
        "",
    ))  # fmt: skip
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"shotfarm/{__version__}",
    }
    if parts.username is not None:
        who = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(who).decode()}"
    text = json.dumps(value, ensure_ascii=False).encode()
    return urllib.request.Request(plain, text, headers, method="POST")  # noqa: S310 - checked


class _NoDetours(urllib.request.HTTPRedirectHandler):
    """A redirected POST becomes a GET without a body: that would be no notification."""

    def redirect_request(
        self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: Any
    ) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoDetours)


def _beside() -> subprocess.Popen[bytes]:
    """The process that posts: in a session of its own, so that no signal to the run reaches it."""
    where = os.pathsep.join(each for each in sys.path if each)
    process = subprocess.Popen(
        [sys.executable, "-m", "farm.listeners.notifications"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": where},
        start_new_session=True,
    )
    assert process.stdin is not None
    os.set_blocking(process.stdin.fileno(), False)  # the loop never waits for it
    return process


def main() -> None:
    """Reads a URL and then bodies, a line each, and posts the last one when there are no more."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    url, value = "", {}
    for line in sys.stdin.buffer:
        with suppress(ValueError):  # a line that was cut, since the pipe was full
            read = json.loads(line)
            url, value = read.get("url", url), value if "url" in read else read
    if not url or not value:
        return
    if value["reason"] == KILLED:
        ended = datetime.now(UTC)
        began = datetime.fromisoformat(value["started_at"])
        value["ended_at"] = ended.isoformat(timespec="seconds")
        value["seconds"] = round((ended - began).total_seconds(), 1)
    if why := post(url, value):
        host = urlsplit(url).hostname
        with suppress(OSError):
            sys.stderr.write(f"farm: {host} could not be notified that the run ended: {why}\n")


if __name__ == "__main__":
    main()
