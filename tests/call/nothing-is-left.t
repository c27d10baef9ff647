#!/usr/bin/python3
# limit: 150
# long: 1800
"""20 calls, ten at a time: no process, descriptor, file or socket is left; after SIGTERM nothing at all. LONG=1: 20 at once,
then 500 in a row, in five rows; and what lives on uses no more memory after the last hundred than after the first."""
from rig import Rig, wait_for
import os

TMP, LONG = os.environ["TMP"], os.environ.get("LONG") == "1"
CALLER = "+15557650000"  # may call as often as he likes
WORDS = ["--hangup-after", "1"] if LONG else ["--say", "What time is it?", "--hangup-after", "1"]


def private_kb(pid):
    """What the process has for itself."""
    with open(f"/proc/{pid}/smaps_rollup") as f:
        return sum(int(line.split()[1]) for line in f if line.startswith("Private_"))


def place(r, at_once):
    for p in [r.phone(*WORDS, caller=CALLER, background=True) for _ in range(at_once)]:
        call = r.summary(p)
        assert call["answered"] and call["end"] in ("assistant", "caller"), call


def settle(r, before, descriptors):
    r.wait_idle()
    wait_for("the calls' processes to be gone", lambda: not set(r.lasting()) - set(before), 20)
    wait_for("the calls' folders to be gone", lambda: not os.listdir(f"{TMP}/run/calls"))
    assert not os.listdir(f"{TMP}/run/tokens")
    wait_for(f"its {descriptors} descriptors again", lambda: r.descriptors() == descriptors)
    return {f"{os.path.basename(words.split()[0])} {pid}": private_kb(pid) for pid, words in r.lasting().items()}


with Rig("basic", limits="calls = 25", more=f'caller "{CALLER}" {{ agent = "home" calls-per-hour = 0 }}') as r:
    descriptors, before = r.settled_descriptors(), r.lasting()
    rounds = [20] + [5] * 100 if LONG else [10] * 2
    memory = []
    for i, at_once in enumerate(rounds):
        place(r, at_once)
        if LONG and i % 20 == 0:
            memory.append(settle(r, before, descriptors))
            print(f"{sum(rounds[:i + 1])} calls:", ", ".join(f"{name} {kb} KB" for name, kb in memory[-1].items()))
    settle(r, before, descriptors)
    for name in memory[1] if LONG else ():
        assert memory[-1][name] <= memory[1][name] + 128, f"{name} has grown: {[m[name] for m in memory]} KB"
    r.stop()
    left = [os.path.join(d, f) for d, _, files in os.walk(f"{TMP}/run") for f in files]
    assert not left, left
