#!/usr/bin/python3
"""Whoever listens counts audio, not time: a hole in the timestamps is filled, and when nothing comes silence is put
in, marked as such; a muted caller is silence, too."""
from carrier import *

with Ring() as r:
    t = r.call()
    t.voice()
    t.voice()
    t.voice(stamp=140)
    r.until(lambda: len(r.up()) == 3)
    total = b"".join(f.payload for f in r.up(filled=True))
    check("a hole", total == audio(40, 0x11) + audio(100, 0xff) + audio(20, 0x11), len(total))
    check("marked", [f.flags for f in r.up(filled=True)] == [0, 0, FILLED, 0])
    check("born now", all(abs(f.birth / 1e6 - now()) < 1 for f in r.up()))
    began, before = now(), len(r.up(filled=True))
    r.until(lambda: len(r.up(filled=True)) > before)
    check("nothing for 750 ms", 0.6 < now() - began < 0.9, now() - began)
    r.during(0.8)
    ms = sum(len(f.payload) for f in r.up(filled=True)[before:]) // 8
    check("silence goes on with the time", 1450 <= ms <= 1650, ms)
    r.event("call.mute", who="caller", on=True, origin=6)
    r.until(lambda: r.events("call.mute"))
    t.voice(stamp=160)
    before = len(r.up(filled=True))
    f = r.until(lambda: r.up(filled=True)[before:])[0]
    check("muted", f.payload == audio(20, 0xff) and f.flags == FILLED)
    t.stop()
    check("exit", r.ended() == 0)
close()
