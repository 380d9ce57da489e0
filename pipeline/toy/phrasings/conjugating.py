"""What somebody does and is doing, from what they are told to do; of the verbs of the grammar alone."""

_DOUBLED = "run slip scoot swim step hop skim get put sit drop let stir".split()
_FORMS = {
    "be": ("is", "being"),
    "go": ("goes", "going"),
    "do": ("does", "doing"),
    "lie": ("lies", "lying"),
}


def third(act: str) -> str:
    """What somebody does: `move left` becomes `moves left`, `not move` becomes `does not move`."""
    verb, _, rest = act.partition(" ")
    if verb == "not":
        return f"does {act}"
    if verb in _FORMS:
        said = _FORMS[verb][0]
    elif verb[-1] == "y" and verb[-2] not in "aeo":
        said = f"{verb[:-1]}ies"
    else:
        said = verb + ("es" if verb.endswith(("s", "sh", "ch", "x")) else "s")
    return f"{said} {rest}".rstrip()


def progressive(act: str) -> str:
    """What somebody is doing: `move left` becomes `moving left`."""
    verb, _, rest = act.partition(" ")
    if verb == "not":
        return f"not {progressive(rest)}"
    if verb in _FORMS:
        said = _FORMS[verb][1]
    elif verb in _DOUBLED:
        said = f"{verb}{verb[-1]}ing"
    else:
        said = (verb[:-1] if verb[-1] == "e" and verb[-2] != "e" else verb) + "ing"
    return f"{said} {rest}".rstrip()
