#!/usr/bin/python3
"""Tool calls: all at once, each answered, then one answer; what cannot be called is said at once; no second good-bye."""
from brain import *

with Brain("""greet say "Hello."
allow tool_not_offered
turn 1 heard "Time and me?"  say "One moment."  call time {}  call recall {"query": "Anna"}  then say "Both came."
turn 2 heard "Sing."         call sing {}  then say "I cannot sing."
turn 3 heard "Again."        call time raw "{\\"zone\\": "  then say "That was nothing."
turn 4 heard "Hang up."      call hang_up {}  then say "Goodbye then."
turn 5 heard "Goodbye."      say "Goodbye." call hang_up {}  then say "Goodbye again."
turn 6 heard "Wait."         say "Yes?"
expect outputs 7""", expect=["tool call refused"]) as b:
    b.begin()
    b.wait_spoken("Hello.")
    b.hear_all()
    b.speak()
    time_call, recall = b.until(lambda: b.said("tool.call")[1:] and b.said("tool.call"))
    check("both, with their arguments", (time_call["name"], recall["name"], recall["arguments"]) == ("time", "recall", {"query": "Anna"}))
    b.result(recall["id"], "recall", "She likes tea.")
    b.until(lambda: any("tea" in e["item"].get("output", "") for e in b.asked("conversation.item.create")))
    b.passed()
    check("not before all are there", len(b.asked("response.create")) == 1)
    b.hear_all()
    b.until(lambda: b.said("assistant.state")[-1].get("on") == "tool", what="waiting for a tool")
    b.result(time_call["id"])
    b.wait_spoken("Both came.")
    check("asked once", len(b.asked("response.create")) == 2)
    b.result(time_call["id"])
    b.passed()
    outputs = [json.loads(e["item"]["output"]) for e in b.asked("conversation.item.create") if "output" in e["item"]]
    check("a result is told once", outputs == [{"ok": True, "text": "She likes tea."}, {"ok": True, "text": "It is five o'clock."}], outputs)
    for words, text in (("I cannot sing.", "There is no such tool."), ("That was nothing.", "JSON object")):
        b.hear_all()
        b.speak()
        b.wait_spoken(words)
        check("said at once", text in b.asked("conversation.item.create")[-1]["item"]["output"])
    check("and nobody else was bothered", len(b.said("tool.call")) == 2)

    # a tool that ends the call: the model has not said good-bye yet
    b.hear_all()
    b.speak()
    hang_up = b.until(lambda: b.said("tool.call")[2:])[0]
    b.result(hang_up["id"], "hang_up", "ok")
    b.event("call.next", origin=4, id="n1", verb="hangup")
    b.wait_spoken("Goodbye then.")
    # the caller takes it back: the model is told
    b.event("call.next.done", origin=1, id="n1", verb="hangup", ok=False, why="the caller spoke")
    b.until(lambda: any("not carried out" in t for t in b.items("system")), what="the note")
    # the model has said good-bye already
    b.hear_all()
    b.speak()
    hang_up = b.until(lambda: b.said("tool.call")[3:])[0]
    asked = len(b.asked("response.create"))
    b.result(hang_up["id"], "hang_up", "ok")
    b.event("call.next", origin=4, id="n2", verb="hangup")
    b.hear_all()
    b.until(lambda: b.state() == "listening", what="the end of the farewell")
    check("no second good-bye", len(b.asked("response.create")) == asked and not b.spoken("Goodbye again."))
    # of a life before this one
    b.result("0.9.call_x", "time", "It was four.")
    b.until(lambda: any("It was four." in e["item"].get("output", "") for e in b.asked("conversation.item.create")), what="its answer")
    b.wait_asked("response.create", asked + 1)
    b.finish()
