#!/usr/bin/python3
"""call.pause: perhaps the caller speaks. Silence at once, and on from what was heard when he did not."""
from carrier import *

with Ring() as r:
    t = r.call()
    whole = bytes(i % 251 for i in range(8 * 2500))
    r.down("2.0.1", whole, end=True)
    r.until(lambda: t.heard() >= 8 * 500)
    r.event("call.pause", id="p1", on=True)
    r.until(lambda: len(t.clears) == 1)
    kept = t.clears[0]
    r.during(0.3)
    check("silence", len(t.audio) == kept)
    r.event("call.pause", id="p1", on=False)
    r.until(lambda: (r.heard("2.0.1") or {}).get("end"))
    heard = bytes(t.audio)
    check("nothing lost, hardly anything twice", heard[:kept] == whole[:kept] and whole.endswith(heard[kept:]) and
          -8 <= len(heard) - len(whole) <= 8 * 25, len(heard), len(whole))
    # it was speech: clear follows, with what was heard when it went silent
    r.down("2.0.2", audio(4000))
    before = len(t.audio)
    r.until(lambda: t.heard() - before >= 8 * 400)
    r.event("call.pause", id="p2", on=True)
    r.until(lambda: len(t.clears) == 2)
    r.during(0.2)
    r.event("call.clear", why="speech", id="c1", item="2.0.2")
    items = r.until(lambda: r.said("call.cleared"))[0]["items"]
    check("heard until the pause", abs(items[0]["heard_ms"] - (t.clears[1] - before) / 8) <= 20 + r.late_s * 1000, items,
          t.clears[1] - before)
    r.down("2.0.3", audio(200), end=True)
    r.until(lambda: (r.heard("2.0.3") or {}).get("end"), what="the next answer, not paused")
    t.stop()
    check("exit", r.ended() == 0)
close()
