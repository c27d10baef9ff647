#!/usr/bin/python3
"""The service ends sessions: the connection is replaced before, in a silence, and nobody notices."""
from brain import *

STORY = "Once upon a time there was a king who had three sons, and none of them liked to work."
LATE = "I am still here, and I was told that you are calling from far away, where the sea is."


def opened(b):
    return [l["conn"] for l in b.model.lines() if l["kind"] == "open"]


def ended(b):
    return {l["conn"]: l["code"] for l in b.model.lines() if l["kind"] == "end"}


def at_a_silence():
    with Brain(f"""connect 1 expires 9
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
        b.during(6.1 - b.age())  # the time has come or is near, but the caller is still listening
        check("not while it speaks", not [l for l in b.model.lines() if l["kind"] == "end"])
        b.heard(story, b.sound()[story][0], end=True)
        b.until(lambda: [l for l in b.model.lines() if l["kind"] == "open"][1:], 10, "the next connection")
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
        third = b.until(lambda: [l["event"] for l in b.model.lines() if l["kind"] == "in" and l["conn"] == 3
                                 and l["event"]["type"] == "session.update"], what="a third connection")[0]
        check("the new voice", third["session"]["audio"]["output"]["voice"] == "cedar", third)
        b.until(lambda: "That was all." in b.items("assistant", conn=3))
        b.finish(last=False)


def while_the_assistant_is_heard():
    """There is no silence: it is crossed while the assistant is heard; what he heard of it is told to the next."""
    with Brain(f"""connect 1 expires 8
set pace 0.1
greet say "Hello."
turn 1 heard "A story."  say "{LATE}"
turn 2 heard "Wait."     say "Yes?"
expect expired 0
expect conversations 1""") as b:
        b.begin()
        b.wait_spoken("Hello.")
        b.hear_all()
        b.speak()
        late = b.wait_spoken(LATE)
        b.until(lambda: b.heard(late, 400) or b.until(lambda: True) and 1 in ended(b), 20, "the next connection, in the middle of it")
        check("before the service ends it", ended(b)[1] == 1000 and opened(b) == [1, 2], ended(b))
        b.heard(late, 1000, 2000)
        b.speak(600, 0)
        clear = b.until(lambda: b.said("call.clear"))[0]
        b.heard(late, 1100, 2000, type="call.cleared", id=clear["id"])
        b.until(lambda: any("the last words that he heard" in t for t in b.items("system", conn=2)), what="what he heard of it")
        b.speak(20)
        b.wait_spoken("Yes?")
        b.finish(last=False)


def while_he_speaks():
    """The caller speaks on and on: the next connection hears him from the beginning."""
    with Brain("""connect 1 expires 8
greet say "Hello."
turn 1 heard "A very long sentence."  say "I see."
expect turns 1
expect expired 0""") as b:
        b.begin()
        b.wait_spoken("Hello.")
        b.hear_all()
        spoken = []
        b.until(lambda: spoken.append(20) or b.speak(20, 0) or b.during(0.02) or 1 in ended(b), 20, "the next connection, while he speaks")
        b.speak(100)
        b.wait_spoken("I see.")
        b.until(lambda: b.said("user.text"))
        heard = [l for l in b.model.lines() if l["kind"] == "out" and l["conn"] == 2 and l["event"]["type"].startswith("input_audio_buffer.speech")]
        check("once, and all of it", len(b.said("user.speech.started")) == len(b.said("user.speech.stopped")) == 1, b.said("user.speech.started"))
        check("from its beginning", heard[1]["event"]["audio_end_ms"] - heard[0]["event"]["audio_start_ms"] > sum(spoken) - 300, sum(spoken), heard)
        b.finish(last=False)


def too_late():
    """The next connection cannot be had in time: the service ends this one, and the call goes on all the same."""
    with Brain("""connect 1 expires 4
connect 2-3 http 503
greet say "Hello."
turn 1 heard "Are you there?"  say "Here I am."
expect expired 1""", expect=["model lost"]) as b:
        b.begin()
        b.wait_spoken("Hello.")
        b.hear_all()
        b.until(lambda: len(opened(b)) >= 4, 20, "a connection")
        b.speak()
        b.wait_spoken("Here I am.")
        b.finish(last=False)


def when_the_other_is_lost():
    """The one that stands by takes over at once when the other is lost."""
    with Brain(f"""connect 1 expires 15  after 12000 cut
greet say "Hello."
turn 1 heard "A story."  say "{STORY} {STORY} {STORY}" pace 1
text "Go on exactly where"  say "And so on."
expect expired 0""") as b:
        b.begin()
        b.wait_spoken("Hello.")
        b.hear_all()
        b.speak()
        b.until(lambda: b.spoken("And so on."), 30, "the rest")
        us = {l["kind"] + str(l["conn"]): l["us"] for l in b.model.lines() if l["kind"] in ("open", "end")}
        check("not while it speaks", us["end1"] > us["open2"], us)
        check("lost, and no third one", ended(b)[1] == 1006 and opened(b) == [1, 2], ended(b), opened(b))
        b.finish(last=False)


def while_a_tool_is_at_work():
    """A tool is at work all the time: it is not called again, and its answer is told to the next connection."""
    with Brain("""connect 1 expires 8
greet say "Hello."
turn 1 heard "How late is it?"  call time {}  then say "It is {time.text}."
expect expired 0
expect conversations 1""") as b:
        b.begin()
        b.wait_spoken("Hello.")
        b.hear_all()
        b.speak()
        call = b.until(lambda: b.said("tool.call"))[0]
        b.until(lambda: 1 in ended(b), 20, "the next connection, before there is an answer")
        check("opened beside it, closed in order", opened(b) == [1, 2] and ended(b)[1] == 1000, ended(b))
        check("nothing is asked meanwhile", len(b.asked("response.create")) == 1)
        b.result(call["id"], text="five")
        b.wait_spoken("It is five.")
        check("called once, asked once", len(b.said("tool.call")) == 1 and len(b.asked("response.create")) == 2)
        b.finish(last=False)


side_by_side(at_a_silence, while_the_assistant_is_heard, while_he_speaks,
             too_late, when_the_other_is_lost, while_a_tool_is_at_work)
