#!/usr/bin/python3
# limit: 60
# long: 120
"""The sockets behind the HTTP door (control, a call's monitor, the store's) under garbage, half lines, lines without end, idle
ones in numbers and one that never reads, while a call is going on and 1,000 connections idle at the HTTP door. Each is told,
or let go with one line; the supervisor, the stage and the service stay within their bounds; the call does not notice."""
from doors import *
from rig import whole

IDLE = 1000
FLOOD = 20000 if LONG else 3000
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
RUN = f"{os.environ['TMP']}/run"


class Line:
    """A client of a Unix socket, a JSON object a line."""

    def __init__(self, path, kind=socket.SOCK_STREAM):
        self.sock = socket.socket(socket.AF_UNIX, kind)
        self.sock.connect(path)  # which blocks while the queue is full, as rd-ctl does
        self.sock.settimeout(10)
        self.file = self.sock.makefile("rb")

    def ask(self, data):
        try:
            self.sock.sendall(data)
        except OSError:
            pass  # it may be let go in the middle
        return self.read()

    def read(self):
        try:
            line = self.file.readline()
        except OSError:
            line = b""
        return json.loads(line) if line else None

    def close(self):
        self.file.close()
        self.sock.close()


# name, what is sent, the error that is answered
LINES = [
    ("rubbish", b"rubbish\n", "one JSON object a line is expected"),
    ("bytes", bytes(range(128, 256)) + b"\n", "one JSON object a line is expected"),
    ("NUL", b'{"do":"sta\0tus"}\n', None),
    ("an array", b'["status"]\n', "one JSON object a line is expected"),
    ("two objects", b'{"do":"status"}{"do":"status"}\n', "one JSON object a line is expected"),
    ("60,000 brackets", b"[" * 60000 + b"\n", "one JSON object a line is expected"),
    ("10,000 objects within each other", b'{"a":' * 10000 + b"\n", "one JSON object a line is expected"),
    ("no command", b"{}\n", "do: no such command"),
    ("an unknown one", b'{"id":7,"do":"surprise"}\n', "do: no such command"),
    ("one that is no word", b'{"id":7,"do":["status"]}\n', "do: no such command"),
    ("a call that is none", b'{"id":7,"do":"show","call":"../../etc"}\n', "no call ..…tc"),
    ("a call that is no word", b'{"id":7,"do":"show","call":{"a":1}}\n', "no call "),
    ("a stage that is none", b'{"id":7,"do":"restart","stage":"/bin/sh"}\n', "a call, or a service, is expected"),
    ("a level that is none", b'{"id":7,"do":"log","level":"loud"}\n', "level: error, warn, info or debug is expected"),
    ("an event for nobody", b'{"id":7,"do":"inject","event":{"type":"assistant.note","text":"x"}}\n', "no call "),
]


def lines_are_answered(path, cases):
    for name, data, error in cases:
        c = Line(path)
        answer = c.ask(data)
        assert answer and answer["ok"] is False, (name, answer)
        assert error is None or error in answer["error"], (name, answer)
        for half in (data[:5], data[5:]):  # in pieces as well
            c.sock.sendall(half)
        assert c.read()["ok"] is False, name
        c.close()


def too_long(rig, path, words):
    """64 KiB without a newline: told, let go, one line."""
    at = len(rig.log())
    c = Line(path)
    answer = c.ask(b"x" * (1 << 20))
    while answer:  # events of a call, perhaps; the last word; the end
        assert "event" in answer or answer["ok"] is False, answer
        answer = c.read()
    wait_for(words, lambda: re.search(words, rig.log()[at:]))
    assert len(re.findall(words, rig.log()[at:])) == 1
    c.close()


def never_reads(rig, path, data, words):
    """One that asks and asks and does not read: bounded, then let go, one line."""
    at = len(rig.log())
    c = Line(path)
    c.sock.setblocking(False)
    end = time.monotonic() + 20
    while not re.search(words, rig.log()[at:]):
        assert time.monotonic() < end, "still there"
        try:
            c.sock.send(data)
        except BlockingIOError:
            select.select([], [c.sock], [], 0.05)
        except OSError:
            break
    wait_for(words, lambda: re.search(words, rig.log()[at:]))
    assert len(re.findall(words, rig.log()[at:])) == 1
    c.close()


def settled(pid, before):
    """What it costs when all strangers have gone."""
    wait_for("their descriptors to be closed", lambda: cost(pid)[1] <= before[1] + 2)
    after = cost(pid)
    assert after[0] - before[0] < 8 << 10, (before, after)
    return after


def control(rig):
    path, pid = f"{RUN}/control", rig.ringdown.pid
    before = cost(pid)
    lines_are_answered(path, LINES)
    too_long(rig, path, "an operator's client is dropped: it sent a line of over 65536 bytes")
    never_reads(rig, path, b'{"do":"status"}\n' * 100, "an operator's client is dropped: it does not read")
    half = Line(path)
    half.sock.sendall(b'{"id":1,"do":"sta')
    at = len(rig.log())
    idle = [Line(path) for _ in range(100)]
    assert rig.status()["calls"], "no call?"  # the operator is let in, the oldest idle ones have made room
    assert rig.log()[at:].count("too many clients at the control socket: the oldest idle ones are dropped") == 1
    assert half.read() is None, "the oldest one is there still"
    for c in idle + [half]:
        c.close()
    rig.wait_log(r"fewer clients at the control socket dropped=\d+")
    flood = Line(path)
    for _ in range(FLOOD // 100):
        flood.sock.sendall(b"rubbish\n" * 100)
        for _ in range(100):
            assert flood.read()["ok"] is False
    flood.close()
    assert rig.log()[at:].count("an operator's client sends what is no request") == 1
    after = settled(pid, before)
    return "control", before, after


def monitor(rig, call):
    path, pid = f"{RUN}/calls/{call}/monitor", pid_of(rig, "rd-monitor", call)
    before, at = cost(pid), len(rig.log())
    c = Line(path)
    c.sock.sendall(b"rubbish\n" * 50 + b'{"id":9,"do":"inject","event":{"type":"call.end"}}\n')
    refused = 0
    while refused < 51:
        answer = c.read()
        refused += answer.get("ok") is False
    assert "is not for an operator to say" in answer["error"] and answer["id"] == 9
    assert rig.log()[at:].count("an operator's line is refused") == 1
    c.close()
    too_long(rig, path, "a listener is let go: it sent a line of over 65536 bytes")
    at = len(rig.log())
    idle = [Line(path) for _ in range(100)]
    rig.wait_log("listeners are refused, 8 are there")
    for c in idle[8:]:
        assert c.read() is None  # each of them
    for c in idle:
        c.close()
    rig.wait_log(r"room for listeners again refused=\d+")
    assert rig.log()[at:].count("listeners are refused") == 1
    never_reads(rig, path, b"rubbish\n" * 1000, "a listener .*let go")
    after = settled(pid, before)
    return "monitor", before, after


def store(rig):
    path, pid = f"{RUN}/store", pid_of(rig, "rd-store")
    before, at = cost(pid), len(rig.log())
    c = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    c.settimeout(10)
    c.connect(path)
    for bad in (b"rubbish", b"[]", b"{" * 60000, b"\xff" * 100, b'{"do":"surprise"}', b'{"do":"turn","call":"x"}') * 10:
        c.send(bad)
        assert json.loads(c.recv(65536))["ok"] is False, bad[:20]
    c.send(b"x" * 100000)
    assert json.loads(c.recv(65536))["ok"] is False
    rig.wait_log("a client sends what is no JSON object of at most 64 KiB")
    assert rig.log()[at:].count("a client sends what is no JSON object") == 1
    idle = [Line(path, socket.SOCK_SEQPACKET) for _ in range(100)]
    rig.wait_log("clients are refused: Too many open files")
    for other in idle[64:]:
        assert other.read() is None
    for other in idle:
        other.close()
    rig.wait_log(r"room for clients again refused=\d+")
    assert rig.log()[at:].count("clients are refused") == 1
    c.close()
    after = settled(pid, before)
    return "store", before, after


with Rig("call", limits="calls = 20", more=CALLER) as r:
    r.expect("an operator's client is dropped", "too many clients", "listeners? (is|are|does)", "a client sends what", "clients are refused",
             "connection closed to make room", "it does not read")
    stranger = Stranger(r)
    webhook = pid_of(r, "rd-webhook")
    rest = ["--say", "And where are you?", "--say", "Goodbye."] if LONG else ["--hangup-after", "60"]
    p = r.phone("--say", "What time is it?", *rest, background=True)
    call = r.wait_call("talking")["call"]
    before = cost(webhook)
    idle = [stranger.connect() for _ in range(IDLE)]
    rows = [control(r), monitor(r, call), store(r)]
    idle += [stranger.connect() for _ in range(IDLE)]  # the first ones have been sent away meanwhile, perhaps
    second = r.phone("--hangup-after", "1", background=True)
    if not LONG:
        wait_for("the answer", lambda: "It is late." in r.answers())
        r.ctl("end", call)
    summary = r.summary(p)
    assert summary["answered"] and summary["streams"] == 1 and whole(summary) and summary["heard_ms"] > 500, summary
    assert summary["end"] == "assistant" or not LONG, summary
    after = cost(webhook)
    assert after[0] - before[0] < 8 << 10 and after[1] < 300, (before, after)
    rows.append(("HTTP, 2,000 idle", before, after))
    summary = r.summary(second)
    assert summary["answered"] and summary["streams"] == 1 and summary["heard_ms"] > 500, summary
    for sock in idle:
        sock.close()
    r.wait_idle()
    if LONG:
        print(f"{'door':20} {'KiB before':>10} {'after':>8} {'fds':>5} {'after':>5} {'CPU s':>6}")
        for name, old, new in rows:
            print(f"{name:20} {old[0]:10} {new[0]:8} {old[1]:5} {new[1]:5} {new[2] - old[2]:6.2f}")
