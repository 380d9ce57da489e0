"""The rules that simplify a prompt: each reads a text and names the spans to cut."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from pipeline import prompt_words as words
from pipeline.prompt_clauses import Clause, Kind, Span
from pipeline.prompt_cutting import gaps, has_divider
from pipeline.prompt_english import tokens
from pipeline.prompt_reading import Prompt, praise_inside, read_prompt

_STAGED = re.compile(
    rf"(?:{'|'.join(words.STAGE_WORDS)}|before|after|until)\b|{words.ZH_STAGES}|先|再|又",
    re.IGNORECASE,
)
_STAGE_WORD = re.compile(r"(?:(?:first|then|next|finally)\s+|首先|先是?|最后|然后)+", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:a|an|the)\b", re.IGNORECASE)
_QUOTE = re.compile(r"[\"“「『《]")
_PLURAL_PRONOUN = re.compile(r"(?:they|we)\b", re.IGNORECASE)
_BACKGROUND = re.compile(
    r"窗外|背景|远处|周围|四周|天空|(?:in the |the )?(?:background|distance)", re.IGNORECASE
)


def abstract_clause(text: str, locked: Sequence[str]) -> list[Span]:
    """Praise, mood, quality boilerplate."""
    prompt = read_prompt(text)
    if not any(clause.kind in {Kind.ACTION, Kind.POSE, Kind.PHRASE} for clause in prompt.clauses):
        return []

    def doomed(clause: Clause) -> bool:
        return clause.kind is Kind.ABSTRACT and (
            prompt.acts or not _ARTICLE.match(text, clause.body)
        )

    return _drop(prompt, doomed, locked)


def abstract_words(text: str, locked: Sequence[str]) -> list[Span]:
    """Praise inside a clause that says more than that."""
    return praise_inside(read_prompt(text))


def static_clause(text: str, locked: Sequence[str]) -> list[Span]:
    """What the still shows already, as long as something else moves."""
    prompt = read_prompt(text)
    home = prompt.clauses[prompt.home] if prompt.home >= 0 else None

    def doomed(clause: Clause) -> bool:
        seen = clause.kind is Kind.STATIC or (
            clause.kind is Kind.POSE and clause.subject is None and clause.main
        )
        apart = clause is prompt.clauses[0] or has_divider(
            text, prompt.clauses, clause.start - 2, clause.start
        )
        return (
            seen
            and apart
            and clause is not home
            and not _is_staged(text, clause)
            and not _quotes(text, clause)
        )

    return _drop(prompt, doomed, locked) if prompt.acts else []


def limit(text: str, locked: Sequence[str]) -> list[Span]:
    """What must not happen: a model reads `no text` as text."""
    return _drop(read_prompt(text), lambda clause: clause.kind is Kind.LIMIT, locked)


def scene_change(text: str, locked: Sequence[str]) -> list[Span]:
    """Another place or time in the same shot."""
    return _drop(read_prompt(text), lambda clause: clause.kind is Kind.SCENE, locked)


def second_camera_move(text: str, locked: Sequence[str]) -> list[Span]:
    """Every camera move but the first."""
    prompt = read_prompt(text)
    moves = [clause for clause in prompt.clauses if clause.kind is Kind.CAMERA]
    return _drop(prompt, lambda clause: clause in moves[1:], locked)


def background(text: str, locked: Sequence[str]) -> list[Span]:
    """Clauses without an action, and what happens far off, as long as something acts."""
    prompt = read_prompt(text)
    listed = _enumerated(prompt)

    def doomed(clause: Clause) -> bool:
        if clause is prompt.clauses[prompt.home] or clause in listed:
            return False
        if clause.kind is Kind.ACTION:
            return (
                clause.ambient
                and bool(clause.subject)
                and bool(_BACKGROUND.match(text, clause.subject[0]))
            )
        if clause.kind is Kind.POSE:
            return not clause.main
        if clause.kind is Kind.PHRASE:
            return not _goes_on(text, clause)
        return clause.kind is Kind.STATIC and not _is_staged(text, clause)

    return _drop(prompt, doomed, locked) if _acts_near(prompt) else []


def _acts_near(prompt: Prompt) -> bool:
    far = [
        c
        for c in prompt.clauses
        if c.ambient and c.subject and _BACKGROUND.match(prompt.text, c.subject[0])
    ]
    return any(clause.kind is Kind.ACTION and clause not in far for clause in prompt.clauses)


def core_action(text: str, locked: Sequence[str]) -> list[Span]:
    """Everything but the subject and the one action that matters most."""
    prompt = read_prompt(text)
    held = [clause for clause in prompt.clauses if _locks(prompt, clause, locked)]
    acting = [clause for clause in prompt.clauses if clause.kind is Kind.ACTION]
    if not acting:
        return []
    core = max(acting, key=lambda clause: (_worth(clause, clause in held), clause.main))
    kept, close = _subject_and(prompt, core)
    return gaps(text, prompt.clauses, *_with_locked(prompt, kept, close, locked))


def _worth(clause: Clause, held: bool) -> float:
    return clause.weight + 0.9 * held - (not clause.main) - 0.5 * clause.ambient


def _subject_and(prompt: Prompt, core: Clause) -> tuple[list[Span], set[int]]:
    """The pieces to keep, and which of them follow the piece before without punctuation."""
    acts = _past_stage_words(prompt.text, core)
    if prompt.subject is None or prompt.clauses[prompt.home] is core:
        begins = core.subject[1] if core.subject and acts > core.action else core.end
        return [(core.body, begins), *[(acts, core.end)][: begins < core.end]], {acts}
    home, subject = prompt.clauses[prompt.home], prompt.subject
    if core.start < home.start:
        return [(core.body, core.end), (home.body, home.end)], set()
    named_here = core.subject and not _names_again(prompt, core)
    if core.main and not named_here:
        return [(subject[0], _with_auxiliary(prompt, core)), (acts, core.end)], {acts}
    if not has_divider(prompt.text, prompt.clauses, subject[1], core.start):
        return [(subject[0], core.end)], set()
    if not core.subject and core.actor and core.actor > subject:
        return [subject, core.actor, (acts, core.end)], {acts}
    return [subject, (core.body, core.end)], set()


def _past_stage_words(text: str, clause: Clause) -> int:
    """Where the action begins after `first` or 先: one action alone has no order."""
    stage = _STAGE_WORD.match(text, clause.action, clause.end)
    return stage.end() if stage else clause.action


def _names_again(prompt: Prompt, core: Clause) -> bool:
    """Whether its subject is the main one again, `the dog` or `it`; `they` would not fit the verb."""
    return (
        core.main and bool(core.subject) and not _PLURAL_PRONOUN.match(prompt.text, core.subject[0])
    )


def _with_auxiliary(prompt: Prompt, core: Clause) -> int:
    """Where the subject's words end: `is` belongs to them when the action is only `waving`."""
    assert prompt.subject is not None
    text, end = prompt.text, prompt.subject[1]
    nexts = tokens(text, end, prompt.clauses[prompt.home].end)[:1]
    acts = tokens(text, core.action, core.end)
    verb = next((token for token in acts if not token.text.endswith("ly")), None)
    if nexts and nexts[0].text in {"is", "are"} and verb and verb.text.endswith("ing"):
        return nexts[0].end
    return end


def subject_details(text: str, locked: Sequence[str]) -> list[Span]:
    """`in a green apron`: what the subject wears and where it is, when it acts."""
    prompt = read_prompt(text)
    if prompt.subject is None or not prompt.acts or prompt.clauses[prompt.home].target:
        return []
    line = tokens(text, *prompt.subject)
    if any(token.text == "and" for token in line) or "," in text[slice(*prompt.subject)]:
        return []
    for before, token in pairwise(line):
        if token.text in words.PREPOSITIONS - {"of"} and before.text not in words.PREPOSITIONS:
            return [(before.end, line[-1].end)]
    return []


def _drop(prompt: Prompt, doomed: Callable[[Clause], bool], locked: Sequence[str]) -> list[Span]:
    """Cuts whole clauses; the subject's words stay, and a stage word goes over to the next clause."""
    gone = [doomed(clause) for clause in prompt.clauses]
    if not any(gone):
        return []
    kept: list[Span] = []
    close: set[int] = set()
    lead: Span | None = None
    for i, clause in enumerate(prompt.clauses):
        staged = _is_staged(prompt.text, clause)
        if gone[i]:
            if i == prompt.home and prompt.subject:
                kept.append(prompt.subject)
            elif clause.body > clause.start and staged and kept:
                joined = prompt.text[clause.start : clause.body].rstrip(" ,，")
                lead = (clause.start, clause.start + len(joined))
            continue
        if lead and not staged:
            kept.append(lead)
            close.add(clause.body)
        leaves_lead = not kept and i > 0 or bool(lead and not staged)
        kept.append((clause.body if leaves_lead else clause.start, clause.end))
        lead = None
    return gaps(prompt.text, prompt.clauses, *_with_locked(prompt, kept, close, locked))


def _with_locked(
    prompt: Prompt, kept: list[Span], close: set[int], locked: Sequence[str]
) -> tuple[list[Span], set[int]]:
    """Adds the clause of each must-keep word that would be lost."""
    for word in locked:
        found = [m.span() for m in re.finditer(re.escape(word), prompt.text, re.IGNORECASE)]
        if not found or any(a <= start and end <= b for start, end in found for a, b in kept):
            continue
        start, end = found[0]
        for clause in prompt.clauses:
            if clause.start < end and start < clause.end:
                kept = [
                    span for span in kept if not (clause.start <= span[0] and span[1] <= clause.end)
                ]
                kept = sorted([*kept, (clause.start, clause.end)])
                close = set()
    return kept, close


def _locks(prompt: Prompt, clause: Clause, locked: Sequence[str]) -> bool:
    return any(
        word.casefold() in prompt.text[clause.action : clause.end].casefold() for word in locked
    )


def _is_staged(text: str, clause: Clause) -> bool:
    return bool(_STAGED.match(text, clause.start) or _STAGED.match(text, clause.action))


def _quotes(text: str, clause: Clause) -> bool:
    return bool(_QUOTE.search(text, clause.start, clause.end))


def _goes_on(text: str, clause: Clause) -> bool:
    """`slowly`, `into the cup`: tells more about the action before it."""
    line = tokens(text, clause.body, clause.end)
    return bool(line) and (line[0].text in words.PREPOSITIONS or line[0].text.endswith("ly"))


def _enumerated(prompt: Prompt) -> list[Clause]:
    """The clauses of `tosses onions, peppers, and mushrooms` after the first."""
    listed: list[Clause] = []
    run: list[Clause] = []
    for clause in prompt.clauses:
        if clause.kind is not Kind.PHRASE:
            run = []
            continue
        run.append(clause)
        if prompt.text[clause.start : clause.body].strip().lower() in {"and", "or"}:
            listed += run
    return listed
