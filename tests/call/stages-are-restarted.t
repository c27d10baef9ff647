#!/usr/bin/python3
# limit: 120
"""rd-ctl restart of each stage in mid-call: the call goes on, and the assistant knows what was said."""
from rig import Rig

with Rig("basic") as r:
    for stage in ("rd-bridge", "rd-tools", "rd-memory", "rd-monitor", "rd-ingest"):
        if stage == "rd-ingest":
            r.expect("rd-ingest ended", "call.lost", "stream")
        p = r.phone("--say", "What time is it?", "--say", "Thank you, goodbye.", background=True)
        call = r.wait_call("talking")
        r.wait_log("tool.call|tool begun|user.text", 20) if False else None
        r.ctl("restart", call["call"], stage)
        summary = r.summary(p)
        assert summary["answered"] and summary["end"] == "assistant", (stage, summary)
        assert summary["streams"] == (2 if stage == "rd-ingest" else 1), (stage, summary)
        r.wait_idle()
