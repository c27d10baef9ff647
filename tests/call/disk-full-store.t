#!/usr/bin/python3
# limit: 90
"""A memory that cannot be written, or is damaged, costs no call: one line in the log, and /healthz says it."""
import urllib.request

from rig import *


def health(r):
    with urllib.request.urlopen(f"http://{r.address}/healthz", timeout=5) as answer:
        return json.load(answer)


def call(r):
    summary = r.phone("--say", "My sister Mia keeps the lighthouse, remember that.", "--say", "Goodbye.")
    assert summary["answered"] and summary["end"] == "assistant", summary
    r.wait_idle()
    return " ".join(str(e["event"]) for e in r.model_events("conversation.item.create"))


def complaints(r):
    return [line for line in r.log()[r.log_begin:].splitlines() if re.search(r": (warn|error): ", line)]


def cannot_be_written():
    with open(f"{TMP}/state", "w"):
        pass  # a file where the folder should be: not even root can write there
    with Rig("memory") as r:
        r.expect("the memory fails: cannot make .*/state: ")
        wait_for("the door to know", lambda: health(r)["faults"] == ["store"])
        assert "not available just now" in call(r), r.model_events("conversation.item.create")
        assert len(complaints(r)) == 1, complaints(r)
        assert health(r)["status"] == "degraded" and health(r)["ok"] is True, health(r)
    os.unlink(f"{TMP}/state")


def is_damaged():
    os.makedirs(f"{TMP}/state")
    with open(f"{TMP}/state/memory.db", "wb") as f:
        f.write(b"no database " * 1000)
    with Rig("memory") as r:
        r.expect("the memory fails: cannot make .*/state: ", "it was moved to .*memory.db.damaged-.* and a new memory begun")
        assert "It is written down." in call(r)
        assert len(complaints(r)) == 1, complaints(r)
        assert health(r)["faults"] == [], health(r)


cannot_be_written()
is_damaged()
