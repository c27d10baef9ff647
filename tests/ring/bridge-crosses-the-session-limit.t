#!/usr/bin/python3
"""The service ends sessions: the connection is replaced before, in a silence, and nobody notices."""
from brain import *

STORY = "Once upon a time there was a king who had three sons, and none of them liked to work."
with Brain(f"""connect 1 expires 5
set pace 0.1
greet say "Hello."
turn 1 heard "A story."  say "{STORY}"
turn 2 heard "More."     say "That was all."
expect connections 3
expect conversations 1""") as b:
    b.begin()
    b.wait_spoken("Hello.")
    b.hear_all()
    b.speak()
    story = b.wait_spoken(STORY)
    b.heard(story, 1000)
    b.during(4 - b.age())  # the time has come, but the caller is still listening
    check("not while it speaks", len([l for l in b.model.lines() if l["kind"] == "open"]) == 1)
    b.heard(story, b.sound()[story][0], end=True)
    b.until(lambda: [l for l in b.model.lines() if l["kind"] == "open"][1:], 2.5, "the next connection")
    b.until(lambda: STORY in b.items("assistant", conn=2))
    closed = b.until(lambda: [l for l in b.model.lines() if l["kind"] == "end"])[0]
    check("closed in order", closed["code"] == 1000, closed)
    b.passed()
    check("and nothing is said", len(b.asked("response.create")) == 1)
    b.speak()
    last = b.wait_spoken("That was all.")
    # another voice is another connection, too
    b.event("agent.switched", origin=6, voice="cedar", by="caller", ok=True)
    b.event("agent.switched", origin=6, voice="ash", by="caller", ok=False, why="not allowed")
    b.heard(last, b.sound()[last][0], end=True)
    voice = b.wait_asked("session.update", 3)[2]["session"]["audio"]["output"]["voice"]
    check("the new voice", voice == "cedar", voice)
    b.until(lambda: "That was all." in b.items("assistant", conn=3))
    b.finish()
