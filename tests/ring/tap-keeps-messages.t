#!/usr/bin/python3
"""On a SOCK_SEQPACKET link rd-tap passes each message on as one message, byte for byte, be it a frame or not, and what comes back
over the link goes back; ends at the end of its input, and on SIGTERM between two messages."""
import os, random, signal, socket, subprocess, sys

os.chdir(os.environ["TMP"])
random.seed(7)


def tap(*options):
    ours, its_in = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    its_out, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(10), theirs.settimeout(10)
    p = subprocess.Popen(["rd-tap", "--origin", "2", "--life", "0", "--call", "LO" + "0" * 32, "--out", "kept", *options], stdin=its_in,
                         stdout=its_out)
    its_in.close(), its_out.close()
    return p, ours, theirs


p, ours, theirs = tap()
frame = bytes([0xf5, 0x52, 1, 1]) + bytes(8) + (2).to_bytes(4, "little") + bytes(16) + b"{}"
messages = [frame, b"x", random.randbytes(65536), random.randbytes(100000), frame * 2]
messages += [random.randbytes(random.randrange(1, 5000)) for _ in range(500)]
for m in messages:
    ours.send(m)
    assert theirs.recv(300000) == m, len(m)
sent = 0
ours.settimeout(0)
try:  # the reader lags: it waits, and loses nothing
    while sent < 5000:
        ours.send(frame)
        sent += 1
except BlockingIOError:
    pass
assert sent > 100
for _ in range(sent):
    assert theirs.recv(300000) == frame
ours.shutdown(socket.SHUT_WR)
assert theirs.recv(100) == b""
assert p.wait(10) == 0
assert open("kept", "rb").read() == frame * (1 + sent), "only frames are kept"

# the way back over the same link: message by message, also while nobody takes what goes ahead, and shown or not
for way, shown in ("both", 2), ("ahead", 1), ("back", 1):
    p, ours, theirs = tap("--way", way)
    ours.send(frame)
    assert theirs.recv(100) == frame
    theirs.send(b"x" * 70000)
    theirs.send(frame)
    assert ours.recv(100000) == b"x" * 70000 and ours.recv(100) == frame
    ours.settimeout(0)
    try:
        while True:
            ours.send(b"y" * 4000)
    except BlockingIOError:
        pass
    ours.settimeout(10)
    theirs.send(b"z" * 3000)
    assert ours.recv(100000) == b"z" * 3000
    while theirs.recv(300000) != b"y" * 4000:
        pass
    p.send_signal(signal.SIGTERM)
    theirs.close()
    assert p.wait(10) == 0
    assert open("kept", "rb").read() == frame * shown, way

p, ours, theirs = tap()
ours.send(frame)
assert theirs.recv(100) == frame
p.send_signal(signal.SIGTERM)
assert p.wait(10) == 0

# a stream has no messages: refused, not guessed
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
p = subprocess.run(["rd-tap"], stdin=subprocess.DEVNULL, stdout=a, stderr=subprocess.PIPE, timeout=10)
assert p.returncode == 100 and b"cannot copy" in p.stderr, p
