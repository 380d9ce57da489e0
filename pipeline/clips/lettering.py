"""Follows what the still reads on its subject through a clip, and looks for words that nobody asked for."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

from pipeline.clips import asked, readings
from pipeline.clips.kept_words import height, kept_in
from pipeline.clips.label_trail import ALIKE, SeenFrame, Trail
from pipeline.clips.readings import Label, Reading, Shown
from pipeline.findings import Finding, Severity
from pipeline.misses import LETTERING_UNREAD, Miss
from pipeline.models.text_reader import Line, Quad, TextReader
from pipeline.profiles.clip_section import LetteringSection
from pipeline.prompts.grammar.prompt import ParsedPrompt, parse
from pipeline.recipe import TakeOrder
from pipeline.stills import found_again, spelling
from pipeline.stills.subject import Box, Finder, Salient

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipeline.profiles.profile import Profile
    from pipeline.storage.files import Frames

NOBODY = (
    "nobody read whether the lettering stays as it is in the still: readers need what this install leaves "
    'out, pip install "shotfarm[ocr]", or say [lettering] read = false in the profile'
)
"""What is told of a clip where no reader is installed."""
MOST_LABELS = 4
"""Lines of a still that are followed: must-keep words first, then the tallest."""
SMALL = 256
"""Pixels of the longer side to which smaller pictures are enlarged: readers were taught on larger ones."""
LETTERS = 10
"""Pixels of height that the lowest label has where lines are looked for in frames."""
SIDES = (320, 512)
"""Pixels of a frame's longer side between which that may lie."""
LOOKED_OVER = 448
"""Pixels of the longer side of the last and the middle frame: in these new words are looked for."""


def read_in(
    frames: "Frames",
    still: "Image",
    order: TakeOrder,
    profile: "Profile",
    reader: TextReader | None,
) -> tuple[tuple[Miss, ...], tuple[Finding, ...]]:
    """What a take misses of its lettering, and what was followed; a remark where nobody could read it.
    Raises nothing."""
    section = profile.lettering
    if not section.read:
        return (), ()
    if reader is None:
        return (), (Finding(LETTERING_UNREAD, Severity.INFO, NOBODY),)
    prompt, words = order.recipe.prompt, order.must_keep
    finder = Salient(profile.still.sure)
    try:
        return follow(frames, still, prompt, section, reader, must_keep=words, finder=finder)
    except Exception as error:  # whatever a reader dies of, the paid-for take lives on
        message = f"the lettering was not read: {type(error).__name__}: {error}"
        return (), (Finding(LETTERING_UNREAD, Severity.INFO, message),)


def lint(
    frames: "Frames",
    still: "Image",
    prompt: str,
    section: LetteringSection,
    reader: TextReader,
    *,
    must_keep: Sequence[str] = (),
    finder: Finder | None = None,
) -> tuple[Miss, ...]:
    """The misses alone of what `follow` tells."""
    return follow(frames, still, prompt, section, reader, must_keep=must_keep, finder=finder)[0]


def follow(
    frames: "Frames",
    still: "Image",
    prompt: str,
    section: LetteringSection,
    reader: TextReader,
    *,
    must_keep: Sequence[str] = (),
    finder: Finder | None = None,
) -> tuple[tuple[Miss, ...], tuple[Finding, ...]]:
    """What has become of the still's lettering in frames (frames, height, width, 3), RGB: what is missed,
    of each label that nothing is wrong with, where it was read, and which words of `must_keep` nobody
    followed.

    Lines on the subject that `finder` sees are followed, all of them where it sees none, and wherever
    they stand those that have a word of `must_keep`.
    """
    longest = max(frames.shape[1:3])
    times = max(1, round(SMALL / longest))
    wide, high = frames.shape[2] * times, frames.shape[1] * times
    shown = still.convert("RGB")
    shown = shown if shown.size == (wide, high) else shown.resize((wide, high))
    first = SeenFrame(0, np.asarray(shown), reader)
    lines = first.lines
    sure = [
        each for each in lines if each.confidence >= section.sure and spelling.is_word(each.text)
    ]
    labels = _labels(sure, must_keep, finder.find(shown) if sure and finder else None)
    numbers = np.linspace(0, len(frames) - 1, section.sampled_frames).round().astype(int)
    side = _side(labels, max(wide, high))
    sampled = [
        SeenFrame(int(each), _enlarged(frames[each], times), reader, side)
        for each in dict.fromkeys(numbers)
    ]
    for frame in _looked_over(sampled):
        frame.side, frame.wanted = max(side, LOOKED_OVER), True
    trails = [Trail(line, kept, first, section.sure, sure) for line, kept in labels]
    for frame in sampled:
        for trail in trails:
            trail.follow(frame)
    read, count = parse(prompt), sampled[-1].number + 1
    misses, followed = list[Miss](), list[Finding]()
    for trail in trails:
        told = _wrong(trail.label, count, read, section)
        misses += told
        followed += [] if told else readings.followed(trail.label, count)
    followed += _not_followed(sure, labels, prompt, must_keep)
    if not asked.may_write(read):
        wanted = "\n".join(map(spelling.folded, (prompt, *must_keep)))
        new = _new(trails, sampled, lines, wanted, section.sure)
        misses += readings.appeared(new, count, section.text_appeared)
    return tuple(misses), tuple(followed)


def _wrong(label: Label, count: int, prompt: ParsedPrompt, section: LetteringSection) -> list[Miss]:
    """What is wrong with one label in so many frames."""
    changed = [*readings.changed(label, count, section.label_changed)]
    if changed or asked.may_hide(prompt):
        return changed
    return [*readings.lost(label, count, section.label_lost)]


def _labels(
    sure: Sequence[Line], must_keep: Sequence[str], subject: "object | None"
) -> list[tuple[Line, str]]:
    """The lines to follow, each with the must-keep word that it has, or none."""
    box: Box | None = getattr(subject, "box", None)
    found = [
        (line, kept)
        for line, kept in zip(sure, kept_in(sure, must_keep), strict=True)
        if kept or box is None or _stands_in(line.box, box)
    ]
    found.sort(key=lambda each: (not each[1], -height(each[0].box)))
    return found[:MOST_LABELS]


def _not_followed(
    lines: Sequence[Line],
    labels: Sequence[tuple[Line, str]],
    prompt: str,
    must_keep: Sequence[str],
) -> Iterator[Finding]:
    """A remark on each must-keep word of which a line is no label. Those of the prompt that the still does
    not show mean no label."""
    said, followed = spelling.folded(prompt), {id(line) for line, _ in labels}
    for word in must_keep:
        own = spelling.folded(word)
        having = [line for line, kept in zip(lines, kept_in(lines, [word]), strict=True) if kept]
        left = sum(id(line) not in followed for line in having)
        if not own or (having and not left):
            continue
        if 0 < left < len(having):
            message = (
                f"the must-keep word ‘{word}’ stands in {len(having)} lines of the still, but at most "
                f"{MOST_LABELS} lines are followed: nobody followed {left} of them"
            )
        elif having:
            message = (
                f"the must-keep word ‘{word}’ stands in the still, but at most {MOST_LABELS} lines are "
                "followed: nobody followed it"
            )
        elif spelling.named(own, said):
            continue
        else:
            message = (
                f"the must-keep word ‘{word}’ is neither in the prompt nor to be read in the still: nobody "
                "followed it"
            )
        yield Finding(LETTERING_UNREAD, Severity.INFO, message)


def _new(
    trails: Sequence[Trail],
    sampled: Sequence[SeenFrame],
    lines: Sequence[Line],
    prompt: str,
    sure: float,
) -> list[Reading]:
    """Words that stand where the still has none, read otherwise than its own, and are not the prompt's."""
    moved = np.mean([trail.moved for trail in trails], axis=0) if trails else np.zeros(2)
    places = [each.box for each in lines]
    places += [(each.box + moved).astype(np.float32) for each in lines]
    places += [trail.box for trail in trails]
    own = [spelling.folded(line.text) for line in lines]
    found: dict[tuple[int, str], Reading] = {}
    for frame in _looked_over(sampled):
        for number, box in enumerate(frame.boxes):
            if any(_covers(place, box) for place in places):
                continue
            line = frame.line(number)
            read = spelling.folded(line.text)
            if (
                line.confidence < sure
                or not spelling.is_word(line.text)
                or spelling.named(read, prompt)
            ):
                continue
            if not any(each and spelling.named(read, each) for each in own):
                for shown in _shown_in(sampled, frame, line, read):
                    found[shown, read] = Reading(shown, Shown.OTHER, line.text)
    return sorted(found.values(), key=lambda each: each.frame)


def _shown_in(
    sampled: Sequence[SeenFrame], frame: SeenFrame, line: Line, read: str
) -> Iterator[int]:
    """The numbers of the frames that show this line where it is: by its pixels, or else read next door."""
    piece, place = found_again.cut_out(frame.luma, line.box), sampled.index(frame)
    for number, other in enumerate(sampled):
        alike = found_again.settle(piece, other.luma, line.box)[1]
        if other is frame or alike >= ALIKE:
            yield other.number
        elif abs(number - place) == 1:
            [again] = other.reader.read(other.picture, [line.box])
            if spelling.unlike(spelling.folded(again.text), read) <= readings.NEARLY:
                yield other.number


def _looked_over(sampled: Sequence[SeenFrame]) -> tuple[SeenFrame, ...]:
    return tuple({id(each): each for each in (sampled[len(sampled) // 2], sampled[-1])}.values())


def _enlarged(frame: "Frames", times: int) -> "Frames":
    """So many times as large, as far as a reader cares."""
    if times == 1:
        return frame
    high, wide = frame.shape[:2]
    return np.asarray(PIL.Image.fromarray(frame).resize((wide * times, high * times)))


def _side(labels: Sequence[tuple[Line, str]], longest: int) -> int:
    """Pixels of the longer side at which the lowest label can still be found."""
    lowest = min((height(line.box) for line, _ in labels), default=float(longest))
    return int(np.clip(LETTERS / max(lowest, 1.0) * longest, *SIDES))


def _stands_in(quad: Quad, box: Box) -> bool:
    x, y = quad.mean(0)
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _covers(place: Quad, box: Quad) -> bool:
    """Whether a box has its middle at a place where text stands, or right beside it."""
    room = height(place)
    x, y = box.mean(0)
    (left, top), (right, bottom) = place.min(0) - room, place.max(0) + room
    return bool(left <= x <= right and top <= y <= bottom)
