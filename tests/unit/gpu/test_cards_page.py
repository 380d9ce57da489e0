"""The page on cards tells what the benchmark calculates."""

from pathlib import Path

from tests.benchmarks import engine

PAGE = Path(__file__).resolve().parents[3] / "docs/how-to/cards.md"


def test_the_page_has_the_calculated_figures() -> None:
    """Each row names its card, or stands below one that does."""
    found, card, seen = engine.run(), "", 0
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip(" `") for cell in line.strip("|").split("|")]
        if len(cells) != 6 or not cells[1].startswith("wan2.2"):
            continue
        card = cells[0].partition(",")[0] or card
        row = found[card][f"{cells[1]} {cells[2]}"]
        told = [str(row[key]) for key in ("seconds_per_take", "card_seconds_per_accepted_clip")]
        assert cells[4:] == told, line
        seen += 1
    assert seen == 16
