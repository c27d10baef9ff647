#!/usr/bin/python3
# limit: 90
# long: 300
"""Twenty offline calls at once on this machine, one begun after the other, each with its sentences in another order: every one
is answered, no sentence of the assistant's has a hole, no frame is late; how soon answers come and what a call costs, processor
time and memory beyond what is there without calls. Prints the table. `make check` has four calls, looks at holes only where the
telephones themselves were in time, and at no times, since it has company."""
import os, re, statistics, sys

import corpus
from lane import TMP
from offline import Offline
from rig import wait_for

LONG = bool(os.environ.get("LONG"))
CALLS = 20 if LONG else 4
SAYS = ["What time is it?", "What are my notes?"] + ["Read welcome.", "What day is it?", "Help."] * (2 if LONG else 0)
SETTLED = 60  # ms: a telephone that was later than this has heard holes of its own making


def memory_kb(pids):
    """Proportional set size: shared pages are counted once among those who share them."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as f:
                total += next(int(line.split()[1]) for line in f if line.startswith("Pss:"))
        except (OSError, StopIteration):
            pass
    return total


def cpu_s(pids):
    total = 0.0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat") as f:
                fields = f.read().rsplit(")", 1)[1].split()
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except OSError:
            pass
    return total


def stages(rig):
    return [s["pid"] for c in rig.status()["calls"] for s in c["stages"]]


def talking(rig):
    return sum(c["state"] == "talking" for c in rig.status()["calls"])


def begin(rig):
    """The telephones, each when the one before it is connected."""
    phones = []
    for n in range(CALLS):
        at = n % len(SAYS)
        words = [w for text in SAYS[at:] + SAYS[:at] for w in ("--say", text)]
        phones.append(rig.phone(*words, "--hangup-after", "2", "--timeout", "150", caller=f"+1555000{n:04d}", background=True))
        wait_for("the call to be connected", lambda: talking(rig) == len(phones), 60)
    return phones


def measure(rig):
    """While they talk: (processor seconds a second of each call, kB of everything)."""
    pids = stages(rig)
    begun, used = os.times().elapsed, cpu_s(pids)
    wait_for("the middle of the calls", lambda: os.times().elapsed > begun + (20 if LONG else 5), 60)
    cpu = (cpu_s(pids) - used) / (os.times().elapsed - begun) / CALLS
    return cpu, memory_kb(rig.processes())


def main():
    wrong = []
    with Offline(documents=corpus.DOCUMENTS, limits=f"calls = {CALLS + 1}") as rig:
        rig.phone("--say", SAYS[0], "--hangup-after", "2", caller="+15550009999")  # what is made once is there
        rig.wait_idle(30)
        quiet = memory_kb(rig.processes())
        phones = begin(rig)
        cpu, memory = measure(rig)
        calls = [rig.summary(p, 200) for p in phones]
        rig.wait_idle(30)
    answers = sorted(ms for c in calls for ms in c.get("answer_ms", []))
    late = max(c["late"]["send"]["max_ms"] for c in calls)
    gaps, holes = sum(c["gaps"] for c in calls), [ms for c in calls for ms in c.get("gap_ms", [])]
    dry = sum(int(n) for n in re.findall(r"counters .* dry=(\d+)", rig.log()))
    print(f"{CALLS} offline calls at once: processor {100 * cpu:.1f} % of a core each, memory {(memory - quiet) / 1024 / CALLS:.1f} MB each\n"
          f"first word after {statistics.median(c['first_audio_ms'] or 0 for c in calls):.0f} ms, answers after "
          f"{statistics.median(answers):.0f} ms, p95 {answers[int(len(answers) * 0.95)]:.0f} ms\n"
          f"holes in sentences: {gaps} {holes[:8]}, the carrier stage ran dry {dry} times; the telephones were late by {late:.0f} ms at most")
    bad = [c for c in calls if not c["answered"] or c["end"] not in ("caller", "assistant")]
    if bad:
        wrong.append(f"{len(bad)} calls did not go through: {bad[0]}")
    median, p95 = statistics.median(answers), answers[int(len(answers) * 0.95)]
    if LONG and (median > 350 or p95 > 600):
        wrong.append(f"answers came after {median:.0f} ms, p95 {p95:.0f} ms; 350 and 600 are allowed")
    if LONG and cpu > 0.06:
        wrong.append(f"a call takes {100 * cpu:.1f} % of a core, 6 % are allowed")
    if (memory - quiet) / 1024 / CALLS > 60:
        wrong.append("a call takes more than 60 MB")
    if gaps and (LONG or late < SETTLED):
        wrong.append(f"the assistant's sentences had {gaps} holes")
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


main()
