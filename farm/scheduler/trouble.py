"""What people should know of a run that is not well: told when it changes, and only then."""

from collections.abc import Callable, Sequence


class Trouble:
    """The sentences that people were told last."""

    def __init__(self, tell: Callable[[Sequence[str]], None]) -> None:
        self._tell = tell
        self._told: tuple[str, ...] = ()

    def is_now(self, sentences: Sequence[str]) -> None:
        """These sentences are all there is; none are where all is well."""
        if tuple(sentences) != self._told:
            self._told = tuple(sentences)
            self._tell(self._told)

    def also(self, sentence: str) -> None:
        """This sentence is true beside what was told."""
        if sentence not in self._told:
            self.is_now([*self._told, sentence])
