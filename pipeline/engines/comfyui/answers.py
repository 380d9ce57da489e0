"""What a server's answers stand for: how a prompt ended, and who is to blame where it failed. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.engines.comfyui.graph import FOLDER, SAVER
from pipeline.errors import Cause, RenderFault, RenderStopped, TakeError

OUT_OF_MEMORY = ("OutOfMemory", "out of memory")
OLDER_MISSING = re.compile(r"node (.+) does not exist")
"""How servers as old as 0.3.64 say that they lack a class."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a prompt ended, as its server's history says."""

    file: Mapping[str, str] | None
    """Where its frames are; None where it made none."""
    error: TakeError | None
    """What became of it otherwise."""


def ended(entry: Mapping[str, Any], server: str) -> Ended | None:
    """Of one entry of a history; None while it says of no end."""
    status = entry.get("status") or {}
    for event, data in _messages(status):
        if event == "execution_interrupted":
            return Ended(None, RenderStopped(f"somebody stopped it at {server}"))
        if event == "execution_error":
            return Ended(None, failed(data, server))
    if status.get("status_str") == "error":
        fault = RenderFault(Cause.MACHINE, f"{server} says that it failed, and not of what")
        return Ended(None, fault)
    if not status.get("completed") and not entry.get("outputs"):
        return None
    if file := _file(entry.get("outputs") or {}):
        return Ended(file, None)
    return Ended(None, RenderFault(Cause.MACHINE, f"{server} is done with it and made no frames"))


def failed(data: Mapping[str, Any], server: str) -> RenderFault:
    """A node failed while it was executed."""
    kind, told = str(data.get("exception_type", "")), str(data.get("exception_message", ""))
    where = f"{data.get('node_type', 'a node')} on {server}"
    sentence = f"{where} failed: {kind}: {_first_line(told)}"
    full = any(word in kind or word in told for word in OUT_OF_MEMORY)
    return RenderFault(Cause.CAPACITY if full else Cause.MACHINE, sentence)


def refused(status: int, body: Mapping[str, Any], server: str) -> RenderFault:
    """A prompt was not taken."""
    error = body.get("error") if isinstance(body.get("error"), Mapping) else {}
    assert isinstance(error, Mapping)
    if name := _missing_node(error):
        return RenderFault(
            Cause.FATAL, f"{server} has no node {name}: install what brings it, or take it out"
        )
    for problem, node in _problems(body):
        told = problem.get("extra_info") or {}
        kind, of_node = problem.get("type"), node.get("class_type", "a node")
        if kind == "value_not_in_list":
            wanted = told.get("received_value", problem.get("details", "a value"))
            place = told.get("input_name", "an input")
            return RenderFault(
                Cause.FATAL, f"{server} has no {wanted!r} for {place} of {of_node}: put it there"
            )
        if kind == "custom_validation_failed" and of_node == "LoadImage":
            return RenderFault(Cause.MACHINE, f"{server} lost the still that was sent to it")
    told = next((f"{p.get('type')}: {p.get('details')}" for p, _ in _problems(body)), "")
    told = told or str(error.get("message") or error.get("type") or "")
    return RenderFault(
        Cause.FATAL,
        f"{server} refused the graph ({status}{f': {_first_line(told)}' if told else ''})",
    )


def _missing_node(error: Mapping[str, Any]) -> str:
    """The class that a server lacks, as either generation says it; empty where that is not its error."""
    kind, message = error.get("type"), str(error.get("message", ""))
    if kind == "missing_node_type":
        return str((error.get("extra_info") or {}).get("class_type") or "of a class with no name")
    told = OLDER_MISSING.search(message) if kind == "invalid_prompt" else None
    return told[1] if told else ""


def _messages(status: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    for each in status.get("messages") or ():
        if isinstance(each, list) and len(each) == 2 and isinstance(each[1], Mapping):
            yield each[0], each[1]


def _problems(
    body: Mapping[str, Any],
) -> Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    nodes = body.get("node_errors")
    for node in nodes.values() if isinstance(nodes, Mapping) else ():
        for problem in node.get("errors") or ():
            yield problem, node


def _file(outputs: Mapping[str, Any]) -> Mapping[str, str] | None:
    """The file of frames that our saver names; nobody else's is asked for."""
    images = (outputs.get(SAVER) or {}).get("images") or ()
    for each in images:
        if each.get("subfolder") == FOLDER and each.get("type") == "output":
            return {name: str(each[name]) for name in ("filename", "subfolder", "type")}
    return None


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "it did not say why")
