#!/usr/bin/python3
"""A carrier stage that is the brain's neighbour and reads there gets the answer straight, by the reverse direction of the link:
whole, in order, and the clear with it, which goes round the ring as well. A stage between them, or another brain's life on the
same links, and it still arrives."""
from brain import *

STORY = "Once upon a time there was a king who had three sons, and none of them liked to work. " * 8


def down(frames):
    return b"".join(f.payload for f in frames if f.kind == DOWN)


def ended(frames):
    return any(f.kind == DOWN and f.flags & 1 for f in frames)


with Brain(f"""greet say "Hello there."
turn 1 heard "A story."  say "{STORY}" pace 0.01
turn 2 heard "Stop."     say "Yes."
expect truncated 1""") as b:
    b.setup(back=True)
    b.tools()
    b.context()
    b.event("call.start", origin=1, stream="MZ" + "0" * 32, step=0, resumed="no")
    hello = b.wait_spoken("Hello there.")
    b.until(lambda: ended(b.back), what="the end of the greeting on the way back")
    check("none of it goes round the ring", not down(b.frames))
    check("the words say how long the sound was by then", b.said("assistant.text")[0]["sent_ms"] > 0, b.said("assistant.text"))
    b.heard(hello, len(down(b.back)) // 8, end=True)

    # more than a link holds, and the carrier stage does not read
    b.read_back = False
    del b.back[:]
    b.speak()
    story = b.wait_spoken(STORY)
    b.passed()
    b.read_back = True
    b.until(lambda: ended(b.back), what="the end of the story")
    said = next(e for e in b.said("assistant.done") if e["item"] == story)
    check("nothing of it is lost", len(down(b.back)) // 8 == said["sent_ms"], len(down(b.back)) // 8, said)
    check("it is in order", [f.seq for f in b.back] == sorted(f.seq for f in b.back))

    # an interruption
    b.heard(story, 1200, 1600)
    del b.back[:]
    b.speak()
    clear = b.until(lambda: b.said("call.clear"), what="call.clear round the ring")[0]
    b.until(lambda: [f for f in b.back if f.kind == EVENT], what="call.clear on the way back")
    first = next(f for f in b.back if f.kind == EVENT)
    check("the same event", first.seq == clear["_seq"] and json.loads(first.payload)["id"] == clear["id"], first, clear)
    b.heard(story, 1200, 1600, type="call.cleared", id=clear["id"])
    yes = b.wait_spoken("Yes.")
    b.until(lambda: ended(b.back), what="the next answer")
    b.heard(yes, len(down(b.back)) // 8, end=True)
    check("nothing went round", not down(b.frames))
    b.finish()
