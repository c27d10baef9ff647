#!/usr/bin/python3
"""kill -9 in mid-sentence: the next life finds what is unheard in the call folder, and a new stream hears the
rest."""
from carrier import *

with Ring(expect=["stream lost", "refused a second stream"]) as r:
    t = r.call()
    whole = bytes(i % 251 for i in range(8 * 3000))
    r.down("2.0.1", whole, end=True)
    while t.heard() < 8 * 1000:  # the caller's voice, silent or not, is what keeps the file up to date
        t.voice()
        r.during(0.02)
    killed = now()
    r.kill()
    r.until(lambda: t.ws.closed, what="the connection to die with its process")
    heard, late = t.heard(), 8000 * (now() - killed + r.late_s)
    r.start()
    lost = r.until(lambda: r.said("call.lost"), what="call.lost")[0]
    check("lost where it was heard", abs(lost["heard_ms"] - heard / 8) < 60 + late / 8, lost, heard / 8)
    check("setup again", [e["_life"] for e in r.said("call.setup")] == [0, 1])
    r.send(EVENT, b'{"type":"stage.hello","program":"rd-x","version":"0","needs":["call.lost","call.start"]}', origin=3)
    r.until(lambda: len(r.said("call.lost")) == 2)
    stale = r.connect(start=False, step=0)
    r.until(lambda: stale.ws.closed or stale.dead, what="a used step to be refused")
    r.step = 1
    began = now()
    t2 = r.call(sid="MZ" + "1" * 32)
    start = r.said("call.start")[-1]
    check("resumed", start["resumed"] == "lost" and start["step"] == 1 and start["stream"] == "MZ" + "1" * 32, start)
    r.until(lambda: (r.heard("2.0.1") or {}).get("end"), what="the end of the sentence")
    rest = bytes(t2.audio)
    check("the rest of it", whole.endswith(rest) and -16 <= len(rest) - (len(whole) - heard) <= 8 * 60 + late, len(rest),
          len(whole) - heard)
    check("numbers of the item go on", r.heard("2.0.1")["heard_ms"] == 3000, r.heard("2.0.1"))
    names = [m["mark"]["name"] for m in t2.messages if m["event"] == "mark"]
    check("marks of a new generation",
          not set(names) & {m["mark"]["name"] for m in t.messages if m["event"] == "mark"}, names)
    r.send(EVENT, b'{"type":"stage.hello","program":"rd-x","version":"0","needs":["call.lost","call.start"]}',
          origin=3, life=1)
    r.until(lambda: len([e for e in r.said("call.start") if e["step"] == 1]) == 2)
    check("not lost any more", len(r.said("call.lost")) == 2)
    # killed again, with the farewell armed: it still hangs up
    r.down("2.0.2", audio(800), end=True)
    r.event("call.next", id="n1", verb="hangup", origin=3)
    r.until(lambda: "armed verb=hangup" in r.errors)
    r.kill()
    r.start()
    t3 = r.call(sid="MZ" + "2" * 32)
    r.until(lambda: r.said("call.next.done"), what="the order of the life before to be carried out")
    check("heard first", len(t3.audio) >= 8 * 600)
    check("exit", r.ended() == 0)
    check("next", r.next() == {"step": 3, "verb": "hangup"}, r.next())
    check("states", r.states()[-4:] == ["waiting", "talking", "ending"][-4:] or r.states()[-1] == "ending", r.states())
close()
