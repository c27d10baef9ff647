#!/usr/bin/python3
"""call.clear: silence at once, one answer for each id with what was heard (as Twilio played it, within 20 ms), the
next answer of the same brain is not cut by a clear that is said again, and nothing is answered twice."""
from carrier import *


def answer(r, id, limit=15):
    return r.until(lambda: [e for e in r.said("call.cleared") if e["id"] == id], limit,
          f"call.cleared {id}")[0]["items"]


with Ring() as r:
    t = r.call()
    check("setup and start", sorted(e["type"] for e in r.events()[:2]) + [r.events()[2]["type"]] == ["call.setup", "stage.hello", "call.start"],
          r.events())
    check("state", r.states() == ["ringing", "talking"], r.states())
    r.event("call.clear", why="speech", id="c0")
    check("nothing was queued", answer(r, "c0") == [])
    check("no clear for an empty line", t.clears == [])
    # three interruptions at moments of their own, in the middle of what was sent and of what was not
    for n, ms in enumerate((130, 615, 1777), 1):
        name = f"2.0.{n}"
        before = len(t.audio)
        r.down(name, audio(4000, n))
        r.until(lambda: t.heard() - before >= ms * 8, what=f"{ms} ms to be played")
        r.event("call.clear", why="speech", id=f"c{n}", item=name)
        r.until(lambda: len(t.clears) == n, what="clear")
        got = answer(r, f"c{n}")
        check("one item", len(got) == 1 and got[0]["item"] == name and not got[0]["end"], got)
        true_ms = (t.clears[-1] - before) / 8
        check("heard as played", abs(got[0]["heard_ms"] - true_ms) <= 20 + r.late_s * 1000, got, true_ms, r.late_s)
        check("sent", got[0]["sent_ms"] == 4000 and got[0]["heard_ms"] <= 4000)
        r.down(name, audio(100, 9))  # too late
    sent = len(t.audio)
    r.during(0.2)
    check("silence", len(t.audio) == sent)
    # two items queued and the sayer's next one: up to item only
    r.down("2.0.10", audio(4000, 10), end=True)
    r.down("5.0.1", audio(300, 11), end=True)
    r.down("2.0.11", audio(600, 12), end=True)
    r.until(lambda: t.heard() - sent >= 1600)
    r.event("call.clear", why="speech", id="c9", item="2.0.10", seq=9000)
    got = answer(r, "c9")
    check("dropped items in order", [i["item"] for i in got] == ["2.0.10", "5.0.1"] and got[1]["heard_ms"] == 0, got)
    r.until(lambda: (r.heard("2.0.11") or {}).get("end"), what="the next answer to be heard whole")
    check("the next answer is whole", bytes(t.audio[t.clears[-1]:]) == audio(600, 12))
    r.event("call.clear", why="speech", id="c9", item="2.0.10", flags=AGAIN, seq=9000)
    r.event("call.clear", why="speech", id="c9", item="2.0.10", seq=9001)
    r.event("call.clear", why="speech", id="c10")
    answer(r, "c10")
    check("once for each id", [e["id"] for e in r.said("call.cleared")] == ["c0", "c1", "c2", "c3", "c9", "c10"],
          r.said("call.cleared"))
    check("clear goes on round the ring", len(r.events("call.clear")) >= 7)
    check("log", len(re.findall("cleared heard_ms=", r.errors)) == 4, r.errors)
    t.stop()
    check("exit", r.ended() == 0)
close()
