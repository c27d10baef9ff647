#!/usr/bin/python3
"""rd-ctl watch shows a call from its beginning to its last word, call.end; what nobody watches any more is let go."""
from rig import B, Rig, wait_for
import json, signal, subprocess

with Rig("basic") as r:
    before = r.settled_descriptors()
    watch = subprocess.Popen([f"{B}/bin/rd-ctl", "-c", r.conf, "--json", "watch"], stdout=subprocess.PIPE, text=True)
    wait_for("the watcher to be there", lambda: r.descriptors() == before + 1)
    p = r.phone("--hangup-after", "1", background=True)
    call = r.wait_call("talking")
    seen = []
    while not seen or seen[-1]["event"]["type"] != "call.end":
        line = watch.stdout.readline()
        assert line, "it ended before call.end: " + str([e["event"]["type"] for e in seen])
        seen.append(json.loads(line))
    assert {"call.setup", "call.start", "call.heard", "call.end"} <= {e["event"]["type"] for e in seen}
    assert all(e["call"] == call["call"] for e in seen)
    assert r.summary(p)["answered"]
    r.wait_idle()

    p = r.phone("--hangup-after", "30", background=True)
    call = r.wait_call("talking")
    assert watch.stdout.readline(), "nothing to see of the second call"  # so its feed is there
    with_feed = r.settled_descriptors()
    watch.send_signal(signal.SIGTERM)
    watch.wait(10)
    wait_for("the feed of the call to be closed", lambda: r.descriptors() <= with_feed - 2)
    r.ctl("end", call["call"])
    assert r.summary(p)["answered"]
    r.wait_idle()
    wait_for("every descriptor to be back", lambda: r.descriptors() <= before)
