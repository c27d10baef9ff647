#!/usr/bin/python3
"""How a call ends: the supervisor's order with a word for the caller, before the stream, with it and after its
loss; nobody comes; SIGTERM, which leaves the call to whoever goes on with it."""
from carrier import *


def end(r, *reasons):
    code = r.ended(8)
    check("call.end", [e["reason"] for e in r.said("call.end")] == list(reasons), r.said("call.end"))
    return code


with Ring() as r:  # in mid-sentence: silence, the apology, the stream's end
    t = r.call()
    r.down("2.0.1", audio(3000))
    r.until(lambda: t.heard() > 800)
    r.order_end(reason="failed", say="Sorry, please call again.")
    check("exit", end(r, "failed") == 0)
    check("next", r.next() == {"step": 1, "verb": "say", "text": "Sorry, please call again."}, r.next())
    check("silence first", len(t.clears) == 1 and t.ws.closed == 1000, t.clears, t.ws.closed)
    check("text", r.said("call.end")[0]["text"] == "Sorry, please call again.")
    check("state", r.states() == ["ringing", "talking", "ending"], r.states())

with Ring() as r:  # before the stream: it is taken, and closed at once
    r.until(lambda: r.said("call.setup"))
    r.order_end(reason="failed", say="Sorry.")
    r.until(lambda: r.next())
    t = r.connect()
    check("exit", end(r, "failed") == 0)
    check("sent on", t.ws.closed == 1000 and r.next()["step"] == 1, t.ws.closed, r.next())

with Ring(expect=["stream lost"]) as r:  # after the loss: the step of the stream that comes counts
    t = r.call()
    t.ws.sock.close()
    t.dead = True
    r.until(lambda: r.said("call.lost"))
    r.order_end(reason="operator")
    r.until(lambda: r.next())
    check("for a step not yet asked", r.next() == {"step": 1, "verb": "hangup"}, r.next())
    t = r.connect()
    check("exit", end(r, "operator") == 0)
    check("for the step behind the new stream", r.next() == {"step": 2, "verb": "hangup"} and t.ws.closed == 1000,
          r.next())

with Ring() as r:  # transferred: answered, and over
    t = r.call()
    r.event("call.next", id="n", verb="transfer", to="+15557654321", origin=3)
    r.until(lambda: r.said("call.next.done"))
    r.order_end(reason="transfer")
    check("exit", end(r, "transfer") == 0)
    check("next is left alone", r.next()["verb"] == "transfer")

with Ring(conf="limits { resume-seconds = 1 }", expect=["stream lost", "no stream came"]) as r:
    t = r.call()
    t.ws.sock.close()
    t.dead = True
    check("exit", end(r, "failed") == 0)

with Ring() as r:  # somebody else goes on
    t = r.call()
    r.process.terminate()
    check("exit", end(r) == 111)
    check("no next", r.next() is None or r.next()["verb"] != "hangup")

with Ring(expect=["call.json"]) as r:
    r.process.kill()
    r.process.wait()
    with open(f"{r.dir}/call.json", "w") as f:
        f.write('{"call":"x"}')
    r.start()
    check("exit", r.ended() == 100)
    check("why", "cannot read" in r.errors and "carrier: s expected" in r.errors, r.errors)
close()
