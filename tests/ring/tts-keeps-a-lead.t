#!/usr/bin/python3
"""A long document is made no more than some ten seconds ahead of the caller's ear, and goes on as it is heard."""
from links import *

TOP = os.environ["TOP"]
TEXT = "This is a sentence of a long document, which nobody wants to hear in one piece. " * 100


def cpu_ms(s):
    with open(f"/proc/{s.process.pid}/stat") as f:
        return sum(map(int, f.read().rsplit(")", 1)[1].split()[11:13])) * 10


def sent_ms(s):
    return sum(len(f.payload) * 5 / f.rate for f in s.frames if f.kind == DOWN)


def settle(s):
    """Until nothing more is made for a while."""
    had = -1
    while had != sent_ms(s):
        had, end = sent_ms(s), time.monotonic() + 0.6
        while time.monotonic() < end:
            s.step(end - time.monotonic())
        s.passed()  # it was there, and so were we
    return had


with Stage("rd-tts", general=f'data-dir = "{TOP}/etc"') as s:
    s.event("assistant.say", text=TEXT, interrupt=False, id="document")
    ahead = settle(s)
    check("it makes some seconds at once, not all", 4000 < ahead < 15000, ahead)
    item = s.said("assistant.text")[0]["item"]
    heard = 0
    for n in range(8):
        heard += 4000
        s.event("call.heard", origin=1, items=[{"item": item, "heard_ms": heard, "sent_ms": int(sent_ms(s)), "end": False}])
        s.until(lambda: sent_ms(s) > heard + 5000)
        check("it goes on as it is heard", sent_ms(s) < heard + 15000, heard, sent_ms(s))
    s.event("call.pause", origin=1, id="p", on=True)
    s.passed()
    before = settle(s)
    check("not while the caller hears nothing", settle(s) == before)
    s.event("call.pause", origin=1, id="p", on=False)
    s.event("call.heard", origin=1, items=[{"item": item, "heard_ms": int(sent_ms(s)), "sent_ms": int(sent_ms(s)), "end": False}])
    s.until(lambda: sent_ms(s) > before)
    print(f"CPU of {sent_ms(s) / 60000:.2f} spoken minutes: {cpu_ms(s)} ms, {cpu_ms(s) / (sent_ms(s) / 60000):.0f} ms a minute")
    s.event("call.clear", origin=1, why="stop", id="c")
    s.until(lambda: s.said("assistant.done"))
    check("end", s.end() == 0)
close()
