"""Chinese sentences about one motion or two, in many words and many orders of words.

None of those that `tests/benchmarks/toy_world` keeps aside can come out of it; a test holds that.
"""

from pipeline.toy.phrasings.rules import Rules

WAYS = {"left": "左", "right": "右", "up": "上", "down": "下"}
OPPOSITES = {"left": "右", "right": "左", "up": "下", "down": "上"}
GOING = (
    "移动", "滑动", "移", "滑", "走", "飘", "漂", "飘动", "平移", "挪", "挪动", "前进", "行进",
    "漂移", "滑行",
    "游", "游动", "飞", "跑", "推进", "移过去", "滑过去", "挪过去", "走过去", "去", "位移", "运动",
    "飘去",
    "移去", "滑去", "漂浮", "迁移", "溜", "溜过去", "飘移", "奔去", "冲", "爬", "爬行", "滚",
    "滚动", "靠", "靠近",
    "转移", "走去", "动",
)  # fmt: skip
"""What can be done in any direction."""
TOWARDS = ("向", "往", "朝", "朝着", "向着", "往着")
PLACES = (
    "{w}", "{w}边", "{w}侧", "{w}方", "{w}面", "{w}{w2}", "画面{w}边", "画面{w}侧", "画面的{w}边",
    "{w}边缘",
)  # fmt: skip
ARRIVING = (
    "移到", "滑到", "走到", "跑到", "挪到", "飘到", "来到", "漂到", "移动到", "滑动到", "移向",
    "滑向", "飘向",
)  # fmt: skip
RISING = (
    "上升", "升起", "升高", "上移", "上浮", "攀升", "升上去", "浮起", "飘起来", "升起来",
    "往高处去", "越升越高",
    "向高处移动", "爬高", "浮上去", "上滑", "高升", "腾空而起", "越来越高", "升到高处",
    "变高了位置", "位置升高",
    "离开底部", "飘上去", "冉冉升起", "朝高处移动",
)  # fmt: skip
FALLING = (
    "下降", "落下", "下落", "下沉", "沉下去", "降低", "下移", "掉下去", "坠落", "下滑", "降下来",
    "跌落", "落下去",
    "往低处去", "越降越低", "向低处移动", "掉落", "沉落", "越来越低", "降到低处", "位置降低",
    "离开顶部", "落下来",
    "徐徐落下", "朝低处移动", "沉到下面",
)  # fmt: skip
GROWING = (
    "变大", "长大", "放大", "增大", "扩大", "膨胀", "越来越大", "大起来", "变得更大", "扩张",
    "胀大", "大了一圈",
    "体积增大", "尺寸变大", "变得越来越大", "不断变大", "向四周扩大", "向外扩张", "膨胀起来",
    "涨大", "变大一些",
    "个头变大", "成长", "由小变大", "从小变大", "面积增大", "占的地方变多", "撑大", "逐步增大",
    "变得很大", "大一点",
)  # fmt: skip
SHRINKING = (
    "变小", "缩小", "收缩", "减小", "越来越小", "小下去", "变得更小", "缩起来", "小了一圈",
    "尺寸变小", "体积减小",
    "变得越来越小", "不断变小", "向内收缩", "缩下去", "萎缩", "变小一些", "个头变小", "由大变小",
    "从大变小",
    "面积减小", "占的地方变少", "缩成一小块", "逐步缩小", "变得很小", "小一点", "缩水", "缩减",
    "收小",
)  # fmt: skip
RESTING = (
    "静止不动", "不动", "保持静止", "一动不动", "停在原地", "待在原处", "没有移动", "不移动",
    "原地不动", "纹丝不动",
    "停着不动", "静静待着", "保持原位", "位置不变", "静止", "保持不动", "停留在原地", "停在那里",
    "待在原地", "不变",
    "没有动", "没有任何动作", "停住", "不改变位置", "大小和位置都不变", "留在原地", "留在原处",
    "静静地停着", "定住",
    "处于静止状态", "一直没动", "站着不动", "什么也不做", "没有变化", "保持原样", "呆着不动",
    "安静地停在原地",
)  # fmt: skip
MANNERS = (
    "慢慢", "缓缓", "慢慢地", "缓缓地", "逐渐", "渐渐", "平稳地", "轻轻", "轻轻地", "一点一点地",
    "匀速", "悄悄地",
    "稳稳地", "不停地", "一直", "快速", "缓慢地", "徐徐", "平滑地", "静静地", "一步一步地",
    "从容地",
)  # fmt: skip
ONE = (
    *("{S}{does}",) * 6,
    *("{S}{mannered}{does}",) * 3,
    "{S}正在{does}", "{S}在{does}", "{S}正{does}", "{S}开始{does}", "{S}继续{does}", "{S}会{does}",
    "{S}将{does}",
    "{S}{does}了", "{S}要{does}", "{S}持续{does}", "{S}正在{mannered}{does}",
    "{S}{mannered}开始{does}",
    "{let}{S}{does}", "{let}{S}{mannered}{does}", "{see}{S}{does}", "{see}{S}{mannered}{does}",
    "{see}{S}正在{does}", "{clip}{S}{does}", "{clip}{S}{mannered}{does}", "{clip}{S}正在{does}",
    "{clip}，{S}{does}", "{does}的{S}", "正在{does}的{S}", "{mannered}{does}的{S}",
    "一段{S}{does}的{video}",
    "{S}，{does}", "{S}，{mannered}{does}", "{S}所做的就是{does}", "{S}只是{does}", "{S}自己{does}",
    "{S}，它{does}", "{S}不断地{does}", "{S}应当{does}", "{S}应该{does}", "{S}必须{does}",
    "{S}想{does}",
    "我想看到{S}{does}", "我希望{S}{does}", "这是{S}，它{does}", "有{S}在{does}",
    "{S}整个过程都在{does}",
    "随着时间{S}{does}", "{S}始终{does}", "{S}{does}着", "接下来{S}{does}", "{S}最后{does}",
    "现在{S}{does}",
    "{S}的动作是{does}", "{mannered}，{S}{does}", "{S}看上去在{does}", "{S}似乎在{does}",
    "{S}于是{does}",
)  # fmt: skip
"""How a sentence of one motion goes."""
OF_ONE = {
    "way": (
        "把{S}{to}{w}移", "把{S}{to}{w}推", "把{S}{arrive}{w}边", "将{S}{to}{w}移动",
        "{S}被{to}{w}推", "{S}被推{to}{w}边",
        "{S}的位置{to}{w}移动", "{to}{w}，{S}{go}", "{to}{w}{go}的是{S}", "{S}移动的方向是{w}",
        "{S}的方向是{to}{w}",
        "{S}离开{o}边", "{S}从{o}边{arrive}{w}边", "{S}由{o}{to}{w}{go}", "{S}从{o}到{w}{go}",
        "{S}一路{to}{w}",
    ),
    "left": (
        "{S}左移", "{S}左滑", "{S}靠左", "把{S}左移", "{S}{mannered}左移", "{S}离左边越来越近",
    ),
    "right": (
        "{S}右移", "{S}右滑", "{S}靠右", "把{S}右移", "{S}{mannered}右移", "{S}离右边越来越近",
    ),
    "up": (
        "把{S}升高", "{S}被提起", "把{S}提起来", "{S}离顶部越来越近", "把{S}抬高",
        "{S}的位置越来越高",
    ),
    "down": (
        "把{S}降低", "{S}被放下", "把{S}放下来", "{S}离底部越来越近", "把{S}放低",
        "{S}的位置越来越低",
    ),
    "grow": (
        "把{S}放大", "{S}被放大", "将{S}变大", "{S}的尺寸在增加", "{S}的体积变大",
        "{S}的大小在增加", "{S}的增大",
    ),
    "shrink": (
        "把{S}缩小", "{S}被缩小", "将{S}变小", "{S}的尺寸在减少", "{S}的体积变小",
        "{S}的大小在减少", "{S}的收缩",
    ),
    "rest": (
        "{S}的位置没有改变", "别动{S}", "让{S}留在那儿", "静止的{S}", "不动的{S}", "{S}的位置不变",
        "{S}没有任何运动",
    ),
}  # fmt: skip
"""The same of some motions alone; `way` is any direction."""
TWO = (
    "{S}先{1.does}，再{2.does}", "{S}先{1.does}，然后{2.does}", "{S}先{1.does}，接着{2.does}",
    "{S}先{1.does}后{2.does}",
    "{S}首先{1.does}，其次{2.does}", "{S}{1.does}之后{2.does}", "{S}{1.does}以后再{2.does}",
    "{S}起初{1.does}，后来{2.does}",
    "{S}一开始{1.does}，随后{2.does}", "{S}{1.does}，最后{2.does}",
    "前半段{S}{1.does}，后半段{S}{2.does}",
    "{S}{1.does}，紧接着{2.does}", "{S}先是{1.does}，而后{2.does}", "{S}{1.does}，然后它{2.does}",
    "{see}{S}先{1.does}，再{2.does}",
    "{let}{S}先{1.does}，然后{2.does}", "{clip}{S}先{1.does}，再{2.does}",
    "{S}先{mannered}{1.does}，再{mannered}{2.does}",
    "{S}{1.does}完再{2.does}", "{S}{1.does}，接着又{2.does}", "{S}在{2.does}之前先{1.does}",
    "起先{S}{1.does}，之后{2.does}",
)  # fmt: skip
"""How a sentence of two motions goes."""


def of(motion: str) -> dict[str, tuple[str, ...]]:
    """The rules of one motion: `does`, and those that it refers to."""
    by_name = {"up": RISING, "down": FALLING, "grow": GROWING, "shrink": SHRINKING, "rest": RESTING}
    own = by_name.get(motion, ())
    if motion not in WAYS:
        return {"does": own}
    ways = (
        "{to}{place}{go}",
        "{to}{w}{go}",
        "{to}{w}{go}",
        "{to}{w}{go}",
        "{arrive}{place}",
        "{arrive}{w}边",
    )
    below = "面" if motion in ("up", "down") else "手边"
    return {
        # Verbs of their own are half of those that go up or down.
        "does": (*ways * (4 if own else 1), *own),
        "go": GOING,
        "to": TOWARDS,
        "place": tuple(each.replace("{w2}", below) for each in PLACES),
        "arrive": ARRIVING,
        "w": (WAYS[motion],),
        "o": (OPPOSITES[motion],),
    }  # fmt: skip


SHARED: Rules = {
    "mannered": MANNERS,
    "let": ("让", "请让", "使", "要让", "令", "请你让"),
    "see": ("看", "看着", "只见", "我们看到", "可以看到", "看到", "瞧", "观察", "看，", "能看见"),
    "clip": (
        "画面中", "画面里", "视频里", "视频中", "镜头里", "镜头中", "在画面中", "屏幕上", "影片中",
        "这里",
    ),
    "video": ("视频", "影片", "短片", "画面", "录像"),
    "S": (
        *("{C}{shape}",) * 6, "{C}的{shape}", "一个{C}{shape}", "一个{C}的{shape}",
        "这个{C}{shape}", "那个{C}{shape}",
        "这个{C}的{shape}", "那个{C}的{shape}", "画面里的{C}{shape}", "一颗{C}{shape}",
        "一块{C}{shape}", "我们的{C}{shape}",
    ),
}  # fmt: skip
