#!/usr/bin/python3
"""A whole call: greeting, a question, a tool used, a farewell; nothing is left of it."""
from rig import Rig, wait_for, whole
import os

with Rig("call") as r:
    descriptors, before = r.settled_descriptors(), r.lasting()
    call = r.phone("--say", "What time is it?", "--say", "And where are you?", "--say", "Goodbye.")
    assert call["answered"] and call["end"] == "assistant", call
    assert call["verbs"] == ["Connect", "Stream", "Redirect", "Hangup"], call
    assert call["streams"] == 1 and call["heard_ms"] > 2000 and call["first_audio_ms"] < 8000, call
    assert whole(call) and call["clears"] == 0 and not call["warnings"], call
    outputs = [e["event"]["item"] for e in r.model_events("conversation.item.create")
               if e["event"]["item"]["type"] == "function_call_output"]
    assert len(outputs) == 2 and "Europe/Berlin" in outputs[0]["output"], outputs
    r.wait_idle()
    wait_for("the call's processes to be gone", lambda: set(r.lasting()) <= set(before))
    wait_for("the call's folder to be gone", lambda: not os.listdir(f"{os.environ['TMP']}/run/calls"))
    assert not os.listdir(f"{os.environ['TMP']}/run/tokens")
    wait_for("its descriptors to be closed", lambda: r.descriptors() == descriptors)
