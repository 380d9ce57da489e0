"""The rows of the table, and the clips that the claims look at again."""

from collections.abc import Mapping, Sequence
from itertools import chain

from pipeline.toy import captions, world
from tests.benchmarks.toy_world import figures, shots
from tests.benchmarks.toy_world.figures import Figure
from tests.benchmarks.toy_world.studio import Outcome, Studio

Rows = Mapping[str, list[Outcome]]


def film(studio: Studio, part: float, of: str = "") -> Rows:
    """Every clip that the table and the first two claims rest on; `part` of the protocol's numbers. `of`
    names other scenes."""
    fitting, unseen = shots.dealt(of + "fitting", some(210, part)), some(84, part)
    held_out = shots.dealt(of + "held out", unseen, world.HELD_OUT)
    english, chinese = (shots.dealt(of + row, some(42, part)) for row in ("English", "Chinese"))
    staged, misfit = (
        shots.staged(of + "staged", some(70, part)),
        shots.dealt(of + "misfit", some(56, part)),
    )
    cramped, buried = (
        shots.cramped(of + "no room", some(56, part)),
        shots.dealt(of + "clutter", some(56, part)),
    )
    clutter = shots.cluttered(of + "clutter", buried)
    wanted = {
        "fitting": (fitting, shots.plain(fitting)),
        "held out": (held_out, shots.plain(held_out)),
        "English": (english, shots.phrased(of + "English", english, captions.english)),
        "Chinese": (chinese, shots.phrased(of + "Chinese", chinese, captions.chinese)),
        "staged": (staged, shots.phrased(of + "staged", staged, captions.english)),
        "wrong subject": (misfit, shots.misfits(of + "misfit", misfit)),
        "no room": (cramped, shots.plain(cramped)),
        "clutter as written": (buried, clutter),
        "clutter cut to L1": (buried, shots.simpler(clutter, "L1")),
        "clutter cut to L3": (buried, shots.simpler(clutter, "L3")),
    }
    return {row: studio.film(row, shots.orders(*each)) for row, each in wanted.items()}


def of_clips(rows: Rows) -> dict[str, Figure]:
    """The table's figures that rest on rendered clips."""
    fitting, both = rows["fitting"], [*rows["fitting"], *rows["held out"]]
    every = [*chain.from_iterable(rows.values())]
    return {
        "motion follows a fitting short prompt": figures.share([each.follows for each in fitting]),
        "subject keeps colour and shape to the last frame": figures.share(
            [each.keeps for each in fitting]
        ),
        "first frame against the still, PSNR in dB": figures.mean(
            [each.first_frame for each in both]
        ),
        "clip on one CPU core, seconds": figures.mean([each.seconds for each in fitting], digits=2),
        "scorer's verdict against the truth, AUC": verdict(every),
        "held-out pairs, motion follows": follows(rows["held out"]),
        "free English, motion follows": follows(rows["English"]),
        "free Chinese, motion follows": follows(rows["Chinese"]),
        "two motions in turn, both follow": follows(rows["staged"]),
        "held-out pairs, keeps colour and shape": figures.share(
            [each.keeps for each in rows["held out"]]
        ),
    }


def of_the_scorer(studio: Studio, part: float) -> dict[str, Figure]:
    """The table's figures that rest on drawn scenes."""
    count = some(280, part)
    right = studio.judge("right captions", shots.captioned("scorer", count))
    found: dict[str, Figure] = {}
    for kind in ("colour", "shape", "motion"):
        wrong = studio.judge(f"wrong {kind}", shots.captioned("scorer", count, kind))
        (stills, clips), (wrong_stills, wrong_clips) = zip(*right), zip(*wrong)  # noqa: B905
        if kind != "motion":
            found[f"scorer, still, wrong {kind}, AUC"] = figures.auc(stills, wrong_stills)
        found[f"scorer, clip, wrong {kind}, AUC"] = figures.auc(clips, wrong_clips)
    return found


def verdict(outcomes: Sequence[Outcome]) -> Figure:
    """How often a success is given the better match than a failure."""
    good = [each.verdict for each in outcomes if each.success]
    return figures.auc(good, [each.verdict for each in outcomes if not each.success])


def follows(outcomes: Sequence[Outcome]) -> Figure:
    return figures.share([each.follows for each in outcomes])


def success(outcomes: Sequence[Outcome]) -> Figure:
    return figures.share([each.success for each in outcomes])


def some(count: int, part: float) -> int:
    """A part of the protocol's number, never less than one of each motion."""
    return max(round(count * part), 7)
