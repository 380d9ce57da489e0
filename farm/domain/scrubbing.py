"""Takes secrets out of text before it is kept or shown: tokens, passwords, what the environment hides.

What is taken out becomes `***`; names, hosts and the rest of the sentence stay.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import quote, unquote, urlsplit

HIDDEN = "***"
SHORTEST = 6
"""Characters of a secret that is looked for by itself: a shorter one is a word of any sentence."""

_SECRET_NAME = re.compile(
    r"(token(?!iz)|secret|passw|passphrase|credential|cookie|bearer"
    r"|(^|_)(api_?)?key$|_pwd$|(^|_)pass$|(^|_)auth$)",
    re.IGNORECASE,
)
_PLACE_NAME = re.compile(r"_(path|file|dir|mode|type|sock|url|uri|host|name|timeout\w*)$", re.I)
_NAMES = (
    r"[\w.-]*(?:password|passwd|passphrase|pwd|secret|token|credentials?|api[_-]?key|access[_-]?key"
    r"|private[_-]?key|signature|cookie)"
)
_VALUE = r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[^\s"',;&)}\]]+)"""
# The order counts: what holds a whole secret goes before what would take out a part of it.
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
        # user:password@ of a URL; up to the last @, since a password may hold one.
        r"""(?P<keep>\b[a-z][a-z0-9+.-]*://[^\s/:@'"]*:)[^\s'"]*(?=@)""",
        # A token in place of the user: https://TOKEN@host.
        r"""(?P<keep>\bhttps?://)[^\s/:@'"]{16,}(?=@)""",
        r"""(?P<keep>\b(?:x-[\w-]*|proxy-)?authorization\b['"]?\s*[:=,]\s*(?:b(?=['"]))?['"]?"""
        r"""(?:(?:bearer|basic|token|digest|apikey)\s+)?)[^\s'",;)}\]]+""",
        r"""(?P<keep>\b(?:set-)?cookie['"]?\s*:\s*)[^\n'"]+""",
        r"(?P<keep>\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}",
        rf"(?P<keep>--{_NAMES}[= ]){_VALUE}",
        rf"""(?P<keep>(?<![\w.-]){_NAMES}['"]?\s*(?:=>|[=:])\s*(?:b(?=['"]))?){_VALUE}""",
        # Forms that name themselves: GitHub, Hugging Face, OpenAI, Slack, AWS, Google, JSON Web Tokens.
        r"\b(?:gh[pousr]_\w{16,}|github_pat_\w{16,}|hf_\w{16,}|sk-[\w-]{16,}|xox[abeprs]-[\w-]{8,}"
        r"|(?:AKIA|ASIA)[A-Z0-9]{12,}|AIza[\w-]{20,}|glpat-[\w-]{12,}"
        r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)",
    )
)


def secrets_of(environment: Mapping[str, str], urls: Collection[str] = ()) -> frozenset[str]:
    """The values that an environment hides by their names, and the passwords in its URLs and in `urls`."""
    found: set[str] = set()
    for name, value in environment.items():
        if _SECRET_NAME.search(name) and not _PLACE_NAME.search(name) and value[:1] not in "/.":
            found.add(value)
    for url in [*environment.values(), *urls]:
        found.update(_passwords(url))
    return frozenset(each for each in found if len(each) >= SHORTEST)


def scrub(text: str, secrets: Collection[str] = ()) -> str:
    """`text` without secrets, and without what a database cannot keep (NUL, halves of surrogate pairs)."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    for pattern in _PATTERNS:
        text = pattern.sub(lambda found: (found.groupdict().get("keep") or "") + HIDDEN, text)
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()


def _passwords(url: str) -> Iterator[str]:
    """The password of a URL as it stands there, and as it is meant."""
    if "://" not in url:
        return
    try:
        password = urlsplit(url).password
    except ValueError:
        return
    if password:
        yield from {password, unquote(password), quote(unquote(password), safe="")}
