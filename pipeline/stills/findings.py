"""What the lint says about a picture: each code with its severity and its sentence in both languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pipeline.findings import Finding, Severity
from pipeline.prompts.grammar.clauses import Language


class Code(StrEnum):
    """The sentences on stills. Before the colon is the finding's code, which is stable."""

    COLOURS_CMYK = "still.colours_guessed:cmyk"
    COLOURS_UNUSABLE = "still.colours_guessed:unusable"
    COLOURS_UNCALIBRATED = "still.colours_guessed:uncalibrated"
    COLOURS_UNKNOWN = "still.colours_guessed:unknown"
    BLANK = "still.blank:one_colour"
    BLACK = "still.blank:black"
    WHITE = "still.blank:white"
    CLEAR = "still.blank:clear"
    AS_ITS_GROUND = "still.blank:ground"
    FIRST_OF_MANY = "still.first_of_many"
    TOO_SMALL = "still.too_small"
    UPSCALED = "still.upscaled"
    CROPPED = "still.cropped"
    CROPPED_UNKNOWN = "still.cropped:unknown"
    SUBJECT_CUT = "still.cropped:subject"
    SUBJECT_CUT_ANYWAY = "still.cropped:subject_anyway"
    ASPECT = "still.aspect"
    ASPECT_ANYWAY = "still.aspect:anyway"
    WIDEST = "still.aspect:widest"
    TALLEST = "still.aspect:tallest"
    NEAREST = "still.aspect:nearest"
    OFF_CENTRE = "still.off_centre"
    SUBJECT_SMALL = "still.subject_small"
    NO_ROOM = "still.no_room"
    NO_ROOM_EITHER = "still.no_room:either"
    NO_ROOM_TO_GROW = "still.no_room:grow"
    NO_ROOM_AT_ALL = "still.no_room:filled"
    OVERLAY_TEXT = "still.overlay_text"
    TEXT = "still.overlay_text:unknown"
    UNREAD = "still.lettering_unread"
    BLURRED = "still.blurred"
    JPEG_ARTEFACTS = "still.jpeg_artefacts"

    @property
    def finding(self) -> str:
        """The code that scripts see."""
        return self.value.partition(":")[0]


@dataclass(frozen=True, slots=True)
class _Advice:
    severity: Severity
    english: str
    chinese: str


_INFO, _WARNING, _ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR
ADVICE = {
    Code.COLOURS_CMYK: _Advice(
        _WARNING,
        "{picture} has CMYK without a colour profile, so its colours are a guess: export it as sRGB",
        "{picture} 是没有颜色配置文件的 CMYK 图，颜色只能猜：请导出为 sRGB",
    ),
    Code.COLOURS_UNUSABLE: _Advice(
        _WARNING,
        "{picture} has an unusable colour profile, so its colours are a guess: export it as sRGB",
        "{picture} 的颜色配置文件不可用，颜色只能猜：请导出为 sRGB",
    ),
    Code.COLOURS_UNCALIBRATED: _Advice(
        _WARNING,
        "{picture} says that its colours are not sRGB, and not what they are, so they are a guess: "
        "export it as sRGB, or with its colour profile",
        "{picture} 标明颜色不是 sRGB，却没说是什么，颜色只能猜：请导出为 sRGB，或嵌入颜色配置文件",
    ),
    Code.COLOURS_UNKNOWN: _Advice(
        _WARNING,
        "{picture} names its colours in a way that is not known, so they are a guess: export it as sRGB",
        "{picture} 用未知的方式标明颜色，颜色只能猜：请导出为 sRGB",
    ),
    Code.BLANK: _Advice(
        _ERROR,
        "{picture} shows nothing, it is one colour all over: hand in the picture that is meant",
        "{picture} 什么都没有，整张只有一种颜色：请换成真正要用的图片",
    ),
    Code.BLACK: _Advice(
        _ERROR,
        "{picture} shows nothing, it is black or nearly so all over: hand in a brighter picture",
        "{picture} 什么都看不见，整张几乎全黑：请换一张更亮的图片",
    ),
    Code.WHITE: _Advice(
        _ERROR,
        "{picture} shows nothing, it is white or nearly so all over: hand in the picture that is meant",
        "{picture} 什么都看不见，整张几乎全白：请换成真正要用的图片",
    ),
    Code.CLEAR: _Advice(
        _ERROR,
        "{picture} shows nothing, it is clear all over: export it with its subject, or without alpha",
        "{picture} 什么都看不见，整张都是透明的：请连同主体一起导出，或去掉透明通道",
    ),
    Code.AS_ITS_GROUND: _Advice(
        _ERROR,
        "{picture} shows nothing, what is not clear in it is as its ground: set another `ground` in "
        "the profile's [still], or hand in a picture without clear parts",
        "{picture} 什么都看不见，不透明的部分和垫在下面的底色一样：请在模型配置的 [still] 里换一个 "
        "ground，或换一张没有透明部分的图片",
    ),
    Code.FIRST_OF_MANY: _Advice(
        _INFO,
        "{picture} holds {pages} pages or frames, and the first is taken: hand in another as a picture "
        "of its own if that is not the one that is meant",
        "{picture} 有 {pages} 页（帧），只用第一页：若要用别的一页，请把它单独存成一张图片",
    ),
    Code.TOO_SMALL: _Advice(
        _WARNING,
        "{picture} is too small: it is enlarged {times} times ({size} pixels) and looks soft for it; "
        "hand in a picture of at least {width} x {height} pixels",
        "{picture} 太小：要放大 {times} 倍（{size} 像素），画面会发虚；"
        "请提供至少 {width} x {height} 像素的图片",
    ),
    Code.UPSCALED: _Advice(
        _INFO,
        "{picture} is enlarged {times} times ({size} pixels): a larger picture is sharper",
        "{picture} 会被放大 {times} 倍（{size} 像素）：换一张更大的图会更清晰",
    ),
    Code.CROPPED: _Advice(
        _INFO,
        "{picture} loses {cut} of its area at {sides} ({size} pixels); the subject stays whole",
        "{picture} 在{sides}裁掉 {cut} 的面积（{size} 像素），主体保持完整",
    ),
    Code.CROPPED_UNKNOWN: _Advice(
        _INFO,
        "{picture} loses {cut} of its area at {sides} ({size} pixels): see that nothing that matters "
        "was there, since it is not known what the subject is",
        "{picture} 在{sides}裁掉 {cut} 的面积（{size} 像素）：没能认出主体，请确认裁掉的部分不重要",
    ),
    Code.SUBJECT_CUT: _Advice(
        _WARNING,
        "{picture} loses {cut} of its area at {sides} ({size} pixels), and {lost} of the subject with "
        "it: leave the aspect empty, or hand in a picture of that shape",
        "{picture} 在{sides}裁掉 {cut} 的面积（{size} 像素），主体也被裁掉 {lost}："
        "请把画幅比例留空，或换一张这种比例的图片",
    ),
    Code.SUBJECT_CUT_ANYWAY: _Advice(
        _WARNING,
        "{picture} loses {cut} of its area at {sides} ({size} pixels), and {lost} of the subject with "
        "it: hand in a picture of {wanted} that shows it whole",
        "{picture} 在{sides}裁掉 {cut} 的面积（{size} 像素），主体也被裁掉 {lost}："
        "请换一张 {wanted} 的、主体完整的图片",
    ),
    Code.ASPECT: _Advice(
        _WARNING,
        "{picture} is {own} and the shot is to be {wanted}, which throws {cut} of it away: leave the "
        "aspect empty to render it in its own shape, or hand in a picture of that shape",
        "{picture} 的画幅是 {own}，而镜头要求 {wanted}，会丢掉 {cut} 的画面："
        "请把画幅比例留空，按原比例生成，或换一张这种比例的图片",
    ),
    Code.ASPECT_ANYWAY: _Advice(
        _WARNING,
        "{picture} is {own} and the shot is to be {wanted}, which throws {cut} of it away: hand in a "
        "picture of that shape",
        "{picture} 的画幅是 {own}，而镜头要求 {wanted}，会丢掉 {cut} 的画面：请换一张这种比例的图片",
    ),
    Code.WIDEST: _Advice(
        _WARNING,
        "{picture} is {own}, wider than {wanted}, the widest that is rendered, so {cut} of it is lost: "
        "hand in the part that matters, or several parts as shots of their own",
        "{picture} 的画幅是 {own}，比能生成的最宽画幅 {wanted} 还宽，会丢掉 {cut} 的画面："
        "请只提供要紧的部分，或拆成几个镜头",
    ),
    Code.TALLEST: _Advice(
        _WARNING,
        "{picture} is {own}, taller than {wanted}, the tallest that is rendered, so {cut} of it is lost: "
        "hand in the part that matters, or several parts as shots of their own",
        "{picture} 的画幅是 {own}，比能生成的最高画幅 {wanted} 还高，会丢掉 {cut} 的画面："
        "请只提供要紧的部分，或拆成几个镜头",
    ),
    Code.NEAREST: _Advice(
        _WARNING,
        "{picture} is {own}, and the nearest shape that this profile renders is {wanted}, so {cut} of it "
        "is lost: hand in a picture of that shape",
        "{picture} 的画幅是 {own}，这个模型配置里最接近的画幅是 {wanted}，会丢掉 {cut} 的画面："
        "请换一张这种比例的图片",
    ),
    Code.OFF_CENTRE: _Advice(
        _INFO,
        "In {picture} the subject stands {offset} of the frame off the middle, at the {side}: the "
        "middle is safer, unless it is to move {other}",
        "{picture} 的主体偏{side} {offset}：放在画面中间更稳，除非它要向{other}移动",
    ),
    Code.SUBJECT_SMALL: _Advice(
        _INFO,
        "In {picture} the subject fills {share} of the frame ({measured}): come closer, {least} and "
        "more keep it itself",
        "{picture} 的主体只占画面的 {share}（{measured}）：请靠近一些，达到 {least} 以上主体才不易走样",
    ),
    Code.NO_ROOM: _Advice(
        _WARNING,
        "In {picture} the subject is to move {side}, but only {margin} of the frame is free there: "
        "give it room on that side, or let it move {other}, where {free} is free",
        "{picture} 的主体要向{side}移动，但那一侧只剩画面的 {margin}：请在那一侧留出空间，"
        "或改为向{other}移动（那边有 {free}）",
    ),
    Code.NO_ROOM_EITHER: _Advice(
        _WARNING,
        "In {picture} the subject is to move {side}, but only {margin} of the frame is free there: "
        "take a picture with more around it",
        "{picture} 的主体要向{side}移动，但那一侧只剩画面的 {margin}：请换一张四周更空的图片",
    ),
    Code.NO_ROOM_TO_GROW: _Advice(
        _WARNING,
        "In {picture} the subject is to become larger, but only {margin} of the frame is free at its "
        "{side}: take a picture with more around it",
        "{picture} 的主体要变大或走近，但{side}侧只剩画面的 {margin}：请换一张四周更空的图片",
    ),
    Code.NO_ROOM_AT_ALL: _Advice(
        _INFO,
        "In {picture} the subject fills {share} of the frame ({measured}), so it has no room to move: "
        "keep the motion small, or step back to {most} or less",
        "{picture} 的主体占了画面的 {share}（{measured}），没有活动空间：请只写小动作，"
        "或退远一些，降到 {most} 以下",
    ),
    Code.OVERLAY_TEXT: _Advice(
        _WARNING,
        "In {picture} there seems to be lettering beside the subject ({place}): remove it, since it "
        "will swim; what stands on the subject itself is left alone",
        "{picture} 的主体之外似乎有文字（{place}）：请去掉，否则会扭动变形；主体自带的文字不受影响",
    ),
    Code.TEXT: _Advice(
        _INFO,
        "In {picture} there seems to be lettering ({place}): remove it unless it belongs to the "
        "product",
        "{picture} 里似乎有文字（{place}）：若不是产品自带的，请去掉",
    ),
    Code.UNREAD: _Advice(
        _INFO,
        "Nobody read whether there is lettering in {picture}: readers need what this install leaves out, "
        'pip install "shotfarm[ocr]"; or say [lettering] read = false in the profile',
        "没有检查 {picture} 里是否有文字：此安装不含文字识别，请运行 "
        'pip install "shotfarm[ocr]"，或在配置里写 [lettering] read = false',
    ),
    Code.BLURRED: _Advice(
        _WARNING,
        "{picture} is out of focus {where} (sharpness {sharpness}, {soft} is wanted): a sharp picture "
        "keeps its details in motion",
        "{picture} {where}模糊（清晰度 {sharpness}，至少要 {soft}）：清晰的图片动起来才保得住细节",
    ),
    Code.JPEG_ARTEFACTS: _Advice(
        _WARNING,
        "{picture} shows the blocks of a strongly compressed JPEG ({blocks}, at most {limit} is "
        "wanted): hand in the original; saving it as PNG does not take them away",
        "{picture} 有 JPEG 强压缩留下的方块（{blocks}，最多 {limit}）：请提供原图，另存为 PNG 去不掉它们",
    ),
}  # fmt: skip
_WORDS = {
    "zh": {
        "left": "左", "right": "右", "up": "上", "down": "下", "top": "上", "bottom": "下",
        "left+right": "左右两侧", "top+bottom": "上下两侧", "box": "按外框算", "mask": "按轮廓算",
        "subject": "的主体", "whole": "整体",
    },
    "en": {
        "left+right": "left and right", "top+bottom": "top and bottom", "box": "its box",
        "mask": "its outline", "subject": "where the subject is", "whole": "as a whole",
    },
}  # fmt: skip


def both() -> Iterator[tuple[str, str]]:
    """All sentences and what is filled into them, English and Chinese; `{name}` stands for words."""
    yield from ((each.english, each.chinese) for each in ADVICE.values())
    yield from ((_WORDS["en"].get(name, name), word) for name, word in _WORDS["zh"].items())


def finding(
    code: Code, language: Language, severity: Severity | None = None, **words: object
) -> Finding:
    """A finding with its sentence in the prompt's language, English where that is neither."""
    advice = ADVICE[code]
    spoken = "zh" if language == "zh" else "en"
    names = _WORDS[spoken]
    told = {key: names.get(str(word), word) for key, word in words.items()}
    sentence = (advice.chinese if spoken == "zh" else advice.english).format(**told)
    return Finding(code.finding, severity or advice.severity, sentence)
