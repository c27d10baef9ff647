#!/usr/bin/python3
"""kill -9 of the supervisor in mid-call: everything dies with it, also the templates; the next one finds the call's folder,
the next step of the call a new ring, and the assistant goes on where it was: no second greeting, and it knows what was said.
The socket stays open meanwhile, as systemd holds it."""
from rig import Activated, wait_for
import os


def main(r):
    r.expect("stream lost", "step put off, the supervisor is to come back", "carrier stage was started again", "cannot (send|tell|pass)")
    p = r.phone("--say", "What time is it?", "--say", "Goodbye.", background=True)
    wait_for("the first answer", lambda: len([e for e in r.model("out") if e["event"]["type"] == "response.done"]) >= 3, 30)
    call = r.wait_call("talking")
    before = [pid for pid in r.processes() if pid != r.ringdown.pid]
    assert len(before) >= 7, before
    r.ringdown.kill()
    r.ringdown.wait()
    wait_for("everything to die with it", lambda: not [p for p in before if os.path.exists(f"/proc/{p}")], 20)
    r.start()
    summary = r.summary(p)
    assert summary["answered"] and summary["end"] == "assistant" and summary["verbs"][-1] == "Hangup", summary
    assert summary["streams"] >= 2 and summary["call"] == call["call"], summary
    assert len([e for e in r.model("plan") if e["plan"] == "greet"]) == 1, "greeted again"
    seeds = str(r.model("seed"))
    assert "What time is it?" in seeds, seeds
    r.wait_idle()


def early(r):
    """Before a word was heard: then the greeting is still owed."""
    r.expect("stream lost", "step put off, the supervisor is to come back", "carrier stage was started again",
             "cannot (send|tell|pass|connect)", "no carrier stage")
    p = r.phone("--patience", "20", "--say", "What time is it?", "--say", "Goodbye.", background=True)
    r.wait_log("stream opened")
    r.ringdown.kill()
    r.ringdown.wait()
    r.start()
    summary = r.summary(p)
    assert summary["answered"] and summary["end"] == "assistant", summary
    assert summary["first_audio_ms"] < 20000, f"nobody greeted: {summary}"  # before the caller lost patience
    r.wait_idle()


with Activated("brief") as rig:
    main(rig)
with Activated("brief") as rig:
    early(rig)
