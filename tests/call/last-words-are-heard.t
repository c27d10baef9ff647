#!/usr/bin/python3
"""The farewell is heard to its end before the line is cut; a caller who speaks into it is listened to instead."""
from rig import Rig
import re


def said_ms(r):
    """What the model sent as sound, in the conversation as it knows it at the end."""
    return sum(i.get("audio_ms", 0) for i in r.model("end")[-1]["items"] if i.get("role") == "assistant")


with Rig("farewell") as r:
    call = r.phone("--say", "Goodbye.")
    assert call["end"] == "assistant" and call["verbs"][-1] == "Hangup" and call["clears"] == 0, call
    r.wait_idle()
    assert abs(call["heard_ms"] - said_ms(r)) <= 20 and call["heard_ms"] > 5000, (call, said_ms(r))
    assert re.findall(r"carried out verb=hangup heard=(\w+)", r.log()) == ["all"], call

with Rig("farewell") as r:
    call = r.phone("--say", "Goodbye.", "--interrupt-after", "2500", "--say", "Wait, there is more.", "--say", "Goodbye then.")
    assert call["end"] == "assistant" and call["clears"] == 1 and call["verbs"][-1] == "Hangup", call
    assert len(re.findall(r"disarmed verb=hangup: the caller spoke", r.log())) == 1, call
    assert len(re.findall(r"carried out verb=hangup heard=all", r.log()[r.log_begin:])) == 1, call
    assert len(call["answer_ms"]) == 3, call
    r.wait_idle()
