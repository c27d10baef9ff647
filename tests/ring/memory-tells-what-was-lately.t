#!/usr/bin/python3
"""recall answers "who called" and "what was said last time" in words that can be said; a message that was left is kept, and told
to whom it concerns."""
from links import *

AGENT = 'tools = { "remember", "recall" }'
STRANGER = "+15550001111"
WAV = f"{TMP}/state/messages/x.wav"


def call(n, caller, act):
    with Stage("rd-memory", AGENT, call=f"CA{n:032x}") as s:
        s.setup(caller)
        s.until(lambda: s.said("context"))
        act(s)
        s.event("call.end", origin=1, reason="caller")
        check("end", s.end() == 0)


def recall(s, **arguments):
    id = f"r{len(s.said('tool.result'))}"
    s.event("tool.call", id=id, name="recall", arguments=arguments)
    return s.result(id)


def nothing_yet(s):
    check("nobody", recall(s, what="calls")["text"] == "Nobody has called.", s.said("tool.result"))
    check("no last time", recall(s, what="last")["text"] == "I remember no earlier call.", s.said("tool.result"))
    check("words are asked for", recall(s)["text"] == "query: which words shall I look for, or of which days?", s.said("tool.result"))
    check("search as ever", recall(s, query="tea")["text"] == "Nothing is remembered about that.")
    s.event("user.text", utterance="1", text="What is the weather?", final=True)
    s.event("assistant.done", item="2.0.1", text="Fine and warm.", sent_ms=1000, status="complete")
    s.event("call.heard", origin=1, items=[{"item": "2.0.1", "heard_ms": 1000, "sent_ms": 1000, "end": True}])


def a_message(s):
    for seconds in (7, 12):  # told again after a crash
        s.event("message.left", file=WAV, seconds=seconds, **{"from": STRANGER})


def anna(s):
    text = recall(s, what="calls")["text"]
    check("who called", re.fullmatch(r"The last calls, the newest first: somebody who withholds the number, today at \d\d:\d\d; a number that ends in "
                                     r"1 1 1 1, today at \d\d:\d\d, with a message of 12 seconds; you, today at \d\d:\d\d\.", text), text)
    check("the same as data", s.said("tool.result")[-1]["data"] == {"count": 3, "callers": ["1 1 1 1", "Anna"]}, s.said("tool.result")[-1])
    text = recall(s, what="last")["text"]
    check("last time as data", s.said("tool.result")[-1]["data"]["texts"] == ["What is the weather?", "Fine and warm."], s.said("tool.result")[-1])
    check("last time", re.fullmatch(r"We last spoke today at \d\d:\d\d\. You said: What is the weather\? I said: Fine and warm\.", text), text)


def strangers_hear_nothing_of_others(s):
    text = recall(s, what="calls")["text"]
    check("only their own", re.fullmatch(r"The last calls, the newest first: you, today at \d\d:\d\d, with a message of 12 seconds\.", text), text)
    check("no last time", recall(s, what="last")["text"] == "I remember no earlier call.")


configure()
with Service("rd-store"):
    for n, (caller, act) in enumerate([(ANNA, nothing_yet), (STRANGER, a_message), ("anonymous", lambda s: None), (ANNA, anna),
                                       (STRANGER, strangers_hear_nothing_of_others)], 1):
        call(n, caller, act)
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.settimeout(5)
    s.connect(f"{TMP}/run/store")
    s.send(b'{"id":1,"do":"message.list"}')
    kept = json.loads(s.recv(65536))["messages"]
    check("one message", len(kept) == 1 and kept[0]["seconds"] == 12 and kept[0]["file"] == WAV and kept[0]["caller"] == STRANGER, kept)
    s.close()
close()
