#!/usr/bin/python3
"""rd-pacer fills a wait with a cue, never the same twice in a row and none where the answer comes in time, hands on what a
tool tells, asks an idle caller and ends the call; also after it was killed, and where no sound was prepared."""
from links import *

DATA = f"{TMP}/data"
PHRASES = {"cue.wait": ["One moment.", "Just a second.", "Let me see."], "cue.still": ["Still working on it."],
           "idle.check": ["Are you still there?"], "idle.bye": ["Goodbye."]}
MS = {"cue.wait": 400, "cue.still": 300, "idle.check": 200, "idle.bye": 600}
os.makedirs(f"{DATA}/phrases/slt")


def write(phrases):
    with open(f"{DATA}/phrases/en.conf", "w") as f:
        f.write("".join(f"{name} = {text}\n" for name, texts in phrases.items() for text in texts))


def prepare():
    for name, texts in PHRASES.items():
        for text in texts:
            h = 0xcbf29ce484222325
            for b in text.encode():
                h = (h ^ b) * 0x100000001b3 % 2**64
            with open(f"{DATA}/phrases/slt/{name}.{h:016x}.ul", "wb") as f:
                f.write(bytes([len(text)]) * MS[name] * 8)


def pacer(idle=0, expect=()):
    return Stage("rd-pacer", general=f'data-dir = "{DATA}"', more=f"limits {{ idle-seconds = {idle} }}", expect=expect)


def state(s, state, **more):
    s.event("assistant.state", state=state, **more)


def asks(s):
    """The caller's turn, up to its end; when that is."""
    s.event("user.speech.started")
    s.event("user.speech.stopped", speech_ms=900)
    state(s, "thinking", on="model")
    return time.monotonic()


def answers(s, n):
    s.event("assistant.text", item=f"2.0.{n}", n=1, text="Yes.")
    state(s, "speaking")
    s.event("call.heard", items=[{"item": f"2.0.{n}", "heard_ms": 100, "sent_ms": 100, "end": True}])
    state(s, "listening")


def played(s):
    """Its utterances: (item, text, ms, flags)."""
    found = []
    for e in s.said("assistant.done"):
        origin, life, count = map(int, e["item"].split("."))
        frames = [f for f in s.frames if f.kind == DOWN and f.item == origin << 24 | life << 16 | count]
        check("its sound came before its words", frames and all(f.codec == 1 and f.rate == 80 for f in frames), e)
        check("all of it", sum(len(f.payload) for f in frames) == e["sent_ms"] * 8 and frames[-1].flags & 1, e)
        found.append((e["item"], e["text"], e["sent_ms"], frames[0].flags))
    return found


write(PHRASES)
prepare()
with pacer() as s:
    s.event("call.start", origin=1, stream="MZ1", step=0, resumed="no")
    for n in range(1, 5):
        begun = asks(s)
        s.until(lambda: len(played(s)) == n)
        check("not before 700 ms", time.monotonic() - begun >= 0.7, time.monotonic() - begun)
        answers(s, n)
    cues = [p[1] for p in played(s)]
    check("never twice alike", all(a != b for a, b in zip(cues, cues[1:])) and set(cues) <= set(PHRASES["cue.wait"]), cues)
    check("it may be dropped for an answer", all(p[3] & 8 and p[2] == MS["cue.wait"] for p in played(s)), played(s))
    begun = asks(s)
    s.until(lambda: time.monotonic() > begun + 0.4)
    answers(s, 5)
    asks(s)
    s.restart()  # in the wait: what its successor needs is said again
    s.event("call.start", origin=1, stream="MZ1", step=0, resumed="no")
    state(s, "thinking", on="model")
    s.until(lambda: len(played(s)) == 5)
    check("none for the answer in time; one in its next life", played(s)[-1][0] == f"{PLACE}.1.1", played(s))
    s.event("tool.progress", id="c1", text="Half of it is done.")
    s.until(lambda: s.said("assistant.say"))
    check("what the tool tells", s.said("assistant.say")[0]["text"] == "Half of it is done.", s.said("assistant.say"))
    state(s, "listening")
    check("end", s.end() == 0)

with pacer(idle=1) as s:
    state(s, "listening")
    s.event("call.start", origin=1, stream="MZ1", step=0, resumed="no")
    begun = time.monotonic()
    s.until(lambda: s.said("call.next"))
    took, order = time.monotonic() - begun, s.said("call.next")[0]
    check("asked, then ended", [p[1] for p in played(s)] == ["Are you still there?", "Goodbye."], played(s))
    check("after 1 s, and 0.5 s behind the question", took > 1.65, took)
    check("the order", order["verb"] == "hangup" and order["reason"] == "idle", order)
    check("the farewell is not dropped", not played(s)[1][3] & 8, played(s))
    s.event("user.speech.started")
    s.event("user.speech.stopped", speech_ms=300)
    s.event("call.next.done", origin=1, id=order["id"], verb="hangup", ok=False, why="the caller spoke")
    s.until(lambda: len(s.said("call.next")) == 2)
    s.event("call.next.done", origin=1, id=s.said("call.next")[1]["id"], verb="hangup", ok=True)
    s.event("call.start", origin=1, stream="MZ1", step=0, resumed="no")  # for somebody else
    check("end", s.end() == 0)

for f in os.listdir(f"{DATA}/phrases/slt"):
    os.unlink(f"{DATA}/phrases/slt/{f}")
write({name: texts for name, texts in PHRASES.items() if name != "cue.still"})
with pacer(idle=1, expect=["cannot find the phrase cue.still"]) as s:  # ... which costs no other
    s.event("call.start", origin=1, stream="MZ1", step=0, resumed="no")
    begun = asks(s)
    s.until(lambda: time.monotonic() > begun + 0.9)
    check("a cue without sound is left out", not played(s) and not s.said("assistant.say"), s.said("assistant.say"))
    state(s, "listening")
    s.until(lambda: s.said("call.next"))
    check("the brain asks", [e["text"] for e in s.said("assistant.say")] == ["Are you still there?", "Goodbye."])
    check("end", s.end() == 0)
close()
