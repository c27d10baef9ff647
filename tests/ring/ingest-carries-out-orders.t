#!/usr/bin/python3
"""call.next: armed until the last words were heard, taken back by the caller's speech, carried out by the file
`next` and the end of the stream; after press and transfer the call goes on in the next stream."""
from carrier import *


def done(r, id):
    e = r.until(lambda: [e for e in r.said("call.next.done") if e["id"] == id], 3, f"call.next.done {id}")[0]
    return e["ok"], e.get("why")


with Ring() as r:
    t = r.call()
    r.event("call.next", id="n0", verb="hold", origin=3)
    check("hold is impossible here", done(r, "n0") == (False, "not possible on this line"))
    r.event("call.next", id="n1", verb="transfer", to="0800-CALL", origin=3)
    check("no number", done(r, "n1")[0] is False)
    # taken back by the caller
    r.event("assistant.state", state="speaking")
    r.down("2.0.1", audio(600))
    r.event("call.next", id="n2", verb="hangup", origin=3)
    r.event("user.speech.started")
    check("disarmed", done(r, "n2") == (False, "the caller spoke"))
    # press, when the words before it were heard
    r.event("call.next", id="n3", verb="press", digits="12#", origin=3)
    r.down("2.0.1", audio(300), end=True)
    r.until(lambda: (r.heard("2.0.1") or {}).get("end"))
    r.during(0.4)
    check("waits for the assistant to listen", not [e for e in r.said("call.next.done") if e["id"] == "n3"])
    r.event("assistant.state", state="listening")
    armed = now()
    check("pressed", done(r, "n3") == (True, None))
    check("a breath later", now() - armed >= 0.29, now() - armed)
    check("next", r.next() == {"step": 1, "verb": "press", "digits": "12#"}, r.next())
    r.until(lambda: t.ws.closed)
    check("closed in order", t.ws.closed == 1000)
    r.until(lambda: r.states()[-1] == "waiting")
    check("not lost", not r.said("call.lost"))
    r.down("2.0.2", audio(400), end=True)  # said while the digits are pressed
    t = r.call(sid="MZ" + "1" * 32)
    check("resumed", r.said("call.start")[-1]["resumed"] == "press", r.said("call.start")[-1])
    r.until(lambda: (r.heard("2.0.2") or {}).get("end"), what="what was said meanwhile")
    # transfer, not answered
    r.event("call.next", id="n4", verb="transfer", to="+15557654321", **{"return": True}, origin=3)
    check("transferred", done(r, "n4") == (True, None))
    check("next", r.next() == {"step": 2, "verb": "transfer", "to": "+15557654321", "return": True}, r.next())
    t = r.call(sid="MZ" + "2" * 32)
    check("resumed", r.said("call.start")[-1]["resumed"] == "transfer")
    # another order takes the place of the first; the farewell is heard
    r.event("assistant.state", state="speaking")
    r.event("call.next", id="n5", verb="press", digits="1", origin=3)
    r.event("call.next", id="n6", verb="hangup", origin=3)
    check("replaced", done(r, "n5") == (False, "another order came"))
    r.down("2.0.3", audio(700, 3), end=True)
    r.event("assistant.state", state="listening")
    check("hung up", done(r, "n6") == (True, None))
    check("the farewell was heard", t.heard() == len(t.audio) == 8 * 700, t.heard())
    check("exit", r.ended() == 0)
    check("next", r.next() == {"step": 3, "verb": "hangup"}, r.next())
    check("end", [e["reason"] for e in r.said("call.end")] == ["assistant"])
    check("closed", t.ws.closed == 1000)
close()
