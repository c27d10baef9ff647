#!/usr/bin/python3
"""One call at a time: the second caller hears that the line is busy, and is answered when it is free."""
from rig import Rig, wait_for

with Rig("basic", limits="calls = 1") as r:
    first = r.phone("--say", "What is the capital of France?", "--hangup-after", "2", background=True)
    call = r.wait_call("talking")
    second = r.phone("--say", "Hello?")
    assert not second["answered"] and second["verbs"] == ["Reject"] and second["end"] == "reject", second
    assert [c["call"] for c in r.status()["calls"]] == [call["call"]]
    assert "busy" in r.ctl("requests"), r.ctl("requests")
    assert r.summary(first)["answered"]
    r.wait_idle()
    third = r.phone("--say", "Goodbye.", "--hangup-after", "1")
    assert third["answered"], third
