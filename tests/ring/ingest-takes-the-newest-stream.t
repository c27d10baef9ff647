#!/usr/bin/python3
"""A stream that breaks without a word: call.lost, and the next one hears the rest. A second one while the first
seems open: the newer wins."""
from carrier import *

with Ring(expect=["stream lost"]) as r:
    t = r.call()
    whole = bytes(i % 251 for i in range(8 * 2500))
    r.down("2.0.1", whole, end=True)
    r.until(lambda: t.heard() >= 8 * 600)
    heard = t.heard()
    t.ws.sock.close()
    t.dead = True
    lost = r.until(lambda: r.said("call.lost"))[0]
    check("lost", heard / 8 - 40 <= lost["heard_ms"] <= t.heard() / 8 + 40, heard / 8, lost, t.heard() / 8)
    heard = 8 * lost["heard_ms"]
    r.until(lambda: r.states()[-1] == "waiting")
    r.during(0.1)
    t = r.call(sid="MZ" + "1" * 32)
    check("resumed", r.said("call.start")[-1]["resumed"] == "lost")
    r.until(lambda: t.heard() >= 8 * 600)
    check("the rest", whole[heard - 8 * 60:].find(bytes(t.audio[:400])) >= 0)
    t.dead = True  # half open: nothing is read, nothing is said, nothing is closed
    t2 = r.call(sid="MZ" + "2" * 32)
    check("replaced",
          [e["why"] for e in r.said("call.lost")][1:] == ["another stream came"] and len(r.said("call.start")) == 3)
    r.until(lambda: (r.heard("2.0.1") or {}).get("end"))
    check("to its end", whole.endswith(bytes(t2.audio)))
    t2.stop()
    check("exit", r.ended() == 0)
close()
