"""Keeps what the gate asks about out of training: `python -m tests.benchmarks.toy_world.keep_aside`.

It writes the wordings, without their subjects and unseen by whoever runs it, to where captions for
training are written.
"""

import json
import sys
from pathlib import Path

from pipeline.toy.phrasings import writing

SETS = tuple(sorted(Path(__file__).parent.glob("wordings*.json")))
"""Each a list of `{"language", "motion", "wording"}`, with `{}` for the subject."""


def skeletons() -> list[str]:
    """All of them as training compares them, sorted."""
    told = (each for file in SETS for each in json.loads(file.read_text(encoding="utf-8")))
    return sorted({writing.bare(each["wording"].format(writing.SUBJECT)) for each in told})


if __name__ == "__main__":
    kept = skeletons()
    text = json.dumps(kept, ensure_ascii=False, indent=0)
    writing.KEPT_ASIDE.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(kept)} wordings are kept aside in {writing.KEPT_ASIDE.name}\n")
