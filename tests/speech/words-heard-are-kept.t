#!/usr/bin/python3
# limit: 120
# long: 900
"""Whole calls, by rd-phone, to an offline assistant that reads a document: "stop", "read welcome", "stop" … Each stop silences it within
300 ms of its first sound, as the telephone hears it, and what the memory keeps of the sentence ends at the word that was heard.
`make check` has one call, LONG=1 a hundred interruptions by four voices."""
import concurrent.futures, os, random, sqlite3, subprocess, sys

from lane import TMP
from offline import B, Offline, read_events

LONG = bool(os.environ.get("LONG"))
CALLS, STOPS = (10, 10) if LONG else (1, 2)
VOICES = ("rms", "slt", "awb", "kal16")
PARAGRAPH = ("The keeper of the light climbed the narrow stairs every evening and looked for a long time at the grey sea before he lit "
             "the lamp and wrote the weather of the day into a thick old book.")
DOCUMENT = "\n\n".join([PARAGRAPH] * 60)


def options(number):
    chance, words = random.Random(number), ["--voice", VOICES[number % len(VOICES)], "--verbose", "--silence", "600", "--say", "Read welcome."]
    for _ in range(STOPS):
        words += ["--interrupt-after", str(chance.randrange(1500, 5000)), "--say", "Stop.", "--say", "Read welcome."]
    return words + ["--interrupt-after", "1500", "--say", "Stop.", "--say", "Goodbye.", "--hangup-after", "3", "--timeout",
                    "240" if LONG else "90"]


def spoken_by(spans, ms):
    """How many characters of a text had been spoken by then."""
    at = characters = 0
    for n, took in spans:
        if at + took > ms:
            return characters + n * max(0, ms - at) / took
        at, characters = at + took, characters + n
    return characters


def judge(number, summary, events, turns, wrong):
    """[(silent after ms, words too many or too few)] of its interruptions."""
    texts = {e["item"]: e for e in events if e["type"] == "assistant.done"}
    cuts = [i for e in events if e["type"] == "call.cleared" for i in e.get("items", []) if not i["end"] and i["heard_ms"] > 300]
    if summary["end"] not in ("assistant", "caller") or not summary["answered"]:
        wrong.append(f"call {number}: {summary['end']} {summary.get('error')}")
    off = []
    for cut in cuts:
        text = texts[cut["item"]]["text"]
        heard = len(text[:round(spoken_by(texts[cut["item"]]["spans"], cut["heard_ms"]))].split())
        mine = [t for who, t, ms in turns if who == "assistant" and ms == cut["heard_ms"]]
        if not mine:
            wrong.append(f"call {number}: no turn ends after {cut['heard_ms']} ms, where \"{text[:30]}…\" was cut")
        else:
            off.append(len(mine[0].split()) - heard)
    if len(summary.get("clear_ms", [])) != STOPS + 1:
        print(f"call {number}:\n" + summary["_stderr"])
    return summary.get("clear_ms", []), off


def main():
    wrong, silent, off = [], [], []
    with Offline(documents={"welcome": DOCUMENT}, limits="calls = 6") as rig:
        with open(f"{TMP}/events", "w") as f:
            watch = subprocess.Popen([f"{B}/bin/rd-ctl", "-c", rig.conf, "--json", "watch"], stdout=f)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            calls = list(pool.map(lambda n: rig.phone(*options(n), caller=f"+1555000{n:04d}", limit=260), range(CALLS)))
        rig.wait_idle(30)
        watch.terminate()
        watch.wait()
        lines = read_events(f"{TMP}/events")
        with sqlite3.connect(f"file:{TMP}/state/memory.db?mode=ro", uri=True) as db:
            kept = db.execute("SELECT call, who, text, heard_ms FROM turns JOIN calls ON call_id = calls.id ORDER BY turns.id").fetchall()
        for n, summary in enumerate(calls):
            a, b = judge(n, summary, [line["event"] for line in lines if line["call"] == summary["call"]],
                         [t[1:] for t in kept if t[0] == summary["call"]], wrong)
            silent, off = silent + a, off + b
    silent.sort()
    wanted = CALLS * (STOPS + 1)
    within = sum(ms <= 300 for ms in silent)
    print(f"{wanted} interruptions, the telephone was silent within 300 ms: {within}"
          + (f" (median {silent[len(silent) // 2]:.0f}, worst {silent[-1]:.0f} ms)" if silent else ""))
    print(f"{len(off)} sentences were cut, what is kept of them is off by words: " + str({n: off.count(n) for n in sorted(set(off))}))
    if within < 0.98 * wanted - (0 if LONG else 1):
        wrong.append(f"only {within} of {wanted} interruptions silenced it in time")
    if any(abs(n) > 1 for n in off):
        wrong.append("the memory keeps other words than were heard")
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


main()
