#!/usr/bin/python3
# limit: 150
"""20 calls, four at a time: no process, descriptor, file or socket is left; after SIGTERM nothing at all."""
from rig import Rig, wait_for
import os

TMP = os.environ["TMP"]
with Rig("basic", limits="calls = 8") as r:
    before, descriptors = r.processes(), r.descriptors()
    for _ in range(5):
        running = [r.phone("--say", "What time is it?", "--hangup-after", "1", background=True) for _ in range(4)]
        for p in running:
            call = r.summary(p)
            assert call["answered"] and call["end"] in ("assistant", "caller"), call
    r.wait_idle()
    wait_for("the calls' processes to be gone", lambda: set(r.processes()) == set(before))
    wait_for("the calls' folders to be gone", lambda: not os.listdir(f"{TMP}/run/calls"))
    assert not os.listdir(f"{TMP}/run/tokens")
    assert r.descriptors() == descriptors, f"{descriptors} descriptors before, {r.descriptors()} after"
    r.stop()
    left = [os.path.join(d, f) for d, _, files in os.walk(f"{TMP}/run") for f in files]
    assert not left, left
