#!/usr/bin/python3
"""/media/TOKEN: a WebSocket goes to the supervisor, head and descriptor, once; anything else goes nowhere."""
import os

from webhook import *


def passed(w, call, step):
    """The connection that the supervisor got, and the bytes of it that were read."""
    message, rest, fd = w.heard("stream")
    assert message == {"do": "stream", "call": call, "step": step}, message
    assert fd is not None
    return socket.socket(fileno=fd), rest


def refused(w, request, status=403):
    answer = request.answer()
    assert answer.status == status and not answer.body, answer.raw
    assert w.silent()


@case()
def an_upgrade_goes_to_the_supervisor(w):
    _, token = w.answered(call_id(1))
    request = w.upgrade(f"/media/{token}", headers=[("User-Agent", "Twilio.TmeWs/1.0")], more=b"early")
    sock, rest = passed(w, call_id(1), 0)
    assert rest.startswith(f"GET /media/{token} HTTP/1.1\r\n".encode()) and rest.endswith(b"\r\n\r\nearly")
    sock.sendall(b"HTTP/1.1 101 hello")
    assert request.sock.recv(100) == b"HTTP/1.1 101 hello"
    request.sock.sendall(b"frames")
    assert sock.recv(100) == b"frames"
    sock.close()  # the last copy: so the webhook has none
    assert request.sock.recv(100) == b""
    assert w.tokens() == [] and token not in w.log()


@case()
def a_stream_of_a_later_step_is_named_by_it(w):
    w.answered(call_id(1))
    _, token = w.answered(call_id(1), 1)
    request = w.upgrade(f"/media/{token}")
    sock, _ = passed(w, call_id(1), 1)
    sock.close()
    request.sock.close()


@case()
def a_token_lets_in_once(w):
    w.expect("the token is unknown or used already")
    _, token = w.answered(call_id(1))
    first = w.upgrade(f"/media/{token}")
    sock, _ = passed(w, call_id(1), 0)
    refused(w, w.upgrade(f"/media/{token}"))
    sock.close()
    first.sock.close()


@case()
def forged_and_expired_tokens_let_nobody_in(w):
    w.expect("the token is unknown or used already", "the token is expired", "the token is malformed", "the token is not there")
    _, token = w.answered(call_id(1))
    refused(w, w.upgrade("/media/" + "0" * 32))
    for target in ("/media/", "/media", f"/media/{token[:-1]}", f"/media/{token}0", f"/media/{token}/", f"/media/{token}?a=b",
                   "/media/../tokens/" + token[:22], "/twiml", "/"):
        refused(w, w.upgrade(target))
    refused(w, w.upgrade("/media/" + token[:-1] + "."))
    with open(f"{w.runtime}/tokens/{token}", "w") as f:
        f.write(f"{call_id(1)} 0 1\n")
    refused(w, w.upgrade(f"/media/{token}"))
    assert w.tokens() == []


@case()
def the_signature_of_the_upgrade_is_enforced(w):
    w.expect("signature refused")
    _, token = w.answered(call_id(1))
    for signature in ("", "x" * 28, sign(f"https://phone.example.com/media/{token}")):
        refused(w, w.upgrade(f"/media/{token}", signature))
    assert token not in w.log() and "url=wss://phone.example.com/media/…\n" in w.log()
    request = w.upgrade(f"/media/{token}", sign(f"wss://phone.example.com:443/media/{token}/"))  # not spent by strangers
    sock, _ = passed(w, call_id(1), 0)
    sock.close()
    request.sock.close()


@case("upgrade-signature = log")
def it_may_be_only_logged(w):
    w.expect("signature refused")
    _, token = w.answered(call_id(1))
    request = w.upgrade(f"/media/{token}", "")
    sock, _ = passed(w, call_id(1), 0)
    sock.close()
    request.sock.close()
    assert "signature refused" in w.log()


@case("upgrade-signature = off")
def it_may_be_left_out(w):
    w.expect("the token is unknown or used already")
    _, token = w.answered(call_id(1))
    request = w.upgrade(f"/media/{token}", "")
    sock, _ = passed(w, call_id(1), 0)
    sock.close()
    request.sock.close()
    refused(w, w.upgrade(f"/media/{token}", ""))


@case()
def an_upgrade_that_is_none_is_refused(w):
    _, token = w.answered(call_id(1))
    for spoilt in ({"Sec-WebSocket-Version": "8"}, {"Sec-WebSocket-Key": "short"}, {"Content-Length": "4"}):
        headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                   "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="} | spoilt
        refused(w, w.send("GET", f"/media/{token}", headers.items()), 400)
    refused(w, w.get(f"/media/{token}"), 404)
    assert w.tokens() == [token]


@case()
def a_restarted_webhook_knows_its_tokens(w):
    _, token = w.answered(call_id(1))
    os.kill(w.pid, signal.SIGKILL)
    w.wait()
    w.start()
    request = w.upgrade(f"/media/{token}")
    sock, _ = passed(w, call_id(1), 0)
    sock.close()
    request.sock.close()


main()
