#!/usr/bin/python3
"""Stages that may be absent are waited for 150 ms; what they say later is taken in. And who is to speak first."""
from brain import *

with Brain('otherwise say "As you wish."', 'first-speaker = caller') as b:
    begun = time.monotonic()
    b.setup()
    b.wait_asked("session.update")
    waited = time.monotonic() - begun
    check("150 ms, and not for ever", 0.13 < waited < 6, waited)
    b.context(facts=["likes tea"])
    check("known later, told later", "likes tea" in b.wait_asked("session.update", 2)[1]["session"]["instructions"])
    b.event("call.start", origin=1, stream="MZ" + "0" * 32, step=0, resumed="no")
    b.passed()
    check("the caller speaks first", not b.asked("response.create"))
    b.speak()
    b.wait_spoken("As you wish.")
    b.context(facts=["likes tea", "and cake"], rev=2)
    b.passed()
    check("what the model itself wanted to be remembered is no news to it", len(b.asked("session.update")) == 2)
    b.finish()
