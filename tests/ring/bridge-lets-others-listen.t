#!/usr/bin/python3
"""turn-detection = none: another stage hears where the caller's words begin and end."""
from brain import *

with Brain("""greet say "Hello Anna."
set pace 0.1
turn 1 heard "Stop."  say "As you like."
""", turns="none") as b:
    b.begin()
    hello = b.wait_spoken("Hello Anna.")
    check("the model does not listen for turns", b.asked("session.update")[0]["session"]["audio"]["input"]["turn_detection"] is None)
    b.heard(hello, 400, 800)
    b.event("user.speech.started", origin=2)
    clear = b.until(lambda: b.said("call.clear"))[0]
    b.heard(hello, 420, 820, type="call.cleared", id=clear["id"])
    b.wait_asked("conversation.item.truncate")
    b.speak()
    b.passed()
    check("the turn is not over", not b.asked("input_audio_buffer.commit"))
    b.event("user.speech.stopped", origin=2, speech_ms=600)
    b.wait_spoken("As you like.")
    check("committed once", len(b.asked("input_audio_buffer.commit")) == 1)
    b.finish()
