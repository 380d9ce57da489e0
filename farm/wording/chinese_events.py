"""A shot's history in Chinese: what each event says, from its kind and its values."""

import textwrap
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from farm.domain.events import Event, EventKind
from farm.wording import changes, sentences
from farm.wording.amounts import size
from farm.wording.translated import said, word

_told = partial(said, "zh")


def sentence(event: Event) -> str:
    """One event of a shot, without its time and its doer. A kind that is not known is named as it is."""
    data = event.data
    words = _WORDS.get(event.kind)
    told = words(data) if words else event.kind.replace("_", " ")
    take = f"第 {event.take} 条" if event.take else ""
    attempt = f"（第 {event.attempt} 次）" if event.attempt else ""
    gap = " " if take else ""
    return f"{take}{attempt}{gap}{told}"


def _because(done: str, why: str) -> str:
    """Why the farm says it did it, which may quote what somebody wrote."""
    return f"{done}：{_told(why)}" if why else done


def _as_written(done: str, why: str) -> str:
    """With a person's own words, whatever they resemble."""
    return f"{done}：{why}" if why else done


def _priority(data: Mapping[str, Any]) -> str:
    reason = _because if "undoes" in data else _as_written
    return reason(f"优先级 {data['before']} → {data['after']}", data["why"])


def _ordered(data: Mapping[str, Any]) -> str:
    rung = f"（第 {data['rung']} 阶）" if data.get("rung") else ""
    return _because(f"已下单{rung}", data["why"])


def _started(data: Mapping[str, Any]) -> str:
    place = f"{data['worker']} @ {data['node']}" if data.get("node") else data["worker"]
    return f"在 {place} 开始（{data['owner']}），等了 {data['wait']:.0f} 秒"


def _returned(data: Mapping[str, Any]) -> str:
    blame = f"（{word(data['failure_class'])}）" if data.get("failure_class") else ""
    again = f"；{data['delay']:.0f} 秒后再试" if data.get("delay") else ""
    return f"退回队列{blame}：{_told(data['reason'])}{again}"


def _succeeded(data: Mapping[str, Any]) -> str:
    match = "没有匹配" if data["match"] is None else f"匹配 {data['match']:.2f}"
    return f"{data['seconds']:.1f} 秒完成：{word(data['verdict'])}，{match}，{data['clip']}"


def _reviewed(data: Mapping[str, Any]) -> str:
    selected = f"，选用第 {data['selected_take']} 条" if data["selected_take"] else ""
    moved = f"审核 {word(data['before'])} → {word(data['after'])}{selected}"
    return _because(moved, data["why"])


def _comment(done: str, data: Mapping[str, Any]) -> str:
    frame = "" if data["frame"] is None else f"（第 {data['frame']} 帧）"
    return f"批注 {data['comment']}{frame}{done}：{textwrap.shorten(data['text'], 60, placeholder=' …')}"


def _purged(data: Mapping[str, Any]) -> str:
    what = data["clip"] or "未发布的文件"
    return _as_written(
        f"已清除：{what}（{len(data['files'])} 个文件，{size(data['size'])}）", data["why"]
    )


def _changed(data: Mapping[str, Any]) -> str:
    told = "；".join(
        f"{sentences.FIELDS.get(field, field)}：{_both(changes.shown(field, *pair))}"
        for field, pair in data["changes"].items()
    )
    return f"{_told(data['why'])}：{told}" if data["why"] else f"修改：{told}"


def _both(shown: str) -> str:
    for english, chinese in sentences.NOBODY_SAID.items():
        shown = shown.replace(english, chinese)
    return shown


_WORDS: Mapping[EventKind, Callable[[Mapping[str, Any]], str]] = {
    EventKind.SHOT_SUBMITTED: lambda data: f"提交：{data['image']}，模型配置 {data['profile']}",
    EventKind.SHOT_CHANGED: _changed,
    EventKind.SHOT_RENAMED: lambda data: f"改名：{data['before']} → {data['after']}",
    EventKind.TAKE_ORDERED: _ordered,
    EventKind.TAKE_STARTED: _started,
    EventKind.TAKE_RETURNED: _returned,
    EventKind.LEASE_TAKEN_BACK: lambda data: f"从 {data['worker']} 收回：{_told(data['reason'])}",
    EventKind.TAKE_SUCCEEDED: _succeeded,
    EventKind.TAKE_FAILED: lambda data: (
        f"失败（{word(data['failure_class'])}）：{_told(data['reason'])}"
    ),
    EventKind.TAKE_CANCELLED: lambda data: _told(data["reason"]),
    EventKind.LATE_RESULT: lambda data: f"失去租约后才报告，另存为：{data['clip']}",
    EventKind.REVIEW_MOVED: _reviewed,
    EventKind.PRIORITY_SET: _priority,
    EventKind.COMMENT_WRITTEN: partial(_comment, "已写"),
    EventKind.COMMENT_RESOLVED: partial(_comment, "已解决"),
    EventKind.TAKE_PURGED: _purged,
}
