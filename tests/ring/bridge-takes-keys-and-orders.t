#!/usr/bin/python3
"""Keys, words to be said exactly, notes, orders: how the ring speaks to the model."""
from brain import *

with Brain("""greet say "Hello."
set pace 0.1
turn 1 heard "Transfer me."  say "I will."
text "pressed 12#"  say "Twelve."
text "pressed 5"    say "Five it is, and a long word about it, so that it can be interrupted."
text "The transfer was not answered"  say "Nobody was there." """) as b:
    b.begin()
    b.wait_spoken("Hello.")
    b.hear_all()
    for digit in "12#":
        b.event("user.key", origin=1, digit=digit)
    b.wait_spoken("Twelve.")
    b.hear_all()
    b.event("user.key", origin=1, digit="5")
    five = b.until(lambda: len(b.sound()) == 3 and b.newest())
    # a key interrupts as words do, and the response is cancelled by us
    b.until(lambda: b.spoken("Five it is, and a long word about it, so that it can be interrupted."))
    b.heard(five, 300, 700)
    b.event("assistant.say", origin=6, text="You have one minute left.", interrupt=True)
    clear = b.until(lambda: b.said("call.clear"))[0]
    check("silence for it", clear["why"] == "stop", clear)
    b.heard(five, 320, 720, type="call.cleared", id=clear["id"])
    b.wait_spoken("You have one minute left.")
    said = b.asked("response.create")[-1]["response"]
    check("exactly, and no tools", "exactly" in said["instructions"] and said["tool_choice"] == "none", said)
    b.event("assistant.note", origin=6, text="Offer tea.")
    b.until(lambda: "Offer tea." in b.items("system"))
    b.event("assistant.say", origin=6, phrase="still-there", interrupt=False)  # is played by who has it
    # an operator silences the assistant
    b.event("call.clear", origin=6, why="operator", id="op1")
    last = b.newest()
    b.heard(last, 100, 500, type="call.cleared", id="op1")
    b.until(lambda: [e for e in b.asked("conversation.item.truncate") if e["audio_end_ms"] == 100], what="the model is told")
    b.passed()
    check("who clears is not answered by a clear", len(b.said("call.clear")) == 1)
    b.speak()
    b.wait_spoken("I will.")
    b.hear_all()
    b.event("call.start", origin=1, stream="MZ" + "1" * 32, step=1, resumed="transfer")
    b.wait_spoken("Nobody was there.")
    b.finish()
