"""A client and a child process for the self-test: Server starts rd-sim-model, Client talks to it and records."""
import asyncio
import base64
import json
import os
import subprocess
import tempfile

import websockets

from sim.speech import Speech

HERE = os.path.dirname(os.path.realpath(__file__))
SIM = os.path.join(HERE, "rd-sim-model")
LIMIT_S = 20
KEY = "sk-test-0123456789"
SESSION = {
    "type": "realtime", "instructions": "You answer the phone.", "output_modalities": ["audio"],
    "audio": {"input": {"format": {"type": "audio/pcmu"}, "noise_reduction": {"type": "near_field"},
                        "transcription": {"model": "gpt-transcribe", "language": "en"},
                        "turn_detection": {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300,
                                           "silence_duration_ms": 500, "idle_timeout_ms": None,
                                           "create_response": True, "interrupt_response": True}},
              "output": {"format": {"type": "audio/pcmu"}, "voice": "marin", "speed": 1.0}},
    "tools": [{"type": "function", "name": n, "description": n, "parameters": {"type": "object", "properties": {}}}
              for n in ("time", "recall", "hang_up")],
    "tool_choice": "auto", "parallel_tool_calls": True, "reasoning": {"effort": "low"}, "tracing": None}


def session(**turn_detection):
    out = json.loads(json.dumps(SESSION))
    out["audio"]["input"]["turn_detection"].update(turn_detection)
    return out


class Server:
    """The simulator as a child process, with its log and exit status."""

    def __init__(self, script="", *options, key=None):
        self.folder = tempfile.TemporaryDirectory(prefix="rd-t-sim-")
        path = os.path.join(self.folder.name, "test.script")
        with open(path, "w", encoding="utf-8") as f:
            f.write(script)
        self.log_path = os.path.join(self.folder.name, "log")
        argv = [SIM, "--script", path, "--log", self.log_path, *options] + (["--key", key] if key else [])
        self.errors = open(os.path.join(self.folder.name, "stderr"), "w+", encoding="utf-8")
        self.child = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.port = int(self.child.stdout.readline().split()[1])
        self.status = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.stop()
        self.errors.close()
        self.child.stdout.close()
        self.folder.cleanup()

    def stop(self):
        """Ends the simulator; returns its exit status."""
        if self.status is None:
            self.child.terminate()
            self.status = self.child.wait(LIMIT_S)
        return self.status

    def log(self, kind=None):
        self.stop()
        with open(self.log_path, encoding="utf-8") as f:
            lines = [json.loads(line) for line in f]
        return [e for e in lines if kind in (None, e["kind"])]


class Client:
    """A Realtime client that records what it gets."""

    def __init__(self, server, path="/v1/realtime?model=gpt-realtime-2.1", key=KEY, headers=()):
        self.url = f"ws://127.0.0.1:{server.port}{path}"
        self.headers = [("Authorization", f"Bearer {key}"), *headers]
        self.got = []
        self.at = 0             # events up to here were waited for

    async def __aenter__(self):
        self.ws = await websockets.connect(self.url, extra_headers=self.headers, compression=None, ping_interval=None,
                                           close_timeout=1, max_size=None)
        return self

    async def __aexit__(self, *exception):
        await self.ws.close()

    async def send(self, kind, **fields):
        await self.ws.send(json.dumps(dict(fields, type=kind)))

    async def next(self):
        self.got.append(json.loads(await asyncio.wait_for(self.ws.recv(), LIMIT_S)))
        return self.got[-1]

    async def until(self, kind, **match):
        """The next event of this kind (and with these fields); all before it stay in got."""
        while True:
            while self.at < len(self.got):
                event = self.got[self.at]
                self.at += 1
                if event["type"] == kind and all(event.get(k) == v for k, v in match.items()):
                    return event
            await self.next()

    async def seen(self, kind):
        """An event that may have come already."""
        while True:
            for event in self.got:
                if event["type"] == kind:
                    return event
            await self.next()

    async def closed(self):
        """Reads to the end; returns the close code."""
        try:
            while True:
                await self.next()
        except websockets.ConnectionClosed:
            return self.ws.close_code

    async def configure(self, config=None):
        await self.send("session.update", session=config or SESSION)
        return await self.until("session.updated")

    async def error(self, kind, **fields):
        """Sends something wrong; returns the server's error."""
        await self.send(kind, event_id="wrong-1", **fields)
        error = (await self.until("error"))["error"]
        assert error["event_id"] == "wrong-1", error
        return error

    async def hear(self, data, piece=160):
        for i in range(0, len(data), piece):
            await self.send("input_audio_buffer.append", audio=base64.b64encode(data[i:i + piece]).decode())

    async def speak(self, text="Hello there.", kind="audio/pcmu", silence_ms=700):
        """The caller says something; returns how long, in ms, without the silence after it."""
        per_ms = 48 if kind == "audio/pcm" else 8
        voice = await VOICE.audio(text, kind)
        await self.hear(voice + {"audio/pcmu": b"\xff", "audio/pcma": b"\xd5"}.get(kind, b"\0") * silence_ms * per_ms,
                        20 * per_ms)
        return len(voice) // per_ms

    async def reply(self):
        """The next whole response."""
        return (await self.until("response.done"))["response"]

    def kinds(self, since=0, short=True):
        """Types in order; repeated deltas once."""
        out = []
        for e in self.got[since:]:
            kind = e["type"]
            if short and (kind in out[-2:] and kind.endswith("delta") or kind.startswith(
                    "conversation.item.input_audio_transcription") or kind == "rate_limits.updated"):
                continue
            out.append(kind)
        return out

    def sound(self, response_id=None):
        return b"".join(base64.b64decode(e["delta"]) for e in self.got if e["type"] == "response.output_audio.delta"
                        and response_id in (None, e["response_id"]))


VOICE = Speech("slt")
MESSAGE = ["response.output_item.added", "conversation.item.added", "response.content_part.added",
           "response.output_audio_transcript.delta", "response.output_audio.delta"]
MESSAGE_DONE = ["response.output_audio.done", "response.output_audio_transcript.done", "response.content_part.done",
                "conversation.item.done", "response.output_item.done"]
CALL = ["response.output_item.added", "conversation.item.added", "response.function_call_arguments.delta",
        "response.function_call_arguments.done", "conversation.item.done", "response.output_item.done"]
TURN = ["input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped", "input_audio_buffer.committed",
        "conversation.item.added", "conversation.item.done"]


def same(have, want):
    assert have == want, f"\n  have {have}\n  want {want}"


async def seed(c, *items):
    for role, text in items:
        kind = "output_text" if role == "assistant" else "input_text"
        await c.send("conversation.item.create", item={"type": "message", "role": role, "content": [
            {"type": kind, "text": text}]})
