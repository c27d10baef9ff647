#!/usr/bin/python3
# limit: 60
# long: 150
"""What a stranger, or a broken Twilio, can do at the media WebSocket: tokens that are not good, and messages that are not
right. Each gets its status or its close code and one line of the log; the carrier stage stays within its bounds, nothing is
started for a connection without a valid token, and the next call works."""
import sys

from doors import *

N = 20000 if LONG else 2000  # of a flood
BIG = "x" * (1 << 20)
DROPPED = r"rd-ingest\[CA…{}\]: warn: dropped a message: {}"
LOST = r"rd-ingest\[CA…{}\]: warn: stream lost heard_ms=-?\d+: {}"
STAYS, NO_CODE = "stays", "ended without a close code"
PROTOCOL = (LOST, "what came breaks the WebSocket protocol")


def fragments(n, size=4096):
    return [frame("x" * size, fin=False)] + [frame("x" * size, MORE, fin=False)] * (n // size) + [frame("x", MORE)]


# name; what is sent, of a stream s; what becomes of it: STAYS, close codes, or NO_CODE; the line of the log (None: counted only)
MESSAGES = [
    ("text that is no JSON", lambda s: [frame("{oops")] * 50, STAYS, (DROPPED, "not a JSON object")),
    ("JSON that is no object", lambda s: [frame("[1]")] * 50, STAYS, (DROPPED, "not a JSON object")),
    ("two objects", lambda s: [frame('{"event":"stop"}{}')], STAYS, (DROPPED, "not a JSON object")),
    ("an object cut short", lambda s: [frame('{"event":"media","media":{"payl')], STAYS, (DROPPED, "not a JSON object")),
    ("60,000 brackets", lambda s: [frame("[" * 60000)], STAYS, (DROPPED, "not a JSON object")),
    ("10,000 objects within each other", lambda s: [frame('{"a":' * 10000)], STAYS, (DROPPED, "not a JSON object")),
    ("an empty message", lambda s: [frame("")], STAYS, (DROPPED, "not a JSON object")),
    ("no event", lambda s: [frame({"a": 1})] * 50, STAYS, (DROPPED, "no event")),
    ("an event that is no word", lambda s: [frame({"event": {"a": 1}})], STAYS, (DROPPED, "no event")),
    ("an unknown event", lambda s: [frame({"event": "surprise"})] * 50, STAYS, None),
    ("a second start", lambda s: [s.start()] * 50, STAYS, (DROPPED, "a second start")),
    ("another streamSid", lambda s: [s.media_frame(sid="MZ" + "1" * 32)] * 50, STAYS, (DROPPED, "of another streamSid")),
    ("media after stop of another stream", lambda s: [frame({"event": "stop", "streamSid": "MZ1"})], STAYS,
     (DROPPED, "of another streamSid")),
    ("media without a payload", lambda s: [frame({"event": "media", "streamSid": s.sid, "media": {}})], STAYS,
     (DROPPED, "media without a payload")),
    ("media that is no object", lambda s: [frame({"event": "media", "streamSid": s.sid, "media": [1]})], STAYS,
     (DROPPED, "media without a payload")),
    ("a payload that is not base64", lambda s: [s.media_frame(payload="!!!!")] * 50, STAYS,
     (DROPPED, "media with a payload that is not base64")),
    ("five seconds in one message", lambda s: [s.media_frame(40000)], STAYS, None),
    ("a timestamp beyond all calls", lambda s: [frame({"event": "media", "streamSid": s.sid, "media": {
        "timestamp": "9" * 30, "payload": "/////w=="}})], STAYS, None),
    ("a digit that is none", lambda s: [frame({"event": "dtmf", "streamSid": s.sid, "dtmf": {"digit": "12"}})], STAYS,
     (DROPPED, "dtmf without a digit")),
    ("marks nobody sent", lambda s: [frame({"event": "mark", "streamSid": s.sid, "mark": {"name": f"m{i}"}}) for i in range(N)],
     STAYS, None),
    ("binary messages", lambda s: [frame(b"\0" * 100, BINARY)] * 50, STAYS, (DROPPED, "binary")),
    ("media faster than time", lambda s: [s.media_frame()] * N, STAYS, None),
    ("pongs for no ping", lambda s: [frame("x" * 100, PONG)] * N, STAYS, None),
    ("pings without end", lambda s: [frame("x" * 100, PING)] * N, STAYS, None),
    ("continuations without end", lambda s: [frame("{", fin=False)] + [frame("", MORE, fin=False)] * N + [frame("}", MORE)], STAYS,
     (DROPPED, "no event")),
    ("a byte a frame", lambda s: [frame("{", fin=False)] + [frame(" ", MORE, fin=False)] * N + [frame("}", MORE)], STAYS,
     (DROPPED, "no event")),
    # libwebsockets takes frames without a mask; the mask protects proxies from browsers, not us from anybody
    ("frames without a mask", lambda s: [frame("{}", mask=None)], STAYS, (DROPPED, "no event")),
    ("a length in more bytes than it needs", lambda s: [b"\x81\xff" + struct.pack(">Q", 2) + b"\0\0\0\0{}"], STAYS,
     (DROPPED, "no event")),
    ("a message of 1 MiB", lambda s: [frame(BIG)], {1009}, (LOST, "message too long")),
    ("a message of 64 KiB and a byte", lambda s: [frame("x" * 65537)], {1009}, (LOST, "message too long")),
    ("1 MiB in fragments", lambda s: fragments(1 << 20), {1009, NO_CODE}, (LOST, "message too long")),
    ("a length of 4 EiB", lambda s: [frame("xxxx", length=1 << 62)], {1009}, (LOST, "message too long")),
    ("a length of 16 EiB", lambda s: [frame("xxxx", length=1 << 63)], NO_CODE, (LOST, "connection lost")),
    ("a ping of 126 bytes", lambda s: [frame("x" * 126, PING)], NO_CODE, (LOST, "connection lost")),
    ("a ping in fragments", lambda s: [frame("x", PING, fin=False)], {1002}, PROTOCOL),
    ("a reserved bit", lambda s: [frame("{}", rsv=4)], {1002}, PROTOCOL),
    ("all reserved bits", lambda s: [frame("{}", rsv=7)], {1002}, PROTOCOL),
    ("a reserved opcode", lambda s: [frame("{}", 3)], {1002}, PROTOCOL),
    ("a reserved control opcode", lambda s: [frame("", 11)], {1002}, PROTOCOL),
    ("a continuation of nothing", lambda s: [frame("{}", MORE)], {1002}, PROTOCOL),
    ("a message within another", lambda s: [frame("{", fin=False), frame("{}")], {1002}, PROTOCOL),
    ("text that is not UTF-8", lambda s: [frame(b'{"a":"\xff\xfe"}')], {1007}, PROTOCOL),
    ("HTTP behind the upgrade", lambda s: [b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"], {1002, NO_CODE}, PROTOCOL),
    ("a close frame of one byte", lambda s: [frame(b"x", CLOSE)], {1005, 1002, NO_CODE}, (LOST, ".*")),
    ("a close frame with code 0", lambda s: [frame(b"\0\0", CLOSE)], {1002, NO_CODE}, (LOST, "closed by the peer")),
    ("a close frame too long", lambda s: [frame(b"\x03\xe8" + b"x" * 124, CLOSE)], {NO_CODE}, (LOST, "connection lost")),
]

# before a start message was taken
BEGINNINGS = [
    ("media before start", lambda s: [s.media_frame()] * 50, STAYS, (DROPPED, "before start")),
    ("a start without a streamSid", lambda s: [frame({"event": "start", "start": {}})] * 50, STAYS,
     (DROPPED, "start without a streamSid")),
    ("a streamSid that is no word", lambda s: [frame({"event": "start", "streamSid": 'x","a":"', "start": {"callSid": s.call}})],
     STAYS, (DROPPED, "start without a streamSid")),
    ("the start of another call", lambda s: [s.start(call_id(0xbad))], {1008}, (r"rd-ingest\[CA…{}\]: error: cannot take the stream: {}",
                                                                             "it belongs to CA…ad, not to CA…..")),
    ("a start without a call", lambda s: [frame({"event": "start", "streamSid": s.sid, "start": {}})], {1008},
     (r"rd-ingest\[CA…{}\]: error: cannot take the stream: {}", "it belongs to")),
    ("a format that is none of ours", lambda s: [s.start(media={"encoding": "audio/opus\n", "sampleRate": 48000, "channels": 2})],
     {1008}, (r"rd-ingest\[CA…{}\]: error: cannot take the stream: {}", r"audio/x-mulaw/8000/1 expected, audio/opus\?/48000/2 found")),
]


def outcome(s, alive, limit=10):
    """STAYS once a ping is answered behind everything that was sent, else the close code, or NO_CODE. alive: a ping is sent
    for it; libwebsockets writes one that comes behind its own close frame over the code."""
    end = time.monotonic() + limit
    word = b"here"
    while True:
        assert time.monotonic() < end, "neither closed nor alive"
        if alive and not s.rest:
            s.send(frame(word, PING))  # again and again: of pings in a row, libwebsockets answers one
        if not s.rest and not select.select([s.sock], [], [], 0.5)[0]:
            continue
        try:
            opcode, payload = next(s.frames(limit))
        except StopIteration:
            return NO_CODE
        if opcode == PONG and payload == word:
            return STAYS
        if opcode == CLOSE:
            return struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005


def attack(rig, stranger, n, case, started):
    name, make, becomes, line = case
    call, at = call_id(n), len(rig.log())
    s = stranger.stream(call)
    if started:
        s.begin()
    pid = pid_of(rig, "rd-ingest", call)
    rss, fds, cpu = cost(pid)
    begun = time.monotonic()
    s.send(b"".join(make(s)))
    got = outcome(s, becomes == STAYS)
    took = time.monotonic() - begun
    after = cost(pid)
    assert got == becomes or (isinstance(becomes, set) and got in becomes), f"{name}: {got}"
    assert after[0] - rss < 6 << 10 and after[1] <= fds and after[2] - cpu < 2 + took / 2, (name, rss, fds, cpu, after)
    s.sock.close()
    if line:
        pattern = line[0].format(call[-2:], line[1])
        rig.wait_log(pattern)
        found = re.findall(pattern, rig.log()[at:])
        assert len(found) == 1, (name, found)
    stranger.end(call)
    return name, got, took * 1000, after[0] - rss


def refused(rig, stranger, name, sock, status, words, at):
    got, head, body = stranger.answer(sock)
    assert got == status, (name, got, head)
    rig.wait_log(words)
    found = re.findall(words, rig.log()[at:])
    assert len(found) == 1, (name, found)


def tokens(rig, stranger):
    """What is no token, is none any more, or is another's."""
    run, n = f"{rig.ctl_runtime}", 0xa00
    first = call_id(n)
    s = stranger.stream(first).begin()
    s.hears()
    with open(f"{run}/calls/{first}/answer.0") as f:
        used = re.search(r"/media/([0-9a-f]{32})", f.read()).group(1)
    before = set(rig.lasting())

    def expired():
        with open(f"{run}/tokens/{'e' * 32}", "w") as f:
            f.write(f"{first} 1 1000\n")
        return "e" * 32

    def of_a_call(call, step=0):
        token = f"{random.getrandbits(128):032x}"
        with open(f"{run}/tokens/{token}", "w") as f:
            f.write(f"{call} {step} {int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000) + 60000}\n")
        return token

    def rubbish(text):
        with open(f"{run}/tokens/{'d' * 32}", "w") as f:
            f.write(text)
        return "d" * 32

    ended = call_id(n + 1)
    os.makedirs(f"{run}/calls/{ended}")
    for name, text in (("call.json", "{}"), ("ended", '{"reason":"caller"}')):
        with open(f"{run}/calls/{ended}/{name}", "w") as f:
            f.write(text)
    stepped = call_id(n + 2)
    os.makedirs(f"{run}/calls/{stepped}")
    for name in ("call.json", "answer.0", "answer.1"):
        with open(f"{run}/calls/{stepped}/{name}", "w") as f:
            f.write("{}")
    refusal = "stream refused: the token is "
    for name, path, status, words in (
            ("forged", lambda: f"/media/{'0' * 32}", 403, refusal + "unknown or used already"),
            ("used", lambda: f"/media/{used}", 403, refusal + "unknown or used already"),
            ("expired", lambda: f"/media/{expired()}", 403, refusal + "expired"),
            ("of a call that ended", lambda: f"/media/{of_a_call(ended)}", 403, refusal + "of a call that has ended .*call=CA…01"),
            ("of a call that is gone", lambda: f"/media/{of_a_call(call_id(n + 3))}", 403, refusal + "of a call that is gone"),
            ("of a step that is over", lambda: f"/media/{of_a_call(stepped, 0)}", 403, refusal + "of a step that is over"),
            ("a file that is no token", lambda: f"/media/{rubbish('x' * 70)}", 403, refusal + "not written by us"),
            ("a file too long", lambda: f"/media/{rubbish('x' * (1 << 20))}", 403, refusal + "not written by us"),
            ("in capitals", lambda: f"/media/{'A' * 32}", 403, refusal + "malformed")):
        at = len(rig.log())
        refused(rig, stranger, name, stranger.upgrade(None, path=path()), status, words, at)
    at = len(rig.log())
    for path in (f"/media/{used[:-1]}", f"/media/{used}0", "/media/", "/media/../tokens/" + used[:22], f"/media/{used}?a=b"):
        assert stranger.answer(stranger.upgrade(None, path=path))[0] == 403, path
    assert len(re.findall("the token is not there", rig.log()[at:])) <= 5
    at = len(rig.log())
    good = stranger.token(first, 1)
    sock = stranger.upgrade(good, path=f"/media/{good}?")
    assert stranger.answer(sock)[0] == 403
    unsigned = stranger.connect(f"GET /media/{good} HTTP/1.1\r\nHost: phone.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n".encode())
    refused(rig, stranger, "unsigned", unsigned, 403, "signature refused: it has no X-Twilio-Signature", at)
    assert stranger.ask(f"GET /media/{good} HTTP/1.1\r\nHost: a\r\n\r\n".encode())[0] == 404
    wait_for("nothing to be started for a stranger", lambda: set(rig.lasting()) <= before)
    for token in (used, good, "e" * 32):
        assert token not in rig.log(), "a token in the log"
    # what was refused has spent nothing: the good one is good still, and the first stream gives way to it
    sock = stranger.upgrade(good)
    t = Stream(sock, first, 1)
    raw = sock.recv(4096)
    assert b" 101 " in raw, raw
    t.rest = raw.partition(b"\r\n\r\n")[2]
    t.begin()
    rig.wait_log("stream opened stream=MZ0*a00 step=1")
    stranger.end(first)
    for call in (ended, stepped):
        for name in os.listdir(f"{run}/calls/{call}"):
            os.unlink(f"{run}/calls/{call}/{name}")
        os.rmdir(f"{run}/calls/{call}")


def no_start(rig, stranger, s, begun):
    """A stream that begins with nothing has 5 s for its start message."""
    assert s.closed() == 1008 and time.monotonic() - begun > 4.9
    rig.wait_log("connection ended before its start message: closed by us")
    stranger.end(s.call)


def drip(rig, stranger):
    """A byte a second is no message: after 30 s of it the stream counts as lost."""
    s = stranger.stream(call_id(0xb01)).begin()
    begun = time.monotonic()
    for byte in frame('{"event":"media"}' + " " * 1000):
        s.send(bytes([byte]))
        if "nothing came for 30 s" in rig.log():
            break
        assert time.monotonic() - begun < 40
        select.select([], [], [], 1)  # the pace of a drip
    rig.wait_log("stream lost heard_ms=.*: nothing came for 30 s")
    s.sock.close()
    stranger.end(s.call)


with Rig("basic", limits="calls = 200", more=CALLER) as r:
    r.ctl_runtime = f"{os.environ['TMP']}/run"
    r.expect("dropped a message", "stream lost", "cannot take the stream", "connection ended before its start", "stream refused",
             "signature refused", "nothing comes from Twilio", "tool is missing.*within a second")
    stranger, rows = Stranger(r), []
    begun, silent = time.monotonic(), stranger.stream(call_id(0xb00))
    tokens(r, stranger)
    for i, case in enumerate(BEGINNINGS, 0x100):
        rows.append(attack(r, stranger, i, case, False))
    for i, case in enumerate(MESSAGES, 0x200):
        rows.append(attack(r, stranger, i, case, True))
    p = r.phone("--hangup-after", "1", background=True)
    no_start(r, stranger, silent, begun)
    if LONG:
        drip(r, stranger)
        print(f"{'at the media WebSocket':40} {'becomes':>28} {'ms':>8} {'+KiB':>6}")
        for name, got, ms, grown in rows:
            print(f"{name:40} {got:>28} {ms:8.1f} {grown:6}")
    call = r.summary(p)
    assert call["answered"] and call["streams"] == 1 and call["heard_ms"] > 500, call
    r.wait_idle()
