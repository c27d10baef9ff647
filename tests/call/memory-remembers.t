#!/usr/bin/python3
# limit: 120
"""What a caller asks to be remembered is known in their next call, and so are the words of the first; nobody else is told."""
import json

from rig import *

BEN = "+15559876543"


def call(r, caller):
    """What the model was told in one call: its instructions as they were last, and what recall found."""
    before = max([e["conn"] for e in r.model("open")], default=0)
    summary = r.phone("--say", "My sister Mia keeps the lighthouse, remember that.", "--say", "Goodbye.", caller=caller)
    assert summary["answered"] and summary["end"] == "assistant", summary
    r.wait_idle()
    mine = lambda kind: [e["event"] for e in r.model_events(kind) if e["conn"] > before]
    outputs = [e["item"]["output"] for e in mine("conversation.item.create") if e["item"]["type"] == "function_call_output"]
    texts = [json.loads(o)["text"] for o in outputs]
    assert "It is written down." in texts, texts
    return mine("session.update")[-1]["session"]["instructions"], " ".join(texts)


with Rig("memory", more=f'caller "{BEN}" {{ name = "Ben" agent = "home" }}') as r:
    told, found = call(r, OWNER)
    assert "Mia" not in told and "Nothing is remembered about that." in found, (told, found)

    told, found = call(r, OWNER)
    assert "- The caller's sister is called Mia." in told, told
    assert "From earlier calls:" in found and "the caller said: My sister Mia keeps the lighthouse" in found, found

    told, found = call(r, BEN)
    assert "Mia" not in told and "Ben" in told, told
    assert "Nothing is remembered about that." in found and "lighthouse" not in found, found
    assert "Mia" not in r.log() and "lighthouse" not in r.log(), "words of the conversation in the log"
