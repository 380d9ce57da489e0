"""A prompt as the rules read it: parsed once, and handed from rule to rule."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from pipeline.prompts.grammar import arrivals, languages, lexicons, names, notation
from pipeline.prompts.grammar.clauses import Clause, Kind, Language, Span
from pipeline.prompts.grammar.main_subject import main_subject, owned
from pipeline.prompts.grammar.notation import Notation
from pipeline.prompts.grammar.stretches import clauses_of
from pipeline.prompts.grammar.tokens import Token, tokens_within

T = TypeVar("T")


class _kept(Generic[T]):
    """A part of a prompt that is read when it is first asked for, and kept in it.

    `functools.cached_property` without the lock that it takes before Python 3.12: the lock costs more than
    many a reading does.
    """

    def __init__(self, read: Callable[["ParsedPrompt"], T]) -> None:
        self._read = read

    def __get__(self, prompt: "ParsedPrompt", _: type) -> T:
        made = prompt.__dict__[self._read.__name__] = self._read(prompt)
        return made


class _Reading(NamedTuple):
    clauses: tuple[Clause, ...]
    subject: Span | None
    home: Clause | None


@dataclass(frozen=True)
class ParsedPrompt:
    """A prompt and all that the grammar finds in it.

    Each part is read when a rule first asks for it, and kept as long as the prompt is: nobody parses a
    prompt of which only the language is asked. All places are the same in `written`, `unmarked` and
    `text`.
    """

    written: str
    """As its author wrote it."""

    @_kept
    def notation(self) -> tuple[Notation, ...]:
        """Notation of other tools, in order."""
        return notation.find(self.written)

    @_kept
    def unmarked(self) -> str:
        """The author's text with a blank for each character of notation."""
        return notation.blanked(self.written, self.notation)

    @_kept
    def text(self) -> str:
        """The plain copy that rules read: no notation, and traditional characters as simplified ones."""
        return lexicons.simplified(self.unmarked)

    @_kept
    def is_readable(self) -> bool:
        """Whether it is English or Chinese, the languages that the rules know."""
        return not self.is_document and languages.is_readable(self.unmarked)

    @property
    def is_document(self) -> bool:
        """Whether the whole of it is no sentence but JSON."""
        return notation.is_document(self.notation)

    @_kept
    def language(self) -> Language:
        """The language that most of it is in; `other` where the rules know neither."""
        return languages.most_of(self.written) if self.is_readable else "other"

    @_kept
    def clauses(self) -> tuple[Clause, ...]:
        """In order, in whatever language: of one that the rules do not know they make little."""
        return self._reading.clauses

    @_kept
    def subject(self) -> Span | None:
        """The main subject's words."""
        return self._reading.subject

    @_kept
    def home(self) -> Clause | None:
        """The clause that names it."""
        return self._reading.home

    @_kept
    def name(self) -> str:
        """The main subject's words without article and details; empty where nobody is named."""
        named = names.name(self.text, self.subject) if self.subject else ""
        return "" if names.is_nobody(named) else named

    @_kept
    def called(self) -> str:
        """The main subject with its article, as a sentence can begin with it."""
        if self.subject is None or not self.name:
            return ""
        return names.with_article(self.text, self.subject, self.name)

    @property
    def acts(self) -> bool:
        return any(clause.kind is Kind.ACTION for clause in self.clauses)

    @property
    def says_what_happens(self) -> bool:
        """Something acts, or is asked to stay as it is."""
        return any(clause.kind is Kind.ACTION or clause.still for clause in self.clauses)

    def tokens(self, span: Span) -> list[Token]:
        """The English words between two places of the text."""
        return tokens_within(self.text, span)

    def as_written(self, words: str) -> str:
        """Words of the plain copy in the author's own characters, as they stand first in the text."""
        at = self.text.find(words)
        said = self.unmarked[at : at + len(words)] if at >= 0 else words
        return said if self.unmarked == self.written else " ".join(said.split())

    def rewritten(self, text: str) -> "ParsedPrompt":
        """Another text that was made of this prompt: it is read again only where it changed."""
        return self if text == self.written else ParsedPrompt(text)

    @_kept
    def _reading(self) -> _Reading:
        found = clauses_of(self.text)
        at, subject = main_subject(self.text, found)
        clauses = tuple(arrivals.with_arrivals(self.text, owned(self.text, found, subject)))
        return _Reading(clauses, subject, None if subject is None else clauses[at])


def parse(prompt: str | ParsedPrompt) -> ParsedPrompt:
    """Makes a prompt of a text; one that was parsed before is returned as it is."""
    return ParsedPrompt(prompt) if isinstance(prompt, str) else prompt
