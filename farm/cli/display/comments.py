"""What people said of a shot, for people: where, in whose words, and whether it is seen to."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from farm.cli.display import table
from farm.domain.comment import Comment


def place(take: int | None, frame: int | None) -> str:
    """`take 2 frame 13`; empty for the shot itself."""
    named = (("take", take), ("frame", frame))
    return " ".join(f"{word} {number}" for word, number in named if number is not None)


def show_comments(console: Console, comments: Sequence[Comment]) -> None:
    """All of them, oldest first, each by the number that `farm comment --resolve` wants."""
    if not comments:
        return
    console.print("\n[bold]Comments[/]")
    for comment in comments:
        where = place(comment.take, comment.frame) or "the shot"
        drawn = ", with a mark" if comment.mark else ""
        console.print(
            f"  {comment.id}  {table.clock(comment.at)}  {escape(comment.who)} on {where}{drawn}"
            f"{_seen_to(comment)}",
            soft_wrap=True,
        )
        for line in comment.text.splitlines():
            console.print(f"      {escape(line)}", soft_wrap=True)


def _seen_to(comment: Comment) -> str:
    if comment.resolved_at is None:
        return ""
    by = escape(comment.resolved_by or "")
    return f"  [green]resolved[/] by {by}, {table.clock(comment.resolved_at)}"
