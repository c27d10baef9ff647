#!/usr/bin/python3
# limit: 120
# long: 1200
"""A hundred sounds that are no interruption, into an assistant that is speaking: "uh huh" and the like, coughs, a keyboard,
music, keypad tones, the echo of its own voice. At most two may end its sentence; a pause is shorter than 400 ms. And a
hundred real interruptions, of which at least 98 silence it within 300 ms of their first sound, and end its sentence.

rd-codec and rd-stt hear them; that the assistant speaks, they are told. Times are those of the sound.
Prints the tables. `make check` has a sample, LONG=1 all of it."""
import os, random, sys

import corpus, sound
from lane import HEARING, TICK, TMP, FastLane, configure, in_lanes

LONG = bool(os.environ.get("LONG"))
ITEM, STORY_MS, RESPITE_MS = "8.0.%d", 60000, 1200
VOICES = ("slt", "rms", "awb", "kal16", "en-us")
TEXT = "This is a long story that goes on for a while. " * 20


class Listener(FastLane):
    """An assistant speaks all the time; what was heard of it is told every 100 ms."""
    item, heard_ms, calls = 0, 0, 0

    def speak(self):
        self.item, self.heard_ms = self.item + 1, 0
        self.event("assistant.state", state="speaking")
        self.event("assistant.text", item=ITEM % self.item, n=1, text=TEXT, spans=[[len(TEXT), STORY_MS]], sent_ms=STORY_MS)

    def listen(self, frames):
        """Feeds them; what rd-stt ordered, as [(ms, what)]."""
        orders = []
        for n, frame in enumerate(frames):
            begun = len(self.events)
            self.feed([frame], 1)
            for s in self.events[begun:]:
                if s.event["type"] == "call.pause":
                    orders.append((20 * (n + 1), "on" if s.event["on"] else "off"))
                elif s.event["type"] == "call.clear":
                    orders.append((20 * (n + 1), "clear"))
                    self.event("call.cleared", id=s.event["id"], items=[self.fact()])
            self.go_on(orders, n)
        return orders

    def go_on(self, orders, n):
        if orders and orders[-1][1] in ("on", "clear"):
            return
        self.heard_ms += 20
        if n % 5 == 0:
            self.event("call.heard", items=[self.fact()])

    def fact(self):
        return {"item": ITEM % self.item, "heard_ms": self.heard_ms, "sent_ms": STORY_MS, "end": False}


def noises():
    """(kind, what, sound): a hundred."""
    chance = random.Random(7)
    made = [("back-channel", f"{v}: {t}", sound.say(v, t)) for v in VOICES[:4] for t in corpus.BACKCHANNELS]
    made += [("cough", str(n), sound.cough(n)) for n in range(15)]
    made += [("keyboard", str(n), sound.keyboard(n)) for n in range(10)]
    made += [("music", str(n), sound.music(n)) for n in range(10)]
    made += [("keys", d, b"".join(sound.key(d, chance.choice((60, 100, 200))) + sound.silence(80) for _ in range(chance.choice((1, 2)))))
             for d in "1234567890"]
    for n in range(15):
        voice = sound.say("slt", corpus.OUTSIDE[n])
        made.append(("echo", str(n), sound.silence(150) + sound.audioop.mul(voice, 2, 10 ** (-chance.choice((20, 25, 30)) / 20))))
    return made


def interruptions():
    return [("interruption", f"{v}: {t}", sound.say(v, t)) for v in VOICES for t in corpus.INTERRUPTIONS]


def listen(lane, sounds):
    lane.listen([b"\xff" * sound.FRAME] * 25)
    done = []
    for kind, what, pcm in sounds:
        lane.speak()
        lane.listen(sound.frames(sound.silence(RESPITE_MS)))
        done.append((kind, what, len(pcm) // 16, lane.listen(sound.frames(pcm + sound.silence(1500)))))
    return done


def onset_ms(pcm):
    """When the first sound of it is heard."""
    return next((n * 20 for n in range(len(pcm) // 320) if sound.audioop.rms(pcm[320 * n:320 * n + 320], 2) > 300), 0)


def pauses(orders):
    """How long each pause was that ended by itself; the one before a clear is none."""
    begun, found = None, []
    for ms, what in orders:
        if what == "on":
            begun = ms if begun is None else begun
        elif what == "off" and begun is not None:
            found.append(ms - begun)
            begun = None
        else:
            begun = None
    return found


def print_noises(done, wrong):
    print(f"{'no interruption':<16}{'n':>4}{'ended it':>10}{'paused':>8}{'longest pause ms':>18}")
    ended = 0
    for kind in dict.fromkeys(r[0] for r in done):
        rows = [r for r in done if r[0] == kind]
        cut = [r for r in rows if any(w == "clear" for _, w in r[3])]
        long = [p for r in rows for p in pauses(r[3])]
        ended += len(cut)
        print(f"{kind:<16}{len(rows):>4}{len(cut):>10}{len(long):>8}{max(long, default=0):>18}")
        for _, what, ms, orders in rows:
            if (_, what, ms, orders) in cut or max(pauses(orders), default=0) >= 400:
                print(f"     {kind} {what} ({ms} ms): {orders}")
        if max(long, default=0) >= 400:
            wrong.append(f"{kind}: a pause of {max(long)} ms, less than 400 are allowed")
    if ended > 2:
        wrong.append(f"{ended} sounds that are no interruption ended the sentence, at most 2 may")


def print_interruptions(done, sounds, wrong):
    silent, ended = [], 0
    for (kind, what, ms, orders), (_, _, pcm) in zip(done, sounds, strict=True):
        first = next((at for at, w in orders if w in ("on", "clear")), None)
        took = None if first is None else first - onset_ms(pcm)
        ended += any(w == "clear" for _, w in orders)
        silent.append(took)
        if took is None or took > 300 or not any(w == "clear" for _, w in orders):
            print(f"     {what} ({ms} ms): silent after {took} ms, {orders}")
    good = sorted(t for t in silent if t is not None)
    within = sum(t <= 300 for t in good)
    print(f"interruptions: {len(done)}, silent within 300 ms: {within} (median {good[len(good) // 2] if good else '-'}, "
          f"p95 {good[int(len(good) * 0.95)] if good else '-'} ms), the sentence ended: {ended}")
    if min(within, ended) < (0.98 if LONG else 0.75) * len(done):  # eight tell whether something broke, a hundred how good it is
        wrong.append(f"of {len(done)} interruptions {within} silenced the assistant in time and {ended} ended its sentence")


def main():
    conf = configure(TMP, corpus.NAMES, corpus.DOCUMENTS)
    quiet, loud = noises(), interruptions()
    if not LONG:
        quiet, loud = random.Random(3).sample(quiet, 12), random.Random(3).sample(loud, 8)
    parts = 6 if LONG else 1
    lists = [quiet[n::parts] for n in range(parts)] + [loud[n::parts] for n in range(parts)]
    done = in_lanes(listen, lists, 2, HEARING, conf, lane=Listener)
    wrong = []
    print_noises(sorted((r for part in done[:parts] for r in part), key=lambda r: r[0]), wrong)
    print_interruptions([r for part in done[parts:] for r in part], [s for part in lists[parts:] for s in part], wrong)
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


main()
