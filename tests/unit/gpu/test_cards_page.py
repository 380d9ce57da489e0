"""The pages on cards tell what was measured and what the benchmark calculates."""

import json
from pathlib import Path

from tests.benchmarks import engine
from tests.gpu import table

DOCS = Path(__file__).resolve().parents[3] / "docs"
MEASURED = json.loads((DOCS / "proofs/h200.json").read_text())
CARD = "H200"


def test_the_page_has_the_measured_and_the_calculated_figures() -> None:
    """Each row names its card, or stands below one that does."""
    calculated = engine.run()
    measured = {f"{each['profile']} {each['area']}": each for each in MEASURED["takes"]}
    card, seen = "", 0
    for line in (DOCS / "how-to/cards.md").read_text().splitlines():
        cells = [cell.strip(" `") for cell in line.strip("|").split("|")]
        if len(cells) != 6 or not cells[1].startswith("wan2.2"):
            continue
        card = cells[0].partition(",")[0] or card
        name = f"{cells[1]} {cells[2]}"
        if card == CARD:
            told = [str(measured[name][key]) for key in ("seconds", "per_accepted")]
        else:
            row = calculated[card][name]
            told = [str(row[key]) for key in ("seconds_per_take", "card_seconds_per_accepted_clip")]
        assert cells[4:] == told, line
        seen += 1
    assert seen == 16


def test_the_page_of_the_measurement_is_what_its_file_gives() -> None:
    page = (DOCS / "proofs/h200.md").read_text()
    assert page.endswith(table.table(MEASURED))


def test_what_is_calculated_for_a_measured_card_is_near_to_what_it_took() -> None:
    """Or the rates were not taken from it."""
    for each in MEASURED["takes"]:
        row = engine.run()[CARD].get(f"{each['profile']} {each['area']}")
        if row is not None:
            assert abs(row["seconds_per_take"] / each["seconds"] - 1) < 0.03, each["profile"]
