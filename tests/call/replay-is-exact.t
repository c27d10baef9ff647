#!/usr/bin/python3
# limit: 180
"""A call recorded at a stage's input (rd-tap) and played to the stage again (rd-replay --exact) gives the bytes that the stage gave
in the call, each time and at any speed: all that rd-codec makes, and all that other stages pass on; what rd-tools says is
the same but for the clock."""
from rig import Rig, late_ms
import json, os, re, struct, subprocess

TMP, B = os.environ["TMP"], os.environ["B"]
HEAD = struct.Struct("<2sBBBBHBBBBIIIQ")
SCRIPT = """set voice slt
set pace 0.1
greet say "Hello Anna."
turn 1 heard "What time is it?" call time {} then say "It is late."
turn 2 heard "Tell me a story." say "Once upon a time there was a king who had three sons, and one of them liked to sit by the fire all day."
turn 3 heard "Stop, goodbye." say "Goodbye." call hang_up {}
"""
STAGES = ["rd-ingest", "rd-codec --up s16/16000", "rd-codec --up s16/48000 --down alaw/8000", "rd-codec --up alaw/8000", "rd-codec --up mulaw/8000",
          "rd-bridge", "rd-codec --down s16/24000", "rd-codec --down alaw/16000", "rd-codec --down mulaw/8000", "rd-tools", "rd-memory", "rd-monitor"]


def frames(data):
    """(origin, kind, payload, all of it)"""
    at = 0
    while at < len(data):
        head = HEAD.unpack_from(data, at)
        end = at + 32 + head[10]
        yield head[6], head[2], data[at + 32:end], data[at:end]
        at = end


def replay(name, command, speed="max"):
    out = f"{TMP}/out"
    with open(out, "wb") as f:
        p = subprocess.run(f"rd-replay --exact --speed {speed} {TMP}/{name} | {command}", shell=True, stdout=f, stderr=subprocess.PIPE,
                           timeout=40, env=dict(os.environ, OPENAI_API_KEY="x"))
    assert p.returncode == 0, (command, p.stderr)
    return open(out, "rb").read()


def said(found):
    """What rd-tools said of the call (its list is as long as the tools are quick), the clock taken out."""
    texts = [e for e in map(json.loads, found) if e["type"] in ("tool.result", "call.next")]
    assert len(texts) >= 3, texts
    return [re.sub(r"\d\d:\d\d|\d\d\d\d-\d\d-\d\dT[^\"]*", "", json.dumps(e)) for e in texts]


def record():
    """A call, and whether something came too late in it: a stage drops the caller's voice then, and in a replay nothing is late."""
    line = " | ".join(f"{stage} | rd-tap --way ahead --out {TMP}/{i}" for i, stage in enumerate(STAGES))
    with Rig(f"{TMP}/story.script", stages=line) as r:
        call = r.phone("--say", "What time is it?", "--say", "Tell me a story.", "--interrupt-after", "1500", "--say", "Stop, goodbye.")
        assert call["end"] == "assistant" and call["clears"] == 1, call
    stats = [json.loads(p) for _, kind, p, _ in frames(open(f"{TMP}/{len(STAGES) - 1}", "rb").read()) if kind == 1 and b'"stage.stats"' in p]
    return r.conf, late_ms(call) > 100 or call["gaps"] or any(e["queue"]["why"]["stale"] for e in stats)


def compare(conf):
    """How many stages gave the same again, and of how many bytes."""
    exact, bytes_compared = 0, 0
    for i, stage in enumerate(STAGES):
        recorded, place = open(f"{TMP}/{i}", "rb").read(), 2 * i + 1
        assert replay(i, "cat") == recorded and replay(i, "rd-tap 2>/dev/null") == recorded, stage
        if stage in ("rd-ingest", "rd-bridge"):
            continue  # they stand between the ring and the network
        codec, before = stage.startswith("rd-codec"), i - 1
        command = stage if codec else f"{stage} -c {conf}" + (f" --socket {TMP}/monitor" if stage == "rd-monitor" else "")
        again = [replay(before, command) for _ in range(2)]
        if codec:
            assert again[0] == again[1], f"{stage}: two replays differ"
        if i in (2, 6):
            assert replay(before, command, 8) == again[0], f"{stage}: the pace makes a difference"
        wanted = [f for origin, _, _, f in frames(recorded) if origin != place]
        for data in again:
            passed = [f for origin, _, _, f in frames(data) if origin < 128 and origin != place]
            assert passed == wanted, (stage, next((a, b) for a, b in zip(passed + [0], wanted + [0]) if a != b))
            if stage == "rd-tools":
                own = said(p for origin, _, p, _ in frames(data) if origin >= 128)
                assert own == said(p for origin, _, p, _ in frames(recorded) if origin == place), own
        exact, bytes_compared = exact + 1, bytes_compared + len(recorded)
    assert any(k == 1 and b"call.clear" in p for _, k, p, _ in frames(open(f"{TMP}/7", "rb").read())), "no interruption was recorded"
    return exact, bytes_compared


with open(f"{TMP}/story.script", "w") as f:
    f.write(SCRIPT)
for last in (False, False, True):
    conf, disturbed = record()
    try:
        exact, bytes_compared = compare(conf)
        break
    except AssertionError:
        if last or not disturbed:
            raise
print(f"{exact} stages, {bytes_compared} bytes alike")
