#!/usr/bin/python3
"""rd-monitor publishes every event to each listener, tells an early one all and a late one first what holds, checks what is injected, tells the
supervisor of queues and of agent.switch, and lets go of who does not read. Everything passes it unchanged."""
import json, os, socket, struct, subprocess, sys

HEAD = struct.Struct("<2sBBBBHBBBBIIIQ")
CALL = "CA" + "0" * 30 + "3f"
os.chdir(os.environ["TMP"])


class Monitor:
    def __init__(self, name="monitor"):
        self.ring_in, its_in = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        its_out, self.ring_out = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.line, its_line = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for s in self.ring_in, self.ring_out, self.line:
            s.settimeout(10)
        self.seq = 0

        def fd_3():
            os.dup2(its_line.fileno(), 3)

        self.p = subprocess.Popen(["rd-monitor", "--call", CALL, "--dir", ".", "--origin", "5", "--life", "1"], stdin=its_in,
                                  stdout=its_out, stderr=open("log", "w"), preexec_fn=fd_3, close_fds=False)
        for s in its_in, its_out, its_line:
            s.close()
        assert self.said()["type"] == "stage.hello"  # and so it listens

    def send(self, event, origin=2, kind=1):
        text = event if isinstance(event, bytes) else json.dumps(event).encode()
        self.seq += 1
        self.ring_in.send(HEAD.pack(b"\xf5R", 1, kind, 0, 0, 0, origin, 0, 3, 0, len(text), 0, self.seq, 123456789) + text)
        back = self.ring_out.recv(65536)
        assert back[:10] + back[11:] == HEAD.pack(b"\xf5R", 1, kind, 0, 0, 0, origin, 0, 4, 0, len(text), 0, self.seq,
                                                  123456789)[:10] + back[11:] and back[32:] == text and back[10] == 4, back
        return text

    def said(self):
        return json.loads(self.ring_out.recv(65536)[32:])


class Listener:
    def __init__(self):
        self.s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.s.settimeout(10)
        self.s.connect("./monitor")
        self.f = self.s.makefile("rb")

    def line(self):
        return json.loads(self.f.readline())

    def ask(self, text):
        self.s.sendall(text.encode() + b"\n")


m = Monitor()
setup = {"type": "call.setup", "call": CALL, "from": "+15551234567"}
m.send(setup)
m.send({"type": "assistant.state", "state": "thinking"})
m.send({"type": "user.key", "digit": "1"})
m.send({"type": "assistant.state", "state": "listening"})
m.send({"type": "tools.list", "rev": 1, "part": 1, "parts": 1, "tools": []})

first = Listener()  # who comes early has missed nothing but the long lists
assert [first.line()["event"]["type"] for _ in range(4)] == ["call.setup", "assistant.state", "user.key", "assistant.state"]
for _ in range(64):
    m.send({"type": "user.key", "digit": "1"})
    assert first.line()["event"]["type"] == "user.key"
first.f.close()
first.s.close()

late = Listener()
assert late.line() == {"call": CALL, "at_us": 123456789, "from": "2.0", "event": setup}
assert late.line()["event"] == {"type": "assistant.state", "state": "listening"}  # the last one, and nothing that is no state

other = Listener()
other.line(), other.line()
m.send(b'{"type":"made.up",\n\t"number": 12345678901234567890, "text":"\xc3\xbc"}')  # one line, its digits kept
for l in late, other:
    raw = l.f.readline()
    assert b'"number": 12345678901234567890' in raw and json.loads(raw)["event"]["text"] == "ü", raw
m.send(b"{broken")
m.send(b"\x00\x01", kind=77)
m.send({"type": "user.key", "digit": "2"})
assert late.line()["event"] == {"type": "user.key", "digit": "2"}
assert other.line()["event"] == {"type": "user.key", "digit": "2"}

# what the supervisor is told
m.send({"type": "stage.stats", "queue": {"depth": 1, "high": 2, "shed": 3, "why": {}}, "cpu_ms": 5}, origin=4)
assert json.loads(m.line.recv(65536)) == {"do": "stats", "origin": 4, "depth": 1, "high": 2, "shed": 3}
m.send({"type": "agent.switch", "agent": "quick", "by": "caller"})
assert json.loads(m.line.recv(65536)) == {"do": "agent", "call": CALL, "agent": "quick", "by": "caller"}
for l in late, other:
    l.line(), l.line()

# what may be injected
note = {"type": "assistant.note", "text": "be brief"}
late.ask(json.dumps({"id": 7, "do": "inject", "event": note}))
assert m.said() == note
assert late.line() == other.line() and late.line() == {"id": 7, "ok": True}

# who is muted is said again for a carrier stage that was started again
mute = {"type": "call.mute", "who": "caller", "on": True}
late.ask(json.dumps({"id": 8, "do": "inject", "event": mute}))
assert m.said() == mute
assert late.line()["event"] == other.line()["event"] == mute and late.line() == {"id": 8, "ok": True}
m.send({"type": "stage.hello", "program": "rd-ingest", "version": "0", "needs": ["assistant.state", "call.mute"]}, origin=1)
while (said := m.said()) != mute:
    assert said == note or said["type"] == "stage.hello", said  # not home yet, so it is said again
late.line(), other.line()
for ask, error in (('{"do":"inject","event":{"type":"user.text"}}', "event: user.text is not for an operator to say"),
                   ('{"do":"inject","event":{"type":"assistant.note"}}', "assistant.note: text: s expected, nothing found"),
                   ("{}", "do: inject is expected"), ("hello", "one JSON object a line is expected")):
    late.ask(ask)
    assert late.line() == {"ok": False, "error": error}

# no more than 8, and no one who does not read
many = [Listener() for _ in range(6)]
for l in many:
    l.line(), l.line(), l.line()  # call.setup, call.mute, assistant.state
refused = Listener()
assert refused.f.readline() == b""
big = {"type": "made.up", "text": "x" * 60000}
for _ in range(60):
    m.send(big)
    for l in many[1:] + [late, other]:
        assert len(l.f.readline()) > 60000
lines = 0
while raw := many[0].f.readline():
    lines += 1
assert lines < 60, lines  # let go in the middle of it

m.ring_in.shutdown(socket.SHUT_WR)
assert m.p.wait(10) == 0
log = open("log").read()
assert "a listener does not read and is let go" in log and log.count("listeners are refused, 8 are there") == 1, log
assert "be brief" not in log

# a successor takes the place over
m = Monitor()
assert Listener()
m.p.kill(), m.p.wait()
m = Monitor()
l = Listener()
m.send(setup)
assert l.line()["event"] == setup
m.send({"type": "stage.hello", "program": "rd-ingest", "version": "0", "needs": ["call.mute"]}, origin=1)
while (said := m.said()) != mute:  # its predecessor's predecessor was asked for it
    assert said["type"] == "stage.hello", said
m.line.close()  # the supervisor is gone
assert m.p.wait(10) == 0
