#!/usr/bin/python3
"""The token of a stream lets in once: who comes with it again is refused, and the first call does not notice."""
import base64, hashlib, hmac, socket

from rig import *


def upgrade(r, token):
    """The status of a signed upgrade with this token."""
    url = f"wss://phone.example.com/media/{token}"
    signature = base64.b64encode(hmac.new(TOKEN.encode(), url.encode(), hashlib.sha1).digest()).decode()
    host, _, port = r.address.rpartition(":")
    with socket.create_connection((host, int(port)), 5) as s:
        s.sendall(f"GET /media/{token} HTTP/1.1\r\nHost: phone.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {base64.b64encode(bytes(16)).decode()}\r\n"
                  f"X-Twilio-Signature: {signature}\r\n\r\n".encode())
        return s.recv(4096).decode().split()[1]


def children(r):
    """Services and stages; not what these start, as rd-tools asks its tools who they are; nor templates, which come when there
    is time for them."""
    with open(f"/proc/{r.ringdown.pid}/task/{r.ringdown.pid}/children") as f:
        pids = f.read().split()
    return [pid for pid in pids if int(pid) in r.lasting()]


with Rig("call") as r:
    r.expect("the token is unknown or used already")
    p = r.phone("--say", "What time is it?", "--say", "And where are you?", "--say", "Goodbye.", background=True)
    call = r.wait_call("talking")["call"]
    with open(f"{TMP}/run/calls/{call}/answer.0") as f:
        token = re.search(r"/media/([0-9a-f]{32})", f.read()).group(1)
    before = wait_for("its whole ring", lambda: all(s["pid"] for s in r.wait_call()["stages"]) and children(r))
    assert [upgrade(r, token) for _ in range(2)] == ["403", "403"]
    wait_for("nothing to be started for a stranger", lambda: set(children(r)) <= set(before))
    summary = r.summary(p)
    assert summary["answered"] and summary["end"] == "assistant" and summary["streams"] == 1 and whole(summary), summary
    assert token not in r.log(), "a token in the log"
    r.wait_idle()
