#!/usr/bin/python3
"""A call.clear silences rd-tts in mid-sentence: not a sound of the item comes behind it, what had sound is told word by
word, what waited is dropped, what is newer is spared. LONG=1: 500 times."""
# long: 300
import random

from links import *

TOP, LONG = os.environ["TOP"], os.environ.get("LONG")
TEXT = ("I have put down that you want to buy milk, bread and two kilos of potatoes on November 21 at 3:40 pm. "
        "The meeting is at 10:00, write to anna@example.com, and it costs $12.50. ") * 3
seed = int(os.environ.get("SEED", time.time()))
chance = random.Random(seed)


def number(name):
    origin, life, count = map(int, name.split("."))
    return origin << 24 | life << 16 | count


def downs(s, item):
    return [f for f in s.frames if f.kind == DOWN and f.item == number(item)]


def ms(frames):
    return sum(len(f.payload) * 5 / f.rate for f in frames)


def behind_clear(s, id, item):
    """Sound of the item that came behind the clear."""
    seen, late = False, []
    for f in s.frames:
        if f.kind == EVENT and json.loads(f.payload).get("id") == id:
            seen = True
        elif seen and f.kind == DOWN and f.item == number(item):
            late.append(f)
    return late


def check_cut(s, e, clear):
    check("cancelled", e["status"] == "cancelled", e)
    check("its text is whole words of the order", TEXT.startswith(e["text"]) and TEXT[len(e["text"].rstrip()):][:1] in (" ", "") or not e["text"], e)
    check("its spans cover them", sum(c for c, _ in e["spans"]) == len(e["text"]), e)
    came = ms(downs(s, e["item"])) - e["sent_ms"]
    check("and its sound", abs(sum(t for _, t in e["spans"]) - e["sent_ms"]) <= 2 and came < 2, came, e)
    check("all of it", came > -2 or s.late_s > 0.05, came, e)  # what we had not read the clear has taken back
    check("no sound behind the clear", not behind_clear(s, clear, e["item"]))


with Stage("rd-tts", general=f'data-dir = "{TOP}/etc"', expect=["too much is to be said"]) as s:
    silent = []
    for n in range(500 if LONG else 25):
        s.late_s = 0
        s.event("assistant.say", text=TEXT, interrupt=False, id=f"a{n}")
        s.event("assistant.say", text="This waits.", interrupt=False, id=f"b{n}")
        s.until(lambda: any(f.kind == DOWN for f in s.frames))
        end = time.monotonic() + chance.choice((0, 0, 0.005, 0.02, 0.05, 0.1)) * chance.random()
        while time.monotonic() < end:
            s.step(end - time.monotonic())
        begun = time.monotonic()
        s.event("call.clear", why="speech", id=f"c{n}")
        e = s.until(lambda: [e for e in s.said("assistant.done") if e.get("say") == f"a{n}"])[0]
        silent.append((time.monotonic() - begun) * 1000)
        s.passed()
        check_cut(s, e, f"c{n}")
        if failed:
            print("seed", seed)
            break
        s.frames.clear()
    silent.sort()
    print(f"clear to cancelled ms: n={len(silent)} p50={silent[len(silent) // 2]:.1f} worst={silent[-1]:.1f}")

    # what waited was dropped, the next order is spoken, and a clear up to an older item leaves it alone
    s.event("assistant.say", text="This is spoken.", interrupt=False, id="after")
    e = s.until(lambda: [e for e in s.said("assistant.done") if e.get("say")])[0]
    check("dropped orders stay silent", e["say"] == "after" and e["status"] == "complete", e)
    s.late_s = 0
    s.event("assistant.say", text=TEXT, interrupt=False, id="spared")
    text = s.until(lambda: [e for e in s.said("assistant.text") if e.get("say") == "spared"])[0]
    s.event("call.clear", why="speech", id="old", item=e["item"])
    s.event("call.clear", why="speech", id="elsewhere", item="2.0.9")
    e = s.until(lambda: [e for e in s.said("assistant.done") if e.get("say") == "spared"])[0]
    s.passed()
    check("a newer item is spared by the first, not by one of another sayer", not behind_clear(s, "elsewhere", e["item"]))
    check_cut(s, e, "elsewhere")

    # an order that interrupts says the clear itself
    s.event("assistant.say", text=TEXT, interrupt=False, id="long")
    s.until(lambda: [e for e in s.said("assistant.text") if e.get("say") == "long"])
    s.event("assistant.say", text="At once.", interrupt=True, id="urgent")
    urgent = s.until(lambda: [e for e in s.said("assistant.done") if e.get("say") == "urgent"])[0]
    old = [e for e in s.said("assistant.done") if e.get("say") == "long"][0]
    clears = s.said("call.clear")
    check("up to what is interrupted", len(clears) == 1 and clears[0]["item"] == old["item"] != urgent["item"], clears)
    check("which is cancelled", old["status"] == "cancelled" and urgent["status"] == "complete")

    # 32 may wait; who ordered more is not left waiting for an answer
    for n in range(33):
        s.event("assistant.say", text=TEXT, interrupt=False, id=f"many{n}")
    e = s.until(lambda: [e for e in s.said("assistant.done") if e.get("say", "").startswith("many")])[0]
    check("the one too many has failed", (e["say"], e["status"], e["text"]) == ("many32", "failed", ""), e)
    s.event("call.clear", why="stop", id="all")
    check("end", s.end() == 0)
close()
