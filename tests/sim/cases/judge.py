"""What the client does is judged: field lists, rules, exit status; what we send and log is right too."""
import json
import os
import subprocess

from client import HERE, LIMIT_S, SESSION, SIM, Client, Server, same
from sim.schema import Schema
from sim.script import Script, ScriptError


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
        answers = [e for e in server.log("out") if e["event"]["type"] == "error"]
        same(len(answers), len(WRONG) + 1)


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


PRACTICE = ("id", "object", "expires_at")       # of session.created: in practice there, absent from the types
SCHEMA = Schema(os.path.join(HERE, "..", "data", "openai-realtime-events.json"))


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
    if value.get("type") == "input_audio":
        value = dict(value, audio="")           # clients must send it, servers leave it out
    return {k: pruned(v) for k, v in value.items() if v is not None and k not in practice}


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
        sounds = [e["event"] for e in lines if e["kind"] == "in" and e["event"]["type"] == "input_audio_buffer.append"]
        assert sounds and all(0 < e["audio_ms"] <= 20 and "audio" not in e for e in sounds), sounds
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


CASES = [wrong_events, not_strict, expectations, one_response, voice_change, own_events, log_is_clean, scripts_read,
         usage]
