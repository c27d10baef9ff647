#!/usr/bin/python3
# limit: 120
# long: 1800
"""The carrier stage dies, or the stream does, in mid-sentence: the caller hears the rest of it, nothing lost and hardly anything twice.

kill -9 of rd-ingest at random in a sentence, in its first and its last 20 ms, with a clear under way, twice in a row, and in a
farewell, behind which the line is still hung up; the stream that Twilio breaks, that is reset, and of which nothing comes any more
until it is given up. rd-phone says what it played of each stretch, and how long it was silent.
`make check` has one of most kinds, LONG=1 twenty of all.
"""
import os, random, signal

from heard import Call, Loop, judge, share, us
from rig import TMP, Rig

LONG = bool(os.environ.get("LONG"))
EACH = 20 if LONG else 1
SEED = int(os.environ.get("HEARD_SEED") or random.SystemRandom().randrange(10000))
KINDS = ("at random", "in the first 20 ms", "in the last 20 ms", "a clear under way", "twice", "in the farewell",
         "stream reset", "stream broken", "stream half-open")[:None if LONG else 7]
MANNERS = {"stream broken": "break={}ms/1", "stream reset": "reset={}ms/1", "stream half-open": "half-open={}ms/2s"}
STORY = "Once upon a time there was a king who had three sons, and the third liked the fire."
FAREWELL = "Goodbye, Anna. It was good to talk to you, have a nice day."
GAP_MS, AGAIN_MS, HALF_OPEN_MS, LOST_MS = 1500, 100, 500, 2  # half-open: what lay in Twilio's buffer is heard again
CLOCK_MS = 20  # where a sentence was cut, its length is itself a claim of the heard clock, which heard-clock.t holds to this


class Killed(Call):
    def __init__(self, rig, loop, serial, kind, dice):
        self.kind, self.dice, self.began, self.kills, self.pid, self.lives = kind, dice, {}, [], None, 0
        options = ["--silence", "2600" if kind == "stream half-open" else "800", "--patience", "4", "--say", "Hello.", "--say", "Goodbye."]
        if kind in MANNERS:
            options += ["--manners", MANNERS[kind].format(dice.randrange(3200, 5500) + 2000 * (kind == "stream half-open"))]
        super().__init__(rig, loop, "CA" + "%032x" % serial, options, f"+1555123400{serial % len(KINDS)}", tell, 60)

    def find(self):
        """The carrier stage that lives now: asked for in time, since asking takes a while."""
        calls = [c for c in self.rig.status()["calls"] if c["call"] == self.sid]
        self.pid = next((s["pid"] for c in calls for s in c["stages"] if s["program"] == "rd-ingest"), None)

    def kill(self):
        self.kills.append(us())
        os.kill(self.pid, signal.SIGKILL)

    def kill_twice(self):
        self.kill()
        self.lives = 1

    def clear_and_kill(self):
        self.clear()
        self.loop.after(self.dice.randrange(20) / 10, self.kill)


def tell(call, event, birth):
    """Waits for the moment."""
    item = event.get("item")
    if event["type"] == "call.start" and call.pid is None:
        call.find()
    if event["type"] == "call.start" and call.lives == 1 and event["resumed"] == "lost":
        call.lives = 2
        call.find()
        call.loop.after(call.dice.randrange(300), call.kill)
    if event["type"] == "assistant.text" and item not in call.began:
        call.began[item] = birth
        turn = len(call.began) - 1  # 0 is the greeting
        if turn == 1 and call.kind == "at random":
            call.loop.after(call.dice.randrange(100, 3000), call.kill)
        elif turn == 1 and call.kind == "in the first 20 ms":
            call.loop.after(call.dice.randrange(20), call.kill)
        elif turn == 1 and call.kind == "a clear under way":
            call.loop.after(call.dice.randrange(100, 3000), call.clear_and_kill)
        elif turn == 1 and call.kind == "twice":
            call.loop.after(call.dice.randrange(100, 2500), call.kill_twice)
        elif turn == 2 and call.kind == "in the farewell":
            call.loop.after(call.dice.randrange(100, 2500), call.kill)
    if event["type"] == "call.heard" and call.kind == "in the last 20 ms" and not call.kills and len(call.began) == 2:
        i = event["items"][-1]
        done = next((e for e in call.said("assistant.done") if e["item"] == i["item"]), None)
        if done and i["item"] == max(call.began, key=call.began.get) and not i["end"]:
            call.kills.append(None)
            call.loop.at(birth + (i["sent_ms"] - i["heard_ms"]) * 1000 - call.dice.randrange(24000) - 500, call.kill)


def examine(call):
    """(gaps, heard again, complaints)"""
    found, breaks, wrong = judge(call, lambda c, birth: c.kind)
    s = call.summary
    kills = [k for k in call.kills if k]
    plays = s["plays"]
    gaps = [(b["from_us"] - a["at_us"]) / 1000 for a, b in zip(plays, plays[1:]) if a["why"] == "over" and b["from_us"] and
            a["heard_ms"] < a["received_ms"] and call.kind != "a clear under way"]
    spoke_in_vain = call.kind == "stream half-open" and s["end"] == "caller"  # said goodbye while nobody could hear it
    if (s["end"] != "assistant" or s["verbs"][-1] != "Hangup") and not spoke_in_vain:
        wrong.append(f"ended by {s['end']}: {s['verbs']}")
    deaths = 2 if call.kind == "twice" else 1
    if len(kills) != (0 if call.kind in MANNERS else deaths) or s["streams"] != 1 + deaths:
        wrong.append(f"{len(kills)} kills, {s['streams']} streams")
    done = {e["item"]: e for e in call.said("assistant.done")}
    if call.kind == "a clear under way":
        # killed when it has answered and not yet dropped, its successor answers, too: for what it has played on till then
        answers = [e["items"][0] for e in call.said("call.cleared") if e["items"]]
        if not answers or {a["item"] for a in answers} != {answers[0]["item"]} or answers[-1]["heard_ms"] > answers[0]["heard_ms"] + 60:
            return gaps, 0, [f"call {call.sid[-3:]} {call.kind}: {w}" for w in (*wrong, f"answers to one clear: {answers}")]
        length = sum(e["sent_ms"] for e in done.values()) - done[answers[-1]["item"]]["sent_ms"] + answers[-1]["heard_ms"]
    else:
        length = sum(e["sent_ms"] for e in done.values())
    again = sum(p["heard_ms"] for p in plays) - length
    lost = CLOCK_MS if call.kind == "a clear under way" else LOST_MS
    if max((p["late_ms"] for p in plays), default=0) < 10 and not -lost <= again <= \
            (HALF_OPEN_MS if call.kind == "stream half-open" else AGAIN_MS * deaths):
        wrong.append(f"heard twice {again:.0f} ms: {plays}, {done}")
    return gaps, again, [f"call {call.sid[-3:]} {call.kind}: {w}" for w in wrong]


def main():
    with open(f"{TMP}/dies.script", "w") as f:
        f.write(f'set pace 0.1\ngreet say "Hello Anna."\nturn 1 heard "Hello." say "{STORY}"\n'
                f'turn 2 heard "Goodbye." say "{FAREWELL}" call hang_up {{}}\n')
    rows = {kind: ([], [], []) for kind in KINDS}
    print(f"seed {SEED}", flush=True)
    with Rig(f"{TMP}/dies.script", agent='turn-detection = server silence-ms = 200', limits="calls = 20",
             more="\n".join(f'caller "+1555123400{k}" {{ agent = "home" calls-per-hour = 1000 }}' for k in range(len(KINDS)))) as r:
        r.expect("stream lost", r"rd-ingest.*(killed|signal|died|ended)", "stream.*(refused|pass)")
        for once in range(EACH):
            loop = Loop()
            calls = loop.run_calls([lambda k=k, kind=kind: Killed(r, loop, once * len(KINDS) + k, kind, random.Random(SEED * 1000 + once * 10 + k))
                                    for k, kind in enumerate(KINDS)], 100)
            r.wait_idle()
            for c in calls:
                for column, value in zip(rows[c.kind], examine(c)):
                    column += value if isinstance(value, list) else [value]
    print("%-22s %4s %9s %9s %9s %13s %10s" % ("died", "n", "gap med.", "p95", "worst", "again median", "most"))
    for kind, (gaps, again, wrong) in rows.items():
        print("%-22s %4d %9.0f %9.0f %9.0f %13.0f %10.0f" % (kind, len(again), share(gaps, 0.5), share(gaps, 0.95), max(gaps, default=0),
                                                         share(again, 0.5), max(again)))
    wrong = [w for _, _, column in rows.values() for w in column]
    assert not wrong, "\n".join(wrong)
    assert all(gap <= GAP_MS for gaps, _, _ in rows.values() for gap in gaps), rows


main()
