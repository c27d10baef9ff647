#!/usr/bin/python3
"""What is said AGAIN passes, but no handler sees it a second time: neither a kept event nor one of a type that only others
know. State and what may be lost are not remembered."""
import socket
from links import *


seen = []  # the last event of each look


def published(s, *events):
    """What rd-monitor shows of them: each a type, said twice, the second time AGAIN."""
    found, door = b"", socket.socket(socket.AF_UNIX)
    door.settimeout(10)
    door.connect(f"{s.dir}/monitor")
    door.sendall(b'{"id":7,"do":"look"}\n')  # refused; but who is answered is let in, and misses nothing from here on
    while b'"id":7' not in found:
        found += door.recv(65536)
    for n, type in enumerate(events):
        for flags in 0, AGAIN, AGAIN:
            s.event(type, seq=1000 + n, flags=flags, what="disk", text="of a test", id="c1")
    last = f"conform.last.{len(seen)}"  # who listens late is told the first events as well
    seen.append(last)
    s.event(last)
    while last.encode() not in found:
        piece = door.recv(65536)
        assert piece, f"rd-monitor has closed its door after {found!r}"
        found += piece
    door.close()
    types = [line["event"]["type"] for line in map(json.loads, found.splitlines()) if "event" in line]
    if len(seen) > 1:
        types = types[types.index(seen[-2]):]
    return [t for t in types if not t.startswith(("mark", "conform.last"))]


with Stage("rd-monitor") as s:
    wait_for("its door", lambda: os.path.exists(f"{s.dir}/monitor"))
    s.passed()
    types = ["stage.fault", "conform.foreign", "call.pause"]
    check("each is seen once", (found := published(s, *types)) == types, found)
    check("what may be lost is not remembered", (found := published(s, "tool.progress")) == ["tool.progress"] * 3, found)
    s.passed()
    for type in types:
        check(f"{type} passes each time", len(s.events(type)) == 3, s.events(type))
close()
