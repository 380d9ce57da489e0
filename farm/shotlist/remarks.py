"""Remarks on the texts of good rows, by row and field: what people wrote stays."""

from collections.abc import Iterator

from farm.shotlist.rows import Problem, ShotRow
from pipeline.prompts import lint as prompt_lint

FIELDS = ("prompt", "negative", "must_keep", "notes")


def html_in(file: str, row: ShotRow) -> Iterator[Problem]:
    """A remark on each text of a row that holds HTML."""
    for name in FIELDS:
        value = getattr(row, name)
        if said := prompt_lint.html(value if isinstance(value, str) else " | ".join(value)):
            remark = Problem(file, row.row, name, said.rstrip("."))
            yield row.sheet.place(remark) if row.sheet else remark
