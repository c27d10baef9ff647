#!/usr/bin/python3
"""What Twilio never sends: each is dropped or refused, said once, counted; the call goes on."""
from carrier import *

OTHER = "CA" + "f" * 32
with Ring(expect=["belongs to CA…ff", "dropped a message", "connection ended", "cannot take the stream"]) as r:
    t = r.connect(call=OTHER)
    r.until(lambda: t.ws.closed)
    check("another call's stream", t.ws.closed == 1008, t.ws.closed)
    t = r.connect(start=False)
    t.start(mediaFormat={"encoding": "audio/x-l16", "sampleRate": 16000, "channels": 1})
    r.until(lambda: t.ws.closed)
    check("another format", t.ws.closed == 1008 and "audio/x-l16/16000/1" in r.errors)
    t = r.connect(start=False)
    t.ws.send("x" * 65537)
    r.until(lambda: t.ws.closed)
    check("too long", t.ws.closed == 1009, t.ws.closed)
    began = now()
    t = r.connect(start=False)
    r.until(lambda: t.ws.closed)
    check("no start", t.ws.closed == 1008 and 4.9 < now() - began < 12, t.ws.closed, now() - began)
    check("nobody was told of a call", not r.said("call.start"))

    t = r.connect(start=False)
    t.voice()
    t.key("1")
    t.start()
    r.until(lambda: r.said("call.start"))
    for junk in ("", "{", "[1]", "null", '{"event":7}', '{"event":"media"}',
          '{"event":"media","media":{"payload":"%%%%"}}',
                 "{" * 3000, '{"event":"dtmf","dtmf":{"digit":"99"}}', '{"event":"mark"}',
                 '{"event":"mark","mark":{"name":"g1-7"}}',
                 '{"event":"novelty","streamSid":"' + SID + '"}'):
        t.ws.send(junk)
    t.ws.send(b"\0\1\2", 2)
    t.start()
    sid, t.sid = t.sid, "MZ" + "0" * 32
    t.voice()
    t.stop()
    t.sid = sid
    t.voice(b"")
    t.voice(audio(777))
    r.until(lambda: len(r.up()) == 2)
    check("a payload of any length, in frames", [len(f.payload) for f in r.up()] == [4000, 2216])
    check("no key", not r.said("user.key"))
    # frames from the ring that cannot be played
    r.send(DOWN, audio(20), codec=3, rate=160, name="2.0.1")
    r.send(DOWN, audio(20), codec=1, rate=80)
    r.event("call.next", origin=3)
    r.event("call.clear", origin=3)
    r.down("2.0.2", audio(100), end=True)
    r.until(lambda: (r.heard("2.0.2") or {}).get("end"))
    check("only what can be played", b"".join(t.media()) == audio(100))
    r.expect += ["mulaw/8000 with an item expected"]
    check("a clear without an id is answered", r.said("call.cleared")[0]["id"] == "")
    t.stop()
    check("exit", r.ended() == 0)
    counters = dict(re.findall(r"(\w+)=(\d+)", r.errors.split("counters")[1]))
    check("counted", [int(counters[k]) for k in ("early", "foreign", "binary", "unknown")] == [2, 2, 1,
          1] and int(counters["bad"]) == 10,
          counters)
    check("said once each", len(re.findall("dropped a message", r.errors)) == 4, r.errors)
close()
