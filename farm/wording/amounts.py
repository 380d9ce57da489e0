"""Amounts in words: counts and sizes."""


def size(count: int) -> str:
    """Bytes in the unit that people would choose: `3.4 MB`."""
    from rich.filesize import decimal

    return decimal(count)


def waiting_in_archives(takes: int) -> str:
    """What waits until its production is brought back, as a sentence."""
    waits = "waits" if takes == 1 else "wait"
    return f"{counted(takes, 'take')} of archived productions {waits} for `farm archive … --undo`"


def only_in_part(shots: int) -> str:
    """How many shots have a take that is `partly`."""
    return f"{counted(shots, 'shot')} with a take that shows only a part of what was asked for"


def counted(count: int, what: str) -> str:
    """`1 clip`, `2 clips`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
