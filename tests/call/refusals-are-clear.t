#!/usr/bin/python3
"""A refused signature, a stranger, a withheld number: refused as the caller would meet it, with one clear line each."""
from rig import Rig
import os

with Rig("basic") as r:
    r.expect("signature", "refused")
    stranger = r.phone("--say", "Hello?", caller="+15559998888")
    assert not stranger["answered"] and stranger["end"] == "reject" and stranger["verbs"] == ["Reject"], stranger
    for withheld in ("anonymous", "+266696687"):
        call = r.phone("--say", "Hello?", caller=withheld)
        assert not call["answered"] and call["end"] == "reject", call
    os.environ["TWILIO_AUTH_TOKEN"] = "f" * 32
    import rig
    rig.TOKEN = "f" * 32
    forged = r.phone("--say", "Hello?")
    assert not forged["answered"] and forged["end"] == "error", forged
    line = r.wait_log(r"signature.*").group(0)
    assert "https://phone.example.com/twiml" in line and "public-url" in line, line
    assert "f" * 32 not in r.log() and "+15559998888" not in r.log() and "0123456789abcdef" not in r.log()
    assert r.status()["calls"] == []
    listed = r.ctl("requests")
    assert "/twiml" in listed and "403: compare this URL (general.public-url) with the one at Twilio" in listed, listed
