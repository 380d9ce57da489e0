"""What the farm says of takes and why it does what it does, in English and in Chinese.

`{n}`, `{n1}` … stand for numbers, `{frames}` for spans of frames, `{said}` for another of these sentences,
`{steps}` for what a rung changes, `{shows}` for a coverage, `{label}` for a label by its name, any other
name for words that stay as they are.
"""

MISSES = (
    ("light or colour jumps at frame {frames} of {n1}: by {n2} of 255, above {n3}",
     "光线或颜色在第 {frames} 帧（共 {n1} 帧）突变：{n2}/255，高于 {n3}"),
    ("the picture fades from frame {n1} of {n2}: {n3} of its contrast is left, below {n4}",
     "画面从第 {n1} 帧（共 {n2} 帧）起淡出：对比度只剩 {n3}，低于 {n4}"),
    ("colours drift by {n1} of 255 until the end, above {n2}", "颜色到结尾偏移 {n1}/255，高于 {n2}"),
    ("frame 1 is not the still: they differ by {n1} of 255, above {n2}",
     "第 1 帧不是首帧图片：相差 {n1}/255，高于 {n2}"),
    ("frames that do not belong, counted from 1: {frames} of {n1}; {n2} of the picture is another for a "
     "moment, above {n3}",
     "有杂帧：第 {frames} 帧（共 {n1} 帧，从 1 数起）；画面一时有 {n2} 不同，高于 {n3}"),
    ("the clip ends with another subject than it began with: likeness {n1}, below {n2}",
     "结尾的主体不再是开头的主体：相似度 {n1}，低于 {n2}"),
    ("the clip ends with a subject that is not quite itself any more: likeness {n1}, below {n2}",
     "结尾的主体有些走样：相似度 {n1}，低于 {n2}"),
    ("it stands still from frame {n1} to {n2} of {n3}, {n4} frames, more than {n5}, though it moves before",
     "先动后停：从第 {n1} 帧到第 {n2} 帧（共 {n3} 帧）静止 {n4} 帧，多于 {n5}"),
    ("{n1} of {n2} frames repeat the one before, counted from 1: {frames}; more than {n3}",
     "{n2} 帧里有 {n1} 帧重复前一帧（从 1 数起：{frames}），多于 {n3}"),
    ("the clip stands still: frames change by {n1} of 255, below {n2}",
     "画面静止：帧间变化 {n1}/255，低于 {n2}"),
    ("the motion swings back to its first frame: {n1} of the way, above {n2}",
     "动作回到第一帧：回了 {n1}，高于 {n2}"),
    ("{label} reads ‘{text}’, counted from 1, in frame {frames} of {n1} and not so before; {n2} of its "
     "letters are others, above {n3}",
     "{label}在第 {frames} 帧（共 {n1} 帧，从 1 数起）变成“{text}”；{n2} 的字母不同，高于 {n3}"),
    ("{label} reads ‘{text}’, counted from 1, in frames {frames} of {n1} and not so before; {n2} of its "
     "letters are others, above {n3}",
     "{label}在第 {frames} 帧（共 {n1} 帧，从 1 数起）变成“{text}”；{n2} 的字母不同，高于 {n3}"),
    ("{label} is not to be read any more from frame {n1} of {n2} on, and does not come back; that is {n3} "
     "of the frames looked at, above {n4}",
     "{label}从第 {n1} 帧（共 {n2} 帧）起再也读不到；占查看帧的 {n3}，高于 {n4}"),
    ("{label} stays readable in all {n} frames looked at", "{label}在查看的全部 {n} 帧里都读得到"),
    ("{label} is readable in {n1} of the {n2} frames looked at, not in frame {frames} of {n3}, counted "
     "from 1",
     "{label}在查看的 {n2} 帧里有 {n1} 帧读得到，第 {frames} 帧读不到（共 {n3} 帧，从 1 数起）"),
    ("{label} is readable in {n1} of the {n2} frames looked at, not in frames {frames} of {n3}, counted "
     "from 1",
     "{label}在查看的 {n2} 帧里有 {n1} 帧读得到，第 {frames} 帧读不到（共 {n3} 帧，从 1 数起）"),
    ("nobody read whether the lettering stays as it is in the still: readers need what this install leaves "
     "out, {fix}, or say [lettering] read = false in the profile",
     "没有人读过文字是否保持首帧的样子：这个安装没有读字的部分（{fix}），"
     "或在模型配置里写 [lettering] read = false"),
    ("{label} is neither in the prompt nor to be read in the still: nobody followed it",
     "提示词里没有{label}，首帧里也读不到：没有跟踪它"),
    ("{label} stands in the still, but at most {n} lines are followed: nobody followed it",
     "首帧里有{label}，但最多跟踪 {n} 行：没有跟踪它"),
    ("{label} stands in {n1} lines of the still, but at most {n2} lines are followed: nobody followed {n3} "
     "of them", "首帧里有 {n1} 行是{label}，但最多跟踪 {n2} 行：其中 {n3} 行没有跟踪"),
    ("the lettering was not read: {why}", "文字没有读成：{why}"),
    ("‘{text}’ is to be read in frame {frames} of {n1}, counted from 1, which neither the still shows nor "
     "the prompt asks for: {n2} of the frames looked at, above {n3}",
     "第 {frames} 帧（共 {n1} 帧，从 1 数起）出现“{text}”，"
     "首帧和提示词里都没有：查看的帧里有 {n2} 帧，多于 {n3}"),
    ("‘{text}’ is to be read in frames {frames} of {n1}, counted from 1, which neither the still shows nor "
     "the prompt asks for: {n2} of the frames looked at, above {n3}",
     "第 {frames} 帧（共 {n1} 帧，从 1 数起）出现“{text}”，"
     "首帧和提示词里都没有：查看的帧里有 {n2} 帧，多于 {n3}"),
    ("one sees where two segments meet, at frame {n1} of {n2}: {what}, above {n3}",
     "看得出两段在第 {n1} 帧（共 {n2} 帧）相接：{what}，高于 {n3}"),
    ("the picture changes {n} times as much as around it", "画面变化是前后的 {n} 倍"),
    ("light and colour shift by {n} of 255", "光线和颜色偏移 {n}/255"),
    ("the motion is another by {n} of its speed", "运动速度变了 {n}"),
    ("the motion turns back (likeness {n1} of {n2})", "运动折返（相似度 {n1}，最高 {n2}）"),
    ("the scene jumps at frame {frames} of {n1}: {n2}, above {n3}",
     "场景在第 {frames} 帧（共 {n1} 帧）跳变：{n2}，高于 {n3}"),
    ("black frames, counted from 1: {frames} of {n1}", "黑帧：第 {frames} 帧（共 {n1} 帧，从 1 数起）"),
    ("the light flickers by {n1} of 255 from frame to frame, above {n2}",
     "光线逐帧闪烁：{n1}/255，高于 {n2}"),
    ("colours leave those of the first frame by {n1}, above {n2}", "颜色偏离第一帧：{n1}，高于 {n2}"),
    ("“{text}” is not what the still shows: {n1}, below {n2}", "首帧里没有“{text}”：{n1}，低于 {n2}"),
    ("the picture shows it otherwise than “{text}”: {n1}, below {n2}",
     "图片与“{text}”不符：{n1}，低于 {n2}"),
    ("“{text}” cannot begin in this picture: {n1}, below {n2}",
     "“{text}”无法从这张图片开始：{n1}，低于 {n2}"),
    ("the clip does not show “{text}”: {n1}, below {n2}", "片段里没有“{text}”：{n1}，低于 {n2}"),
    ("“{text}” does not happen in this order: {n1}, below {n2}", "“{text}”的顺序不对：{n1}，低于 {n2}"),
    ("the clip does not keep what the picture shows: {n1}, below {n2}",
     "片段没有保持图片的内容：{n1}，低于 {n2}"),
    ("the subject does not quite stay itself: {n1}, below {n2}", "主体有些走样：{n1}，低于 {n2}"),
)  # fmt: skip
"""Of `pipeline.clips` and `pipeline.scoring.matching`."""

WHYS = (
    ("submitted", "提交"),
    ("submitted, as a draft", "提交，先出草稿"),
    ("final of take {n} ordered by {who}", "{who} 要求按第 {n} 条制作正片"),
    ("final of take {n} ordered by {who}: {why}", "{who} 要求按第 {n} 条制作正片：{why}"),
    ("the same again after a failure", "失败后原样再来"),
    ("by hand: {changes}", "人工：{changes}"),
    ("match {n1} is below {n2}", "匹配 {n1} 低于 {n2}"),
    ("match {n1} is below {n2}: {steps}", "匹配 {n1} 低于 {n2}：{steps}"),
    ("take {n} is a broken clip: {steps}", "第 {n} 条是坏片：{steps}"),
    ("take {n} was not rendered, {said}: {steps}", "第 {n} 条没有渲染，{said}：{steps}"),
    ("take {n} was not rendered: {said}", "第 {n} 条没有渲染：{said}"),
    ("take {n} was rendered once, as asked, though {said}", "按要求渲染了一次第 {n} 条，尽管{said}"),
    ("take {n1} matches {n2}", "第 {n1} 条匹配 {n2}"),
    ("take {n1} matches {n2} and shows {shows}", "第 {n1} 条匹配 {n2}，呈现 {shows}"),
    ("take {n} shows {shows}", "第 {n} 条呈现 {shows}"),
    ("take {n} did not miss", "第 {n} 条没有问题"),
    ("take {n} failed", "第 {n} 条失败"),
    ("take {n}: {said}: {steps}", "第 {n} 条：{said}：{steps}"),
    ("the scorer could not judge take {n}; a person must", "评分器无法判断第 {n} 条，需要人看"),
    ("match {n1} of take {n2} lies between {n3} and {n4}, where the score cannot tell; a person must",
     "第 {n2} 条的匹配 {n1} 在 {n3} 和 {n4} 之间，分数说明不了，需要人看"),
    ("{n} renders in a row are the most for one shot", "一个镜头最多连续渲染 {n} 次"),
    ("its takes have rendered for {n1} s, {n2} are the most for one shot",
     "已渲染 {n1} 秒，一个镜头最多 {n2} 秒"),
    ("the ladder is at its end", "再没有可试的办法"),
    ("{said}; the best is take {n1}: {verdict}, match {n2}",
     "{said}；最好的是第 {n1} 条：{verdict}，匹配 {n2}"),
    ("{said}; the best is take {n1}: {verdict}, no match",
     "{said}；最好的是第 {n1} 条：{verdict}，没有匹配"),
    ("{who} handed in {name} with another {fields}", "{who} 提交的 {name} 改了：{fields}"),
    ("changed with {name}", "随 {name} 修改"),
    ("omitted by {who}: {name} no longer has it", "{who} 已删：{name} 里不再有"),
    ("{review} by {who}", "{who} {review}"),
    ("{review} by {who}: {why}", "{who} {review}：{why}"),
    ("undone by {who}", "{who} 撤销"),
    ("undone by {who}: it was {review}", "{who} 撤销（原为{review}）"),
    ("undone by {who}: it was given priority {n}", "{who} 撤销（原为优先级 {n}）"),
    ("retake asked for by {who}", "{who} 要求再来一条"),
    ("retake asked for by {who}: {why}", "{who} 要求再来一条：{why}"),
    ("replaced: {said}", "被替换：{said}"),
    ("{said}; take {n} was cancelled", "{said}；第 {n} 条已取消"),
    ("take {n} again, undone by {who}: it was {review}", "重来第 {n} 条，{who} 撤销（原为{review}）"),
    ("take {n} again, undone by {who}: it was {review}: {said}",
     "重来第 {n} 条，{who} 撤销（原为{review}）：{said}"),
    ("its lease ran out: {owner} no longer answers", "租约到期：{owner} 不再应答"),
    ("the run was stopped", "渲染任务已停止"),
    ("asked to stop", "被要求停止"),
    ("{why} (attempt {n1} of {n2})", "{why}（第 {n1} 次，共 {n2} 次）"),
    ("{why} (there was no room {n} times)", "{why}（{n} 次没有空间）"),
    ("it failed on {n} different workers, so the shot itself is the likely cause: look at its still and "
     "prompt; the last failure: {why}",
     "在 {n} 个不同的节点上失败，多半是镜头本身的问题：请检查首帧和提示词；最后一次失败：{why}"),
    ("the scorer failed: {why}", "评分器出错：{why}"),
    ("ended at step {n1} of {n2}: its match was {n3} by then, below {n4}",
     "在第 {n1} 步（共 {n2} 步）提前结束：当时匹配 {n3}，低于 {n4}"),
    ("take {n} was {said}: {steps}", "第 {n} 条{said}：{steps}"),
)  # fmt: skip
"""Of the gate, the ladder and the store: why a take was ordered, a review moved, an attempt ended."""

STEPS = (
    ("simpler prompt ({level})", "提示词简化（{level}）"),
    ("cfg_high {n1} → {n2}", "引导强度 {n1} → {n2}"),
    ("cfg_low {n1} → {n2}", "低噪引导 {n1} → {n2}"),
    ("another seed", "换种子"),
    ("the alternate still", "换备选首帧"),
    ("guidance stays, {profile} is rendered without", "引导强度不变（{profile} 不用引导）"),
    ("rung {n} changes nothing here", "第 {n} 阶在这里不起作用"),
)
"""What a rung of the ladder changes."""

WORDS = {
    "accepted": "已通过", "partly": "部分", "low match": "匹配低", "bad clip": "坏片", "unscored": "未评分",
    "no verdict": "没有结论", "pending": "待定", "needs review": "待审", "approved": "已批准",
    "rejected": "已退回", "on hold": "暂停", "held": "已暂停", "omitted": "已删", "released": "已恢复",
    "cancelled": "已取消", "declined": "未渲染", "ended early": "提前结束",
    "content": "内容", "shot": "镜头", "machine": "机器", "capacity": "容量", "fatal": "设置",
}  # fmt: skip
"""Verdicts, reviews, decisions and who is to blame, by their English words."""

FIELDS = {
    "prompt": "提示词", "negative": "不要出现", "cfg_high": "引导强度",
    "cfg_low": "低噪引导", "seed": "种子",
    "still": "首帧", "frames": "帧数", "width": "宽", "height": "高", "seconds": "秒数", "aspect": "画幅",
    "profile": "模型配置", "priority": "优先级", "must_keep": "必留词", "must keep": "必留词",
    "alternates": "备选首帧", "notes": "备注", "steps": "步数", "fps": "帧率",
}  # fmt: skip
"""Fields of wishes and recipes."""

FORECASTS = (
    ("{span} of one worker's time", "一个节点的时间：{span}"),
    ("done in {span}", "{span}后完成"),
    ("done in {span} ({n} of the time)", "{span}后完成（{n} 把握）"),
)
"""Of `farm.domain.forecast.in_words`."""
SPANS = (
    ("about {n} {unit}", "约 {n} {unit}"),
    ("{n1} to {n2} {unit}", "{n1} 到 {n2} {unit}"),
    ("{n1} {unit} to {n2} {unit2}", "{n1} {unit}到 {n2} {unit2}"),
)
UNITS = {"s": "秒", "min": "分钟", "h": "小时", "days": "天"}
"""Lengths of time."""

NOBODY_SAID = {
    "(empty)": "（空）",
    "(the profile's)": "（按模型配置）",
    "(the farm's)": "（自动）",
    "(the picture's)": "（按图片）",
}
"""What stands in a change where nobody said anything, as `farm.wording.changes` has it."""
