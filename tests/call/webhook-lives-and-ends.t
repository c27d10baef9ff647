#!/usr/bin/python3
"""Health, what rd-ctl is shown, and every way to end."""
import os

from rig import in_time
from webhook import *


@case()
def health_is_what_the_supervisor_says(w):
    answer = w.get("/healthz").answer()
    assert answer.status == 200 and answer.headers["content-type"] == "application/json"
    health = json.loads(answer.text)
    assert health.pop("version") and health == {"ok": True, "status": "ok", "faults": []}, health
    assert json.loads(w.get("/readyz").answer().text) == {"ok": True}
    w.tell(do="health", faults=["store", "disk"])
    answer = w.get("/healthz?a=b").answer()
    assert answer.status == 200 and json.loads(answer.text)["faults"] == ["store", "disk"]
    assert json.loads(answer.text)["status"] == "degraded" and w.get("/readyz").answer().status == 200
    w.tell(do="health", faults=[])
    assert json.loads(w.get("/healthz").answer().text)["status"] == "ok"


@case()
def a_drained_one_is_not_ready(w):
    w.tell(do="drain")
    answer = w.get("/readyz").answer()
    assert answer.status == 503 and json.loads(answer.text) == {"ok": False, "why": "draining"}
    assert w.get("/healthz").answer().status == 200
    w.answered(call_id(1))  # whether a call still comes in is the supervisor's to say


@case()
def the_last_requests_are_shown(w):
    w.expect("signature refused", "unknown or used already")
    _, token = w.answered(call_id(1))
    w.twiml(call_id(1)).answer()
    w.twiml(call_id(2), "+15559990000").answer()
    w.post("/twiml", w.params(call_id(3)), signature="").answer()
    w.get("/nowhere?secret=1").answer()
    request = w.upgrade(f"/media/{token}")
    os.close(w.heard("stream")[2])
    request.sock.close()
    w.upgrade(f"/media/{token}").answer()
    w.get("/healthz").answer()
    w.tell(do="requests", id=12)
    message, _, _ = w.heard("requests")
    shown = [(r["method"], r["path"], r["verdict"]) for r in message["requests"]]
    assert message["id"] == 12 and shown == [
        ("POST", "/twiml", "answered"), ("POST", "/twiml", "repeated"), ("POST", "/twiml", "stranger"),
        ("POST", "/twiml", "signature"), ("GET", "/nowhere", "refused"), ("GET", "/media/…", "stream"),
        ("GET", "/media/…", "token")], shown
    text = json.dumps(message, ensure_ascii=False)
    for private in (token, call_id(1), "+15559990000", ANNA, "secret=1"):
        assert private not in text, text
    assert "from=…0000" in text and "agent=home" in text


@case()
def a_hundred_requests_fit_one_message(w):
    w.expect("signature refused")
    for n in range(100, 210):
        w.get(f"/next/{n}?" + '"' * 80, [("X-Twilio-Signature", "=" * 28)]).answer()
    w.tell(do="requests", id=1)
    shown = w.heard("requests")[0]["requests"]
    assert len(shown) == 100 and shown[0]["path"] == "/next/110" and shown[-1]["path"] == "/next/209"


def answers_and_ends(w, call):
    """How long it took to end when everything was answered."""
    idle, half, request = w.connect(), w.connect(b"GET /healthz HTTP/1.1\r\n"), w.twiml(call)
    w.heard("prepare")
    os.kill(w.pid, signal.SIGTERM)
    assert not idle.answer().raw
    late = w.connect()  # in the backlog: the next one's
    w.tell(do="prepared", call=call, step=0, ok=True)
    assert "<Stream" in request.answer().text
    half.sock.send(b"Host: a\r\n\r\n")
    assert half.answer().status == 200
    begun = time.monotonic()
    assert w.wait() == 0
    took = time.monotonic() - begun
    w.start()
    late.sock.send(b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
    assert late.answer().status == 200
    return took


@case()
def sigterm_lets_what_is_in_hand_be_answered(w):
    calls = iter(range(3))
    in_time(1, lambda: answers_and_ends(w, call_id(next(calls))))


@case()
def sigterm_waits_for_nobody_longer_than_2_s(w):
    half = w.connect(b"GET /healthz HTTP/1.1\r\n")
    body = w.connect(f"POST /status HTTP/1.1\r\nHost: a\r\nContent-Type: {FORM}\r\nContent-Length: 9\r\n\r\n".encode())
    assert w.get("/healthz").answer().status == 200  # so both have been read
    begun = time.monotonic()
    os.kill(w.pid, signal.SIGTERM)
    assert w.wait() == 0 and 1.5 < time.monotonic() - begun < 8
    assert not half.answer().raw and not body.answer().raw


@case()
def sigterm_with_nothing_in_hand_is_at_once(w):
    def ends():
        begun = time.monotonic()
        os.kill(w.pid, signal.SIGTERM)
        assert w.wait() == 0
        took = time.monotonic() - begun
        w.start()
        return took

    in_time(1, ends)


@case()
def it_ends_with_its_supervisor(w):
    """And who is waiting then comes back to the next one, which knows nothing of this answer."""
    w.expect("step put off, the supervisor is to come back why=gone", "why=unreachable")
    w.answered(call_id(2))
    late, request, next_step = w.connect(), w.twiml(call_id(1)), None
    w.heard("prepare")
    next_step = w.next(call_id(2), 1)
    w.heard("prepare")
    w.line.close()
    w.line = None
    late.sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    again = '<Response><Pause length="1"/><Redirect method="POST">%s</Redirect></Response>'
    assert again % "/twiml" in request.answer().text
    assert again % "/next/1" in next_step.answer().text
    assert late.answer().status == 200
    assert w.wait() == 0
    assert not os.path.exists(w.folder(call_id(1), "answer.0")) and not os.path.exists(w.folder(call_id(2), "answer.1"))
    w.start()
    request = w.twiml(call_id(1))
    w.prepare(call_id(1), 0)
    assert "<Stream" in request.answer().text


@case(supervised=False)
def by_hand_it_binds_its_own_address(w):
    w.expect("no ring why=unreachable")
    with socket.create_server(("127.0.0.1", 0)) as s:
        w.port = s.getsockname()[1]  # free, and bound by somebody who does not accept
        w.spawn(("--listen", f"127.0.0.1:{w.port}"))
        assert w.wait() == 111
    w.expect(f"cannot bind 127.0.0.1:{w.port}: Address already in use")
    assert f"cannot bind 127.0.0.1:{w.port}: Address already in use" in w.log()
    w.spawn(("-l", "127.0.0.1:0"))
    w.port = int(w.logged(r"listening address=127.0.0.1:(\d+) url=https://phone.example.com")[1])
    assert json.loads(w.get("/readyz").answer().text) == {"ok": False, "why": "no supervisor"}
    assert "<Say>Sorry, Anna" in w.twiml(call_id(1)).answer().text
    assert "<Response><Hangup/></Response>" in w.next(call_id(1), 1).answer().text


@case(supervised=False)
def a_broken_configuration_is_refused(w):
    for words in (("-u", "ftp://a"), ("-l", "nowhere"), ("-c", w.tmp + "/none"), ("--nothing",), ("operand",)):
        w.expect("rd-webhook: error: ")
        w.spawn(words)
        assert w.wait() == 100, words


@case()
def it_is_caged(w):
    with open(f"/proc/{w.pid}/status") as f:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
    assert status["NoNewPrivs"] == "1", status
    with open(PROGRAM, "rb") as f:
        assert status["Seccomp"] == "2" or b"__asan_init" in f.read(), status  # whose leak check needs ptrace
    shown = sorted(os.readlink(f"/proc/{w.pid}/fd/{fd}").partition(":")[0] for fd in os.listdir(f"/proc/{w.pid}/fd"))
    assert shown.count("socket") == 2, shown  # the supervisor's line and the listening socket


@case()
def descriptors_stay(w):
    def fds():
        return len(os.listdir(f"/proc/{w.pid}/fd"))

    w.expect("signature refused", "unknown or used already")
    before = fds()
    for n in range(50):
        _, token = w.answered(call_id(n))
        request = w.upgrade(f"/media/{token}")
        os.close(w.heard("stream")[2])
        assert not request.answer().raw
        w.upgrade(f"/media/{token}").answer()
        w.post("/twiml", {}, signature="").answer()
    assert w.get("/healthz").answer().status == 200
    assert fds() <= before + 1  # the one that asks


main()
