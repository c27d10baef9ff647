#!/usr/bin/python3
"""Killed in the middle of a call: its successor is told by the ring what was said, and goes on."""
from brain import *

with Brain("""set resume always
greet say "Hello."
turn 1 heard "What is two and two?"  say "Four."
turn 2 heard "And three and three?"  say "Six."
turn 3 heard "Thanks."               say "You are welcome." """, expect=["no answer to call.clear"]) as b:
    b.begin()
    b.wait_spoken("Hello.")
    b.hear_all()
    b.speak()
    item = b.wait_spoken("Four.")
    b.heard(item, 200, 400)
    b.until(lambda: b.said("user.text"))
    turns = [{"who": "assistant", "text": "Hello.", "cut": False}, {"who": "user", "text": "What is two and two?", "cut": False}]
    b.restart()
    b.begin(turns + [{"who": "assistant", "text": "Four.", "cut": False}, {"who": "tool", "text": "time: It is five.", "cut": False}])
    b.until(lambda: "Four." in b.items("assistant"), what="the answer of before")
    outputs = lambda: [e["item"]["output"] for e in b.asked("conversation.item.create") if e["item"]["type"] == "function_call_output"]
    check("a tool's result of before, too", b.until(outputs) == ["It is five."], outputs())
    # the carrier still plays what the dead one said: it can be interrupted
    b.heard(item, 400, 800)
    b.speak()
    clear = b.until(lambda: b.said("call.clear"))[0]
    check("all that is queued", clear.get("item") is None and clear["id"].startswith(f"{PLACE}.1."), clear)
    b.event("call.cleared", origin=1, id=clear["id"], items=[{"item": item, "heard_ms": 420, "sent_ms": 820, "end": False}])
    six = b.wait_spoken("Six.")
    check("an item of the new life", six.split(".")[1] == "1", six)
    check("no greeting", not any("Greet" in t for t in b.items("system")[1:]), b.items("system"))

    # killed before it could answer: the answer is owed, once what is still played was heard
    b.restart()
    b.begin(turns + [{"who": "user", "text": "Thanks.", "cut": False}])
    b.heard(six, 200, 600)
    b.until(lambda: "Thanks." in b.items("user"), what="the caller's last words")
    b.during(0.4)
    check("not over what is still played", not b.spoken("You are welcome."))
    b.heard(six, 700, 700, end=True)
    b.wait_spoken("You are welcome.")
    b.finish()
