#!/usr/bin/python3
"""The stream is left for keys and for somebody else, when the last words were heard, and the conversation goes on where it was;
a number that is not the agent's is never called; who is connected is not ours any more."""
# limit: 120
from rig import Rig, whole
import json, re

STREAM = ("Connect", "Stream")
ASKED = ("--say", "Choose the second entry.", "--say", "Connect me with Ben.")


def outputs(r):
    return [e["event"]["item"]["output"] for e in r.model_events("conversation.item.create")
            if e["event"]["item"]["type"] == "function_call_output"]


with Rig("press") as r:
    call = r.phone(*ASKED, "--say", "Nobody was there.", "--say", "Call somebody else.", "--dial", "busy", "--hangup-after", "2")
    assert call["end"] == "caller" and not call["warnings"] and whole(call), call
    assert call["digits"] == ["2w#"] and call["dialed"] == ["+15557654321"] and call["streams"] == 3, call
    assert call["verbs"] == [*STREAM, "Redirect", "Play", *STREAM, "Redirect", "Dial", *STREAM], call
    assert re.findall(r"stream opened .*resumed=(\w+)", r.log()) == ["no", "press", "transfer"], call
    assert re.findall(r"carried out verb=(\w+) heard=(\w+)", r.log()) == [("press", "all"), ("transfer", "all")], call
    assert len(call["answer_ms"]) == 4, call  # each of the four sentences was heard and answered, in the same session
    assert len(r.model("open")) == 1, r.model("open")
    assert len(outputs(r)) == 3 and json.loads(outputs(r)[2])["ok"] is False, outputs(r)
    r.wait_idle()

with Rig("press") as r:
    call = r.phone(*ASKED)  # answered: the assistant has left
    assert call["end"] == "assistant" and call["streams"] == 2 and call["dialed"] == ["+15557654321"], call
    assert call["verbs"][-2:] == ["Dial", "Hangup"], call
    assert re.search(r"ended reason=transfer", r.log()), "no end"
    r.wait_idle()
