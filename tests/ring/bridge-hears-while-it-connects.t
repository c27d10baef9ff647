#!/usr/bin/python3
"""What the caller says before there is a connection waits for it."""
from brain import *

with Brain("""connect 1 hold 900
turn 1 heard "Hello? Are you there?"  say "Yes, I am."
""", "first-speaker = caller") as b:
    b.begin()
    b.speak()
    check("nothing is connected yet", not b.asked("input_audio_buffer.append"))
    b.wait_spoken("Yes, I am.")
    ms = sum(e["audio_ms"] for e in b.asked("input_audio_buffer.append"))
    check("to the last frame", ms == 1400, ms)
    b.finish()
