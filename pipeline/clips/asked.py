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

_TURNS_AWAY = re.compile(
    r"\b(?:turn(?:s|ing)?|rotat\w+|spin\w*|revolv\w+|twirl\w*|flips?|flipping|rolls?|rolling|tumbl\w+"
    r"|tips? over|falls?|falling|drops?|leaves|leaving|exits?|(?:walk|driv|fl)\w+ (?:away|out|off)"
    r"|(?:slid|mov|go|point|fac|look|tak|push|pull)\w* (?:\w+ ){0,3}(?:away|out|off)"
    r"|away from|out of (?:frame|view|sight)|picks? up|picking up|drinks?|drinking"
    r"|(?:in)?to (?:\w+ ){0,2}(?:bag|box|pocket|drawer)"
    r"|crush\w*|squeez\w+|disappear\w*|vanish\w*|clos(?:es|ing)|covers?|covering|hides?|hiding|wraps?|wrapping|folds?"
    r"|crumpl\w+|melts?|melting|shatter\w*|explod\w+|burns?|tears?|peels?|orbits?"
    r"|(?:circles|arcs?) around)\b"
    r"|转|旋|翻|滚|倒下|掉|落下|离开|走[开远出]|驶[离远出]|消失|合上|关上|盖(?:上|住)|遮|藏|包起|折|揉|融化|碎|爆|烧|撕|环绕|背对|拿起|举起|倾倒|喝|放进|装进|捏|移[开出]|滑[开出]",
    re.IGNORECASE,
)
"""Words of motions after which a label may well be out of sight."""
_WRITES = re.compile(
    r"\b(?:captions?|subtitles?|(?:end )?credits|title cards?"
    r"|(?:text|words?|letters|lettering|logos?|slogans?|titles?|names?|price|sign) (?:\w+ ){0,3}"
    r"(?:appear|fad|slid|fl[iy]|pop|emerg|reveal|form|light|com|typ|animat|unfold)\w*"
    r"|(?:reveal|show|display)\w* (?:\w+ ){0,3}"
    r"(?:text|words?|letters|lettering|logos?|slogans?|titles?|names?)"
    r"|writes?|writing|prints?|printing|typing|types)\b"
    r"|字幕|(?:文字|标题|文案|标语|徽标|商标|字样|价格)[^，。；]{0,4}(?:出现|浮现|显现|亮起|飞|滑|弹)"
    r"|(?:出现|浮现|显现|打出)[^，。；]{0,6}(?:字|标题|文案|标语|徽标|商标)|写[下出着]",
    re.IGNORECASE,
)
"""Words of text that is to come up."""


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


def may_turn_away(prompt: ParsedPrompt) -> bool:
    """Whether the prompt asks for a motion after which what is written on a thing may be out of sight."""
    return bool(_TURNS_AWAY.search(prompt.text))


def may_hide(prompt: ParsedPrompt) -> bool:
    """Whether the prompt asks for anything after which what is written may not be read any more: a thing
    that turns or goes, what covers the picture, other light, a move of the camera."""
    moves = any(clause.kind is Kind.CAMERA for clause in prompt.clauses)
    return moves or may_turn_away(prompt) or may_cover(prompt) or other_light(prompt)


def may_write(prompt: ParsedPrompt) -> bool:
    """Whether the prompt asks for text, whatever it is to say."""
    return bool(_WRITES.search(prompt.text))
