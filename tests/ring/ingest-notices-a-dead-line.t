#!/usr/bin/python3
"""Twilio sends nothing at all. One that answers a mark is alive and only silent; one that does not is lost after 30
s."""
# limit: 90
from carrier import *

with Ring(expect=["nothing comes from Twilio", "stream lost"]) as dead, Ring() as silent:
    t = dead.call()
    t.dead, began = True, now()
    t = silent.call()
    silent.during(11)
    check("silent, but alive", "nothing comes" not in silent.errors and not silent.said("call.lost"), silent.errors)
    asked = [m for m in t.messages if m["event"] == "mark"]
    check("asked now and then", 1 <= len(asked) <= 2, len(asked))
    filled = sum(len(f.payload) for f in silent.up(filled=True)) // 8
    check("silence put in, up to ten seconds of it", 9000 <= filled <= 10000, filled)
    t.stop()
    check("exit", silent.ended() == 0)
    lost = dead.until(lambda: dead.said("call.lost"), 40)[0]
    check("lost", 29 < now() - began < 40 and lost["why"] == "nothing came for 30 s", now() - began, lost)
    check("warned once before", len(re.findall("nothing comes from Twilio", dead.errors)) == 1)
    t = dead.call()
    check("resumed", dead.said("call.start")[-1]["resumed"] == "lost")
    t.stop()
    check("exit", dead.ended() == 0)
close()
