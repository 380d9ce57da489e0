"""Keeps libraries that decode pictures from writing to standard error past the farm."""

import logging
import os
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_log = logging.getLogger("pipeline.stills")
_one_at_a_time = threading.Lock()


@contextmanager
def quietly() -> Iterator[None]:
    """Python's warnings and the loggers of decoders say nothing meanwhile that people would see."""
    for name in ("PIL", "tifffile"):
        # A logger without any handler writes to standard error.
        logger = logging.getLogger(name)
        if not any(isinstance(each, logging.NullHandler) for each in logger.handlers):
            logger.addHandler(logging.NullHandler())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def muted() -> Iterator[None]:
    """Sends the process's standard error (file descriptor 2) to the debug log meanwhile.

    For libtiff, which writes there itself. What other threads write in these milliseconds goes to
    the log with it, so nothing else is done under it. Where there is no standard error, nothing happens.
    """
    with _one_at_a_time, tempfile.TemporaryFile() as heard:
        try:
            kept = os.dup(2)
        except OSError:
            yield
            return
        try:
            os.dup2(heard.fileno(), 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            heard.seek(0)
            if said := heard.read(10_000).decode(errors="replace").strip():
                _log.debug("a decoder said: %s", said)
