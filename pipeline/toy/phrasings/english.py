"""English sentences about one motion or two, in many words and many orders of words.

None of those that `tests/benchmarks/toy_world` keeps aside can come out of it; a test holds that.
"""

from pipeline.toy.phrasings.conjugating import progressive, third
from pipeline.toy.phrasings.rules import Rules

GOING = (
    "move", "slide", "glide", "drift", "float", "travel", "shift", "go", "head", "wander", "creep",
    "roll", "slip", "crawl", "run", "sail", "scoot", "edge", "inch", "swim", "hover", "fly",
    "cruise",
    "step", "stroll", "proceed", "advance", "hurry", "race", "dash", "walk", "march", "coast",
    "push",
    "press", "veer", "swing", "migrate", "skate", "sweep", "hop", "progress", "rush", "relocate",
    "skim", "make its way", "find its way", "work its way", "wend its way", "change place", "flow",
)  # fmt: skip
"""What can be done in any direction."""
SIDES = ("side", "edge", "border", "margin", "end", "boundary", "hand side", "rim")
FRAMES = ("frame", "picture", "image", "screen", "scene", "shot", "view")
SIDEWAYS = (
    "{s}", "to the {s}", "{s}ward", "{s}wards", "toward the {s}", "towards the {s}",
    "over to the {s}", "across to the {s}", "off to the {s}", "further {s}", "farther to the {s}",
    "to the {s} {side}", "to its {s}", "more to the {s}", "a bit to the {s}",
    "in the {s} direction",
    "in a {s}ward direction", "toward the {s} {side}", "towards the {s} {side} of the {frame}",
    "to the {s} {side} of the {frame}", "over to the {s} {side}",
    "in the direction of the {s} {side}",
    "closer to the {s} {side}", "nearer to the {s}", "from the {o} to the {s}", "away from the {o}",
    "away from the {o} {side}", "sideways to the {s}", "{s}, away from the {o}", "a way to the {s}",
)  # fmt: skip
HEIGHT = (
    "{s}", "{s}ward", "{s}wards", "toward the {t}", "towards the {t}", "to the {t}", "{s} a bit",
    "further {s}", "closer to the {t}", "nearer to the {t} {side}", "toward the {t} {side}",
    "towards the {t} {side} of the {frame}", "toward the {t} of the {frame}", "{s} to the {t}",
    "{s} in the {frame}", "{s} toward the {t}", "straight {s}", "vertically {s}",
    "away from the {b}",
    "in the direction of the {t}", "from the {b} to the {t}", "in a {s}ward direction", "{l}",
    "to the {u} {side}", "toward the {u} {side} of the {frame}", "a little {l}", "{l} and {l}",
    "to a {l} place", "{s}, away from the {b}",
)  # fmt: skip
OPPOSITES = {"left": "right", "right": "left"}
RISING = (
    "rise", "climb", "ascend", "soar", "rise up", "climb up", "go higher", "come up",
    "mount upwards",
    "gain height", "get higher", "levitate", "take off upwards", "rise higher", "lift off",
    "go up high",
    "climb higher", "float higher", "rise into the air", "rise to the top", "climb toward the top",
    "lift itself", "gain altitude", "move higher up", "rise through the {frame}",
    "climb the {frame}",
)  # fmt: skip
FALLING = (
    "sink", "fall", "drop", "descend", "go lower", "come down", "fall down", "sink down",
    "drop down",
    "lose height", "get lower", "dive", "plunge", "sink lower", "fall toward the bottom",
    "tumble down",
    "drop toward the bottom", "lower itself", "sink to the bottom", "fall lower", "descend lower",
    "lose altitude", "move lower down", "sink through the {frame}", "drop lower", "plummet",
)  # fmt: skip
GROWING = (
    "grow", "expand", "swell", "enlarge", "inflate", "get {more}", "become {more}", "grow {more}",
    "turn {more}", "increase in size", "gain in size", "grow in size", "swell up", "blow up",
    "puff up",
    "take up more room", "fill more of the {frame}", "spread out", "widen", "grow out",
    "expand in size",
    "increase its size", "double in size", "balloon", "get {more} and {more}",
    "become {more} and {more}",
    "gain size", "scale up", "bulge", "stretch out on all sides", "cover more of the {frame}",
    "look {more}", "end {more} than it began", "put on size", "change to a {more} size",
)  # fmt: skip
SHRINKING = (
    "shrink", "contract", "dwindle", "diminish", "deflate", "get {less}", "become {less}",
    "grow {less}",
    "turn {less}", "decrease in size", "lose size", "shrink in size", "shrink down",
    "reduce in size",
    "take up less room", "fill less of the {frame}", "narrow", "go down in size", "shrink away",
    "reduce its size", "halve in size", "shrivel", "get {less} and {less}",
    "become {less} and {less}",
    "scale down", "lose in size", "dwindle away", "draw in on all sides",
    "cover less of the {frame}",
    "look {less}", "end {less} than it began", "contract in size", "change to a {less} size",
)  # fmt: skip
RESTING = (
    "rest", "stay still", "not move", "stand still", "hold still", "keep still", "stay put",
    "sit still",
    "stay in place", "remain in place", "remain still", "stay where it is", "remain where it is",
    "not go anywhere", "be motionless", "be still", "hold its position", "keep its place", "freeze",
    "stay at rest", "be at rest", "remain motionless", "stay in one spot", "stay in the same spot",
    "not change", "do nothing", "wait", "pause", "lie still", "stand in its place",
    "stay motionless",
    "not budge", "not stir", "remain unmoved", "stay the same", "rest in place", "stay fixed",
    "remain static", "remain stationary", "be stationary", "stay stationary", "not shift at all",
    "keep its position", "not move at all", "rest where it is", "hold on to its place",
    "stay unchanged",
)  # fmt: skip
MANNERS = (
    "slowly", "gently", "smoothly", "steadily", "quietly", "slightly", "gradually", "softly",
    "calmly",
    "quickly", "evenly", "gracefully", "simply", "just", "carefully", "lazily", "easily", "swiftly",
)  # fmt: skip
LONGER = (
    "bit by bit", "little by little", "at an even pace", "without hurry", "over time",
    "step by step",
    "all the while", "in one go", "during the clip", "the whole time", "throughout",
    "from start to end",
    "as time passes", "as the clip goes on", "from beginning to end", "by degrees",
    "the entire time",
)  # fmt: skip
ONE = (
    *("{S} {does}",) * 6,
    *("{S} is {doing}",) * 3,
    "{S} {mannered} {does}", "{S} {does} {mannered}", "{S} {does} {longer}",
    "{S} is {mannered} {doing}",
    "{mannered} {S} {does}", "{longer} {S} {does}", "{S} is {doing} {longer}",
    "{S} is {doing} {mannered}",
    "{S} keeps {doing}", "{S} keeps on {doing}", "{S} starts {doing}", "{S} starts to {do}",
    "{S} begins to {do}", "{S} begins {doing}", "{S} goes on {doing}", "{S} continues to {do}",
    "{S} will {do}", "{S} is going to {do}", "{S} should {do}", "{S} must {do}", "{S} has to {do}",
    "{S} can be seen {doing}", "{S} is seen {doing}", "{S} is shown {doing}", "{S} wants to {do}",
    "{S} is made to {do}", "{S} tends to {do}", "{S} seems to {do}", "{S} appears to {do}",
    "{watch} {S} {do}", "{watch} {S} {mannered} {do}", "{watch} {S} {do} {longer}",
    "{watch} {S} {doing}",
    "{watch} how {S} {does}", "show {S} {doing}", "we see {S} {doing}", "we see {S} {do}",
    "you can see {S} {do}", "we watch {S} {do}", "I want {S} to {do}", "I would like {S} to {do}",
    "there is {S} {doing}", "here {S} {does}", "{clip} {S} {does}", "{clip} {S} is {doing}",
    "{clip}, {S} {mannered} {does}", "a {video} of {S} {doing}", "{S}, {doing}", "{S} {doing}",
    "{S} {doing} {longer}", "{S} {mannered} {doing}", "the {video} shows {S} {doing}",
    "a {video} in which {S} {does}", "what {S} does is {do}", "all {S} does is {do}",
    "what we see is {S} {doing}", "it is {S} that {does}", "{S} that {does}",
    "{S} which is {doing}",
    "{S} does one thing: it {does}", "this is {S}, it {does}", "see, {S} {does}",
    "look, {S} {does}",
    "{doing}, {S} {passes}", "as {longer2}, {S} {does}", "{S} never stops {doing}",
    "now {S} {does}",
    "{S} can only {do}", "{S} ends up {doing}", "{S} spends the {video} {doing}",
    "please let {S} {do}",
)  # fmt: skip
"""How a sentence of one motion goes."""
OF_ONE = {
    "way": (
        "{where} {goes} {S}", "{where} {S} {goes}", "{go} {S} {where}", "please {go} {S} {where}",
        "{S} is moved {where}", "{S} is pushed {where}", "{S} gets pulled {where}",
        "{S}, on its way {where}",
        "{S} is on its way {where}", "{S} on the move {where}", "{S} is on the move {where}",
        "a {kind} move {where} by {S}", "the {kind} move of {S} {where}",
        "{kind} motion {where} of {S}",
        "the motion of {S} is {where}", "the path of {S} leads {where}",
        "{where} is where {S} {goes}",
        "something takes {S} {where}", "a push sends {S} {where}", "{S} takes its way {where}",
        "{S} changes its place, {where}", "{S} sets off {where}", "{where} is the way of {S}",
        "we follow {S} {where}", "the wind carries {S} {where}", "{S} makes a {kind} move {where}",
    ),
    "grow": (
        "enlarge {S}", "grow {S}", "make {S} {more}", "{S} is enlarged", "{S} is made {more}",
        "scale {S} up",
        "growth of {S}", "the {kind} growth of {S}", "the size of {S} increases",
        "{more} becomes {S}",
        "the size of {S} goes up", "the outline of {S} moves outwards", "inflate {S}",
        "{S} in growth",
        "a {kind} growing {C} {shape}", "{S} gains a lot of size", "let {S} be {more} at the end",
    ),
    "shrink": (
        "reduce {S}", "shrink {S}", "make {S} {less}", "{S} is reduced", "{S} is made {less}",
        "scale {S} down",
        "shrinkage of {S}", "the {kind} shrinking of {S}", "the size of {S} decreases",
        "{less} becomes {S}",
        "the size of {S} goes down", "the outline of {S} moves inwards", "deflate {S}",
        "{S} loses size",
        "a {kind} shrinking {C} {shape}", "{S} loses a lot of its size",
        "let {S} be {less} at the end",
    ),
    "rest": (
        "keep {S} still", "leave {S} where it is", "do not move {S}", "{S} is kept still",
        "{S} at rest",
        "{S} is left in place", "nothing moves, {S} least of all", "{S}, motionless",
        "{S} without any motion",
        "a motionless {C} {shape}", "a still {C} {shape}", "there is no motion in {S}",
        "hold {S} in place",
        "nothing happens to {S}", "{S} has no motion", "{S} as in a photograph", "no motion of {S}",
        "{S} neither moves nor changes", "{S} is in the same place all the time",
        "an unmoving {C} {shape}",
    ),
    "up": (
        "raise {S}", "lift {S}", "{S} is lifted", "{S} is raised", "the rise of {S}",
        "lift {S} {where}",
    ),
    "down": (
        "lower {S}", "drop {S}", "{S} is lowered", "{S} is dropped", "the fall of {S}",
        "let {S} {where}",
    ),
    "left": (
        "the {s} {side} is where {S} heads", "{S} nears the {s} {side}",
        "{S} comes closer to the {s}",
    ),
    "right": (
        "the {s} {side} is where {S} heads", "{S} nears the {s} {side}",
        "{S} comes closer to the {s}",
    ),
}  # fmt: skip
"""The same of some motions alone; `way` is any direction."""
TWO = (
    "{S} first {1.does}, then {2.does}", "{S} first {1.does}, then it {2.does}",
    "first {S} {1.does}, then it {2.does}", "{S} {1.does}, then {2.does}",
    "{S} {1.does} and then {2.does}",
    "{S} {1.does}, and then it {2.does}", "{S} {1.does} before it {2.does}",
    "{S} {1.does} before {2.doing}",
    "after {1.doing}, {S} {2.does}", "{S} {1.does}, afterwards it {2.does}",
    "{S} {2.does} after {1.doing}",
    "{S} begins by {1.doing} and ends by {2.doing}",
    "to begin with {S} {1.does}, in the end it {2.does}",
    "in the first half {S} {1.does}, in the second half it {2.does}",
    "{S} is {1.doing}, then {2.doing}",
    "{S} starts out {1.doing} and finishes {2.doing}", "before {2.doing}, {S} {1.does}",
    "{S} {1.does} until the middle, then it {2.does}", "{watch} {S} {1.do} and then {2.do}",
    "{watch} {S} first {1.do}, then {2.do}", "{S} {1.does}, next it {2.does}",
    "{S} {1.does}, later it {2.does}",
    "at first {S} {1.does}, after that it {2.does}", "{clip} {S} {1.does}, then {2.does}",
    "{S} first {1.does} and afterwards {2.does}", "{S} {1.does} and finally {2.does}",
    "a {video} of {S} {1.doing} and then {2.doing}", "once done {1.doing}, {S} {2.does}",
    "{S} {mannered} {1.does}, then {mannered} {2.does}", "{S} keeps {1.doing}, then it {2.does}",
    "initially {S} {1.does}, subsequently it {2.does}", "{S} {1.does}, followed by {2.doing}",
)  # fmt: skip
"""How a sentence of two motions goes."""


def _acts(motion: str) -> tuple[str, ...]:
    """What is done, as told to somebody."""
    by_name = {"up": RISING, "down": FALLING, "grow": GROWING, "shrink": SHRINKING, "rest": RESTING}
    own = by_name.get(motion, ())
    if motion in ("grow", "shrink", "rest"):
        return own
    # Verbs of their own are half of those that go up or down.
    return (*own * 2, *(f"{verb} {{where}}" for verb in GOING))


def _where(motion: str) -> dict[str, tuple[str, ...]]:
    if motion in OPPOSITES:
        return {"where": SIDEWAYS, "s": (motion,), "o": (OPPOSITES[motion],)}
    told = {"up": ("up", "top", "bottom", "upper", "higher")}
    told["down"] = ("down", "bottom", "top", "lower", "lower")
    if motion not in told:
        return {}
    return {
        "where": HEIGHT,
        **{name: (word,) for name, word in zip("stbul", told[motion], strict=True)},
    }


def of(motion: str) -> dict[str, tuple[str, ...]]:
    """The rules of one motion: `does`, `doing`, `do`, and those that they refer to."""
    acts = _acts(motion)
    return {
        "does": tuple(map(third, acts)),
        "doing": tuple(map(progressive, acts)),
        "do": acts,
        "go": GOING[:25],
        "goes": tuple(map(third, GOING)),
        **_where(motion),
    }


SHARED: Rules = {
    "side": SIDES,
    "frame": FRAMES,
    "more": ("bigger", "larger", "greater in size", "much bigger", "a bit larger", "wider"),
    "less": ("smaller", "tinier", "littler", "much smaller", "a bit smaller", "less big"),
    "mannered": MANNERS,
    "longer": LONGER,
    "longer2": ("the clip goes on", "time goes by", "we watch", "the seconds pass"),
    "watch": ("watch", "see", "let", "make", "have", "look at", "notice", "observe"),
    "clip": (
        "in this clip", "in the video", "in the picture", "on the screen", "in the scene", "here",
    ),
    "video": ("video", "clip", "film", "short film", "shot", "recording"),
    "kind": ("slow", "gentle", "steady", "smooth", "quick", "slight", "gradual", "calm"),
    "passes": ("is filmed", "is seen", "can be seen", "is what we see", "fills the clip"),
    "S": (
        *("the {C} {shape}",) * 8, "a {C} {shape}", "a {C} {shape}", "this {C} {shape}",
        "that {C} {shape}",
        "our {C} {shape}", "one {C} {shape}", "the {C}-coloured {shape}", "the {shape} that is {C}",
        "the {C} coloured {shape}", "the single {C} {shape}", "the little {C} {shape}",
        "the {shape} in {C}",
    ),
}  # fmt: skip
