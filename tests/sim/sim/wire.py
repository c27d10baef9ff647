"""A session's side of the wire: what is sent, how refusals are counted, and the script's hand on the connection."""
import asyncio
import json
import socket
import struct

import websockets

from . import dialect
from .conversation import Item
from .log import redact
from .speech import BYTES_PER_MS

RACES = ("conversation_already_has_active_response", "response_cancel_not_active", "input_audio_buffer_commit_empty")
EXPIRED = "Your session hit the maximum duration of 60 minutes."


class Wire:
    """The part of Session that talks; ws, log, script, number, config, talk are Session's."""

    def new_id(self, kind):
        self.ids += 1
        return f"{kind}_{self.number}_{self.ids}"

    def spawn(self, coroutine):
        task = asyncio.ensure_future(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self._on_task_end)
        return task

    def _on_task_end(self, task):
        self.tasks.discard(task)
        gone = not task.cancelled() and isinstance(task.exception(), websockets.ConnectionClosed)  # the client was quicker
        if not task.cancelled() and task.exception() and not gone:
            self.violation("simulator_fault", repr(task.exception()))

    # --- out

    async def send(self, kind, **fields):
        event = {"type": kind, "event_id": self.new_id("event")}
        event.update(fields)
        if self.script.settings["dialect"] == "beta":
            event = dialect.beta(event)
        self.sent += 1
        for e in dialect.mannered(event, self.script.manners, self.sent) if event else ():
            await self.send_raw(e)

    async def send_raw(self, event):
        if self.silent:
            return
        self.log.write("out", conn=self.number, call=self.talk and self.talk.number,
                       event=redact(event, BYTES_PER_MS[self.output_format()]))
        text = json.dumps(event)
        try:
            await self.ws.send(text.encode() if "binary" in self.script.manners else text)
        except websockets.ConnectionClosed:
            self.silent = True

    async def error(self, code, message, param=None, event_id=None):
        kind = "server_error" if code == "server_error" else "invalid_request_error"
        await self.send("error", error={"type": kind, "code": code, "message": message, "param": param,
                                        "event_id": event_id})

    async def refuse(self, event, label, problem):
        """Answers an event with an error; a race is only counted, all else is a violation."""
        if label in RACES:
            self.log.race(label, self.number, problem.message, event_id=event.get("event_id"))
        else:
            self.violation(label, problem.message, event=redact(event, BYTES_PER_MS[self.ear.kind]))
        await self.error(problem.code, problem.message, problem.param, event.get("event_id"))

    def violation(self, label, text, **fields):
        self.log.violation(label, self.number, text, **fields)

    def note(self, text):
        self.log.write("note", conn=self.number, text=text)

    async def send_rate_limits(self):
        await self.send("rate_limits.updated", rate_limits=[
            {"name": "requests", "limit": 5000, "remaining": 4990, "reset_seconds": 0.1},
            {"name": "tokens", "limit": 400000, "remaining": 390000, "reset_seconds": 1.5}])

    def output_format(self):
        return self.config["audio"]["output"]["format"]["type"]

    def session_json(self):
        out = dict(self.config, id=f"sess_{self.number}", object="realtime.session")
        if "no-expires" not in self.script.manners:
            out["expires_at"] = self.expires_at
        return out

    # --- the script's hand on the connection

    async def step(self, verb, args, response=None):
        if verb == "error":
            await self.error(args["code"], args["text"] or (EXPIRED if args["code"] == "session_expired" else
                                                            f"The script says {args['code']}."))
        elif verb == "close":
            await self.close(args["code"], args["text"])
        elif verb == "cut":
            self.cut()
        elif verb in ("mute", "freeze"):
            self.silent, self.ws.frozen = True, verb == "freeze"
        elif verb == "alarm":
            self.spawn(self.false_alarm(args["ms"]))
        elif verb == "emit":
            text = json.dumps(args["event"])
            if response:
                text = text.replace("$response", response.id)
                text = text.replace("$item", response.item.id if response.item else "")
            await self.send_raw(json.loads(text))
        self.log.write("step", conn=self.number, step=verb)

    async def close(self, code, reason=""):
        self.silent = True
        self.spawn(self.ws.close(code, reason[:120]))

    def cut(self):
        """As a broken network does it: a reset, no farewell."""
        self.silent = True
        self.ws.transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.ws.transport.abort()

    async def false_alarm(self, ms):
        """A noise that is taken for speech: interrupts, and then there was nothing."""
        start = int(self.ear.written_ms)
        await self.speech_started(start)
        await asyncio.sleep(ms / 1000)
        item = Item(self.spoken_item, "message", "user", sound=True, audio_ms=ms)
        await self.send("input_audio_buffer.speech_stopped", audio_end_ms=start + ms, item_id=item.id)
        await self.commit_item(item)
        if self.config["audio"]["input"]["transcription"]:
            await self.transcribed(item, 0)
