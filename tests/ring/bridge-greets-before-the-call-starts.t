#!/usr/bin/python3
"""The session is configured by what the ring tells, and the greeting is made while the telephone still rings."""
from brain import *

with open(f"{TMP}/home.txt", "w") as f:
    f.write("You are Max, the secretary.\n")
with Brain("", f'greeting = "Hello Anna." instructions = "{TMP}/home.txt" language = "de" silence-ms = 700') as b:
    b.setup()
    b.tools([{"name": "time", "description": "the clock", "parameters": {"type": "object"}, "instructions": "Never guess the time."}])
    b.context(facts=["likes tea"])
    item = b.wait_spoken("Hello Anna.")
    check("its sound is there and complete", b.sound()[item][0] > 500 and b.sound()[item][1], b.sound())
    check("sent_ms is the length of the sound", abs(b.said("assistant.done")[0]["sent_ms"] - b.sound()[item][0]) <= 2)
    first = next(i for i, f in enumerate(b.frames) if f.kind == DOWN)
    words = next(i for i, f in enumerate(b.frames) if b'"assistant.text"' in f.payload)
    check("sound goes before words", first < words)
    session = b.asked("session.update")[0]["session"]
    check("one configuration", len(b.asked("session.update")) == 1)
    for what in ("You are Max, the secretary.", "Never guess the time.", "likes tea", "with Anna", '"de"', "Europe" and "CET"):
        check(f"the model is told: {what}", what in session["instructions"], session["instructions"])
    check("u-law both ways", session["audio"]["input"]["format"] == session["audio"]["output"]["format"] == {"type": "audio/pcmu"})
    check("turns", session["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 700)
    check("tools", session["tools"] == [{"type": "function", "name": "time", "description": "the clock",
                                         "parameters": {"type": "object"}}], session["tools"])
    b.event("call.start", origin=1, stream="MZ" + "0" * 32, step=0, resumed="no")
    b.passed()
    check("no second greeting", len(b.asked("response.create")) == 1)
    check("speaking until it was heard", b.state() == "speaking")
    b.heard(item, 200)
    b.passed()
    check("still", b.state() == "speaking")
    b.hear_all()
    b.until(lambda: b.state() == "listening")
    before = len(b.said("assistant.state"))
    b.hello("assistant.state")
    b.until(lambda: len(b.said("assistant.state")) == before + 1, what="the state for who needs it")
    # a tool that comes later is told later
    b.tools([{"name": "late", "parameters": {"type": "object"}}], origin=6)
    late = b.wait_asked("session.update", 2)[1]["session"]
    check("joined with the first", [t["name"] for t in late["tools"]] == ["time", "late"], late)
    check("and nothing else changes", set(late) == {"type", "instructions", "tools"}, late)
    b.tools([{"name": "late", "parameters": {"type": "object"}}], origin=6, rev=2)
    b.passed()
    check("the same again is no news", len(b.asked("session.update")) == 2)
    b.finish()
