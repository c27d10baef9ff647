#!/usr/bin/python3
"""Servers that talk oddly: unknown events, no ids, late and doubled ones, the beta's names, JSON in binary frames."""
from brain import *


def call(script, turns, expect=()):
    with Brain(script, expect=expect) as b:
        b.begin()
        b.until(lambda: b.said("assistant.done"))
        b.hear_all()
        for n, (heard, answer) in enumerate(turns, 1):
            b.speak()
            item = b.wait_spoken(answer)
            for call in b.said("tool.call")[n - 1:]:
                b.result(call["id"], call["name"])
            b.hear_all()
        b.until(lambda: len(b.said("user.text")) == len(turns), what="all words")
        check("each turn once", [e["text"] for e in b.said("user.text")] == [t[0] for t in turns], b.said("user.text"))
        starts = len(b.said("user.speech.started")), len(b.said("user.speech.stopped"))
        check("each beginning and end once", starts == (len(turns), len(turns)), starts)
        b.event("call.end", origin=1, reason="caller")
        check("it ends well", b.end() == 0)
        b.model.close()


call("""manner unknown-events no-item-done no-ids late-deltas string-details twice conversation-created null-code
set ping 0.2
set heard-delay 900
greet say "Hello."
turn 1 heard "A question."  say "An answer in two parts." say "This is the second part."
turn 2 heard "Goodbye." late  say "Goodbye."  call hang_up {} """,
     [("A question.", "This is the second part."), ("Goodbye.", "Goodbye.")])
call("""set dialect beta
manner one-delta no-expires binary
greet say "Hello from another server."
turn 1 heard "A question."  say "An answer."
turn 2 heard "Goodbye."  say "Goodbye." """, [("A question.", "An answer."), ("Goodbye.", "Goodbye.")])
# the server counts its sound shorter than it is: once more with its number
with Brain("""manner short-items
set pace 0.1
greet say "Hello Anna, what can I do for you today?"
turn 1 heard "Stop."  say "As you like."
allow truncate_too_long
expect truncated""") as b:
    b.begin()
    hello = b.until(lambda: b.said("assistant.done"))[0]
    b.heard(hello["item"], hello["sent_ms"] - 20, hello["sent_ms"])
    b.speak(quiet=0)
    clear = b.until(lambda: b.said("call.clear"))[0]
    b.heard(hello["item"], hello["sent_ms"] - 20, hello["sent_ms"], type="call.cleared", id=clear["id"])
    twice = b.wait_asked("conversation.item.truncate", 2)
    check("once more, shorter", twice[1]["audio_end_ms"] < twice[0]["audio_end_ms"] == hello["sent_ms"] - 20, twice)
    b.speak(ms=0)
    b.wait_spoken("As you like.")
    check("and no more", len(b.asked("conversation.item.truncate")) == 2)
    b.event("call.end", origin=1, reason="caller")
    check("it ends well", b.end() == 0)
# a model that cannot think for long: without what not all know
with Brain("""greet say "Hello."
allow invalid_value""", 'model = "gpt-realtime-1.5" reasoning = low', expect=["model refuses a setting"]) as b:
    b.begin()
    b.wait_spoken("Hello.")
    first, second = b.asked("session.update")
    check("once with it, once without", "reasoning" in first["session"] and "reasoning" not in second["session"])
    b.event("call.end", origin=1, reason="caller")
    check("it ends well", b.end() == 0)
# answers that fail: asked for again, and the call goes on
with Brain("""greet say "Hello."
turn 1 heard "One."    status failed rate_limit_exceeded "Slow down."  say "Sorry, now: one."
turn 2 heard failed    say "I did not get that."
turn 3 heard "Three."  status failed insufficient_quota "No more." """, expect=["asking again", "not written down", "failed to answer"]) as b:
    b.begin()
    b.wait_spoken("Hello.")
    b.hear_all()
    b.speak()
    b.wait_spoken("Sorry, now: one.")
    b.hear_all()
    b.speak()
    b.wait_spoken("I did not get that.")
    b.hear_all()
    b.speak()
    b.until(lambda: b.status is not None and b.err is None, what="its end")
    check("money spent in mid-call: over", b.status == 100 and b.said("brain.failed")[0]["why"] == "quota", b.status)
close()
