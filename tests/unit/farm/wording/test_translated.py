"""What the farm says in English is said in Chinese on Chinese pages, whatever values stand in it."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from farm.domain.forecast import spoken
from farm.wording import sentences, translated
from pipeline.clips import lettering
from pipeline.coverage import Coverage, Shown, Stage
from pipeline.prompts.lint import lint
from pipeline.scoring import question_text

ROOT = Path(translated.__file__).parents[2]
SOURCES = (
    *sorted(ROOT.glob("pipeline/clips/*.py")),
    ROOT / "pipeline/ladder.py",
    ROOT / "farm/domain/gate.py",
    *sorted(ROOT.glob("farm/store/shots/*.py")),
)
NAMES = {"message", "why", "_missed", "_spent", "_no_way_left"}
"""What such a sentence is assigned to, or returned by."""
WORDS = {
    "spans(step + 1 for step in again)": "1-3, 7",
    "which": "1-3",
    "_where(wrong)": "frames 1-3, 7",
    "_where(alike)": "frame 4",
    "_where(missing)": "frames 1-3, 7",
    "rung.simplify": "L2",
    "verdict": "low match",
    "_of(top)": "the best is take 2: low match, match 0.33",
    "latest.coverage": "1 of 2: “它” was cut",
    "step.why": "the ladder is at its end",
    "miss.message": "colours drift by 3.0 of 255 until the end, above 2",
    "latest.despite": "colours drift by 3.0 of 255 until the end, above 2",
    "told": "another seed",
    "jump": "light and colour shift by 3.0 of 255",
    "then": "approved",
    "back.decided": "approved",
    "sentence": "retake asked for by 安",
    "why": "undone by 安: it was approved",
    "what": "another subject than it began with",
    "run[0] + 1": "1",
    "name": "名",
    "who": "安",
    "_missed(latest, profile)": "match 0.23 is below 0.50",
    "lines": "0.40 and 0.50",
}
"""What stands in some places; in all others a number."""


@pytest.mark.parametrize("source", SOURCES, ids=lambda each: each.name)
def test_all_that_the_farm_says_of_takes_is_known_in_chinese(source: Path) -> None:
    for sentence in _sentences(source):
        told = translated.said("zh", sentence)
        if told == sentence:  # from one frame to another
            told = translated.said("zh", sentence.replace("1-3", "1 to 3"))
        assert re.search(
            "[\u4e00-\u9fff]", told.replace("名", "").replace("它", "").replace("安", "")
        ), sentence
        left = re.findall(r"[a-z]{3,}", told.replace("cfg", ""))
        assert left == [] or "another another seed" in sentence, (sentence, told)


def test_what_a_list_changed_is_named_field_by_field() -> None:
    told = translated.said("zh", "replaced: anna handed in ads.csv with another prompt, must keep")
    assert told == "被替换：anna 提交的 ads.csv 改了：提示词、必留词"


def test_it_is_told_in_chinese_that_nobody_read() -> None:
    told = translated.said("zh", lettering.NOBODY)
    assert told.startswith("没有人读过")
    assert 'pip install "shotfarm[ocr]"' in told


def test_the_sources_are_read() -> None:
    assert sum(len([*_sentences(source)]) for source in SOURCES) > 40


def _sentences(source: Path) -> Iterator[str]:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        found: ast.expr | None = None
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in NAMES:
                found = value
            case ast.Call(func=ast.Name(id="End" | "because"), args=[first, *_]):
                found = first
            case ast.FunctionDef(name=name) if name in NAMES:
                for each in ast.walk(node):
                    if isinstance(each, ast.Return) and isinstance(each.value, ast.JoinedStr):
                        yield _filled(each.value) + (": another seed" if name == "_missed" else "")
            case _:
                pass
        if isinstance(found, ast.JoinedStr):
            yield _filled(found)


def _filled(text: ast.JoinedStr) -> str:
    return "".join(
        str(each.value) if isinstance(each, ast.Constant) else _sample(each) for each in text.values
    )


def _sample(place: ast.expr) -> str:
    assert isinstance(place, ast.FormattedValue)
    written = ast.unparse(place.value)
    spec = ast.unparse(place.format_spec) if place.format_spec else ""
    if "%" in spec:
        return "45%"
    if written in WORDS:
        return WORDS[written]
    return "名" if written.endswith((".text", ".name")) else "7"


def test_the_lint_of_a_prompt_is_read_in_the_language_of_the_page() -> None:
    english = (
        "TBD; Golden hour; The cup rises, cinematic 8k masterpiece, no people; (cup:1.3) --ar 16:9"
    )
    for prompt in english.split("; "):
        for found in lint(prompt).findings:
            assert re.search("[\u4e00-\u9fff]", translated.said("zh", found.message)), found
            assert translated.said("en", found.message) == found.message
    for found in lint("杯子慢慢升起，电影感，8k，不要人物").findings:
        assert not re.search(
            "[\u4e00-\u9fff]", re.sub("“.*?”", "", translated.said("en", found.message))
        )
        assert translated.said("zh", found.message) == found.message


def test_a_question_of_the_scorer_is_read_in_the_language_of_the_page() -> None:
    english = question_text.ask("before", "en", "a cup: rises", "it falls")
    chinese = question_text.ask("before", "zh", "a cup: rises", "it falls")
    assert translated.said("zh", english) == chinese
    assert translated.said("en", chinese) == english
    assert translated.said("en", english) == english


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("approved by anna: approved by the client", "anna 已批准：approved by the client"),
        ("by hand: seed 7 → 8; prompt seed grows → the seed",
         "人工：种子 7 → 8；提示词 seed grows → the seed"),
        ("match 0.23 is below 0.50: simpler prompt (L3), cfg_high 3.5 → 7; another seed",
         "匹配 0.23 低于 0.50：提示词简化（L3），引导强度 3.5 → 7；换种子"),
        ("take 2 again, undone by anna: it was omitted: submitted",
         "重来第 2 条，anna 撤销（原为已删）：提交"),
        ("take 1: “它慢慢升起” is not what the still shows: 0.20, below 0.50: another seed",
         "第 1 条：首帧里没有“它慢慢升起”：0.20，低于 0.50：换种子"),
        ("one sees where two segments meet, at frame 82 of 129: the picture changes 3.1 times as much as "
         "around it, above 2.5",
         "看得出两段在第 82 帧（共 129 帧）相接：画面变化是前后的 3.1 倍，高于 2.5"),
        ("one sees where two segments meet, at frame 82 of 129: the motion is another by 45% of its speed, "
         "above 0.4", "看得出两段在第 82 帧（共 129 帧）相接：运动速度变了 45%，高于 0.4"),
        ("replaced: 安 handed in ads.csv with another prompt", "被替换：安 提交的 ads.csv 改了：提示词"),
        ("match 0.23 is below 0.50: guidance stays, wan2.2-i2v_4step is rendered without; another seed",
         "匹配 0.23 低于 0.50：引导强度不变（wan2.2-i2v_4step 不用引导）；换种子"),
        ("done in 4 to 15 min (80% of the time)", "4 到 15 分钟后完成（80% 把握）"),
        ("about 3 days of one worker's time", "一个节点的时间：约 3 天"),
        ("the must-keep word ‘NOVA’ is neither in the prompt nor to be read in the still: "
         "nobody followed it",
         "提示词里没有必留词“NOVA”，首帧里也读不到：没有跟踪它"),
        ("the must-keep word ‘Sale’ stands in the still, but at most 4 lines are followed: nobody "
         "followed it", "首帧里有必留词“Sale”，但最多跟踪 4 行：没有跟踪它"),
        ("the must-keep word ‘Sale’ stands in 5 lines of the still, but at most 4 lines are followed: "
         "nobody followed 1 of them", "首帧里有 5 行是必留词“Sale”，但最多跟踪 4 行：其中 1 行没有跟踪"),
        ("‘SUMMER’ of the must-keep word ‘Super Summer Sale’ stays readable in all 8 frames looked at",
         "必留词“Super Summer Sale”里的“SUMMER”在查看的全部 8 帧里都读得到"),
        ("‘SUMMER’ stays readable in all 8 frames looked at", "“SUMMER”在查看的全部 8 帧里都读得到"),
        ("the must-keep word ‘TEA’ stays readable in all 8 frames looked at",
         "必留词“TEA”在查看的全部 8 帧里都读得到"),
        ("Nobody knows this one: 0.2", "Nobody knows this one: 0.2"),
        ("anna: approved", "anna: approved"),
        ("", ""),
    ],
)  # fmt: skip
def test_values_and_what_people_wrote_stay(sentence: str, told: str) -> None:
    assert translated.said("zh", sentence) == told


@pytest.mark.parametrize("begin", ["", "match 0.1 is below 0.2: ", "approved by anna: "])
def test_no_sentence_is_tried_in_all_ways(begin: str) -> None:
    """In a process of its own, as what is tried in all ways holds up everything; and it never ends."""
    parts = (
        "approved by ",
        "; take 1: ",
        " is ",
        "“",
        "match 0.1 is below 0.2: ",
        "another seed, ",
        "simpler prompt (L3), ",
        "guidance stays, x is rendered without; ",
        "guidance stays, x is rendered without, ",
    )
    long = [begin + part * max(1, 1200 // len(part)) for part in parts]
    code = (
        f"from farm.wording import translated\nfor each in {long!r}: translated._in_chinese(each)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=240)


def test_what_is_longer_than_any_sentence_of_the_farm_stays() -> None:
    longest = "approved by anna: " + "x" * (translated.LONGEST - 18)
    assert translated.said("zh", longest) == "anna 已批准：" + longest[18:]
    assert translated.said("zh", longest + "x") == longest + "x"


def test_a_coverage_is_told_with_what_is_missing() -> None:
    stages = (
        Stage(text="it turns, then stops", shown=Shown.SHOWN),
        Stage(text="it was cut", shown=Shown.CUT),
        Stage(text="它落下", shown=Shown.NOT_SHOWN),
    )
    assert (
        translated.coverage(str(Coverage(stages=stages)))
        == "1/3：“it was cut”已删去，“它落下”没有出现"
    )
    assert translated.coverage(str(Coverage(stages=stages[:1]))) == "1/1"
    assert translated.coverage(str(Coverage(stages=()))) == "全部：未从提示词中读出动作"


def test_every_length_of_time_has_its_unit_in_chinese() -> None:
    units = {spoken(seconds).split()[1] for seconds in (1, 600, 90_000, 900_000)}
    assert units == sentences.UNITS.keys()
