#!/usr/bin/python3
"""Self-test of rd-sim-model: starts it with small scripts and talks to it as a client would.

No waiting for time to pass: the caller's sound is sent as fast as it goes (the simulator counts ms of sound), and
every step waits for an event. A wait that lasts longer than LIMIT_S fails the case.
"""
import asyncio
import audioop
import base64
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True

import websockets       # noqa: E402

from sim.schema import Schema       # noqa: E402
from sim.script import Script, ScriptError      # noqa: E402
from sim.speech import Speech       # noqa: E402

HERE = os.path.dirname(os.path.realpath(__file__))
SIM = os.path.join(HERE, "rd-sim-model")
SCHEMA = Schema(os.path.join(HERE, "..", "data", "openai-realtime-events.json"))
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
PRACTICE = ("id", "object", "expires_at")       # of session.created: in practice there, absent from the types


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


# --- the cases: each is one async function

async def greeting():
    """Order of a response, sound faster than real time in uneven pieces, usage, effective session."""
    with Server('greet after 20 say "Hello Anna, what can I do for you today?"') as server:
        async with Client(server) as c:
            created = await c.until("session.created")
            assert created["session"]["expires_at"] > time.time() + 3000
            same(created["session"]["audio"]["output"]["format"], {"type": "audio/pcm", "rate": 24000})
            updated = await c.configure()
            same(updated["session"]["audio"]["output"]["format"], {"type": "audio/pcmu"})
            begin, since = time.monotonic(), len(c.got)
            await c.send("response.create", event_id="rc-1")
            done = await c.reply()
            took = time.monotonic() - begin
            same(c.kinds(since), ["response.created"] + MESSAGE + MESSAGE_DONE + ["response.done"])
            seconds = len(c.sound()) / 8000
            assert 1.5 < seconds < 6 and took < seconds, (seconds, took)
            sizes = [len(base64.b64decode(e["delta"])) for e in c.got if e["type"] == "response.output_audio.delta"]
            assert all(s % 160 for s in sizes[:-1]) and len(set(sizes)) > 1 and max(sizes) <= 6001, sizes
            same(done["output"][0]["content"][0]["transcript"], "Hello Anna, what can I do for you today?")
            assert done["status"] == "completed" and done["usage"]["output_token_details"]["audio_tokens"] > 20
            assert audioop.rms(audioop.ulaw2lin(c.sound(), 2), 2) > 500
        same(server.stop(), 0)


async def greeting_as_asked():
    """Without words in the script the greeting is what response.create asks for."""
    with Server("greet after 10") as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create", response={"instructions": 'Say exactly this: "Good morning, Ben."'})
            same((await c.reply())["output"][0]["content"][0]["transcript"], "Good morning, Ben.")


async def caller_turn():
    """Speech is found, committed, transcribed and answered; the ms are ms of sound written."""
    with Server('turn 1 heard "What time is it?" delay 0 say "Late."') as server:
        async with Client(server) as c:
            await c.configure()
            since = len(c.got)
            await c.hear(b"\xff" * 8000)
            spoke = await c.speak("What time is it?")
            await c.reply()
            want = TURN + ["response.created"] + MESSAGE + MESSAGE_DONE + ["response.done"]
            same(c.kinds(since), want)
            start = next(e for e in c.got if e["type"] == TURN[0])
            stop = next(e for e in c.got if e["type"] == TURN[1])
            assert 700 <= start["audio_start_ms"] <= 1300 - 300 + 300, start
            assert 1000 + spoke - 400 <= stop["audio_end_ms"] - 500 <= 1000 + spoke + 100, (stop, spoke)
            same(start["item_id"], stop["item_id"])
            heard = next(e for e in c.got if e["type"].endswith("transcription.completed"))
            same((heard["transcript"], heard["item_id"]), ("What time is it?", start["item_id"]))


async def create_response_false():
    """The turn is committed and nothing more; the client's response.create is answered by that turn."""
    with Server('turn 1 heard "Hi" say "You said hi."') as server:
        async with Client(server) as c:
            await c.configure(session(create_response=False))
            await c.speak()
            await c.until("input_audio_buffer.committed")
            await c.send("response.create", event_id="mine")
            await c.reply()
            order = [k for k in c.kinds() if k in ("input_audio_buffer.committed", "response.created")]
            same(order, ["input_audio_buffer.committed", "response.created"])
            same([e["plan"] for e in server.log("plan")], ["turn 1"])


async def barge_in_running():
    """Speech cancels a running response: started, every .done, response.done, and not a byte after it."""
    with Server('set pace 1\ngreet say "A long sentence that nobody will hear to its end, because it is long."\n'
                'turn 1 heard "Stop" say "I stopped."') as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create")
            first = await c.until("response.output_audio.delta")
            await c.speak("Stop it now.", silence_ms=0)
            await c.until("input_audio_buffer.speech_started")
            since = len(c.got)
            done = await c.reply()
            same(c.kinds(since), MESSAGE_DONE + ["response.done"])
            same((done["status"], done["status_details"]), ("cancelled", {"type": "cancelled",
                                                                          "reason": "turn_detected"}))
            same(done["output"][0]["status"], "incomplete")
            await c.hear(b"\xff" * 8 * 700)
            answer = await c.reply()
            same(answer["output"][0]["content"][0]["transcript"], "I stopped.")
            after = [e for e in c.got[since:] if e.get("response_id") == first["response_id"]
                     and e["type"].endswith("delta")]
            same(after, [])


async def barge_in_complete():
    """Nothing is cancelled when the response is complete; truncation and deletion are judged by the sound sent."""
    script = 'allow truncate_too_long unsupported_content_type item_truncate_invalid_item_id ' \
             'item_delete_invalid_item_id\ngreet say "One two three four five six." say "And another."\n' \
             'turn 1 heard "Stop" say "Yes."'
    with Server(script) as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create")
            done = await c.reply()
            items = [i["id"] for i in done["output"]]
            since = len(c.got)
            await c.speak("Stop it now.")
            await c.reply()
            same(c.kinds(since)[:6], TURN + ["response.created"])
            have = sum(len(base64.b64decode(e["delta"])) for e in c.got if e["type"] == "response.output_audio.delta"
                       and e["item_id"] == items[0]) // 8
            cut = dict(item_id=items[0], content_index=0)
            error = await c.error("conversation.item.truncate", **cut, audio_end_ms=have + 60)
            same((error["code"], error["message"]), (None, f"Audio content of {have}ms is already shorter than "
                                                     f"{have + 60}ms"))
            await c.send("conversation.item.truncate", **cut, audio_end_ms=have // 2)
            same((await c.until("conversation.item.truncated"))["audio_end_ms"], have // 2)
            await c.send("conversation.item.delete", item_id=items[1])
            await c.until("conversation.item.deleted")
            user = next(e for e in c.got if e["type"] == "input_audio_buffer.committed")["item_id"]
            error = await c.error("conversation.item.truncate", item_id=user, content_index=0, audio_end_ms=0)
            same(error["code"], "unsupported_content_type")
            error = await c.error("conversation.item.truncate", item_id="item_no", content_index=0, audio_end_ms=0)
            same(error["code"], "item_truncate_invalid_item_id")
            error = await c.error("conversation.item.delete", item_id=items[1])
            same(error["code"], "item_delete_invalid_item_id")
        same(server.stop(), 0)
        kept = server.log("end")[0]["items"]
        same((kept[0]["heard_ms"], kept[0]["heard"]), (have // 2, "One two three"))
        assert kept[1]["deleted"]


WRONG = [       # event, fields, code, param
    ("session.update", {}, "missing_required_parameter", "session"),
    ("session.update", {"session": {"instructions": "x"}}, "missing_required_parameter", "session.type"),
    ("session.update", {"session": {"type": "realtime", "temperature": 0.8}}, "unknown_parameter",
     "session.temperature"),
    ("session.update", {"session": {"type": "realtime", "audio": {"input": {"format": {"type": "audio/opus"}}}}},
     "invalid_value", "session.audio.input.format.type"),
    ("session.update", {"session": {"type": "realtime", "audio": {"input": {"format": {
        "type": "audio/pcmu", "rate": 8000}}}}}, "unknown_parameter", "session.audio.input.format.rate"),
    ("session.update", {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {
        "type": "server_vad", "silence": 3}}}}}, "unknown_parameter", "session.audio.input.turn_detection.silence"),
    ("session.update", {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {
        "type": "server_vad", "threshold": 1.5}}}}}, "invalid_value", "session.audio.input.turn_detection.threshold"),
    ("session.update", {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {
        "type": "server_vad", "silence_duration_ms": "500"}}}}}, "invalid_value",
     "session.audio.input.turn_detection.silence_duration_ms"),
    ("session.update", {"session": {"type": "realtime", "audio": {"output": {"voice": "slt"}}}}, "invalid_value",
     "session.audio.output.voice"),
    ("session.update", {"session": {"type": "realtime", "model": "gpt-realtime"}}, "invalid_value", "session.model"),
    ("session.update", {"session": {"type": "transcription"}}, "invalid_value", "session.type"),
    ("session.update", {"session": {"type": "realtime", "tools": [{"type": "function", "function": {"name": "x"}}]}},
     "unknown_parameter", "session.tools[0].function"),
    ("session.update", {"session": {"type": "realtime", "tool_choice": "maybe"}}, "invalid_value",
     "session.tool_choice"),
    ("session.update", {"session": {"type": "realtime", "output_modalities": ["audio", "text"]}}, "invalid_value",
     "session.output_modalities"),
    ("input_audio_buffer.append", {}, "missing_required_parameter", "audio"),
    ("input_audio_buffer.append", {"audio": "not base64!"}, "invalid_value", "audio"),
    ("input_audio_buffer.append", {"audio": "//8=", "stream": 1}, "unknown_parameter", "stream"),
    ("conversation.item.truncate", {"item_id": "x", "content_index": 0, "audio_end_ms": 12.5}, "invalid_value",
     "audio_end_ms"),
    ("conversation.item.truncate", {"item_id": "x", "audio_end_ms": 12}, "missing_required_parameter",
     "content_index"),
    ("conversation.item.create", {"item": {"type": "message", "role": "user", "content": [
        {"type": "output_text", "text": "x"}]}}, "invalid_value", "item.content[0].type"),
    ("conversation.item.create", {"item": {"type": "message", "role": "user", "content": [{"type": "input_text"}]}},
     "missing_required_parameter", "item.content[0].text"),
    ("conversation.item.create", {"item": {"type": "message", "role": "caller", "content": []}}, "invalid_value",
     "item.role"),
    ("conversation.item.create", {"item": {"type": "message", "role": "assistant", "content": [
        {"type": "output_audio", "transcript": "x"}]}}, "invalid_value", "item.content[0].type"),
    ("conversation.item.create", {"item": {"type": "function_call_output", "call_id": "call_none", "output": "{}"}},
     "invalid_tool_call_id", None),
    ("conversation.item.create", {"item": {"type": "function_call_output", "call_id": "c", "output": {"a": 1}}},
     "invalid_value", "item.output"),
    ("conversation.item.create", {"item": {"type": "item_reference", "id": "x"}}, "invalid_value", "item.type"),
    ("conversation.item.create", {"previous_item_id": "none", "item": {"type": "message", "role": "user", "content": [
        {"type": "input_text", "text": "x"}]}}, "item_create_invalid_previous_item_id", "previous_item_id"),
    ("conversation.item.retrieve", {"item_id": "none"}, "item_retrieve_invalid_item_id", "item_id"),
    ("response.create", {"response": {"modalities": ["audio"]}}, "unknown_parameter", "response.modalities"),
    ("response.create", {"response": {"max_output_tokens": 5000}}, "invalid_value", "response.max_output_tokens"),
    ("response.create", {"response": {"metadata": {"n": 1}}}, "invalid_value", "response.metadata.n"),
    ("output_audio_buffer.clear", {}, "invalid_event", None),
    ("session.close", {}, "invalid_value", "type"),
]


async def wrong_events():
    """Everything that is not in the field lists is refused, logged, and decides the exit status."""
    with Server() as server:
        async with Client(server) as c:
            for kind, fields, code, param in WRONG:
                error = await c.error(kind, **fields)
                same((kind, error["code"], error["param"]), (kind, code, param))
            await c.ws.send("no json")
            same((await c.until("error"))["error"]["code"], "invalid_event")
            await c.configure()         # the session is as good as before
        same(server.stop(), 1)
        same(len(server.log("violation")), len(WRONG) + 1)


async def not_strict():
    """--no-strict records, carries out, and exits 0."""
    with Server("", "--no-strict") as server:
        async with Client(server) as c:
            await c.configure(dict(SESSION, temperature=1))
        same(server.stop(), 0)
        same([e["label"] for e in server.log("violation")], ["unknown_parameter"])


async def expectations():
    """allow takes a violation out of the verdict; expect must come true."""
    for script, status in (("allow unknown_parameter", 0), ("expect unknown_parameter 1", 0),
                           ("expect unknown_parameter 2", 1), ("expect unknown_parameter\nexpect turns 1", 1)):
        with Server(script) as server:
            async with Client(server) as c:
                await c.error("input_audio_buffer.clear", x=1)
            same((script, server.stop()), (script, status))


async def one_response():
    """The one-response rule, cancellation, empty commits: refused as races, exit 0."""
    with Server('set pace 1\ngreet say "This takes a while, long enough."') as server:
        async with Client(server) as c:
            await c.configure()
            same((await c.error("response.cancel"))["code"], "response_cancel_not_active")
            same((await c.error("input_audio_buffer.commit"))["code"], "input_audio_buffer_commit_empty")
            await c.send("response.create")
            await c.until("response.output_audio.delta")
            same((await c.error("response.create"))["code"], "conversation_already_has_active_response")
            await c.send("response.cancel")
            done = await c.reply()
            same(done["status_details"], {"type": "cancelled", "reason": "client_cancelled"})
            await c.send("response.create", response={"instructions": 'Say "Again."'})
            same((await c.reply())["output"][0]["content"][0]["transcript"], "Again.")
        same(server.stop(), 0)
        same(len(server.log("race")), 3)


async def manual_turns():
    """turn_detection null: commit and response.create by the client."""
    with Server('turn 1 heard "One" say "First."') as server:
        async with Client(server) as c:
            config = session()
            config["audio"]["input"]["turn_detection"] = None
            await c.configure(config)
            await c.speak()
            await c.send("input_audio_buffer.commit")
            await c.until("input_audio_buffer.committed")
            await c.send("response.create")
            same((await c.reply())["output"][0]["content"][0]["transcript"], "First.")
            assert "input_audio_buffer.speech_started" not in c.kinds()


async def tools():
    """A word before two parallel calls; the answer uses both outputs, whether JSON or plain."""
    script = 'turn 1 heard "Both" say "One moment." call time {"zone": "UTC"} call recall {"query": "Anna"}\n' \
             '  then say "It is {output}, and {recall.data.fact}." call hang_up {}'
    with Server(script) as server:
        async with Client(server) as c:
            await c.configure()
            await c.speak()
            done = await c.reply()
            same([i["type"] for i in done["output"]], ["message", "function_call", "function_call"])
            calls = done["output"][1:]
            same([(i["name"], json.loads(i["arguments"])) for i in calls],
                 [("time", {"zone": "UTC"}), ("recall", {"query": "Anna"})])
            begin = c.kinds().index("response.created")
            same(c.kinds()[begin:], ["response.created"] + MESSAGE + MESSAGE_DONE + CALL + CALL + ["response.done"])
            outputs = ['{"ok": true, "text": "ten past four"}', '{"ok": true, "data": {"fact": "you like tea"}}']
            for call, output in zip(calls, outputs):
                await c.send("conversation.item.create", item={"type": "function_call_output",
                                                               "call_id": call["call_id"], "output": output})
            await c.send("response.create")
            done = await c.reply()
            same(done["output"][0]["content"][0]["transcript"], "It is ten past four, and you like tea.")
            await c.send("conversation.item.create", item={
                "type": "function_call_output", "call_id": done["output"][1]["call_id"], "output": "ok"})
            await c.send("response.create")
            same((await c.reply())["output"], [])
        same(server.stop(), 0)


async def tools_broken():
    """Arguments that are no JSON; a tool that the session does not have is noticed."""
    with Server('expect tool_not_offered 1\nturn 1 heard "x" call time raw "{\\"zone\\": "\n'
                'turn 2 heard "y" call sing {}') as server:
        async with Client(server) as c:
            await c.configure()
            await c.speak()
            same((await c.reply())["output"][0]["arguments"], '{"zone": ')
            await c.speak()
            same((await c.reply())["output"][0]["name"], "sing")
        same(server.stop(), 0)


async def endings():
    """Responses that fail, that are incomplete, and errors in between."""
    script = 'turn 1 heard "a" status failed rate_limit_exceeded "Rate limit."\n' \
             'turn 2 heard "b" say "This is cut off early." upto 300 status incomplete max_output_tokens\n' \
             'turn 3 heard failed error server_error "Odd." say "Fine."'
    with Server(script) as server:
        async with Client(server) as c:
            await c.configure()
            await c.speak()
            done = await c.reply()
            same((done["status"], done["status_details"]["error"]["code"]), ("failed", "rate_limit_exceeded"))
            await c.speak()
            done = await c.reply()
            same((done["status"], done["status_details"]["reason"]), ("incomplete", "max_output_tokens"))
            same(len(c.sound(done["id"])), 2400)
            await c.speak()
            same((await c.until("error"))["error"]["code"], "server_error")
            same((await c.reply())["status"], "completed")
            await c.until("conversation.item.input_audio_transcription.failed")


async def expiry():
    """session_expired, then close 1001 with the same words."""
    with Server("connect 1 expires 0.2") as server:
        async with Client(server) as c:
            same(await c.closed(), 1001)
            same(c.got[-1]["error"]["code"], "session_expired")
            same(c.ws.close_reason, c.got[-1]["error"]["message"])


async def handshake():
    """Keys, addresses, busy servers, the beta header."""
    with Server("connect 2 http 503\nallow url_query beta_api_shape_disabled", key=KEY) as server:
        tries = [(dict(key="wrong"), 401), (dict(), 503), (dict(path="/v1/other?model=x"), 404),
                 (dict(path="/v1/realtime"), 400)]
        for how, status in tries:
            try:
                async with Client(server, **how):
                    raise AssertionError(f"{how} was let in")
            except websockets.InvalidStatusCode as e:
                same((how, e.status_code), (how, status))
        async with Client(server, headers=[("OpenAI-Beta", "realtime=v1")]) as c:
            same(await c.closed(), 4000)
            same(c.got[0]["error"]["code"], "beta_api_shape_disabled")
        async with Client(server) as c:
            await c.until("session.created")
        same(server.stop(), 0)
        with open(server.log_path, encoding="utf-8") as f:
            assert KEY not in f.read()


async def refused_account():
    """insufficient_quota instead of session.created, then the close."""
    with Server('connect * refuse insufficient_quota "No money." close 1000') as server:
        async with Client(server) as c:
            same(await c.closed(), 1000)
            same([e["error"]["code"] for e in c.got], ["insufficient_quota"])


async def dying_connections():
    """Cut without a word; mute still answers pings; frozen answers nothing."""
    script = 'turn 1 heard "a" say "Never heard to the end." upto 200 cut\n' \
             "connect 2 mute\nconnect 3 freeze"
    with Server(script) as server:
        async with Client(server) as c:
            await c.configure()
            await c.speak()
            same(await c.closed(), 1006)
            assert len(c.sound()) == 1600 and "response.done" not in c.kinds()
        async with Client(server) as c:
            await c.until("session.created")
            await c.send("response.create")
            await asyncio.wait_for(await c.ws.ping(), LIMIT_S)
            same(c.kinds(), ["session.created"])
        async with Client(server) as c:
            await c.until("session.created")
            waiter = await c.ws.ping()
            await c.send("response.create")
        assert not waiter.done() or waiter.exception()
        same(server.stop(), 0)


async def seed(c, *items):
    for role, text in items:
        kind = "output_text" if role == "assistant" else "input_text"
        await c.send("conversation.item.create", item={"type": "message", "role": role, "content": [
            {"type": kind, "text": text}]})


TALK = 'greet say "Hello Anna."\nturn 1 heard "First question" say "First answer."\n' \
       'turn 2 heard "Second question" say "Second answer." cut\nturn 3 heard "Third" say "Third answer."'


async def resumption():
    """A seeded connection goes on with its conversation; an empty one is a new call; lost words are answered."""
    with Server(TALK + "\nexpect resumed 2\nexpect conversations 2") as server:
        async with Client(server) as c, Client(server) as other:
            for client in (c, other):
                await client.configure()
                await client.send("response.create")
                await client.reply()
                await client.speak()
                await client.reply()
        async with Client(server) as c, Client(server) as fresh:
            await c.configure()
            await seed(c, ("assistant", "Hello Anna."), ("user", "First question"), ("assistant", "First ans"))
            await c.speak()
            same(await c.closed(), 1006)
            await fresh.configure()
        async with Client(server) as c:
            await c.configure()
            await seed(c, ("user", "First question"), ("assistant", "First answer."), ("user", "Second question"))
            await c.send("response.create")
            same((await c.reply())["output"][0]["content"][0]["transcript"], "Second answer.")
            await c.speak()
            same((await c.reply())["output"][0]["content"][0]["transcript"], "Third answer.")
        same(server.stop(), 0)
        same(len(server.log("seed")), 6)


async def lost_turn():
    """A turn that died unanswered and whose words nobody knew is counted once when its sound comes again."""
    with Server('greet say "Hello Anna."\nturn 1 heard "One" cut say "Answer one."') as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create")
            await c.reply()
            await c.speak()
            same(await c.closed(), 1006)
        async with Client(server) as c:
            await c.configure()
            await seed(c, ("assistant", "Hello Anna."))
            await c.speak()
            same((await c.reply())["output"][0]["content"][0]["transcript"], "Answer one.")


async def texts():
    """Typed words and keys: answered by the script's text statements."""
    with Server('text "pressed 5" say "Five it is."') as server:
        async with Client(server) as c:
            await c.configure()
            await seed(c, ("user", "The caller pressed 5."))
            await c.send("response.create")
            same((await c.reply())["output"][0]["content"][0]["transcript"], "Five it is.")


async def out_of_band():
    """A summary in text beside a running response; it does not enter the conversation."""
    with Server('set pace 1\ngreet say "I keep talking all the time, you know."\nside say "A note."') as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create")
            await c.until("response.output_audio.delta")
            await c.send("response.create", response={"conversation": "none", "output_modalities": ["text"],
                                                      "metadata": {"purpose": "summary"}, "input": []})
            done = await c.until("response.done")
            same((done["response"]["metadata"], done["response"]["output"][0]["content"][0]["text"]),
                 ({"purpose": "summary"}, "A note."))
            added = [e["item"]["id"] for e in c.got if e["type"] == "conversation.item.added"]
            assert done["response"]["output"][0]["id"] not in added
            await c.send("response.cancel")
            same((await c.reply())["status"], "cancelled")


async def alarm():
    """A false alarm interrupts; the turn counter stays."""
    with Server('set pace 1\ngreet alarm 20 say "I am interrupted by a noise, and nobody spoke."\n'
                'turn 1 heard "One" say "First."') as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create")
            same((await c.reply())["status_details"]["reason"], "turn_detected")
            empty = await c.until("conversation.item.input_audio_transcription.completed")
            same(empty["transcript"], "")
            await c.speak()
            same((await c.reply())["output"][0]["content"][0]["transcript"], "First.")


async def voice_change():
    """The voice is locked after the first sound; the same voice may be sent again."""
    with Server('expect cannot_update_voice 1\ngreet say "Hello."') as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create")
            await c.reply()
            error = await c.error("session.update", session={"type": "realtime", "audio": {"output": {
                "voice": "cedar"}}})
            same(error["code"], "cannot_update_voice")
            await c.configure()
        same(server.stop(), 0)


async def idle():
    """idle_timeout_ms (shortened by --no-strict): the silence is committed and the model speaks."""
    with Server('greet say "Hi."\nidle say "Still there?"', "--no-strict") as server:
        async with Client(server) as c:
            await c.configure(session(idle_timeout_ms=50))
            await c.send("response.create")
            await c.reply()
            await c.until("input_audio_buffer.timeout_triggered")
            same((await c.reply())["output"][0]["content"][0]["transcript"], "Still there?")


async def formats():
    """PCM at 24 kHz and A-law, both ways."""
    with Server('greet say "Hello Anna."\nturn 1 heard "One" say "First."') as server:
        lengths = []
        for kind, per_ms in (("audio/pcmu", 8), ("audio/pcma", 8), ("audio/pcm", 48)):
            async with Client(server) as c:
                config = session()
                wire = {"type": kind, "rate": 24000} if kind == "audio/pcm" else {"type": kind}
                config["audio"]["input"]["format"] = config["audio"]["output"]["format"] = wire
                await c.configure(config)
                await c.send("response.create")
                await c.reply()
                lengths.append(len(c.sound()) // per_ms)
                await c.speak(kind=kind)
                same((await c.reply())["output"][0]["content"][0]["transcript"], "First.")
        assert max(lengths) - min(lengths) <= 1, lengths


async def beta_names():
    """dialect beta: old names, flat session, no item.done."""
    with Server('set dialect beta\nmanner one-delta no-expires binary\ngreet say "Hello."') as server:
        async with Client(server) as c:
            created = await c.until("session.created")
            same(created["session"]["output_audio_format"], "pcm16")
            assert "expires_at" not in created["session"]
            await c.configure()
            await c.send("response.create")
            done = await c.reply()
            same(done["output"][0]["content"][0]["type"], "audio")
            kinds = c.kinds(short=False)
            same(kinds.count("response.audio.delta"), 1)
            assert "conversation.item.created" in kinds and "response.audio_transcript.done" in kinds
            assert not [k for k in kinds if "output_" in k and k != "response.output_item.added"
                        and k != "response.output_item.done" or k == "conversation.item.done"], kinds


async def manners():
    """Unknown events and fields, missing ids, doubled events, late deltas, late transcription, short items."""
    script = 'set pace 1\nmanner unknown-events no-item-done no-ids null-code twice late-deltas string-details ' \
             'short-items conversation-created\nallow truncate_too_long\n' \
             'greet say "A long sentence that will be cancelled very soon."\nturn 1 heard "One" late say "First."'
    with Server(script) as server:
        async with Client(server) as c:
            await c.configure()
            same([k for k in c.kinds() if k != "sim.unknown"][0], "conversation.created")
            await c.send("response.create")
            delta = await c.until("response.output_audio.delta")
            assert "event_id" not in delta and "output_index" not in delta and "sim_extra" in delta
            await c.send("response.cancel")
            done = await c.reply()
            same(done["status_details"], "client_cancelled")
            await c.until("response.done")          # the second one
            since = c.at
            await c.until("response.output_audio.delta", response_id=done["id"])
            await c.until("response.output_audio.delta", response_id=done["id"])
            assert since and "sim.unknown" in c.kinds()
            await c.speak()
            await c.reply()
            since = c.at
            late = await c.until("conversation.item.input_audio_transcription.completed")
            assert c.got.index(late) >= since and "conversation.item.done" not in c.kinds()
            item = done["output"][0]["id"]
            have = sum(len(base64.b64decode(e["delta"])) for e in c.got[:c.got.index(done) if done in c.got else None]
                       if e["type"] == "response.output_audio.delta" and e["item_id"] == item) // 8
            await c.send("conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=have)
            error = (await c.until("error"))["error"]
            assert error["code"] is None and "already shorter than" in error["message"], error


async def emitted():
    """emit sends any event, with the ids of the running response."""
    with Server('greet say "Hello." emit {"type": "response.output_audio.delta", "response_id": "$response", '
                '"item_id": "$item", "output_index": 0, "content_index": 0, "delta": "//8="}') as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create")
            done = await c.reply()
            extra = [e for e in c.got if e.get("delta") == "//8="]
            same([(e["response_id"], e["item_id"]) for e in extra], [(done["id"], done["output"][0]["id"])])


async def own_events():
    """What the simulator sends is in the field lists too."""
    script = 'greet say "Hello."\nturn 1 heard "One" delay 0 say "Wait." call time {} then say "{output}"\n' \
             'turn 2 heard failed delay 0 status failed server_error\nallow invalid_value'
    with Server(script) as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create")
            await c.reply()
            await c.speak()
            call = (await c.reply())["output"][1]
            await c.send("conversation.item.create", item={"type": "function_call_output",
                                                           "call_id": call["call_id"], "output": "noon"})
            await c.send("response.create")
            await c.reply()
            await c.speak()
            await c.reply()
            await c.error("nonsense")
            await c.send("input_audio_buffer.clear")
            await c.until("input_audio_buffer.cleared")
            found = {str(p) for e in c.got for p in SCHEMA.check_server(pruned(e))}
            same(found, set())


def pruned(value):
    """Without nulls (the server sends them, the types leave them out) and what session.created has in practice."""
    if isinstance(value, list):
        return [pruned(v) for v in value]
    if not isinstance(value, dict):
        return value
    practice = PRACTICE if value.get("object") == "realtime.session" else ()
    return {k: pruned(v) for k, v in value.items() if v is not None and k not in practice}


async def many_calls():
    """Twenty calls at once, each with its own turns."""
    with Server('greet say "Hello Anna."\nturn 1 heard "One" say "First answer."\nturn 2 heard "Two" say "Second."\n'
                "expect conversations 20\nexpect turns 40") as server:
        async def one():
            async with Client(server) as c:
                await c.configure()
                await c.send("response.create")
                await c.reply()
                said = []
                for _ in range(2):
                    await c.speak()
                    said.append((await c.reply())["output"][0]["content"][0]["transcript"])
                return said
        for said in await asyncio.gather(*[one() for _ in range(20)]):
            same(said, ["First answer.", "Second."])
        same(server.stop(), 0)


async def log_is_clean():
    """No sound in the log, only lengths; times rise; the end tells what was said."""
    with Server('greet say "Hello Anna."\nturn 1 heard "One" say "First."') as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create")
            await c.reply()
            await c.speak()
            await c.reply()
        lines = server.log()
        assert max(len(json.dumps(e)) for e in lines if e["kind"] in ("in", "out")
                   and "session" not in e["event"]) < 2000
        times = [e["us"] for e in lines]
        same(times, sorted(times))
        same({e["event"]["audio_ms"] for e in lines if e["kind"] == "in" and e["event"]["type"] ==
              "input_audio_buffer.append"} - {20.0}, {e for e in ()} if True else None)
        same([i.get("heard") for i in server.log("end")[0]["items"]], ["Hello Anna.", "One", "First."])
        same(lines[-1]["kind"], "summary")


async def scripts_read():
    """Every script below scripts/ is understood; mistakes are named with their line."""
    folder = os.path.join(HERE, "scripts")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            Script(f.read())
    for text, line in (("greet sing", 1), ("\nturn x say \"a\"", 2), ("manner rude", 1), ("set pace fast", 1),
                       ("turn 1 say hello", 1), ("turn 1 say \"a\"\nturn 1 say \"b\"", 2), ("  say \"a\"", 1),
                       ("turn 1 call time {\"a\":", 1), ("connect 1 say \"a\"", 1), ("set dialect old", 1)):
        try:
            Script(text)
            raise AssertionError(f"accepted: {text}")
        except ScriptError as e:
            assert f"line {line}:" in str(e), (text, e)


async def usage():
    """Wrong options, a missing script, a taken port: one line and 100."""
    with Server() as server:
        for argv, words in ((["--loud"], "unrecognized"), (["--script", "/nonexistent"], "cannot read /nonexistent"),
                            (["--port", str(server.port)], f"cannot bind 127.0.0.1:{server.port}")):
            run = subprocess.run([SIM, *argv], capture_output=True, text=True, timeout=LIMIT_S)
            same((run.returncode, run.stdout, len(run.stderr.splitlines())), (100, "", 1))
            assert words in run.stderr, run.stderr


CASES = [greeting, greeting_as_asked, caller_turn, create_response_false, barge_in_running, barge_in_complete,
         wrong_events, not_strict, expectations, one_response, manual_turns, tools, tools_broken, endings, expiry,
         handshake, refused_account, dying_connections, resumption, lost_turn, texts, out_of_band, alarm, voice_change,
         idle, formats, beta_names, manners, emitted, own_events, many_calls, log_is_clean, scripts_read, usage]


async def main():
    wanted = [c for c in CASES if c.__name__ in sys.argv[1:]] or CASES
    failed = 0
    for case in wanted:
        try:
            await case()
            print(f"ok   {case.__name__}")
        except Exception:       # any fault of a case is its failure
            failed += 1
            print(f"FAIL {case.__name__}: {traceback.format_exc()}")
    print(f"{len(wanted) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
