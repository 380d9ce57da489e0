"""What a worker last logged: the tail of its log, kept for the evidence of a failure."""

import logging
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable
from functools import cache
from typing import TextIO

from farm.domain.evidence import MOST_LINE, MOST_LINES, bounded


class LogTail(logging.Handler):
    """Keeps the last log lines and warnings of each thread that listens, and of no other."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._own = threading.local()

    def listen(self) -> None:
        """From now on this thread's lines are kept."""
        if not hasattr(self._own, "lines"):
            self._own.lines = deque[str](maxlen=MOST_LINES)
            self.attach()

    def lines(self) -> tuple[str, ...]:
        """This thread's lines, oldest first."""
        return tuple(getattr(self._own, "lines", ()))

    def emit(self, record: logging.LogRecord) -> None:
        last = logging.lastResort
        if last and record.levelno >= last.level and self._hears_alone(record):
            last.handle(record)  # as it would be without us
        kept: deque[str] | None = getattr(self._own, "lines", None)
        if kept is None:
            return
        try:
            kept.append(bounded(self.format(record), MOST_LINE))
        except Exception:  # a line that cannot be formatted must not fail a take
            kept.append(f"{record.name}: a line that cannot be read ({record.msg!r:.80})")

    def _hears_alone(self, record: logging.LogRecord) -> bool:
        """Whether no other handler is on the record's way up: Python then has a last resort."""
        logger: logging.Logger | None = logging.getLogger(record.name)
        while logger:
            if any(each is not self for each in logger.handlers):
                return False
            logger = logger.parent if logger.propagate else None
        return True

    def warn(self, text: str) -> None:
        """A warning of Python's in this thread."""
        kept: deque[str] | None = getattr(self._own, "lines", None)
        if kept is not None:
            kept.append(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text.strip()}")

    def attach(self) -> None:
        """To the root and to every logger that passes nothing on; libraries make theirs when imported."""
        made = [each for each in logging.root.manager.loggerDict.values() if _keeps_to_itself(each)]
        for logger in [logging.root, *made]:
            if isinstance(logger, logging.Logger) and self not in logger.handlers:
                logger.addHandler(self)
        _hear_warnings()


@cache
def log_tail() -> LogTail:
    """The one of this process."""
    return LogTail()


def _keeps_to_itself(logger: object) -> bool:
    return isinstance(logger, logging.Logger) and not logger.propagate


def _hear_warnings() -> None:
    """Python has one place for warnings; whoever stands there is called as before."""
    if not isinstance(warnings.showwarning, _Warnings):
        warnings.showwarning = _Warnings(warnings.showwarning)


class _Warnings:
    """Stands where Python shows its warnings."""

    def __init__(self, before: Callable[..., None]) -> None:
        self._before = before

    def __call__(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        log_tail().warn(f"{category.__name__}: {message} ({filename}:{lineno})")
        self._before(message, category, filename, lineno, file, line)
