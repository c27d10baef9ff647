#!/usr/bin/python3
"""What a connection may cost: heads, bodies and their time, connections of one address and in all."""
import os

from webhook import *

HEAD = b"POST /status HTTP/1.1\r\nHost: phone.example.com\r\nContent-Type: application/x-www-form-urlencoded\r\n"


def requests(w):
    w.tell(do="requests", id=1)
    return w.heard("requests")[0]["requests"]


@case()
def a_head_may_come_in_pieces(w):
    w.answered(call_id(1))
    params = w.params(call_id(1), CallStatus="completed")
    body = urllib.parse.urlencode(params).encode()
    whole = HEAD + f"Content-Length: {len(body)}\r\nX-Twilio-Signature: {sign(PUBLIC + '/status', params)}\r\n\r\n".encode() + body
    request = w.connect()
    request.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for i in range(len(whole)):
        request.sock.send(whole[i:i + 1])
    assert request.answer().status == 204
    w.ended(call_id(1), "completed")


@case()
def bad_heads_are_told_what_is_wrong(w):
    for head, status in ((b"\x16\x03\x01\x02\x00\x01", 400), (b"GET\r\n\r\n", 400), (b"GET / HTTP/2.0\r\n\r\n", 505),
                         (b"GET / HTTP/1.1\r\n\r\n", 400), (b"GET / HTTP/1.1\n\n", 400), (b"GET / HTTP/1.1\r\na b\r\n\r\n", 400),
                         (HEAD + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
                         (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", 411), (HEAD + b"Content-Length: -1\r\n\r\n", 400),
                         (HEAD + b"Content-Length: 65537\r\n\r\n", 413), (HEAD + b"Content-Length: 999999999999\r\n\r\n", 400),
                         (b"GET /" + b"a" * 9000, 431), (HEAD + b"a: b\r\n" * 100 + b"\r\n", 431)):
        answer = w.connect(head).answer()
        assert answer.status == status, (head[:60], answer.raw)
        assert answer.headers["connection"] == "close"
    assert {r["verdict"] for r in requests(w)} == {"head", "refused"}


@case()
def an_answer_is_not_lost_to_what_was_still_to_come(w):
    request = w.connect(HEAD + b"Content-Length: 5000000\r\n\r\n")
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        for _ in range(20):
            request.sock.sendall(b"x" * 65536)
    assert request.answer().status == 413


@case()
def time_is_bounded_for_heads_and_bodies(w):
    begun = time.monotonic()
    waiting = {"idle": w.connect(), "half": w.connect(HEAD), "drip": w.connect(),
               "body": w.connect(HEAD + b"Content-Length: 100\r\n\r\nCallSid")}
    drip, took, answers, waiting_for = iter(HEAD * 10), {}, {}, list(waiting)
    while waiting:
        if "drip" in waiting:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                waiting["drip"].sock.send(bytes([next(drip)]))  # one each time round, which gains it nothing
        ready = select.select([r.sock for r in waiting.values()], [], [], 0.05)[0]
        for name in [name for name, r in waiting.items() if r.sock in ready]:
            answers[name] = waiting.pop(name).answer()
            took[name] = time.monotonic() - begun
        assert time.monotonic() - begun < 40, waiting  # the drip alone would last for a minute
    assert all(answer.status == 408 for answer in answers.values()), answers
    assert all(took[name] > 4.9 for name in waiting_for), took
    assert sorted(r["verdict"] for r in requests(w)) == ["idle", "late", "late", "late"]


@case()
def half_a_head_is_noted(w):
    w.connect(HEAD).sock.close()
    assert w.get("/healthz").answer().status == 200
    assert [r["verdict"] for r in requests(w)] == ["half"]


@case()
def a_thousand_idle_connections_keep_nobody_out(w):
    w.expect("connection closed to make room")
    idle = [w.connect() for _ in range(1000)]
    assert w.get("/healthz").answer().status == 200
    w.answered(call_id(1))
    w.logged("connection closed to make room")  # and so before their time is over
    assert len(os.listdir(f"/proc/{w.pid}/fd")) < 300
    for request in idle:
        request.sock.close()


@case()
def one_address_behind_the_front_has_its_share(w):
    front = [("X-Forwarded-For", "203.0.113.9, 198.51.100.7")]
    held = [w.post("/twiml", w.params(call_id(n)), front) for n in range(32)]
    for n in range(32):
        assert w.heard("prepare")[0]["call"] == call_id(n)
    assert w.post("/twiml", w.params(call_id(50)), front).answer().status == 429
    for n, forwarded in enumerate(("203.0.113.9", "2001:db8::1", "garbage", "198.51.100.7, unknown"), 60):
        request = w.post("/twiml", w.params(call_id(n)), [("X-Forwarded-For", forwarded)])
        w.prepare(call_id(n), 0)
        assert request.answer().status == 200
    for n in range(32):
        w.tell(do="prepared", call=call_id(n), step=0, ok=True)
    assert all("<Stream" in r.answer().text for r in held)
    assert w.get("/healthz", front).answer().status == 200


@case()
def what_is_behind_the_request_is_nobodys(w):
    answer = w.connect(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /readyz HTTP/1.1\r\nHost: a\r\n\r\n").answer()
    assert answer.raw.count(b"HTTP/1.1") == 1 and answer.status == 200


main()
