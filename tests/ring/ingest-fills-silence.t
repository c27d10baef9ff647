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
    check("born now", all(abs(f.birth / 1e6 - now()) < 5 for f in r.up()))
    last, before = r.up()[-1].birth, len(r.up(filled=True))
    r.until(lambda: len(r.up(filled=True)) > before)
    waited = (r.up(filled=True)[before].birth - last) / 1000
    check("nothing for 750 ms", 600 < waited < 900 + r.late_s * 1000, waited)
    r.during(0.8)
    put_in = r.up(filled=True)[before:]
    ms, passed = sum(len(f.payload) for f in put_in) // 8, (put_in[-1].birth - last) / 1000
    check("silence goes on with the time", passed > 1300 and abs(ms - passed) <= 100, ms, passed)
    r.event("call.mute", who="caller", on=True, origin=6)
    r.until(lambda: r.events("call.mute"))
    t.voice(stamp=160)
    before = len(r.up(filled=True))
    f = r.until(lambda: r.up(filled=True)[before:])[0]
    check("muted", f.payload == audio(20, 0xff) and f.flags == FILLED)
    t.stop()
    check("exit", r.ended() == 0)
close()
