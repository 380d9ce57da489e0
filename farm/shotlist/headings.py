"""The columns of a shot list, and what people call them: in English, in Chinese, with blanks and capitals."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence

REQUIRED = ("shot", "image", "prompt")
COLUMNS = (
    *REQUIRED, "negative", "seconds", "seed", "aspect", "priority",
    "alternates", "must_keep", "notes", "profile",
)  # fmt: skip

CALLED = {
    "shot": "镜号 鏡號 镜头号 鏡頭號 镜头编号 鏡頭編號 镜头 鏡頭 分镜 分鏡 分镜号 分鏡號 编号 編號 序号 序號 shot_id shot_code shot_no shot_name code",
    "image": "首帧 首幀 首帧图 首幀圖 首帧图片 首幀圖片 起始帧 起始幀 起始图 图片 圖片 图像 圖像 画面 畫面 参考图 參考圖 still picture first_frame start_frame start_image",
    "prompt": "提示词 提示詞 正向提示词 正向提示詞 正面提示词 正面提示詞 提示语 提示語 描述词 画面描述 畫面描述 positive_prompt",
    "negative": "负面提示词 負面提示詞 反向提示词 反向提示詞 负向提示词 負向提示詞 负面词 負面詞 反向词 negative_prompt",
    "seconds": "时长 時長 时长(秒) 時長(秒) 时长秒 秒数 秒數 时间 時間 duration length seconds(s) duration(s)",
    "seed": "种子 種子 随机种子 隨機種子 种子值",
    "aspect": "画幅 畫幅 画幅比 画幅比例 畫幅比例 比例 宽高比 寬高比 长宽比 長寬比 aspect_ratio ratio",
    "priority": "优先级 優先級 优先 優先 優先順序 优先度",
    "alternates": "备用图 備用圖 备用图片 備用圖片 备选图 備選圖 备用首帧 備用首幀 alternate alternate_images alternatives",
    "must_keep": "必须保留 必須保留 保留词 保留詞 保留 keep",
    "notes": "备注 備註 备註 備注 说明 說明 note comment comments remark remarks",
    "profile": "模型 配置 模型配置 model",
}  # fmt: skip
RARELY = {
    "shot": "shot_nr shot_number",
    "image": "image_file image_path still_image",
    "prompt": "text_prompt prompt_text video_prompt",
}
"""What they are called where no other column of the list is called by a name above."""
_OF = {name: column for column, names in CALLED.items() for name in names.split()}
_RARELY_OF = {name: column for column, names in RARELY.items() for name in names.split()}
_UNIT = re.compile(r"_?\((?:s|secs?|seconds?|秒|秒钟|秒鐘)\.?\)$")
"""Behind a heading for lengths; in frames or in minutes they mean something else."""
_AROUND = " \t*:.\"'“”„‘’"
"""Marks that people and programs put around a heading."""
TITLES = 5
"""Rows of titles that may stand above a header."""
_DELIMITED = re.compile(r"[,;\t，；、]")


def column(written: str) -> str | None:
    """The column that a heading means, as the farm spells it: `Must keep` is `must_keep`; None for none."""
    name = spelt(written)
    found = _known(name) or _known(name.rstrip("#_")) or _RARELY_OF.get(name)
    if found is None and (unit := _UNIT.search(name)):
        bare = _known(name[: unit.start()])
        return bare if bare == "seconds" else None
    return found


def is_usual(written: str) -> bool:
    """Whether a heading is the farm's own word or one of the names that count first."""
    return _known(spelt(written)) is not None


def _known(name: str) -> str | None:
    return name if name in COLUMNS else _OF.get(name)


def spelt(written: str) -> str:
    """A heading in small letters with `_` for blanks; full-width letters are made plain."""
    return "_".join(shown(written).strip(_AROUND).lower().replace("-", " ").split())


def shown(written: str) -> str:
    """A heading in one line, without letters that nobody sees."""
    plain = unicodedata.normalize("NFKC", written)
    return " ".join("".join(one for one in plain if unicodedata.category(one) != "Cf").split())


def columns(line: str) -> list[str]:
    """The cells of a line that may be a header, whatever its delimiter."""
    return _DELIMITED.split(line)


def unknown_column(name: str) -> str:
    """The sentence on a column that no shot list has."""
    near = _near(spelt(name))
    remedy = f"did you mean {near}?" if near else f"leave it out; there are {', '.join(COLUMNS)}"
    return f"there is no such column; {remedy}"


def _near(name: str) -> str | None:
    """The column that is misspelt, begun, or named among other words; `Scene` is none of them."""
    near = difflib.get_close_matches(name, COLUMNS, n=1, cutoff=0.75)
    begun = [each for each in COLUMNS if len(name) > 2 and each.startswith(name)]
    # A length in frames is none in seconds: what has a unit means that unit.
    words = [] if "(" in name else re.findall(r"[^\W_]+", name)
    named = [found for word in words if (found := _known(word))]
    return next(iter([*near, *begun, *named]), None)


def header_of(rows: Iterable[Sequence[str]]) -> int | None:
    """The row that names columns, the first is 0: one of usual names, unless one of other names stands far
    above it. `Video prompt` alone may be a title."""
    other: int | None = None
    for number, cells in enumerate(rows):
        if other is not None and number > other + TITLES:
            break
        if is_header(cells, usual=True):
            return number
        if other is None and is_header(cells):
            other = number
    return other


def is_header(cells: Sequence[str], *, usual: bool = False) -> bool:
    """Whether a row names columns: two of them, or the only one that it has. `usual`: by usual names."""
    named = {name for cell in cells if (name := column(cell)) and (is_usual(cell) or not usual)}
    filled = sum(bool(cell.strip()) for cell in cells)
    return len(named) > 1 or (bool(named) and filled == len(named))
