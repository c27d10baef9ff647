#!/usr/bin/python3
"""rd-voicemail between two links: greeting and tone, the message from the tone to silence, # or the limit; who speaks or presses a
key skips the greeting; a fallback says why first; killed at any moment it goes on; nothing prepared, no room, no words: it still ends
politely. Then it is killed 10 times in each phase (LONG=1: 200 times): what was said is there but for a piece of each life."""
# long: 600
import random, wave
from links import *

MULAW, RATE = 1, 80
TEXTS = {"voicemail.greeting": "Leave a message.", "voicemail.thanks": "Thank you.", "voicemail.full": "No room.", "goodbye": "Goodbye.",
         **{f"voicemail.{w}": f"Because of {w}." for w in ("key", "quota", "refused", "unreachable", "silent", "failed")}}
LENGTH = {text: 1000 + 100 * i for i, text in enumerate(TEXTS.values())}  # ms of each, so that one knows which
SILENCE, VOICE = b"\xff" * 160, bytes([0x90, 0x10] * 80)  # VOICE: loud
GENERAL = f'data-dir = "{TMP}/data"'
MESSAGES = f"{TMP}/state/messages"


def fnv(text):
    h = 14695981039346656037
    for b in text.encode():
        h = (h ^ b) * 1099511628211 % 2**64
    return h


def prepare(folder):
    os.makedirs(f"{TMP}/data/phrases", exist_ok=True)
    with open(f"{TMP}/data/phrases/en.conf", "w") as f:
        f.writelines(f"{name} = {text}\n" for name, text in TEXTS.items())
    os.makedirs(f"{folder}/phrases/slt", exist_ok=True)
    for name, text in TEXTS.items():
        with open(f"{folder}/phrases/slt/{name}.{fnv(text):016x}.ul", "wb") as f:
            f.write(b"\x55" * 8 * LENGTH[text])


class Box(Stage):
    number = 0

    def __init__(self, **more):
        Box.number += 1
        super().__init__("rd-voicemail", general=GENERAL, call=f"CA{Box.number:032x}", **more)

    def hears(self, ms, piece=VOICE):
        for _ in range(0, ms, 20):
            self.send(UP, piece, codec=MULAW, rate=RATE, origin=1)

    def items(self):
        """Its items in order, each with the milliseconds of its sound."""
        found = {}
        for f in self.frames:
            if f.kind == DOWN:
                found[f.item] = found.get(f.item, 0) + len(f.payload) / 8
        return list(found.items())

    def name(self, item):
        return f"{item >> 24}.{item >> 16 & 255}.{item & 65535}"

    def words(self):
        return [e["text"] for e in self.said("assistant.done")]

    def tone(self):
        """Waits for the tone, the last of what it says; its item."""
        self.until(lambda: self.items() and self.items()[-1][1] == 400 and os.path.exists(f"{self.dir}/voicemail"), what="the tone")
        return self.items()[-1][0]

    def heard(self, item, ms=400):
        self.event("call.heard", origin=1, items=[{"item": self.name(item), "heard_ms": ms, "sent_ms": ms, "end": True}])

    def cleared(self):
        """Somebody empties the line before the tone was heard: another one."""
        n = len(self.items()) + 1
        self.event("call.cleared", origin=1, id="x",
                   items=[{"item": self.name(i), "heard_ms": 0, "sent_ms": ms, "end": False} for i, ms in self.items()])
        self.until(lambda: len(self.items()) == n)
        check("a new tone", self.items()[-1][1] == 400)

    def answered(self, **setup):
        """Up to the tone, which was heard."""
        self.setup(**setup)
        self.heard(self.tone())

    def over(self, words):
        """It says these words last and has the carrier hang up."""
        self.until(lambda: self.said("call.next"), what="the order to hang up")
        check("last words", self.words()[-1:] == [words] if words else True, self.words())
        check("hangs up", self.said("call.next")[-1]["verb"] == "hangup")
        self.passed()
        check("listens at last", self.said("assistant.state")[-1]["state"] == "listening")

    def wav(self):
        with wave.open(f"{MESSAGES}/{self.call_id}.wav") as w:
            check("format", (w.getframerate(), w.getnchannels(), w.getsampwidth()) == (8000, 1, 2))
            return w.getnframes() * 1000 // w.getframerate()

    def message(self):
        return self.said("message.left")

    def done(self, seconds):
        """One message of that length was told, and is in its file."""
        self.passed()
        left = self.message()
        check("told once", len({e["_seq"] for e in left}) == 1 and left[0]["seconds"] == seconds and left[0]["from"] == ANNA and
              left[0]["file"] == f"{MESSAGES}/{self.call_id}.wav", left)
        check("in the file", round(self.wav() / 1000) == seconds, self.wav())
        check("nobody else reads it", os.stat(f"{MESSAGES}/{self.call_id}.wav").st_mode & 0o777 == 0o600)


def none(s):
    check("no message", not s.message() and not os.path.exists(f"{MESSAGES}/{s.call_id}.wav"), s.message())


configure(general=GENERAL)
prepare(f"{TMP}/cache")
with Box() as s:  # the usual call
    s.answered()
    check("greeting, then the tone", [ms for _, ms in s.items()] == [LENGTH["Leave a message."], 400], s.items())
    check("its words", s.words() == ["Leave a message."], s.words())
    s.hears(500, SILENCE)
    s.hears(3000)
    s.hears(4000, SILENCE)
    s.over("Thank you.")
    s.hears(3000)  # is no part of it
    s.done(8)
    check("voice ends here", not [f for f in s.frames if f.kind == UP])
    check("end", s.end() == 0)
with Box() as s:  # nothing before the tone; # ends it
    s.setup()
    tone = s.tone()
    s.hears(200)
    s.event("user.key", origin=1, digit="1")  # skips the greeting
    s.until(lambda: s.said("call.clear"))
    clear = s.said("call.clear")
    check("up to the greeting, not the tone", len(clear) == 1 and clear[0]["why"] == "speech" and clear[0]["item"] == s.name(s.items()[0][0]), clear)
    s.event("user.key", origin=1, digit="#")
    s.heard(tone)
    s.hears(2000)
    s.event("user.key", origin=1, digit="5")
    s.event("user.key", origin=1, digit="#")
    s.over("Thank you.")
    s.done(2)
with Box() as s:  # who speaks into the greeting skips it, once
    s.setup()
    s.tone()
    s.hears(1000)
    s.until(lambda: s.said("call.clear"))
    s.passed()
    check("once", len(s.said("call.clear")) == 1)
with Box() as s:  # an operator empties the line: another tone
    s.setup()
    s.tone()
    s.cleared()
    s.heard(s.items()[-1][0])
    s.hears(1000)
    s.event("call.end", origin=1, reason="caller")
    s.done(1)
    check("end", s.end() == 0)
with Box() as s:  # hung up without a goodbye
    s.answered()
    s.hears(2000)
    check("end", s.end() == 0)
    left = s.message()
    check("told at the end of input", len(left) == 1 and left[0]["seconds"] == 2, left)
    check("in the file", s.wav() == 2000)
with Box() as s:  # nobody says a word
    s.answered()
    s.hears(8000, SILENCE)
    s.over("Goodbye.")
    none(s)
with Box() as s:  # three minutes are enough
    s.answered()
    for _ in range(37):  # with breath
        s.hears(4800)
        s.hears(200, SILENCE)
    s.over("Thank you.")
    s.done(180)
for why in ("key", "quota", "refused", "unreachable", "silent", "failed"):  # the honest word first
    with Box() as s:
        s.event("agent.switched", origin=4, agent="voicemail", by="fallback", ok=True, why=why)
        s.setup()
        s.tone()
        check("why, first", s.words() == [f"Because of {why}.", "Leave a message."], s.words())
with Box() as s:  # a switch that was wished for is none
    s.event("agent.switched", origin=4, agent="voicemail", by="caller", ok=True)
    s.event("agent.switched", origin=4, agent="home", by="fallback", ok=False, why="key")
    s.setup()
    s.tone()
    check("no excuse", s.words() == ["Leave a message."], s.words())
with Box() as s:  # killed in the greeting: no second one; killed in the message: it goes on
    s.setup()
    tone = s.tone()
    s.restart()
    s.heard(tone)
    s.passed()
    s.hears(2000)
    s.passed()
    s.restart()
    s.hears(1000)
    s.passed()
    check("no second greeting", len(s.words()) == 1 and len(s.items()) == 2, s.words())
    s.kill()
    check("what was recorded is there", 2600 <= s.wav() <= 3000, s.wav())
    s.start()
    s.event("user.key", origin=1, digit="#")
    s.over("Thank you.")
    s.done(3)
    s.restart()  # killed when all was said: told and hung up again, no more
    s.until(lambda: len(s.said("call.next")) == 2)
    s.passed()
    check("no more words", s.words()[-1] == "Thank you." and len(s.words()) == 2, s.words())
    check("told again, as before", [(e["seconds"], e["_life"]) for e in s.message()] == [(3, 3), (3, 4)], s.message())
# killed with the carrier's word: once there is a line, it waits no longer, and no longer for an old tone than for the new one
with Box(expect=["nobody says that the tone was heard"]) as s:
    s.setup()
    s.tone()
    s.restart()
    s.event("call.start", origin=1, stream="MZ1", step=0, resumed="no")
    s.cleared()
    s.until(lambda: "recording all the same" in s.errors, what="the end of its patience")
    s.hears(1000)
    s.event("user.key", origin=1, digit="#")
    s.over("Thank you.")
    s.done(1)
random.seed(1)
with Box() as s:  # killed again and again: a life loses 0.2 s at most, and what the kernel had of the caller then
    s.answered()
    kills, sent = 200 if os.environ.get("LONG") else 10, 0
    for _ in range(kills):
        ms = random.randrange(20, 1000 if kills == 10 else 800, 20)
        s.hears(ms)
        s.passed()
        sent += ms
        s.restart()
    s.event("user.key", origin=1, digit="#")
    s.over("Thank you.")
    kept = s.wav()
    check("little is lost", sent - 220 * kills <= kept <= sent, sent, kept)
    check("told in one piece", s.message()[-1]["seconds"] == round(kept / 1000), s.message(), kept)
    print(f"kills={kills} said_ms={sent} kept_ms={kept} lost_ms_a_kill={(sent - kept) / kills:.0f}")
with Box() as s:  # the carrier stage could not hang up: once more; another's order is none of its business
    s.answered()
    s.hears(1000)
    s.event("user.key", origin=1, digit="#")
    s.over("Thank you.")
    s.event("call.next.done", origin=1, id="other", verb="hangup", ok=False)
    s.event("call.next.done", origin=1, id=s.said("call.next")[0]["id"], verb="hangup", ok=False)
    s.until(lambda: len(s.said("call.next")) == 2)
with Box(expect=["no message can be taken"]) as s:  # no place for messages
    os.rename(f"{TMP}/state", f"{TMP}/state.away")
    open(f"{TMP}/state", "w").close()
    s.restart()
    s.setup()
    s.over("No room.")
    check("and the file is another's", os.path.isfile(f"{TMP}/state"))
os.remove(f"{TMP}/state")
os.rename(f"{TMP}/state.away", f"{TMP}/state")
with Box(expect=["cannot write .*File exists|cannot write .*Is a directory"]) as s:  # it cannot be written
    os.makedirs(f"{MESSAGES}/{s.call_id}.wav")
    s.answered()
    s.hears(1000)
    s.over("No room.")
    check("not told", not s.message())
with Box(expect=["phrases are not prepared"]) as s:  # nothing prepared: the tone, and the message
    os.rename(f"{TMP}/cache", f"{TMP}/cache.away")
    s.restart()
    s.answered()
    check("the tone alone", [ms for _, ms in s.items()] == [400] and s.words() == [], s.items())
    s.hears(1000)
    s.event("user.key", origin=1, digit="#")
    s.over(None)
    s.done(1)
close()
