#!/usr/bin/python3
"""rd-ingest by hand: the greeting that waited goes first, audio is sent ahead by a bounded lead, and call.heard
follows what the caller has really heard, to its end."""
from carrier import *

with Ring("--from", "+15551234567", "--to", "+15550100000", listen=True) as r:
    r.down("2.0.1", audio(300))
    t = r.call()
    setup, start = r.said("call.setup")[0], r.said("call.start")[0]
    check("setup from the start message",
          setup["call"] == CALL and setup["from"] == "+15551234567" and setup["agent"] == "home", setup)
    check("start", start["stream"] == SID and start["step"] == 0 and start["resumed"] == "no", start)
    check("greeting before the event", t.media() or r.until(t.media))
    r.down("2.0.1", audio(1200), end=True)
    r.down("7.0.1", audio(300, 0x22), end=True, flags=8)  # FILLED: there is no silence to fill
    begun = now()
    r.until(lambda: (r.heard("2.0.1") or {}).get("end"), what="the end to be heard")
    took = now() - begun
    check("heard when it was played, not when it was sent", 1.2 < took < 4 + r.late_s, took)
    check("all of it", r.heard("2.0.1") == {"item": "2.0.1", "heard_ms": 1500, "sent_ms": 1500, "end": True},
          r.heard("2.0.1"))
    check("what was sent", b"".join(t.media()) == audio(1500))
    check("no message under 50 ms", min(map(len, t.media())) >= 400, [len(m) for m in t.media()])
    marks = [m["mark"]["name"] for m in t.messages if m["event"] == "mark"]
    check("marks", len(marks) >= 7 and marks[0] == "g1-1" and t.messages[-1]["event"] == "mark", marks)
    check("call.heard not too often", 2 <= len(r.said("call.heard")) <= 10, len(r.said("call.heard")))
    rising = [e["items"][0]["heard_ms"] for e in r.said("call.heard")]
    check("it rises", rising == sorted(rising), rising)
    sent = len(t.media())
    r.down("7.0.2", audio(300, 0x22), end=True, flags=8)
    r.until(lambda: (r.heard("7.0.2") or {}).get("end"), what="a cue to be heard")
    check("now there is one", b"".join(t.media()[sent:]) == audio(300, 0x22))
    for _ in range(3):
        t.voice()
    t.key("5")
    r.until(lambda: len(r.up()) == 3 and r.said("user.key"))
    f = r.up()[0]
    check("caller's voice", f.payload == audio(20, 0x11) and (f.codec, f.rate, f.flags) == (1, 80, 0))
    check("key", r.said("user.key")[0]["digit"] == "5")
    t.stop()
    check("exit", r.ended() == 0)
    check("call.end", [e["reason"] for e in r.said("call.end")] == ["caller"])
    check("closed", t.ws.closed == 1000)

with Ring("--from", "+15551234567", "--to", "+15550100000", listen=True) as r:  # who begins is told what is queued, though nothing changes
    r.down("2.0.1", audio(300))
    r.event("stage.hello", origin=3, program="rd-x", version="0", needs=[])
    told = r.until(lambda: r.said("call.heard"))[0]
    check("for who begins", told["items"] == [{"item": "2.0.1", "heard_ms": 0, "sent_ms": 300, "end": False}], told)
    r.call().stop()
    check("exit of one that was told", r.ended() == 0)

for listen in (True, False):  # a Twilio that does not wait for the answer to its upgrade
    with Ring(listen=listen) as r:
        t = r.call(early=True)
        r.down("2.0.1", audio(100), end=True)
        r.until(lambda: (r.heard("2.0.1") or {}).get("end"))
        t.stop()
        check("exit of an early one", r.ended() == 0)
close()
