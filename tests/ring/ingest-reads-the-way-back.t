#!/usr/bin/python3
"""The brain beside it may answer on the reverse direction of the link that it reads: call.setup says so. What comes there is
played like what comes round the ring; a clear that takes both ways acts once; its successor
reads on."""
from carrier import *

with Ring(expect=["stream lost"]) as r:
    t = r.call()
    check("it says that it reads there", r.said("call.setup")[0].get("back") is True, r.said("call.setup"))
    passed = len(r.frames)
    r.down("2.0.1", audio(600, 1), back=True)
    r.down("2.0.1", audio(400, 2), end=True, back=True)
    r.until(lambda: (r.heard("2.0.1") or {}).get("end"), what="all of it to be heard")
    check("played as it came", bytes(t.audio) == audio(600, 1) + audio(400, 2))
    check("what came there goes nowhere else", not [f for f in r.frames[passed:] if f.kind == DOWN])

    r.down("2.0.2", audio(3000, 3), back=True)
    r.until(lambda: t.heard() > 8 * 1300, what="some of the next")
    r.event("call.clear", why="speech", id="c1", item="2.0.2", seq=70, back=True)
    r.until(lambda: [e for e in r.said("call.cleared") if e["id"] == "c1"], what="call.cleared")
    r.until(lambda: len(t.clears) == 1, what="silence at once")
    r.event("call.clear", why="speech", id="c1", item="2.0.2", seq=70)
    r.until(lambda: [e for e in r.events() if e["type"] == "call.clear"], what="the clear to pass on round the ring")
    check("answered once", len(r.said("call.cleared")) == 1 and len(t.clears) == 1)

    r.kill()
    r.down("2.0.3", audio(500, 4), end=True, back=True)
    r.start()
    t = r.call()
    r.until(lambda: (r.heard("2.0.3") or {}).get("end"), what="what was said while nobody was there")
    check("played whole", bytes(t.audio) == audio(500, 4))
close()
