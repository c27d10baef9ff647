#!/usr/bin/python3
"""What is said AGAIN passes, but no handler sees it a second time: neither a kept event nor one of a type that only others
know. State and what may be lost are not remembered."""
import socket
from links import *


def published(s, *events):
    """What rd-monitor shows of them: each a type, said twice, the second time AGAIN."""
    found, door = b"", socket.socket(socket.AF_UNIX)
    door.settimeout(10)
    door.connect(f"{s.dir}/monitor")
    s.passed()  # whoever connected while this went by is let in now
    for n, type in enumerate(events):
        for flags in 0, AGAIN, AGAIN:
            s.event(type, seq=1000 + n, flags=flags, what="disk", text="of a test", id="c1")
    s.event("conform.last")
    while b"conform.last" not in found:
        piece = door.recv(65536)
        assert piece, f"rd-monitor has closed its door after {found!r}"
        found += piece
    door.close()
    types = [json.loads(line)["event"]["type"] for line in found.splitlines()]
    return [t for t in types if not t.startswith(("mark", "conform.last"))]


with Stage("rd-monitor") as s:
    wait_for("its door", lambda: os.path.exists(f"{s.dir}/monitor"))
    s.passed()
    types = ["stage.fault", "conform.foreign", "call.pause"]
    check("each is seen once", (seen := published(s, *types)) == types, seen)
    check("what may be lost is not remembered", (seen := published(s, "tool.progress")) == ["tool.progress"] * 3, seen)
    s.passed()
    for type in types:
        check(f"{type} passes each time", len(s.events(type)) == 3, s.events(type))
close()
