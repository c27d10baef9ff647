#!/usr/bin/python3
# limit: 60
# long: 240
"""The HTTP door under attack: each refused with a status and a line, a flood with ten lines and a count, and nobody else
notices. (What a whole ringdown does with 1,000 idle connections: doors-sockets.t; slow heads and bodies: webhook-bounds-….t)"""
import resource

from doors import cost
from webhook import *

LONG = bool(os.environ.get("LONG"))
FLOOD = 10000 if LONG else 1000
H = b"Host: phone.example.com\r\n"
GET, POST = b"GET %s HTTP/1.1\r\n" + H, b"POST /twiml HTTP/1.1\r\n" + H + b"Content-Type: application/x-www-form-urlencoded\r\n"


def get(path, more=b""):
    return GET % path + more + b"\r\n"


# name, bytes, status, what the log says
HEADS = [
    ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01", 400, "a control character status=400"),
    ("an SSH client", b"SSH-2.0-OpenSSH_9.2\r\n\r\n", 400, "no HTTP version"),
    ("HTTP/2 with prior knowledge", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "an HTTP version that is not 1.0 or 1.1"),
    ("HTTP/0.9", b"GET /\r\n\r\n", 400, "no HTTP version"),
    ("no version that is known", b"GET / HTTP/1.2\r\n" + H + b"\r\n", 505, "an HTTP version"),
    ("an empty request line", b"\r\n\r\n", 400, "no method"),
    ("bare LF", b"GET / HTTP/1.1\nHost: a\n\n", 400, "a line that does not end in CR LF"),
    ("bare CR", b"GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", 400, "a line that does not end in CR LF"),
    ("CR CR LF", b"GET / HTTP/1.1\r\r\n\r\n", 400, "a line that does not end in CR LF"),
    ("NUL in the path", get(b"/a\0b"), 400, "a control character"),
    ("NUL in a header", get(b"/healthz", b"X: a\0b\r\n"), 400, "a control character"),
    ("ESC in a header", get(b"/healthz", b"X: \x1b[31m\r\n"), 400, "a control character"),
    ("no Host", b"GET /healthz HTTP/1.1\r\n\r\n", 400, "not one Host"),
    ("two Hosts", get(b"/healthz", H), 400, "not one Host"),
    ("an absolute target", get(b"http://phone.example.com/healthz"), 400, "a target that is no path"),
    ("an asterisk", get(b"*"), 400, "a target that is no path"),
    ("a fragment", get(b"/healthz#x"), 400, "a target that is no path"),
    ("a path in UTF-8", get("/héalthz".encode()), 400, "a target that is no path"),
    ("a blank in the path", get(b"/health z"), 400, "no HTTP version"),
    ("a folded header", get(b"/healthz", b"X: a\r\n b\r\n"), 400, "a folded header"),
    ("a header without a colon", get(b"/healthz", b"nonsense\r\n"), 400, "a header without a colon"),
    ("a header without a name", get(b"/healthz", b": x\r\n"), 400, "a header without a name"),
    ("a blank before the colon", get(b"/healthz", b"Content-Length : 5\r\n"), 400, "a header without a name"),
    ("65 headers", get(b"/healthz", b"a: b\r\n" * 65), 431, "too many headers"),
    ("a path of 8 KiB", get(b"/" + b"a" * 8192), 431, "a head over 8 KiB"),
    ("a head of 1 MiB", get(b"/healthz", b"X: " + b"a" * (1 << 20) + b"\r\n"), 431, "a head over 8 KiB"),
    ("a length and chunks", POST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "two lengths of the body"),
    ("chunks", POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411, "a body without its length"),
    ("two lengths", POST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400, "two lengths of the body"),
    ("two lengths in one", POST + b"Content-Length: 1, 1\r\n\r\na", 400, "a length of the body that is no number"),
    ("a negative length", POST + b"Content-Length: -1\r\n\r\n", 400, "a length of the body that is no number"),
    ("a length with a sign", POST + b"Content-Length: +1\r\n\r\na", 400, "a length of the body that is no number"),
    ("a length of 2^64", POST + b"Content-Length: 18446744073709551617\r\n\r\na", 400, "a length of the body that is no number"),
    ("a hexadecimal length", POST + b"Content-Length: 0x10\r\n\r\n", 400, "a length of the body that is no number"),
    ("no length", POST + b"\r\n", 411, "a body without a good length status=411 POST /twiml"),
    ("64 KiB and a byte", POST + b"Content-Length: 65537\r\n\r\n" + b"x" * 65537, 413, "the body is too long status=413 POST /twiml"),
    ("1 MiB", POST + b"Content-Length: 1048576\r\n\r\n" + b"x" * (1 << 20), 413, "the body is too long"),
    ("dots", get(b"/../../etc/passwd"), 404, "no such path status=404 GET /../../etc/passwd"),
    ("percent dots", get(b"/%2e%2e/%2e%2e/etc/passwd"), 404, "no such path"),
    ("an escaped path", get(b"/%74wiml"), 404, "no such path status=404 GET /%74wiml"),
    ("a double slash", get(b"//twiml"), 404, "no such path"),
    ("a backslash", get(b"/\\twiml"), 404, "no such path status=404 GET //twiml"),
    ("dots to the tokens", get(b"/media/../tokens/x"), 404, "no such path"),
    ("a step of 20 digits", get(b"/next/18446744073709551617"), 404, r"no such path status=404 GET /next/…1617"),
    ("a log line in the path", get(b"/a%0d%0ard-webhook:%20error:%20x"), 404, "GET /a%0d%0ard-webhook"),
    ("a number in the path", get(b"/call/+15551234567"), 404, r"GET /call/\+…4567"),
    ("DELETE", b"DELETE /twiml HTTP/1.1\r\n" + H + b"\r\n", 405, "POST or GET is expected status=405 DELETE /twiml"),
    ("a method of 1,000 letters", b"G" * 1000 + b" /twiml HTTP/1.1\r\n" + H + b"\r\n", 405, "status=405 GGGGGGGGGGGGGGG /twiml"),
    ("CONNECT", b"CONNECT phone.example.com:443 HTTP/1.1\r\n" + H + b"\r\n", 400, "a target that is no path"),
    ("TRACE", b"TRACE /healthz HTTP/1.1\r\n" + H + b"\r\n", 405, "GET is expected status=405 TRACE /healthz"),
    ("JSON", b"POST /twiml HTTP/1.1\r\n" + H + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", 415, "a form is expected"),
    ("multipart", b"POST /twiml HTTP/1.1\r\n" + H + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 2\r\n\r\n--", 415,
     "a form is expected"),
    ("257 fields", POST + b"Content-Length: 771\r\n\r\n" + b"a=&" * 257, 413, "more than 256 fields status=413"),
    ("a percent at the end", POST + b"Content-Length: 9\r\n\r\nCallSid=%", 400, "not a form"),
    ("NUL in a field", POST + b"Content-Length: 13\r\n\r\nCallSid=a%00b", 400, "not a form"),
    ("an upgrade to h2c", get(b"/healthz", b"Connection: Upgrade\r\nUpgrade: h2c\r\n"), 200, None),
    ("an upgrade without a key", get(b"/media/" + b"0" * 32, b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"),
     400, "an upgrade that is none"),
    ("an upgrade of version 8", get(b"/media/" + b"0" * 32, b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
                                    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), 400, "an upgrade that is none"),
]


def good_call(w, n):
    """The next call works."""
    request = w.twiml(call_id(n))
    w.prepare(call_id(n), 0)
    answer = request.answer()
    assert answer.status == 200 and "<Stream" in answer.text


def in_pieces(w, cases):
    """A rig of its own for so many: ten lines of a kind are said in a minute."""
    for name, data, status, words in cases:
        at = len(w.log())
        answer = w.connect(data).answer() if len(data) < 1 << 16 else push(w, data)
        assert answer.status == status, (name, answer.raw)
        if status != 200:
            assert answer.headers["connection"] == "close" and not answer.body, (name, answer.raw)
        if words:
            line = w.logged(words)
            said = [line for line in w.log()[at:].splitlines() if "refused" in line]
            assert len(said) == 1 and "address=127.0.0.1" in said[0], (name, said, line)
        elif status != 200:
            raise AssertionError(name)


def push(w, data):
    """More than the other side reads: what it answers must come all the same."""
    request = w.connect()
    with contextlib.suppress(OSError):
        request.sock.sendall(data)
    return request.answer()


def add_heads(begin, cases):
    def heads(w):
        before = cost(w.pid)
        in_pieces(w, cases)
        good_call(w, 1)
        after = cost(w.pid)
        assert after[0] - before[0] < 4096 and after[1] <= before[1] + 2, (before, after)
    heads.__name__ = f"heads_from_{begin}"
    case()(heads)


for begin in range(0, len(HEADS), 9):
    add_heads(begin, HEADS[begin:begin + 9])


@case()
def a_body_that_ends_too_soon_or_too_late(w):
    w.connect(POST + b"Content-Length: 100\r\n\r\nCallSid").sock.close()
    w.logged("the connection ended within the body status=0 POST /twiml address=127.0.0.1")
    params = w.params(call_id(1))
    body = urllib.parse.urlencode(params).encode()
    request = w.send("POST", "/twiml", [("Content-Type", FORM), ("Content-Length", len(body)),
                                        ("X-Twilio-Signature", sign(PUBLIC + "/twiml", params))], body + b"&From=%2B15557654321")
    w.prepare(call_id(1), 0)
    assert request.answer().status == 200  # what is behind the body is nobody's
    assert json.loads(w.read(call_id(1), "call.json"))["from"] == ANNA


@case()
def pipelined_requests_get_one_answer(w):
    one = get(b"/healthz")
    answer = push(w, one * 1000)
    assert answer.raw.count(b"HTTP/1.1") == 1 and answer.status == 200
    good_call(w, 1)


@case()
def the_order_of_the_fields_makes_no_difference_to_the_signature(w):
    """Twilio signs them sorted: so who alters their order alters nothing; who adds, drops or doubles one does."""
    w.expect("signature refused")
    params = w.params(call_id(1))
    good = sign(PUBLIC + "/twiml", params)

    def ask(pairs):
        body = urllib.parse.urlencode(pairs).encode()
        return w.send("POST", "/twiml", [("Content-Type", FORM), ("Content-Length", len(body)), ("X-Twilio-Signature", good)], body)

    pairs = list(params.items())
    request = ask(pairs[::-1])
    w.prepare(call_id(1), 0)
    first = request.answer()
    assert first.status == 200
    assert ask(pairs + pairs[:1]).answer().raw == first.raw  # of equal pairs one counts, as Twilio's own library has it
    for bad in (pairs + [("Extra", "1")], pairs[1:], pairs + [("CallSid", call_id(2))], [("CallSid", call_id(2))] + pairs,
                [(n, v if n != "From" else BEN) for n, v in pairs], [(n.lower(), v) for n, v in pairs]):
        assert ask(bad).answer().status == 403
    for other in ("/twiml?", "/twiml?a=b", "/incoming-call", "/status"):
        body = urllib.parse.urlencode(pairs).encode()
        headers = [("Content-Type", FORM), ("Content-Length", len(body)), ("X-Twilio-Signature", good)]
        assert w.send("POST", other, headers, body).answer().status == 403, other
    assert w.silent()
    shown = w.requests()
    assert "compare this URL" in shown[-1]["detail"], shown[-1]  # the hint of the log, for rd-ctl requests


@case()
def two_signatures_are_none(w):
    w.expect("signature refused")
    good = ("X-Twilio-Signature", sign(PUBLIC + "/twiml", w.params(call_id(1))))
    assert w.post("/twiml", w.params(call_id(1)), [good]).answer().status == 403
    assert w.silent()


@case()
def what_is_known_of_a_caller_gets_into_no_document_unescaped(w):
    """Numbers are checked, the name stays in the folder: nothing of a request is repeated in an answer."""
    for n, (name, value) in enumerate((("From", '+1555"/><Dial>+19005551234</Dial><x a="'), ("CallerName", "</Response><Dial/>"),
                                       ("To", "<Hangup/>"), ("Direction", "outbound-api\r\nX: y")), 1):
        request = w.twiml(call_id(n), **{name: value})
        if name in ("CallerName", "To"):
            w.prepare(call_id(n), 0)
        answer = request.answer()
        assert answer.status == 200 and "<Dial" not in answer.text and "X" not in answer.headers, answer.raw
        assert answer.text.count("<Response>") == 1 and answer.text.count("</Response>") == 1
    assert "9005551234" not in w.log()


@case()
def a_flood_of_refusals_gives_ten_lines_of_a_kind_and_a_count(w):
    w.expect("signature refused", "account refused", "stream refused")
    before, begun = cost(w.pid), time.monotonic()
    kinds = {"path": lambda: w.get("/wp-login.php"), "head": lambda: w.connect(b"\x16\x03\x01"),
             "signature": lambda: w.post("/twiml", w.params(call_id(1)), signature="x" * 28),
             "form": lambda: w.connect(POST + b"Content-Length: 9\r\n\r\nCallSid=%"),
             "token": lambda: w.upgrade("/media/" + "0" * 32)}
    for n in range(FLOOD):
        for send in kinds.values():
            assert send().answer().status in (400, 403, 404)
    took, after = time.monotonic() - begun, cost(w.pid)
    assert after[0] - before[0] < 4096 and after[1] <= before[1] + 4, (before, after)
    good_call(w, 1)
    assert len(w.requests()) <= 100
    os.kill(w.pid, signal.SIGTERM)
    assert w.wait() == 0
    log = w.log()
    minutes = int(took / 60) + 1
    assert len(log.splitlines()) < 5 * 10 * minutes + 20, log
    for kind in ("refused", "head", "signature", "form", "token"):
        counted = sum(int(n) for n in re.findall(f"kind={kind} times=(\\d+)", log))
        assert FLOOD - 10 * minutes <= counted <= FLOOD - 10, (kind, counted)
    print(f"     {5 * FLOOD} refused requests in {took:.1f} s, {after[2] - before[2]:.1f} s CPU, {after[0] - before[0]:+} KiB")


@case()
def slow_ones_make_room_for_others(w):
    """All places taken by those who let us wait, in each way there is: the next one takes the oldest's."""
    w.expect("connection closed to make room")
    head = POST + b"Content-Length: 100\r\n\r\nCallSid"
    held = [w.connect(data) for data in (b"", b"GET /", head) for _ in range(80)]
    lingering = [w.connect(get(b"/healthz")) for _ in range(100)]  # answered, but never read nor closed
    good_call(w, 1)
    w.logged("connection closed to make room")  # and so before their time is over
    assert len(os.listdir(f"/proc/{w.pid}/fd")) < 300
    for request in held + lingering:
        request.sock.close()


@case()
def who_waits_for_the_supervisor_is_not_sent_away(w):
    w.expect("connection closed to make room")
    request = w.twiml(call_id(1))
    message = w.heard("prepare")[0]
    idle = [w.connect() for _ in range(400)]
    w.tell(do="prepared", call=message["call"], step=0, ok=True)
    assert "<Stream" in request.answer().text
    for other in idle:
        other.sock.close()


@case(supervised=False)
def few_descriptors_mean_fewer_places(w):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    w.expect("room for 48 connections instead of 240", "connection closed to make room")
    resource.setrlimit(resource.RLIMIT_NOFILE, (80, hard))
    try:
        w.start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    idle = [w.connect() for _ in range(100)]
    good_call(w, 1)
    for request in idle:
        request.sock.close()


@case()
def without_descriptors_the_door_waits_and_does_not_spin(w):
    w.expect("cannot accept connections: Too many open files: they wait")
    good_call(w, 1)
    limits = resource.prlimit(w.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(w.pid, resource.RLIMIT_NOFILE, (3, limits[1]))
    request = w.get("/healthz")
    w.logged("cannot accept connections: Too many open files: they wait")
    before = cost(w.pid)[2]
    assert not select.select([request.sock], [], [], 1)[0]
    assert cost(w.pid)[2] - before < 0.2
    assert w.log().count("cannot accept") == 1
    resource.prlimit(w.pid, resource.RLIMIT_NOFILE, limits)
    assert request.answer().status == 200
    w.logged("accepting connections again")
    good_call(w, 2)


@case()
def rubbish_of_the_supervisor_is_stepped_over(w):
    w.expect("the supervisor sends a message without")
    fds = len(os.listdir(f"/proc/{w.pid}/fd"))
    for text in (b"rubbish", b"[]", b"{}", b"\n", b"x" * 60000, b"{" * 60000, b'{"do":5}', b'{"do":"surprise"}', b'{"do":"prepared"}',
                 b'{"do":"prepared","call":5,"step":"x"}', b'{"do":"prepared","call":"../../x","step":-1,"ok":true}',
                 b'{"do":"prepared","call":"CA","step":1e300,"ok":"yes"}', b'{"do":"health","faults":"x"}',
                 b'{"do":"health","faults":[1,{"a":[]}]}', b'{"do":"health","faults":[]}', b'{"do":"log","level":"loud"}'):
        w.line.send(text)
        socket.send_fds(w.line, [text], [w.listener.fileno(), 0, 1])
    w.expect("unknown log level")
    w.tell(do="requests", id=1e300)
    assert isinstance(w.heard("requests")[0]["requests"], list)
    good_call(w, 1)
    assert len(os.listdir(f"/proc/{w.pid}/fd")) <= fds + 1


main()
