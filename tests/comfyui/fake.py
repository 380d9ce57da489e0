"""A ComfyUI server that is played, by what was seen of real ones: queue, events, history, files, faults.

`python -m tests.comfyui.fake --port 8188 --folder F` is one in a process of its own, to be killed. It draws
its frames from the picture that it was sent, so that a test can say which they must be.
"""

import argparse
import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from tests.comfyui import drawing, holding, refusing

NODES = (
    "CLIPLoader VAELoader UNETLoader LoraLoaderModelOnly ModelSamplingSD3 CLIPTextEncode LoadImage "
    "WanImageToVideo KSamplerAdvanced VAEDecode SaveAnimatedWEBP SaveVideo CreateVideo ImageBatch"
).split()
MODELS = {
    "diffusion_models": ["high.safetensors", "low.safetensors"],
    "text_encoders": ["umt5.safetensors"],
    "vae": ["wan_2.1_vae.safetensors"],
    "loras": ["high_lora.safetensors", "low_lora.safetensors"],
}
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


class Fake:
    """One server. What stands in `faults` happens once, or as often as it says."""

    def __init__(self, folder: Path, *, legacy: bool = False, step_seconds: float = 0.0) -> None:
        """`legacy` knows no jobs, takes any id, and interrupts whatever runs."""
        self.folder = folder
        self.legacy = legacy
        self.version = "0.3.64" if legacy else "0.33.0"
        self.step_seconds = step_seconds
        self.stays: Callable[[str, int], bool] = lambda *at: holding.is_held(folder, *at)
        """Whether a prompt stays where it is, by the class of its node and its steps so far."""
        self.faults: dict[str, int] = {}
        self.posted: list[str] = []
        """The ids that were posted, in their order."""
        self.executed: list[str] = []
        """The ids whose samplers ran to their end."""
        self.graphs: dict[str, Any] = {}
        self.film = ""
        """A file that is served as every film; empty where they are drawn."""
        self.seconds: dict[str, float] = {}
        """How long each prompt took, by its id."""
        self.deleted: list[str] = []
        self.nodes = list(NODES)
        self.models = {name: list(files) for name, files in MODELS.items()}
        self._pending: list[list[Any]] = []
        self._running: list[Any] | None = None
        self._history: dict[str, Any] = {}
        self._sockets: dict[str, web.WebSocketResponse] = {}
        self._cached: set[str] = set()
        self._interrupted: set[str] = set()
        self._number = 0
        self._woken = asyncio.Event()
        for name in ("input", "output"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=100 * 2**20)
        for prefix in ("", "/api"):
            app.router.add_get(f"{prefix}/system_stats", self._stats)
            app.router.add_get(f"{prefix}/object_info/{{name}}", self._object_info)
            app.router.add_get(f"{prefix}/models/{{folder}}", self._models)
            app.router.add_post(f"{prefix}/upload/image", self._upload)
            app.router.add_post(f"{prefix}/prompt", self._prompt)
            app.router.add_get(f"{prefix}/queue", self._queue)
            app.router.add_post(f"{prefix}/queue", self._delete_pending)
            app.router.add_get(f"{prefix}/history/{{id}}", self._one_history)
            app.router.add_post(f"{prefix}/history", self._delete_history)
            app.router.add_post(f"{prefix}/interrupt", self._interrupt)
            app.router.add_get(f"{prefix}/view", self._view)
            app.router.add_get(f"{prefix}/ws", self._socket)
        if not self.legacy:
            app.router.add_post("/api/jobs/{id}/cancel", self._cancel)
        app.router.add_post("/fake", self._set)
        app.router.add_get("/fake", self._told)
        app.cleanup_ctx.append(self._working)
        return app

    # What a test sets, and sees.

    def forget(self) -> None:
        """As after a restart: files are there, and nothing else is."""
        self._pending.clear()
        self._history.clear()
        self._cached.clear()
        if self._running:
            self._interrupted.add(f"lost {self._running[1]}")
        self._running = None

    def put_before(self, prompt_id: str) -> None:
        """Somebody else's prompt, before all that comes; it runs for as long as it stays."""
        self._add(prompt_id, {"1": {"class_type": "Sleep", "inputs": {}}}, ["1"], {})

    async def _set(self, request: web.Request) -> web.Response:
        for name, value in (await request.json()).items():
            setattr(self, name, value)
        return web.json_response({})

    async def _told(self, _: web.Request) -> web.Response:
        names = ("posted", "executed", "deleted", "seconds")
        return web.json_response({name: getattr(self, name) for name in names})

    def _happens(self, fault: str) -> bool:
        left = self.faults.get(fault, 0)
        self.faults[fault] = max(0, left - 1)
        return left > 0

    # Requests.

    async def _stats(self, _: web.Request) -> web.Response:
        device = {"name": "cuda:0 NVIDIA Fake 4090 : native", "vram_free": 20 * 10**9}
        system = {"comfyui_version": self.version}
        return web.json_response({"system": system, "devices": [device]})

    async def _object_info(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self.nodes:
            return web.json_response({})
        required: dict[str, Any] = {}
        if name == "KSamplerAdvanced":
            samplers = ["euler", "uni_pc"]
            required = {
                "sampler_name": [samplers] if self.legacy else ["COMBO", {"options": samplers}],
                "scheduler": [["simple", "normal"]],
            }
        return web.json_response({name: {"input": {"required": required}}})

    async def _models(self, request: web.Request) -> web.Response:
        return web.json_response(self.models.get(request.match_info["folder"], []))

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        image: Any = form["image"]
        if self._happens("full disk at upload"):
            return web.Response(status=500, text="500 Internal Server Error")
        place = self.folder / "input" / str(form.get("subfolder", ""))
        place.mkdir(exist_ok=True)
        (place / image.filename).write_bytes(image.file.read())
        told = {"name": image.filename, "subfolder": form.get("subfolder", ""), "type": "input"}
        return web.json_response(told)

    async def _prompt(self, request: web.Request) -> web.Response:
        body = await request.json()
        prompt_id, graph = body["prompt_id"], body["prompt"]
        if not self.legacy and not UUID.match(prompt_id):
            return refusing.refused("invalid_prompt_id", "prompt_id must be a UUID").answer()
        if self._happens("lost before it was heard"):
            _cut(request)
            return web.Response()
        try:
            outputs, wrong = refusing.looked_at(self, graph)
        except refusing.Refused as refused:
            return refused.answer()
        self.posted.append(prompt_id)
        number = self._add(prompt_id, graph, outputs, body)
        if self._happens("lost answer"):
            _cut(request)
        return web.json_response({"prompt_id": prompt_id, "number": number, "node_errors": wrong})

    def _add(self, prompt_id: str, graph: Any, outputs: list[str], body: Mapping[str, Any]) -> int:
        self._number += 1
        extra = {**body.get("extra_data", {}), "client_id": body.get("client_id", "")}
        self._pending.append([self._number, prompt_id, graph, extra, outputs])
        self.graphs[prompt_id] = graph
        self._woken.set()
        return self._number

    async def _queue(self, _: web.Request) -> web.Response:
        running = [self._running] if self._running else []
        # A heap, and not sorted.
        return web.json_response({"queue_running": running, "queue_pending": self._pending[::-1]})

    async def _delete_pending(self, request: web.Request) -> web.Response:
        gone = (await request.json()).get("delete", [])
        self._pending = [each for each in self._pending if each[1] not in gone]
        return web.Response()

    async def _one_history(self, request: web.Request) -> web.Response:
        prompt_id = request.match_info["id"]
        found = self._history.get(prompt_id)
        return web.json_response({prompt_id: found} if found else {})

    async def _delete_history(self, request: web.Request) -> web.Response:
        body = await request.json()
        for prompt_id in body.get("delete", []):
            self.deleted.append(prompt_id)
            self._history.pop(prompt_id, None)
        if body.get("clear"):
            self.deleted.append("everybody's")
            self._history.clear()
        return web.Response()

    async def _interrupt(self, request: web.Request) -> web.Response:
        wanted = (await request.json()).get("prompt_id") if request.can_read_body else None
        if self._running and (self.legacy or wanted in (None, self._running[1])):
            self._interrupted.add(self._running[1])
        return web.Response()

    async def _cancel(self, request: web.Request) -> web.Response:
        prompt_id = request.match_info["id"]
        before = len(self._pending)
        self._pending = [each for each in self._pending if each[1] != prompt_id]
        runs = bool(self._running and self._running[1] == prompt_id)
        if runs:
            self._interrupted.add(prompt_id)
        return web.json_response({"cancelled": runs or len(self._pending) < before})

    async def _view(self, request: web.Request) -> web.StreamResponse:
        place = self.folder / request.query["type"] / request.query["subfolder"]
        file = place / request.query["filename"]
        if self._happens("sends elsewhere"):
            raise web.HTTPFound("http://127.0.0.1:9/elsewhere")
        return web.FileResponse(file) if file.is_file() else web.Response(status=404)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        client = request.query.get("clientId", "")
        self._sockets[client] = socket
        await socket.send_json({"type": "status", "data": {"sid": client}})
        async for message in socket:
            if message.type is WSMsgType.ERROR:
                break
        # The one that came later stays deaf once this one is closed.
        self._sockets.pop(client, None)
        return socket

    # The worker.

    async def _working(self, _: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(self._work())
        yield
        task.cancel()
        for socket in list(self._sockets.values()):
            await socket.close()

    async def _work(self) -> None:
        while True:
            if not self._pending:
                self._woken.clear()
                await self._woken.wait()
                continue
            item = min(self._pending, key=lambda each: each[0])
            self._pending.remove(item)
            self._running = item
            with contextlib.suppress(drawing.Restarted):
                await drawing.Execution(self, item).run()

    async def tell(self, client: str, kind: str, **data: Any) -> None:
        """An event, to the socket of this client alone."""
        socket = self._sockets.get(client)
        if socket is None or socket.closed or self.faults.get("deaf socket"):
            return
        with contextlib.suppress(ConnectionError):
            await socket.send_json({"type": kind, "data": data})

    def is_lost(self, prompt_id: str) -> bool:
        """Whether the server was started anew under it."""
        return f"lost {prompt_id}" in self._interrupted

    def is_interrupted(self, prompt_id: str) -> bool:
        return prompt_id in self._interrupted or self._happens(f"interrupt {prompt_id}")

    def done(self, item: list[Any], entry: dict[str, Any]) -> None:
        """From the queue into the history at once."""
        self._interrupted.discard(item[1])
        self._running = None
        self._history[item[1]] = {"prompt": item, **entry, "meta": {}}


def _cut(request: web.Request) -> None:
    """The answer never comes."""
    if request.transport:
        request.transport.abort()


def main() -> None:
    """Serves until it is killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--legacy", action="store_true")
    parser.add_argument("--step-seconds", type=float, default=0.0)
    given = parser.parse_args()
    served = Fake(given.folder, legacy=given.legacy, step_seconds=given.step_seconds)
    web.run_app(served.app(), host="127.0.0.1", port=given.port, print=None)


if __name__ == "__main__":
    main()
