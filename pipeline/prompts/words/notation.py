"""How other tools write what this model knows nothing of: weights, choices, tags, options."""

import re

WEIGHT = r"[+-]?(?:\d?\.\d+|\d(?:\.\d+)?)"
WEIGHTED = re.compile(rf"(?<!\d)(?:\s*[:：]\s*{WEIGHT}|[:：][+-]?[0-2]?,\d{{1,2}})\s*$")
"""At the end of a bracket: `smiling:1.2`, `smiling:1,2`, neither `at 10:30` nor `coffee: 2,50`."""
NUMBERED = re.compile(
    r"\b(?:scene|take|shot|part|step|phase|chapter|no|fig|figure|version|day|page|cam|camera)\s*[:：]\s*\d$",
    re.IGNORECASE,
)
AFTER_BRACKET = re.compile(r"(?:\+{1,4}|[0-2]?\.\d+|[0-2]\.\d+)(?![\w.])")
"""What a bracket weighs, written behind it: `(red dress)1.3`, `(red dress)++`."""
PICK = re.compile(r"\s*(?:\d+(?:-\d+)?\$\$(?:[^|{}]{0,5}\$\$)?)?\s*(?:\d*\.?\d+::)?")
"""Before a choice: `2$$`, `0.5::`."""
_MOMENT = r"(?:\d{1,2}:\d{2}(?:[:.]\d+)?|\d+(?:\.\d+)?\s*(?:s|secs?|seconds?|秒)?)"
TIMES = re.compile(
    rf"\s*(?:{_MOMENT}\s*(?:[-–—~～至到]|to)\s*{_MOMENT}|\d+(?:\.\d+)?\s*(?:s|secs?|seconds?|秒)|\d{{1,2}}:\d{{2}})\s*",
    re.IGNORECASE,
)
SAYS = re.compile(
    r"(?:\b(?:says?|said|saying|reads?|reading|spells?|spelling|labell?ed|named|titled|called|letters?|words?|"
    r"text|signs?|logo|caption|stamped|printed|written)|[写寫][着著有道]|印[着著有]|[标標][着著有]|字[样樣]?)\W{0,3}$",
    re.IGNORECASE,
)
"""What stands in a bracket after it is lettering in the picture: a sign that says [OPEN]."""
CAMERA_MOVE = re.compile(
    r"\s*(?:camera|pan|tilt|zoom|dolly|truck|push|pull|pedestal|track|orbit|crane|shake|static|镜头|鏡頭|推|拉|摇|搖|移)",
    re.IGNORECASE,
)
OPEN_BEFORE = re.compile(
    r"\b(?:a|an|the|his|her|its|their|in|on|of|with|to|from)\s*$", re.IGNORECASE
)
"""Words that wait for others: a bracket after them is no aside, and `a (woman) walks` gives it weight."""
NESTED = re.compile(r"[^\W_]")

TAG = re.compile(r"</?[A-Za-z!][^<>\n]{0,200}>")
ONE_THING = re.compile(r"</?[^\s<>]+/?>|<[^<>]*[:=/][^<>]*>")
EMBEDDING = re.compile(rf"\bembedding\s*:\s*[\w./\\-]+(?::{WEIGHT})?", re.IGNORECASE)
WILDCARD = re.compile(r"(?<!\w)__[A-Za-z0-9*~@][\w./*~@-]*?__(?!\w)")
VARIABLE = re.compile(
    r"\$\{[^{}]*\}|%\(\w+\)[sd]|(?<!\S)%[sd]\b|<%[^<>]*%>|\{%[^{}]*%\}|\{\{\s*\w+\.[\w.]+\s*\}\}"
)
PARTS = re.compile(rf"(?:(?<![\w.])-?\d+(?:\.\d+)?)?(?<![:：])::(?!:)(?:{WEIGHT}(?![\w]))?")
COMMAND = re.compile(
    r"\s*/(?:imagine|video|create|generate|gen|draw)(?:\s+prompt\s*:?|\s)\s*", re.IGNORECASE
)
BARE_WEIGHT = re.compile(r"(?<=[^\W\d_]{3}):[0-2]?\.\d+(?![\d:])")
PLUSES = re.compile(r"(?<=[a-z])\+{2,4}(?=[\s,.;]|$)")
ESCAPE = re.compile(r"\\(?=[()\[\]{}])")
BOLD = re.compile(r"\*\*(?=[^\s*])|(?<=[^\s*])\*\*")
SCORE = re.compile(r"(?<!\w)(?:score_\d+(?:_up)?|(?:source|rating)_[a-z]+)(?!\w)", re.IGNORECASE)
REFERENCE = re.compile(
    r"(?<![\w.])@(?:image|img|pic|photo|ref(?:erence)?|video|char(?:acter)?|subject|style|element|图|圖|图片|圖片|视频)"
    r"[\w-]*",
    re.IGNORECASE,
)
LINK = re.compile(r"(?<!\S)https?://\S+")
JOINT = re.compile(r"(?<!\w)(?:BREAK|ADDCOMM|ADDBASE|ADDROW|ADDCOL|AND(?:_\w+)?)(?!\w)")
TIMED = re.compile(
    rf"(?:(?<=^)|(?<=[\s,，。;；]))【?{_MOMENT}\s*(?:[-–—~～至到]|to)\s*{_MOMENT}】?\s*[:：]|"
    rf"【{_MOMENT}\s*(?:[-–—~～至到]|to)\s*{_MOMENT}】",
    re.IGNORECASE | re.MULTILINE,
)
PARAMETERS = re.compile(r"\bSteps:\s*\d+\s*,.*\Z", re.DOTALL)
"""What an image tool writes behind a prompt: `Steps: 20, Sampler: Euler a, Seed: 5`."""
NEGATIVE = re.compile(
    r"(?:^|(?<=[\s.;。；|]))(?:negative(?:[ _]prompt)?|[负負反][面向][的]?(?:提示[词詞]?|[词詞]))\s*[:：]\s*"
    r"(?P<words>.*?)(?=\s*(?:\bSteps:\s*\d|(?<!\S)--\w|\n\s*\n|\Z))",
    re.IGNORECASE | re.DOTALL,
)
JSON = re.compile(r"\s*[{\[]\s*(?:\{\s*)?\"[^\"\n]+\"\s*:")

_FLAGS = "tile|raw|hd|draft|fast|relax|turbo|testp?|creative|loop|stealth|public|video|uplight|upbeta|upanime|hq"
_UNWANTED = "no|neg|negative(?:[-_]prompt)?"
_NAMED = "style|sref|cref|oref|sv|p|profile|personalize|model|sampler|scheduler|image|ref|lora|checkpoint|ckpt|prompt"
_NUMBERED = (
    "ar|aspect(?:[-_]ratio)?|ratio|rt|v|version|niji|q|quality|s|stylize|c|chaos|w|weird|seed|sameseed|stop|iw|ow|cw|"
    "sw|r|repeat|motion|exp|bs|end|steps|sample_steps|cfg(?:[-_]scale)?|guidance(?:[-_]scale)?|gs|scale|"
    "sample_guide_scale|sample_shift|shift|width|height|h|size|fps|framespersecond|frames|frame_num|num[-_]frames|"
    "duration|dur|length|seconds|strength|denoise|n|resolution|rs|res|watermark|wm|camera[-_]?fixed|cf|"
    "returnlastframe|camera|negative[-_]scale|task|offload_model"
)
_VALUE = r"[\s=:]+(?:\d[\w:.x×/%*-]*|\.\d+|-\d+(?:\.\d+)?|true\b|false\b|on\b|off\b|low\b|high\b|auto\b|adaptive\b|random\b)"
OPTION = re.compile(
    rf"(?<!\S)(?:--|[–—])(?:(?P<flag>{_FLAGS})(?![\w-])|"
    rf"(?P<no>{_UNWANTED})(?![\w-])[\s=:]*(?P<words>[^\n]*?)(?=\s+(?:--|[–—])\w|\s*\n|\s*\Z)|"
    rf"(?P<named>{_NAMED})(?![\w-])(?:[\s=:]+(?!--)\S+)?|"
    rf"(?P<number>{_NUMBERED})(?![\w-])(?:{_VALUE})?)"
    rf"|(?<!\S)--\s+(?P<spaced>ar|aspect|seed|stylize|chaos|fps|duration)\s+\d[\w:.x×/%-]*"
    rf"|(?<!\S)--(?P<other>[a-z][\w-]*){_VALUE}"
    rf"|(?<!\S)-(?P<short>gs|ar|fps|seed|motion|cfg|steps)\s+\d[\w:.x×/%-]*"
    rf"|(?<!\S)-(?P<shortno>neg)\s+(?P<shortwords>[^\n]*?)(?=\s+-\w|\s*\n|\s*\Z)",
    re.IGNORECASE,
)
COLUMNS = {
    "ar": "aspect",
    "aspect": "aspect",
    "ratio": "aspect",
    "rt": "aspect",
    "no": "negative",
    "neg": "negative",
    "negative": "negative",
    "seed": "seed",
    "sameseed": "seed",
    "duration": "seconds",
    "dur": "seconds",
    "length": "seconds",
    "seconds": "seconds",
    "model": "profile",
    "image": "image",
}
"""Options that are columns of a shot list."""

ANY = re.compile(
    r"[\[\]{}<>@\\$%_|*]|\(\(|（（|::|--|[–—][A-Za-z]|[+]{2}|[:：]\s*[+-]?\.?\d|\)[\d.+]|-(?:gs|ar|fps|seed|neg|motion|cfg|steps)\b"
    r"|\b(?:BREAK|ADD[A-Z]{3,4}|AND)\b|(?i:embedding:|negative)|^\s*/|[负負反][面向]|Steps:|://|\(\w|（|【\d|[-–—~～至到]\s*\d[\d.:]*\s*(?:s\w*|秒)?\s*[:：]"
)
"""Without any of these nothing of it can be there."""
