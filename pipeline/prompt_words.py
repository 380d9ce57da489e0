"""The words the prompt rules know, English and Chinese: verbs with their weight, praise, descriptions, glue.

A verb's weight says how much it is worth as the one action of a shot: 3 acts on a thing (pours, bites),
2 moves (jumps, opens, drifts), 1 prepares or reacts (lifts, smiles), 0 is a pose (stands, holds).
"""

_ACTS = """
apply bat bake bite blend brew brush bury carve catch chew chop clink coat cook crack crush cut dab dip drain
draw drench dribble drink drizzle drop dunk eat feed flick fling flip fold fry garnish glaze grate grill
hammer hit hug hurl ignite juggle kick kiss knead knit lather lick light lob massage mix mop munch  paint
peel perform pinch play pluck plunge polish pour press punch rinse rip rub scatter scoop scrape scrub sculpt
sear serve sew  shatter shave shoot slam slap slash slice slurp smash smear   spill splash
splatter spray spread sprinkle squeeze stab stir stitch strike strum swallow sweep  swipe swirl taste
tear throw toss trim type unbox unwrap vacuum wash water weave whip whisk wipe wrap write yank
sip nibble gulp devour mend strain ollie smooth wring ladle whittle volley smack tackle spritz moisturize cleanse exfoliate braid assemble attach detach plug load inject crumple dust shuffle pump vault hurdle plop dig shovel stack shear thread embroider frost skewer toast simmer steep infuse slather strip uncap unseal"""
_MOVES = """
accelerate appear arrive ascend bark bend billow blast bloom blossom blow bob boil bounce brake break bubble
burn burst buzz canter careen cascade charge chase circle clap clean climb close coil collapse collide crash
crawl creep cross crumble cruise curl cycle dance dart dash descend disappear dissolve dive do dodge drag
drift drip drive emerge enter erupt evaporate exhale exit expand explode explore fade fall fan fasten flap
flare flash flee flex flicker float flood flow flutter fly fizz follow freeze gallop gleam glide glint glisten
glow graze grow hatch hike hop hover hurry inflate jiggle jog jostle jump knock land launch leap leave
loosen make march melt merge move open orbit organize overflow pedal peck perch pirouette plummet pop
pounce prance prowl pull pulse push quiver race rev revolve ride ring ripple rise roar rock roll rotate row
run rush sail salute scamper scurry scuttle seep separate shift shimmer shiver shout shrink sing sink sizzle
skate ski skid skip slalom slide slip slither snap soar somersault sparkle speak speed spin spiral sprint
sprout spurt squirm stagger steam stomp stream stretch stride stroll strut stumble surf surge sway swim swoop
talk tap thaw thrash throb tick tighten topple trail transform travel tread tremble trickle trot tumble
twinkle twirl twist twitch unbutton uncork unfold unfurl unlock unroll unscrew unzip vanish vibrate wade
waddle wag walk wander wave whirl whiz wiggle wobble work wrestle yell zigzag zip
shake swing saunter stalk lunge lurch skitter bolt tiptoe flop sprawl unclasp unbuckle buckle unpack pack hoist haul heave tow swerve reverse overtake skim sob cry weep cheer applaud hum whistle howl growl purr hiss meow chirp wriggle shimmy sashay glitter shine brighten dim darken ooze gush spew spout foam froth puff swell wilt split crackle blaze smolder detonate levitate oscillate undulate lap recede morph disperse swarm align lock latch unlatch mount dismount hook drape swivel sneeze cough cartwheel catapult plod hurtle whoosh trundle roam patrol dribble rattle sputter bulge unravel interlock click scroll retract deploy eject extend extrude jolt rumble thump thunder splinter ricochet nuzzle flick
paddle loop"""
_TURNS = "turn come go land"
_PREPARES = """
adjust admire approach begin blink breathe bring carry check clench continue crouch cuddle duck gasp gather
gaze get giggle glance grab grasp greet grin grip inhale kneel lace laugh lift listen look lower nestle nod
nudge observe offer pause peek peer pick place point pose position prepare put raise reach read relax return
reveal seize settle set show sigh smile smirk squat squint stare start step stop straighten study take tense
think tie tilt touch try tuck wait wake watch whisper wink yawn
dangle style focus hesitate aim inspect wince frown beam glare
sniff smell"""
_POSES = """
adorn bathe belong boast consist contain cover depict display feature feel fill hang have hold illuminate
include keep lay lean lie line loom occupy overlook own reflect remain resemble rest seem sit sport stand
stay surround wear"""

_WEIGHTED = ((_ACTS, 3.0), (_MOVES, 2.0), (_TURNS, 1.5), (_PREPARES, 1.0), (_POSES, 0.0))
_UNUSUAL = {
    "lie": {"ing": "lying"}, "tie": {"ing": "tying"}, "have": {"s": "has"}, "ski": {"ing": "skiing"},
    "run": {"ed": "ran"}, "fall": {"ed": "fell"}, "fly": {"ed": "flew"}, "rise": {"ed": "rose"},
    "swim": {"ed": "swam"}, "throw": {"ed": "threw"}, "drink": {"ed": "drank"}, "eat": {"ed": "ate"},
    "break": {"ed": "broke"}, "drive": {"ed": "drove"}, "ride": {"ed": "rode"}, "shake": {"ed": "shook"},
    "spin": {"ed": "spun"}, "swing": {"ed": "swung"}, "catch": {"ed": "caught"}, "blow": {"ed": "blew"},
    "whiz": {"s": "whizzes"},
}  # fmt: skip
_DOUBLING = frozenset(
    """bat begin bob chop clap cut dab dip drag drip drop fan flap flip get grab grin grip hit hop
    hug jog knit lob mop nod pat pop put rev rip rub run scrub set sip skim shrug sit skid skip slam slap slip snap
    spin squat stab step stir stop strut strum swim tap trim trot uncap unwrap unplug unzip plug sob wag whip whiz wrap zip""".split()
)


def _forms(verb: str) -> dict[str, str]:
    """Kind → form, for the forms that prompts use."""
    stem = verb + verb[-1] if verb in _DOUBLING else verb
    if verb.endswith("y") and verb[-2] not in "aeo":
        third, past = verb[:-1] + "ies", verb[:-1] + "ied"
    else:
        third = verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")
        past = stem + ("d" if verb.endswith("e") else "ed")
    bare = stem[:-1] if stem.endswith("e") and not stem.endswith("ee") else stem
    return {"ed": past, "base": verb, "s": third, "ing": bare + "ing"} | _UNUSUAL.get(verb, {})


VERBS: dict[str, tuple[str, float]] = {
    form: (kind, weight)
    for verbs, weight in _WEIGHTED
    for verb in verbs.split()
    for kind, form in _forms(verb).items()
} | {"fishing": ("ing", 2.0), "boxing": ("ing", 2.0)}
del VERBS["set"]  # `set against a wall` describes
"""English verb form → (base, s, ing or ed; weight)."""

# English glue
DETERMINERS = frozenset(
    """a an the this that these those his her its their my your our one two three four five six seven eight
    nine ten each every some any no another both several many few all""".split()
)
PREPOSITIONS = frozenset(
    """about above across after against along amid among around as at before behind below beneath beside
    besides between beyond by down during for from in inside into like near of off on onto out outside over
    past per through throughout till to toward towards under underneath until up upon via with within
    without alongside atop away""".split()
)
DIRECTIONS = frozenset(
    "across along around away down from into off onto out over past through to toward towards up".split()
)
PRONOUNS = frozenset("he she it they we you i who everyone someone".split())
BE = frozenset("is are was were be being been am gets".split())
STAGE_WORDS = frozenset(
    "then first next finally afterwards afterward lastly later eventually meanwhile".split()
)
PLURAL_HEADS = frozenset(
    "people children men women police hands feet fish sheep we they you geese".split()
)
FUNCTION_WORDS = (
    DETERMINERS
    | PREPOSITIONS
    | PRONOUNS
    | BE
    | STAGE_WORDS
    | frozenset("and or but while as not".split())
)
OTHER_LANGUAGES = frozenset(
    """le la les un une des du et dans sur avec qui que est sont il elle ils se ses son sa der die das dem den ein
    eine einen einem einer und im mit auf ist sich er sie es von zu el los las una con por para del en su sus y
    lo gli una della nel con che di e o os um uma com na no da do das dos het een op van met en zijn haar og
    med på och i ett ve bir w z się na jest""".split()
) - {
    "i",
    "no",
    "do",
    "met",
    "die",
    "son",
    "den",
    "van",
    "y",
    "e",
    "o",
    "w",
    "z",
    "es",
    "op",
    "sa",
    "na",
}
AFTER_VERB = frozenset(
    "himself herself itself themselves him them me us and then while slowly".split()
)

ADJECTIVES = frozenset(
    """red orange yellow green blue purple pink white black brown grey gray golden silver big small large little
    tiny huge old young new long short tall high low soft hard warm cold cool hot wet dry bright heavy
    slow fast quick gentle calm quiet loud smooth rough rich fresh clear deep strong thin thick single
    full happy sad beautiful elegant pretty wild busy modern vintage wooden sunny misty foggy rainy snowy subtle
    delicate gleaming tender bold graceful sleek glossy shiny matte crisp dramatic playful serene""".split()
)
NOUN_AFTER_ING = frozenset(
    """shoe shoes pool machine machines pan board boards room rooms chair chairs mall track tracks stick boots bag
    bags area table tables ring sun water waters station light lights gear river lot oil glove gloves jacket suit suits
    brush class wheel glass glasses powder soda cream foam gel cap caps costume bottle cup kit trousers pants
    star tools tool mat desk cart rod boat cage wall gum bike bikes car cars van shorts apparel""".split()
)
NOT_VERBS_ING = frozenset(
    """building ceiling evening morning string spring king ring wing thing something nothing everything anything clothing
    lighting painting lightning railing wedding filling dressing frosting seasoning pudding earring sling
    during stunning amazing outstanding surrounding interesting refreshing captivating mesmerizing breathtaking
    charming inspiring empowering uplifting relaxing soothing according including featuring evoking exuding
    conveying capturing embodying symbolizing celebrating radiating inviting""".split()
)
BODY_PARTS = frozenset(
    """hand hands finger fingers fingertips arm arms leg legs foot feet head face eye eyes hair tail paw paws body
    lips mouth shoulder shoulders ear ears wing wings chest skirt dress smile wrist knees hips fist palm palms mane
    expression gaze engine wheels tires tyres headlights taillights doors exhaust laces""".split()
)
AMBIENT = frozenset(
    """light lights sunlight moonlight daylight lighting glow shadow shadows steam smoke mist fog wind breeze rain
    snow dust clouds cloud sky sun sunbeams rays particles sparks bokeh background air leaves petals confetti
    reflections reflection atmosphere haze waves bubbles crowd passersby""".split()
)
FRAMING = frozenset(
    "shot shots view scene footage video clip close-up closeup photo photograph image render pov frame angle".split()
)
CAMERA = (
    r"\bcamera\b|\bdoll(?:y|ies|ying)\b|\bzoom(?:s|ing)?\b|\bpan(?:s|ning)? (?:left|right|up|down|across|over|around)"
    r"|\b(?:slow|gentle|smooth|quick|whip|steady) pan\b|\btilt(?:s|ing)? (?:up|down)\b(?! (?:his|her|its|the))"
    r"|\b(?:tracking|crane|drone|handheld|orbit|orbiting|static|locked-off|aerial|pov|dolly|wide|close-up|macro) shot\b"
    r"|\bpush(?:es|ing)?[- ]in\b|\bpull(?:s|ing)?[- ]back\b|\bsteadicam\b|\btime-?lapse\b|\b(?:in )?slow[- ]motion\b"
    r"|\btrack(?:s|ing) (?:left|right|shot|along|alongside)\b|\brack focus\b|\bone take\b|\bcontinuous shot\b"
)
SCENE_CHANGE = (
    r"\bcuts? to\b|\bfades? to (?:black|white)\b|\btransition(?:s|ing)? (?:in)?to\b|\bscene (?:changes?|shifts?|switches)\b"
    r"|\bsuddenly (?:we|they|he|she|it) (?:are|is) (?:in|on|at)\b|\bwe (?:are|see|find)\b.* (?:in|at) a (?:new|different)"
    r"|\b(?:next|new) scene\b|\bsmash cut\b|\bjump cut\b|\bcrossfade\b"
)
NEGATION = r"\b(?:no|not|never|without|avoid|cannot|don['’]t|doesn['’]t|isn['’]t|aren['’]t|won['’]t|can['’]t|must not)\b"

# English praise and mood. STRONG words alone make a phrase abstract; MILD ones only help.
STRONG = frozenset(
    """masterpiece 4k 8k 16k uhd hdr hd fhd hyperrealistic photorealistic ultra-realistic hyper-realistic ultra-detailed
    ultrarealistic photoreal award-winning high-quality best-quality top-quality quality resolution high-resolution
    ultra-hd cinematic masterful breathtaking stunning mesmerizing timeless empowering dreamy dreamlike ethereal magical
    epic iconic immersive unforgettable luxurious luxury premium sophisticated sophistication elegance charm grace
    allure grandeur beauty energy vitality vibe vibes mood atmosphere ambience ambiance aura essence spirit
    harmony serenity tranquility tranquillity nostalgia nostalgic passion joy happiness confidence grace freedom adventure
    emotion emotions emotional wonder mystery mysterious magic romance romantic feeling feelings sense aesthetic
    aesthetics storytelling story narrative innovation innovative lifestyle excellence perfection craftsmanship
    inspiration inspiring aspirational uplifting powerful impactful captivating enchanting heartwarming soulful
    whimsical majestic exquisite sublime opulent opulence glamour glamorous unparalleled extraordinary visionary
    futuristic-feeling high-end world-class trending artstation octane unreal vision symphony celebration ode
    dynamism dynamic-feeling tension drama hope dreams dream possibilities possibility warmth coziness comfort
    purity authenticity prestige exclusivity indulgence delight bliss euphoria empowerment ambition
    sensual sensuality seductive evocative poetic surreal hypnotic iconicity ultra-high-definition ultra-sharp
    hyper-detailed insane-detail soul symbol love eternal eternity legend destiny modernity mobility heritage legacy""".split()
)
MILD = frozenset(
    """ultra highly super very truly incredibly extremely best amazing beautiful elegant detailed detail details realistic
    sharp crisp perfect rich vibrant dynamic dramatic artistic professional commercial advertising ad visual visually visuals
    style styled look composition lighting colors colours color tones grading texture textures rendering render
    photography film movie hollywood blockbuster grade level definition high top modern pure deep warm soft
    full filled brimming bursting overflowing moment experience feel sublime intricate hyper insane engine shot
    on scene video clip footage image picture contemporary stylish gorgeous magnificent cozy serene peaceful
    tranquil playful joyful energetic lively positive minimalist minimal refined authentic raw pristine flawless
    impeccable unique strong overall whole entire brand product flavor flavour taste everyday tomorrow
    future life living world modern art work piece design focus fun cool hot inviting refreshing charming
    imagery aspect ratio balanced vintage retro gritty grain realism concept theme tone gives feels feeling looks""".split()
)
MOODS = frozenset(
    """elegant beautiful vibrant dynamic dramatic realistic detailed professional gorgeous magnificent cozy serene peaceful
    playful joyful energetic minimalist modern adorable cute refreshing futuristic nostalgic romantic stylish realism
    artistic charming perfect amazing refined authentic pristine flawless contemporary tranquil lively""".split()
)
ABSTRACT_HEADS = frozenset(
    """atmosphere mood vibe vibes ambience ambiance aura feeling aesthetic energy elegance charm luxury quality realism
    storytelling style tone technology perfection""".split()
)
CUT_ADJECTIVES = frozenset(
    """cinematic breathtaking stunning timeless empowering dreamy dreamlike ethereal epic iconic immersive
    unforgettable luxurious premium sophisticated exquisite majestic sublime opulent glamorous unparalleled
    extraordinary enchanting mesmerizing heartwarming soulful award-winning photorealistic hyperrealistic
    ultra-realistic hyper-realistic ultra-detailed hyper-detailed high-quality high-end world-class inspiring
    uplifting evocative poetic awe-inspiring spectacular""".split()
)
ABSTRACT_VERBS = (
    r"\b(?:evok|exud|embod|convey|symboli[sz]|captur|celebrat|inspir|express|radiat|epitomi[sz]|emanat|creat|"
    r"conjur|invit|reflect|showcas|highlight|emphasi[sz]|deliver|bring|giv|add|set|promis|suggest|tell|"
    r"feel|transport|ooz|seem|scream|whisper|elevat|redefin|reimagin|unleash|embrac|"
    r"enhanc|instil|spark|stir|breath)\w*\b"
)

# English descriptions of what the still shows already.
STATIC_STARTS = (
    r"(?:parked|wearing|dressed|clad|set against|surrounded|adorned|decorated|made of|featuring|illuminated|lit by|"
    r"lit up|framed|placed|positioned|located|situated|nestled|seated|covered|topped|lined|filled|bathed|engraved|"
    r"embossed|equipped|fitted|crafted|finished in|painted|captured|there (?:is|are)|in the (?:background|foreground|"
    r"distance)|the (?:back|fore)ground|against|under|beneath|beside|behind|in front of|inside|amid|amidst|at "
    r"(?:noon|dawn|dusk|sunset|sunrise|night|golden)|on (?:a|an|the|top)|in (?:a|an|the)|with|next to|near|"
    r"its (?:surface|body|color|colour)|rich in|shot (?:on|with|in))\b"
)
STATIC_WORDS = (
    r"\b(?:depth of field|bokeh|lighting|background|backdrop|colou?r palette|tones|sharp focus|wide[- ]angle|"
    r"golden hour|composition|high contrast|texture|studio light|natural light|soft light|35mm|50mm|85mm|lens)\b"
)

# Chinese verbs by weight; longer words win over shorter ones when they are looked for.
_ZH_ACTS = """
倒出 倒入 倒进 倒在 倒满 倒上 倒水 倒酒 倒茶 倒咖啡 倒牛奶 注入 倾注 倾倒 斟 浇 淋 淋上 洒上 撒 撒上 涂抹 涂在 涂上 抹上 抹在 抹匀 喷洒 喷出
喷在 喷 挤出 挤在 挤 滴入 滴在 滴进 喝 喝下 饮用 轻抿 抿 品尝 品一口 享用 吃 咬 舔 啃 吞 嚼 咀嚼 切 切开 切下 削 剪 撕 撕开 剥 剥开 掰 掰开 敲碎 打碎
打散 打发 砸 搅拌 搅动 搅 揉 揉捏 捏 擀 炒 翻炒 颠勺 煎 煮 烹饪 蒸 烤 扣进 扣篮 扣入 灌篮 投篮 投出 投进 投掷 踢 踢出 踢向 射门 射向 击球 击打 击出
击中 挥拍 挥杆 扔 抛 抛出 抛向 掷 泼 冲洗 清洗 洗手 洗脸 洗 擦 擦拭 擦去 刷 刷牙 梳 梳头 画画 绘制 书写 写下 写字 雕刻 弹奏 弹钢琴 弹吉他 弹起吉他 演奏 敲击 敲打
吹灭 吹奏 吹 点燃 按下 按压 按摩 拍打 拥抱 亲吻 吻 拉花 拨弄 拨动 抚摸 抚过 拆开 戴上 穿上 系上 递给 递出 递向 递 插入 插进 放进 放入 投入 浸入 蘸 裹上 卷起 拍照 按快门
拍下 冲泡 泡茶 冲入 萃取 磨 研磨 打磨 缝 编织 折叠 叠 播种 浇水 喂 抢断 拦截 出拳 挥拳 挥剑 劈 斩 砍 拉弓 射箭 开香槟 碰杯 举杯 干杯 吮吸 捶打 抓挠 扑向 扑倒 扑
接住 拧干 打鸡蛋 打蛋 摘下 采摘 摘 扣上 拼装 组装
 扣杀 抿一口 叼起 叼住 捏起 撒入 涂鸦 雕琢 淋在 浇在 敷 敷上 拍打脸颊 冲调 摇匀 倒掉 剪开 铺开 裁剪 熨烫 擦干 擦亮 擦掉 挤压 捏碎 压碎 压榨 榨 榨出 端上 摆盘 装盘 夹住 叉起 咬下 咬了 喝了 吃了 啜饮 尝 点缀上 亮出 刺出 刺 击穿 射出 发射 瞄准 拼接 贴上 贴 撕下 揭下 浸泡 浸
抚琴 弹琴 下棋 品茶 喝茶 采茶 沏茶 斟茶 打坐 压缩 擀成 切成 揉匀"""
_ZH_MOVES = """
打开 拧开 揭开 掀开 推开 拉开 翻开 展开 合上 关上 盖上 取出 舀起 夹起 捞起 弹开 开启 绽开 拉上 掀起 解开 拔出 拔 翻动 翻页 翻过 翻
奔跑 跑 跑步 跑过 跑向 走 行走 走过 走来 走动 走出 漫步 散步 踱步 跳 跳起 跳跃 跳过 跳下 跳入 跳进 跳上 跃起 跃出 跃过 跃入 跃 飞 飞翔 飞过 飞行 飞向 飞起 飞溅 起飞 降落 飘 飘落 飘动
飘扬 飘散 飘起 飘过 飘浮 漂浮 漂流 悬浮 旋转 转圈 转动 自转 起舞 跳舞 舞动 舞蹈 挥手 挥舞 挥动 招手 摆手 游 游动 游过 游泳 滑 滑行 滑过 滑落 滑动 滑雪 滑下 滑入 冲浪 滚动 滚落 滚
行驶 驶 驶过 驶向 驶出 驶入 驶离 驶来 开走 开过 开进 启动 疾驰 飞驰 奔驰 驰骋 冲 冲出 冲刺 冲过 冲向 加速 漂移 穿过 穿行 穿梭 越过 翻越 掠过 闪过 划过 扫过 摇摆 摆动 晃动 摇晃 摇动 摇曳 颤动
抖动 震动 弹跳 弹起 落下 坠落 掉落 掉下 下落 落在 落入 坠入 流 流动 流淌 流下 流过 流出 滴落 滴下 淌下 滴 升起 上升 升腾 升空 升 弥漫 绽放 盛开 开花 爆开 炸开 爆炸 溅起 溅出 四溅 飞舞 蹦
蹦跳 爬 爬上 爬行 攀爬 攀登 翻滚 翻腾 翻转 倒下 摔倒 追 追逐 追赶 骑 骑行 骑着 骑车 踩 踩进 踩在 踏 踏进 踏入 踏上 荡漾 荡 涌动 涌出 涌来 涌 闪烁 闪动 闪耀 扩散 融化 融入 溶解 燃烧
沸腾 冒泡 冒出 冒着 破裂 碎裂 破碎 裂开 伸展 伸懒腰 跨步 跨过 跨上 登上 下车 上车 鼓掌 拍手 扇动 振翅 洒落 洒在 洒向 洒下 洒满 照进 移动 移向 变形为 变成 推 推动 推着 拉 拉动 拖 拽 甩 甩动 甩头 撩
拂过 拂动 吹过 吹拂 吹动 吹起 拍岸 席卷 奔腾 腾空 俯冲 盘旋 环绕飞行 巡游 扭动 扭腰 蠕动 生长 发芽 萌芽 结冰 凝结 蒸腾 蒸发 消散 散开 展翅 收拢 弹出 伸缩 钻出 钻进 跪地 撞击 撞 撞向 碰撞 相撞
打滚 打转 空翻 侧翻 转体 劈叉 倒立 唱歌 歌唱 唱 嬉戏 玩耍 打闹 工作 忙碌 下着雨 下雨 下着雪 下雪 喷涌 喷发 倾泻 起伏 延伸 扬起 飞扬 扬 拂 浮出 浮起 浮动 沉入 下沉 出发 离开 离去 远去
逃跑 躲避 躲开 冲击 打电话 敲门 跺脚 搓手 掉 舒展 划水 划船 划 浮 摇 晃 摆 跨 下楼 上楼 跟随 跟着
 撑开 亮起  坐进 坐上 发动 轰鸣 突破 腾起 翻飞 扑过去 咆哮 怒吼 吼叫 嘶吼 鸣叫 啼叫 喊叫 尖叫 旋出 拧出 拧紧 解锁 滑开 滑出 弹射 喷射 射出光芒 飞驰而过 呼啸 呼啸而过 倒车 转弯 过弯 甩尾 飞身 跃上 跃下 翻身 走出来 跑来 跑去 奔向 奔来 飞奔 狂奔 慢跑 小跑 骑上 潜入 潜水 潜 浮上 爬出 钻 挤进 推出 拉出 抽出 抽 打翻 碰倒 打碎 滑倒 相拥 牵手 共舞 击掌 敬礼 眨动 颤抖 发抖 抽搐 飘荡 飘进 飘出 飘来 扬帆 启航 航行 翱翔 滑翔 升腾而起 蔓延 绽裂 舒卷 卷动 收缩 膨胀 变大 变小 变色 渐变 合拢 交错 穿上鞋 变形 展示出 走秀 摆动着 走动着 燃起 熄灭 消失 出现 浮现 显现 显露 露出来 走近镜头 流转 流入 流向 汇聚 汇入 散落 散发热气 掀翻 走路 跳绳 跳水 举重 打球 拍球 打太极 练剑 舞剑 耍 翻书 运球
落地 着地 倒地 回弹 跳动 入网 扑救 点亮 练习 自拍"""
_ZH_PREPARES = """
抬头 抬起头 抬起 抬手 抬眼 低头 低下头 点头 摇头 回头 回眸 转头 扭头 转过头 转过身 转身 转向 侧身 侧头 歪头 看 望 看着 望着 看了看 注视 凝视 凝望 端详 打量 看向 望向 看见 微笑 微微一笑 一笑 笑
大笑 欢笑 笑了 眨眼 闭眼 闭上 睁开 睁眼 拿起 拿出 举起 端起 捧起 提起 抓起 抓住 握住 抱起 拎起 托起 伸手 伸出 探出 蹲下 弯腰 俯身 起身 站起 站起来 坐下 坐起 躺下 停下 停住 停步 走近 走向 走到 走进
靠近 来到 深呼吸 呼吸 深吸 说话 交谈 倾斜 准备 思考 蘸取 拾起 捡起 取下 拿 举 端 放下 放到 放回 触摸 触碰 轻触 轻抚 摸 伸 屈膝 下蹲 起跑 热身 整理 系鞋带 系 皱眉 哭 叹气 打哈欠 观察 展示 聆听
倾听 听 嗅 闻 打招呼 致意 致敬 鞠躬 凑近 贴近 收回 后退 停
露出 盯着 盯住 接过 放上 咯咯笑 轻笑 大口呼吸 抬脚 抬腿 转动脖子 起床 醒来 睁大 竖起 歪着头 托着 抿嘴 咧嘴 挑眉 握拳 搓 蹭 依偎 走上前 上前 递过 挑选 寻找 打量着 检查 调整 等候 张开
抬腕 查看 捂住"""
_ZH_POSES = """
站在 站着 站立 站 坐在 坐着 坐 躺在 躺着 趴在 趴着 靠在 靠着 倚靠 倚在 倚着 蹲在 跪在 手持 手握 手捧 手拿 握着 拿着 抱着 举着 捧着 端着 提着 拎着 背着 叼着 牵着 停在 停着 停靠 停放 放在 放着 摆在 摆着 摆放 陈列
挂在 挂着 悬挂 身穿 身着 穿着 身披 披着 戴着 佩戴 系着 留着 扎着 梳着 配有 配备 搭配 装有 带有 有着 拥有 印有 刻有 位于 坐落 处于 置于 铺着 铺满 布满 挤满 堆满 摆满 围绕 环绕 保持 呈现 映出 倒映 映照 照亮 笼罩 点缀
看起来 显得 是 为 等待 睡 睡着 沉睡 休息 驻足 伫立 矗立 屹立 排列"""
_ZH_NOT_VERBS = """
跑步者 跑者 骑行者 登山者 冲浪者 表演者 行走者 飞行者 拳击手 滑板者 跑鞋 跑车 跑道 跑步机 跑步鞋 走廊 跳台 飞机 飞船 飞行员 飞行器 飞盘 飞碟 游泳池 游船 游轮 游艇 游戏 游客 游乐园 滑板 滑梯 滑雪板 滑雪场 滑雪服 滑雪者 冲浪板 冲浪者 冲锋衣 流线 流畅 潮流 流苏 流光 流行 气流 水流 车流 人流 河流 溪流 落日 落叶 落地窗 落地灯
升降 拉链 拉面 推车 推荐 打火机 打扮 打底 打卡 拿铁 切面 切片 切换 切到 切至 转场 转盘 转角 转椅 旋转木马 旋转餐厅 旋转门 吹风机 洗衣机 洗手台 洗手间 洗发水 洗发露 洗面奶 擦窗 刷子 牙刷 梳子 画面 画框 画布 油画 插座 插画 插花 飘窗 倒影 开关 开胃 动感
喷泉 喷雾 喷头 喷枪 滴管 吸管 笑容 笑脸 望远镜 看台 舞台 舞者 踏板 踏实 摇椅 摇篮 摇滚 摇臂 摇镜 烤箱 烤架 烧烤架 烤肉 烤鸡 烤鸭 煎饼 蒸汽 蒸笼 煮锅 剪刀 剪影 削皮刀 磨砂 磨坊 编织袋 弹簧 弹性 吊坠 挂钟 挂画 行走的力量 举止 举办 抱枕 提包 背包 敲门砖
故事感 拉满 拉丝 推近 推进 推镜 推轨 拉远 拉近 拉镜 跟拍 摇移 环绕镜头 吃货 零食 站台 车站 网站 座位 讲座 听众 听筒 闻名 喂养 冲泡壶 撕拉 扣子 扣环 浮雕 摆件 摆设 摆台 大摆 钟摆 晃眼 滚筒 滚轮 滚烫 滚边 卷发 骑士 骑手 骑行服 骑行者 爬山虎 爬山 撞色 泡沫 泡泡
划痕 荡秋千 扬声器 飞扬的青春 沙拉 马拉松 拖鞋 拖车 拖把 甩干 喝彩 吻痕 饮料 饮品 饮水机 冲击力 张力 流沙 流星 流水 飘带 升华 跃动感 涌泉 延伸感 站姿 坐姿 坐垫 坐骑 睡衣 睡袋 睡裙 休息室 停车场 公交站 停机坪 停车位
因为 为了 成为 作为 认为 以为 但是 还是 于是 总是 不是 可是 只是 若是 要是 凡是 是否 看似 好看 难看 一看 希望 愿望 渴望 绝望 欲望 笑意 抛光 放射 浇筑 磨损 舔舐感 唱片 唱机 翻糖 摘要 拔丝 揉皱 捏合 接缝 缝隙 裁缝 裂缝 楼梯扶手 扶手 扑克 扑面  
扑面而来 变形金刚 出现在画面 抽屉 抽象 钻石 钻戒 贴身 贴合 榨汁机 尝试 刺绣 敷料 潜力 潜水艇 耍酷 推出新品 翻新 搓衣板 颤音 刺猬 蹭亮 消失点 点亮生活 点亮梦想 释放 解放 收获 出现文字 张开的 打造 诱人
一滴 两滴 几滴 每滴 水滴 雨滴 汗滴 一卷 一捏 一撮 一切 一抹 一刷 一摇 一端 一提 一串 一拨 一排 一扇 质地 目的地 遍地 满地 阵地 令人"""

_ZH_MANNER = """
双手 单手 双脚 单脚 缓缓 缓慢 慢慢 轻轻 轻柔 静静 悄悄 渐渐 逐渐 快速 迅速 飞快 猛地 猛然 突然 忽然 瞬间 微微 稍稍 优雅 自信 开心 从容 不断 不停 依次 左右 上下 来回 前后 四处 随即 随后 然后
接着 最后 首先 先 再 又 正在 正 也 都 便 就 才 一边 大步 小步 纵身 仰头 双双 纷纷 高高 紧紧 稳稳 用力 尽情 欢快 徐徐 直接 开始 继续 向 朝 往 从 在 用 把 将 被 对着 对 随着 沿着 伴随 透过
顺着 绕着 不要 不 没有 没 并 同时 一起"""
_ZH_NOT_MANNER = """
先生 正装 正方 正面 正午 都市 首都 成都 古都 京都 方向 向日葵 朝阳 朝霞 用户 用品 把手 一把 两把 这把 那把 几把 被子 将军 从业 往日 也门 现在 存在 内在 潜在 才艺 才华 天才 人才 不锈钢 不倒翁
再生 就餐 成就 对称 对面 一对 相对 没落 便利 便当 便携 方便 顺便 没药 开始键"""


def _zh_marks() -> dict[str, float | None]:
    weighted = ((_ZH_ACTS, 3.0), (_ZH_MOVES, 2.0), (_ZH_PREPARES, 1.0), (_ZH_POSES, 0.0))
    marks = {word: weight for words, weight in weighted for word in words.split()}
    turns = {"转身": 1.5, "转头": 1.5}
    manner = dict.fromkeys(_ZH_MANNER.split(), MANNER)
    nouns = dict.fromkeys(_ZH_NOT_VERBS.split() + _ZH_NOT_MANNER.split())
    return marks | turns | manner | nouns


MANNER = -1.0
ZH_MARKS = _zh_marks()
"""Chinese verb → weight, word of manner → MANNER, noun that only looks like either (跑鞋, 先生) → None."""

ZH_STAGES = "然后|接着|随后|最后|之后|紧接着|最终|接下来|而后|继而|随即|首先"
ZH_CAMERA = (
    r"镜头|运镜|机位|推近|推镜|拉远|拉镜|摇镜|摇移|跟拍|航拍|俯拍|仰拍|俯视视角|第一人称|特写|近景|中景|远景|全景|景别|慢动作|慢镜头|延时摄影|一镜到底|"
    r"固定画面|固定机位|视角(?:缓缓|缓慢|慢慢)?(?:推|拉|移|转|升|环绕)|画面(?:缓缓|缓慢|慢慢)?(?:推进|拉远|放大|平移)"
)
ZH_SCENE_CHANGE = r"切到|切换|切至|转场|画面一转|镜头一转|场景(?:变|转|换)|时空|瞬移到|来到了另|突然变成|突然来到|下一(?:个)?(?:镜头|场景|幕)|画面变(?:成|为)"
ZH_NEGATION = r"不要|不能|不可|不得|不许|避免|禁止|没有|无需|请勿|勿|切勿|不出现|不变|不发生|无(?:文字|字幕|水印|变形|闪烁|抖动)|不(?:移)?动"
_HAN = "\u3400-\u9fff"
ZH_ABSTRACT_NOUNS = (
    rf"令人[{_HAN}]{{2,3}}|[{_HAN}]{{1,3}}感(?:十足|满满|拉满|爆棚|扑面而来)|仙气(?:飘飘)?|气势磅礴|清新(?:自然)?|温馨|美好|科技改变生活|高级感|感觉|力量感|激情|完美结合|艺术感|王者风范|回忆|岁月|故事感|氛围感|科技感|电影感|未来感|仪式感|幸福感|力量感|速度感|质感|美感|史诗感|空间感|层次感|设计感|年代感|艺术感|梦幻感|呼吸感|松弛感|治愈感|冲击力|"
    r"代入感|沉浸感|时尚感|奢华感|轻奢感|动感|活力|张力|魅力|气质|格调|品味|品质|情怀|意境|氛围|气息|气场|韵味|灵魂|激情|热情|梦想|希望|温情|诗意|匠心|"
    r"生命力|感染力|表现力|感召力|吸引力|能量|情绪|情感|浪漫|自由|温暖|美好|精致|奢华|典雅|优雅|尊贵|非凡|卓越|极致|纯粹|青春|生活方式|精神|传奇|故事|想象|时尚|高端|美学|风范|信念|力量|欢乐|自信|神秘感?|朝气|生机|惬意|未来"
)
ZH_QUALITY = (
    r"(?<![0-9A-Za-z])(?:4|8|16)[kK](?:超?高?清)?|超高清|超清|高清|高画质|画质(?:清晰|细腻|顶级|极佳)?|超写实|超现实|写实风格|照片级|电影级?(?:质感|画质|画面|光影|大片|镜头感|色调|感|风格)?|大片(?:感|质感|既视感)?|史诗级|史诗感?|"
    r"完美|诱人|丝滑|迷人|动人|撩人|自由自在|扑面而来|大师级?(?:作品|构图|之作)?|杰作|最佳质量|最高质量|高品质|高质量|细节(?:丰富|拉满|满满|清晰|精致)|精美绝伦|绝美|唯美|梦幻|治愈系?|震撼(?:人心)?|惊艳|令人难忘|无与伦比|无可比拟|"
    r"视觉(?:冲击力?|盛宴|震撼|美学)|光影绝美|构图(?:精美|完美|考究)|色彩(?:绚丽|饱满|丰富)|氛围(?:拉满|感拉满|浓厚|温馨|治愈|唯美)|拉满|满满|十足|爆棚|爆表|高级|高端|大气|有质感|广告级|商业(?:大片|级)|"
    r"虚幻引擎|渲染|光线追踪|杂志感|时尚大片|格调"
)
ZH_ABSTRACT_VERBS = (
    r"充满(?:着|了)?|极具|极富|富有|富于|散发(?:着|出)?|彰显|尽显|体现|传递|传达|诠释|展现(?:出|了)?|营造(?:出)?|流露(?:出|着)?|洋溢(?:着)?|弥漫着|象征(?:着)?|"
    r"寓意(?:着)?|代表(?:着)?|表达(?:出)?|凸显|突出|烘托(?:出)?|渲染(?:出)?|给人(?:一种)?|令人|仿佛|宛如|赋予|带来|感受|释放(?:出)?|唤起|唤醒|激发|点燃|呈现(?:出)?|蕴含(?:着)?|具有|带着|满是|演绎"
)
ZH_STATIC = (
    r"身穿|穿着|身着|戴着|佩戴|留着|扎着|配有|配备|装有|带有|印有|刻有|位于|坐落|置于|背景|前景|停在|停着|停靠|停放|放在|摆在|放着|摆放|陈列|挂着|挂在|"
    r"站在|站着|站立|坐在|坐着|躺在|靠在|靠着|倚在|趴在|趴着|伫立|矗立|长发|短发|线条|质地|表面|外观|造型|材质|色调|配色|光线(?:柔和|明亮|充足)|"
    r"灯光(?:柔和|明亮|温暖)|柔光|自然光|景深|虚化|环境|四周|周围|整洁|干净|晴空|蓝天白云|铺着|铺满|摆满|布满|点缀|晶莹剔透|轮廓分明|颜色|采用|搭配"
)
ZH_AMBIENT = r"阳光|月光|光线|光影|灯光|光斑|光芒|热气|蒸汽|水汽|烟雾|雾气|微风|海风|风|雨|雪|云|烟|尘埃|灰尘|粒子|光|影子|倒影|背景|窗外|天空|远处|周围|四周|人群|路人|花瓣|树叶|落叶|水花|浪花|火花|气泡"
ZH_BODY = r"(?:她|他|它)?的?(?:身体|尾巴|双眼|眼睛|眼神|目光|头发|长发|发丝|裙摆|裙子|衣角|手指|指尖|手|脚|脸|嘴角|嘴|耳朵|翅膀|爪子|前爪|表情|嘴唇|身躯|双腿|双臂|引擎|发动机|车轮|轮胎|车灯|尾灯|车门|车窗|车身)"
