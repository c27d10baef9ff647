#!/usr/bin/python3
"""The caller interrupts: silence first; what was heard is told to the model, and nothing else of the answer is said."""
from brain import *

STORY = "Once upon a time there was a king who had three sons, and none of them liked to work."
with Brain(f"""set pace 0.1
greet say "Hello."
turn 1 heard "A story."  say "{STORY}"
turn 2 heard "Stop."     say "{STORY}"
turn 3 heard "No."       say "One." say "Two and three and four."
turn 4 heard "Well."     say "{STORY}" pace 1
turn 5 heard "Bye."      say "Goodbye."
expect truncated 3
expect deleted 2""", expect=["no answer to call.clear"]) as b:
    b.begin()
    hello = b.wait_spoken("Hello.")
    b.heard(hello, b.sound()[hello][0], end=True)
    b.speak()
    first = b.wait_spoken(STORY)
    b.until(lambda: [e for e in b.said("user.text") if e["text"] == "A story."], what="the caller's words")
    check("all was heard: nothing to clear", not b.said("call.clear"))

    # in part
    b.heard(first, 1200, 1600)
    b.speak()
    clear = b.until(lambda: b.said("call.clear"))[0]
    check("why, and up to where", clear["why"] == "speech" and clear["item"] == first, clear)
    b.until(lambda: len(b.said("user.speech.started")) == 2)
    order = [e["type"] for e in b.events() if e["_origin"] == PLACE]
    check("silence goes before the news of it", "user.speech.started" in order[order.index("call.clear"):], order)
    check("nothing is told before the carrier has answered", not b.asked("conversation.item.truncate"))
    b.heard(first, 1840, 2240, type="call.cleared", id=clear["id"])
    check("told what was heard", b.wait_asked("conversation.item.truncate")[0]["audio_end_ms"] == 1840)

    # the carrier does not answer: what was heard last counts
    second = b.until(lambda: [e["item"] for e in b.said("assistant.done") if e["text"] == STORY][1:], what="the story again")[0]
    b.heard(second, 620, 1020)
    b.speak()
    b.until(lambda: len(b.said("call.clear")) == 2)
    check("told what was heard last", b.wait_asked("conversation.item.truncate", 2)[1]["audio_end_ms"] == 620)

    # the first of two heard to its end, the other not at all; and one more answer comes too late
    one, two = b.wait_spoken("One."), b.wait_spoken("Two and three and four.")
    b.heard(one, b.sound()[one][0], end=True)
    b.speak(quiet=0)
    clear = b.until(lambda: b.said("call.clear")[2:])[0]
    b.event("call.cleared", origin=1, id=clear["id"], items=[
        {"item": one, "heard_ms": b.sound()[one][0], "sent_ms": b.sound()[one][0], "end": True},
        {"item": two, "heard_ms": 0, "sent_ms": 400, "end": False}])
    b.wait_asked("conversation.item.delete")
    b.passed()
    check("what was heard is left alone", len(b.asked("conversation.item.truncate")) == 2)

    # while it is being written: what still comes is dropped
    b.speak(ms=0)
    last = b.until(lambda: b.sound()[b.newest()][0] > 800 and b.newest() not in (one, two) and b.newest())
    b.speak(quiet=0)
    clear = b.until(lambda: b.said("call.clear")[3:])[0]
    done = b.until(lambda: [e for e in b.said("assistant.done") if e["item"] == last], what="the end of it")[0]
    had = b.sound()[last]
    check("cancelled, and as long as it came", done["status"] == "cancelled" and abs(done["sent_ms"] - had[0]) <= 2, done, had)
    check("no end of what was cut", not had[1])
    b.heard(last, had[0] + 40, had[0] + 40, type="call.cleared", id=clear["id"])
    told = b.wait_asked("conversation.item.truncate", 3)[2]["audio_end_ms"]
    check("never beyond its sound", told == had[0], told, had)
    b.speak(ms=0)
    b.wait_spoken("Goodbye.")
    check("nothing of it came later", b.sound()[last] == had)

    # nothing was heard of it at all
    b.speak(quiet=0)
    clear = b.until(lambda: b.said("call.clear")[4:])[0]
    b.event("call.cleared", origin=1, id=clear["id"], items=[])
    b.wait_asked("conversation.item.delete", 2)
    b.passed()
    b.finish()
