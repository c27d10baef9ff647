#!/usr/bin/python3
"""Twilio sends nothing at all. One that answers a mark is alive and only silent; one that does not is lost after 30 s."""
# limit: 90
from carrier import *

with Ring(expect=["nothing comes from Twilio", "stream lost"]) as r:
    t = r.call()
    r.during(12)
    check("silent, but alive", "nothing comes" not in r.errors and not r.said("call.lost"), r.errors)
    asked = [m for m in t.messages if m["event"] == "mark"]
    check("asked now and then", 1 <= len(asked) <= 3, len(asked))
    filled = sum(len(f.payload) for f in r.up(filled=True)) // 8
    check("silence put in, up to ten seconds a time", 9000 <= filled <= 12500, filled)
    t.dead = True
    began = now()
    lost = r.until(lambda: r.said("call.lost"), 40)[0]
    check("lost", 20 < now() - began < 31 and lost["why"] == "nothing came for 30 s", now() - began, lost)
    check("warned once before", len(re.findall("nothing comes from Twilio", r.errors)) == 1)
    t = r.call()
    check("resumed", r.said("call.start")[-1]["resumed"] == "lost")
    t.stop()
    check("exit", r.ended() == 0)
close()
