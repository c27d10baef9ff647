#!/usr/bin/python3
# limit: 120
# long: 1800
"""The heard clock: whenever the caller interrupts, ringdown says to 20 ms what rd-phone had played by then.

Interruptions by the caller's voice at random moments and while the answer is still being generated, by an operator's clear in
the first and in the last 20 ms of an utterance and twice quickly; on a good line, with marks that come back late by 50 to
500 ms, and with a stream that breaks in mid-sentence. Compared: call.cleared with rd-phone's play-out, the model's truncation
with call.cleared, and the turns of the store with the words that were heard. A stretch in which rd-phone's timers or the way to
it were late by more than 10 ms is excepted and counted.

`make check` has some 30 interruptions, LONG=1 500 that are judged.
"""
import functools, math, os, random, sqlite3, statistics, struct, subprocess, wave

from heard import Call, Loop, judge, table, words_heard
from rig import TMP, Rig

LONG = bool(os.environ.get("LONG"))
TURNS, AT_ONCE, ROUNDS, WANTED = (20, 6, 12, 500) if LONG else (5, 6, 1, 1)
MOMENT_MS = 4500 if LONG else 2000
SEED = int(os.environ.get("HEARD_SEED") or random.SystemRandom().randrange(10000))
KINDS = ("at random", "during generation", "in the first 20 ms", "in the last 20 ms", "twice quickly")
LINES = ("good", "late marks", "breaks")
FIRST = ("Alpha Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliet Kilo Lima Mike November Oscar Papa Quebec Romeo Sierra "
         "Tango").split()
LONG_STORY = ("{} was the name of a king who had three sons. The first was strong, the second was clever, and the third liked to sit "
              "by the fire all day, and nobody knew what he was thinking of.")
SHORT_STORY = "{} is all that there is to say."


def number(slot):
    return f"+1555123400{slot}"


def kind(turn):
    return KINDS[(turn - 1) % len(KINDS)]


def write_script(path):
    with open(path, "w") as f:
        f.write('set pace 0.1\nset resume seeded\ngreet say "Hello."\n')
        for turn in range(1, TURNS + 1):
            story = SHORT_STORY if kind(turn) == "in the last 20 ms" else LONG_STORY
            f.write(f'turn {turn} heard "Go on, {turn}." say "{story.format(FIRST[turn - 1])}"'
                    f'{" pace 1" if kind(turn) == "during generation" else ""}\n')
        f.write('otherwise say "Well."\n')


def write_voice(path):
    with wave.open(path, "wb") as w:
        w.setnchannels(1), w.setsampwidth(2), w.setframerate(8000)
        w.writeframes(b"".join(struct.pack("<h", round(9000 * math.sin(2 * math.pi * 440 * i / 8000))) for i in range(2400)))


class Caller(Call):
    """One call through all its turns. What the voice does not do is done here, when an answer has begun."""

    def __init__(self, rig, loop, serial, line, dice):
        self.number, self.line, self.dice, self.turn, self.began, self.asked = serial, line, dice, 0, {}, set()
        options = ["--silence", "200", "--patience", "1", "--hangup-after", "1"]
        for turn in range(1, TURNS + 2):  # the one after the last interrupts that
            if turn > 1 and kind(turn - 1) in KINDS[:2]:
                options += ["--interrupt-after", str(dice.randrange(150, MOMENT_MS))]
            options += ["--wav", f"{TMP}/voice.wav"]
        if line == "late marks":
            options += ["--line", "late-marks=50ms-500ms"]
        if line == "breaks":
            options += ["--manners", f"break={dice.randrange(2500, 6500)}ms/3"]
        super().__init__(rig, loop, "CA" + "%032x" % serial, options, number((serial - 1) % AT_ONCE), act, limit=50 + 8 * TURNS)


def act(call, event, birth):
    """Interrupts where it is not the voice that does."""
    item = event.get("item")
    if event["type"] == "user.speech.stopped":
        call.turn += 1
    elif event["type"] == "assistant.text" and item not in call.began:
        call.began[item] = birth
        if not 1 <= call.turn <= TURNS:
            return
        if kind(call.turn) == "in the first 20 ms":
            call.loop.after(call.dice.randrange(25), call.clear)
        elif kind(call.turn) == "twice quickly":
            moment = call.dice.randrange(100, MOMENT_MS)
            call.loop.after(moment, call.clear)
            call.loop.after(moment + call.dice.randrange(60), call.clear)
    elif event["type"] == "call.heard" and 1 <= call.turn <= TURNS and kind(call.turn) == "in the last 20 ms":
        i = event["items"][-1]
        done = next((e for _, e, _ in call.events if e["type"] == "assistant.done" and e["item"] == i["item"]), None)
        if done and not i["end"] and i["item"] in call.began and i["item"] not in call.asked and i["sent_ms"] == done["sent_ms"]:
            call.asked.add(i["item"])
            end = birth + (i["sent_ms"] - i["heard_ms"]) * 1000
            call.loop.at(end - call.dice.randrange(24000) - 1500, call.clear)


def batch(rig, once):
    """AT_ONCE calls in parallel, whole."""
    loop = Loop()
    first = once * AT_ONCE + 1
    calls = loop.run_calls([lambda k=k: Caller(rig, loop, first + k, LINES[k % 3], random.Random(SEED * 1000 + first + k))
                            for k in range(AT_ONCE)], 60 + 12 * TURNS)
    rig.wait_idle()
    for c in calls:
        assert c.summary["answered"] and c.summary["warnings"] == 0 and c.summary["end"] in ("caller", "assistant"), c.summary
    return calls


def main():
    write_script(f"{TMP}/heard.script")
    write_voice(f"{TMP}/voice.wav")
    print(f"seed {SEED}", flush=True)
    interruptions, breaks, wrong, once = [], [], [], 0
    with Rig(f"{TMP}/heard.script", agent='turn-detection = server silence-ms = 200', limits="calls = 20",
             more="\n".join(f'caller "{number(k)}" {{ agent = "home" calls-per-hour = 1000 }}' for k in range(AT_ONCE))) as r:
        r.expect("stream lost")
        while once < ROUNDS and sum(not i.excepted for _, i in interruptions) < WANTED:
            for c in batch(r, once):
                found, broken, bad = judge(c, kind_at)
                wrong += [f"call {c.number}: {w}" for w in bad]
                breaks += [b for b, late in broken if not late]
                interruptions += [(c, i) for i in found]
            once += 1
        told = r.model_events("conversation.item.truncate"), r.model_events("conversation.item.delete")
        wrong += [f"the model: {v}" for v in r.model("violation")]
        errors = [e["event"]["error"] for e in r.model("out") if e["event"]["type"] == "error"]
        turns = read_turns()
    judged = [i for _, i in interruptions if not i.excepted]
    show(interruptions, told, turns, wrong)
    print(f"the stream broke {len(breaks)} times; heard again, ms: median {statistics.median([-b for b in breaks] or [0]):.0f}, "
          f"{-max(breaks, default=0):.0f} to {-min(breaks, default=0):.0f}; errors of the model's interface: {len(errors)}")
    within = sum(abs(i.error) <= 20 for i in judged)
    assert not wrong, "\n".join(map(str, wrong[:20]))
    assert not errors, errors[:5]
    assert len(interruptions) >= 24 and len(judged) >= (WANTED if LONG else 1), f"{len(judged)} of {len(interruptions)} judged"
    assert within >= math.floor(0.99 * len(judged)), f"{within} of {len(judged)} within 20 ms"
    assert all(-100 <= b <= 1 for b in breaks), breaks


def show(interruptions, told, turns, wrong):
    rows = {what: [[], 0, 0, 0] for what in (*KINDS, "with late marks", "with a stream that broke", "all", "(excepted: rd-phone late)")}
    for c, i in interruptions:
        if i.excepted:
            rows["(excepted: rd-phone late)"][0].append(i.error)
        complaint = None if i.excepted else told_model(i, *told) or kept(c, i, turns)
        if complaint:
            wrong.append(f"call {c.number} {i.kind}: {complaint}")
        for what in ({"late marks": "with late marks", "breaks": "with a stream that broke"}.get(c.line, i.kind), "all"):
            row = rows[what]
            row[1] += i.excepted
            row[2] += any(x["heard_ms"] > x["sent_ms"] for x in i.cleared["items"])
            row[3] += complaint is not None
            if not i.excepted:
                row[0].append(i.error)
        if abs(i.error) > 20:
            print(f"call {c.number} ({c.line}) {i.kind}{', excepted' * i.excepted}: {i.error:.1f} ms, played {i.truth:.1f}, "
                  f"{i.cleared['items']}")
    table([(what, *row) for what, row in rows.items()])


def kind_at(call, birth):
    """Which turn it was: the caller's own speech that interrupts it has been counted already when it ends."""
    turn = sum(1 for at, e, _ in call.events if e["type"] == "user.speech.stopped" and at < birth)
    return kind(turn) if turn else "at random"


def told_model(i, truncated, deleted):
    """0 heard: the item is deleted; all heard: left alone; else truncated there."""
    first = i.cleared["items"][0]
    near = [t["event"] for t in truncated if -400000 < t["us"] - i.at_us < 5000000]
    if first["end"]:
        return None
    if first["heard_ms"] == 0:
        return None if any(-400000 < d["us"] - i.at_us < 5000000 for d in deleted) else f"not deleted: {first}"
    return None if any(t["audio_end_ms"] == first["heard_ms"] for t in near) or first["heard_ms"] == first["sent_ms"] else \
        f"not truncated there: {first}, {near}"


def whole(done):
    """The story of which done is perhaps only the part that was generated, and its length when all of it is said."""
    word = done["text"].split()[0]
    for story in (SHORT_STORY, LONG_STORY):
        if story.format(word).startswith(done["text"][:len(word) + 8]):
            return story.format(word), spoken_ms(story.format(word))
    return done["text"], done["sent_ms"]


@functools.cache
def spoken_ms(text):
    with open(f"{TMP}/spoken.txt", "w") as f:
        f.write(text)
    subprocess.run(["flite", "-voice", "rms", "-f", f"{TMP}/spoken.txt", "-o", f"{TMP}/spoken.wav"], check=True)
    with wave.open(f"{TMP}/spoken.wav") as w:
        return w.getnframes() * 1000 / w.getframerate()


def read_turns():
    with sqlite3.connect(f"file:{TMP}/state/memory.db?mode=ro", uri=True) as db:
        return db.execute("SELECT call, who, text FROM turns JOIN calls ON call_id = calls.id ORDER BY turns.id").fetchall()


def kept(c, i, turns):
    """What the store has of the turn ends within one word of what was heard."""
    done = next((e for e in c.said("assistant.done") if e["item"] == i.item), None)
    if not done or not done["text"].strip():
        return None
    truth_ms = i.cleared["items"][0]["heard_ms"] - i.error
    want = words_heard(*whole(done), max(0, truth_ms))
    mine = [t[2] for t in turns if t[0] == c.sid and t[1] == "assistant" and t[2].split()[:1] == done["text"].split()[:1]]
    got = len(mine[-1].split()) if mine else 0
    return None if abs(got - want) <= 1 else f"{want} words heard, kept {mine}, {i.cleared['items']}, {done}"


main()
