"""What a prompt asks for that would be a fault elsewhere: other light, a motion that stops or returns."""

import re

from pipeline.prompts.grammar.clauses import Kind
from pipeline.prompts.grammar.prompt import ParsedPrompt

_RETURNS = re.compile(
    r"\b(?:back|again|returns?|returning|around|to and fro|up and down|loops?|repeat\w*|bounc\w+|swing\w*"
    r"|sway\w*|wav(?:es?|ing)|nods?|nodding|shak\w+|spin\w*|rotat\w+|oscillat\w+|blink\w*|puls\w+|flutter\w*"
    r"|breath\w*|flicker\w*)\b"
    r"|回|往返|来回|反复|循环|摆|摇|晃|挥|招手|点头|弹|旋转|转动|眨|呼吸|飘|闪",
    re.IGNORECASE,
)
"""Words of motions that come back by themselves."""
_LIGHT = re.compile(
    r"\b(?:sun(?:rise|set)s?|daybreak|eclips\w*|time[- ]?lapse"
    r"|(?:sun|moon) (?:\w+ )?(?:ris|sets?\b|setting|com|go|break|disappear|vanish)\w*"
    r"|(?:dawn|day|morning) (?:\w+ )?break\w*"
    r"|(?:night|dusk|darkness|twilight|evening) (?:\w+ )?(?:fall|com|settl)\w*"
    r"|into (?:the )?(?:night|day|darkness|light)|dark(?:en|er)\w*|bright(?:en|er)\w*|light(?:en\w*|er)"
    r"|dim(?:s|med|ming)?|fad(?:es?|ing|ed)|flash\w*|lightning|thunderstorm\w*|strob\w*|flicker\w*"
    r"|blink\w*|explo(?:de|sion)\w*|firework\w*|ignit\w*|glows?|glowing|lights? up|lit up|illuminat\w*"
    r"|flares? up|black ?outs?|white ?outs?"
    r"|(?:light|lamp|bulb|candle|lantern|screen|display|sign|spotlight|headlight|led|lighting)s? "
    r"(?:\w+ ){0,2}(?:goes|go|going|comes?|coming|turn\w*|switch\w*|snaps?|clicks?|dies?|powers?|lights?"
    r"|shuts?|burns?)"
    r" (?:on|off|out|up|down)"
    r"|(?:light|lighting|lamp)s? (?:\w+ ){0,2}(?:chang|shift|swell|sink|grow|fad|rises)\w*"
    r"|(?:turn|switch)(?:s|es|ed|ing)? (?:\w+ ){0,3}(?:on|off)"
    r"|colou?rs? (?:\w+ )?(?:chang|shift|drain|turn|wash|bloom)\w*|desaturat\w*"
    r"|turn(?:s|ing)? (?:black and white|monochrome|gr[ae]y|sepia|gold\w*|red|orange|yellow|green|blue"
    r"|purple|pink|white|black))\b"
    r"|日出|日落|天亮|天黑|黎明|破晓|夜幕|入夜|变暗|变亮|渐暗|渐亮|转暗|转亮|暗下|暗淡|亮起|点亮|照亮|熄"
    r"|[开关]灯|灯[^，。；]{0,6}[亮灭暗]|闪|雷|爆炸|烟花|淡[出入]|渐隐|渐现|褪色|变色|发光|延时"
    r"|变[成为]?[红橙黄绿蓝紫白黑灰金]",
    re.IGNORECASE,
)
"""Words of light and colours that change."""
_VEIL = re.compile(
    r"\b(?:fogg?\w*|mist\w*|smok\w+|steam\w*|haz[ey]|dust\w*|clouds?|blizzard|snowstorm"
    r"|sandstorm|blur\w*|defocus\w*|out of focus|underwater)\b|雾|烟|蒸汽|热气|尘|云|暴雪|风沙|模糊|虚化",
    re.IGNORECASE,
)
"""Words of what may cover a picture."""
_RESTS = re.compile(
    r"\b(?:stops?|stopp\w+|halts?|paus\w+|fre+ze\w*|frozen|stands? still|stays?|remains?|motionless"
    r"|comes? to (?:a )?rest|rests?|settl\w+|waits?|holds?|lands?|arriv\w+|end(?:s|ing) (?:with|on|in)"
    r"|parks?)\b"
    r"|停|静止|定格|不动|定住|站定|落定|落地|停留|等待",
    re.IGNORECASE,
)
"""Words of motions that end before the clip does."""
_STEPPED = re.compile(
    r"\b(?:anim\w+|cartoon\w*|stop[- ]?motion|clay(?:mation)?|hand[- ]drawn|pixel art|puppet\w*"
    r"|flip ?book|8[- ]bit|low frame ?rate|stutter\w*|glitch\w*|slide ?show)\b"
    r"|动画|动漫|卡通|定格|黏土|手绘|像素|故障",
    re.IGNORECASE,
)
"""Words of films that show each picture twice by nature."""


def may_return(prompt: ParsedPrompt) -> bool:
    """Whether the prompt asks for a motion that comes back, or for more than one."""
    if _RETURNS.search(prompt.text):
        return True
    return sum(each.kind is Kind.ACTION and each.main for each in prompt.clauses) > 1


def other_light(prompt: ParsedPrompt) -> bool:
    """Whether the prompt asks for light or colours that change."""
    return bool(_LIGHT.search(prompt.text))


def may_cover(prompt: ParsedPrompt) -> bool:
    """Whether the prompt names what may cover the picture: fog, smoke, a blur."""
    return bool(_VEIL.search(prompt.text))


def may_rest(prompt: ParsedPrompt) -> bool:
    """Whether the prompt asks for a motion that ends, or pauses, before the clip does."""
    return bool(_RESTS.search(prompt.text)) or may_step(prompt)


def may_step(prompt: ParsedPrompt) -> bool:
    """Whether the prompt asks for a kind of film that shows each picture more than once."""
    return bool(_STEPPED.search(prompt.text))
