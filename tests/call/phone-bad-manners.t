#!/usr/bin/python3
"""rd-phone --manners does what its page says: webhooks, status callbacks, messages and ends of streams as Twilio never promised."""
from assistant import HANGUP, STREAM, Assistant
import concurrent.futures

AGAIN = STREAM.replace("/next/1", "/next/2")


async def listen(s):
    await s.say(300)
    await s.until(lambda: s.closed is not None)


async def short(s):
    await s.say(300)
    await s.wait_voice()
    await s.until(lambda: len(s.media) > 60)


def phone(manners, coroutine=short, *options, documents=None):
    """The caller hangs up where the assistant only listens, late enough for whatever is to happen before."""
    pages = documents or {"/twiml": STREAM, "/next/1": HANGUP, "/status": ""}
    with Assistant(pages, coroutine, strict=False) as a:
        call = a.phone("--say", "What time is it?", "--patience", "1", "--hangup-after", "2" if coroutine is listen else "15", "--manners",
                       manners, *options)
    assert call["_exit"] == 0, (manners, call)
    return call, a


def paths(a):
    return [path for path, _ in a.requests]


def tokens(a, path):
    return [h["i-twilio-idempotency-token"] for _, target, h in a.heads if target == path]


def webhooks():
    call, a = phone("duplicate-webhook")
    assert sorted(paths(a)) == ["/next/1"] * 2 + ["/status"] * 2 + ["/twiml"] * 2 and len(a.streams) == 1, a.requests
    assert a.requests[0] == a.requests[1] and len(set(tokens(a, "/twiml"))) == 1
    assert [w["what"] for w in call["webhooks"]].count("duplicate") == 3


def retries():
    call, a = phone("webhook-retry=100ms")
    assert paths(a) == ["/twiml"] * 2 + ["/next/1"] * 2 + ["/status"] * 2 and len(set(tokens(a, "/twiml"))) == 1, a.requests
    whats = [w["what"] for w in call["webhooks"]]
    assert whats == ["lost", "retry"] * 3 or (call["_late_ms"] > 50 and [w for w in whats if w != "lost"] == ["retry"] * 3), call
    assert len(a.streams) == 1, call


def late_duplicate():
    asked = []
    pages = {"/twiml": lambda f: (asked.append(f), STREAM)[1], "/next/1": HANGUP, "/status": ""}

    async def wait(s):
        await s.say(300)
        await s.until(lambda: len(asked) == 2)
    _, a = phone("late-duplicate=300ms", wait, documents=pages)
    assert paths(a) == ["/twiml", "/twiml", "/next/1", "/status"] and a.requests[0] == a.requests[1], a.requests


def statuses():
    _, a = phone("status-odd")
    assert [(f["CallStatus"], f.get("SequenceNumber")) for path, f in a.requests if path == "/status"] == [
        ("in-progress", "2"), ("initiated", "0"), ("ringing", "1"), ("completed", None)], a.requests


def final_status():
    _, a = phone("status-twice,status-early")
    assert [f["CallStatus"] for path, f in a.requests if path == "/status"] == ["completed"] * 3 and len(a.streams) == 1


def status_before_stop():
    order = []
    pages = {"/twiml": STREAM, "/status": lambda f: (order.append("status"), "")[1]}

    async def hear(s):
        await s.until(lambda: "stop" in s.events)
        order.append("stop")
    phone("status-first", hear, "--hangup-after", "2", documents=pages)
    assert order == ["status", "stop"], order


def messages():
    _, a = phone("disorder")
    assert a.streams[0].all[:5] == ["media", "dtmf", "start", "media", "connected"], a.streams[0].all[:6]


def oddities():
    _, a = phone("start-twice,unknown,numbers,odd-chunks")
    s = a.streams[0]
    assert s.all.count("start") == 2 and s.all.count("weather") > 1, s.events
    assert all(isinstance(n, int) and isinstance(m["timestamp"], int) and "weather" in m for _, n, m in s.media)
    lengths = {len(m["payload"]) for _, _, m in s.media}
    assert len(lengths) > 10, lengths


def beginnings():
    call, a = phone("late-stream=1s,slow-upgrade=1s")
    assert 1900 < call["stream_log"][0]["opened_ms"] < 10000, call["stream_log"]


TWO = {"/twiml": STREAM, "/next/1": AGAIN, "/next/2": AGAIN.replace("/next/2", "/next/3"), "/next/3": HANGUP, "/status": ""}


def broken(manners, streams):
    call, a = phone(manners, listen, documents=TWO)
    assert [s.closed for s in a.streams] == [0] * (streams - 1) + [1000] and call["end"] == "caller", (manners, call)
    assert all("stop" not in s.events for s in a.streams[:-1]) and a.streams[-1].events[-1] == "stop"
    assert len(call["stream_log"]) == streams, call


def half_open():
    call, a = phone("half-open=1s/1s", listen, documents=TWO)
    first, second = a.streams
    assert len(first.media) < 70 + call["_late_ms"] / 20 and first.closed == 0 and second.closed == 1000, (len(first.media), first.closed)
    assert call["stream_log"][0]["over_ms"] - call["stream_log"][0]["opened_ms"] > 1900, call["stream_log"]


def no_stop():
    _, a = phone("no-stop", listen)
    assert a.streams[0].closed == 0 and a.streams[0].events[-1] != "stop"


def second():
    with Assistant({"/twiml": STREAM, "/next/1": HANGUP, "/status": ""}, short, strict=False) as a:
        call = a.phone("--say", "What time is it?", "--patience", "1", "--manners", "second-stream")
        a.failures.clear()  # this assistant lets it in, where it only hangs up
    assert call["second_streams"] == [101] and call["_exit"] == 0, call


TESTS = [(f,) for f in (webhooks, retries, late_duplicate, statuses, final_status, status_before_stop, messages, oddities, beginnings,
                        half_open, no_stop, second)] + [(broken, "break=500ms/2", 3), (broken, "reset=1s", 2)]
with concurrent.futures.ThreadPoolExecutor(len(TESTS)) as pool:
    for done in [pool.submit(*test) for test in TESTS]:
        done.result()
