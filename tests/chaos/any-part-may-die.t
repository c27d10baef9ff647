#!/usr/bin/python3
# limit: 90
# long: 4500
"""Any part is killed at any moment of a call, and the caller hardly notices.

In each call of one conversation (scene.py) one process is killed by SIGKILL, or stopped by SIGSTOP, at one named moment
(chaos.py), while rd-phone listens. Looked at (judge.py): the silence that the caller heard beyond that of the same call
without a death; words that were lost, or said twice; turns that the store lost, doubled, or took for more than was heard; a
mail that was sent twice; processes, descriptors, folders and tokens that are left; lines of the log that nobody expects.

`make check` has a few pairs of process and moment, the most dangerous ones, drawn by a seed that is printed. LONG=1 has each
stage killed at each moment 20 times, and the rest 5 times. By hand, with what tests/run sets:

    CHAOS='rd-tools tool-begun, rd-bridge * stopped' CHAOS_N=5 CHAOS_LINES=4 CHAOS_SEED=1 tests/chaos/any-part-may-die.t
    CHAOS_KEEP=DIR      of each call that was not as it should be: recording, logs, turns; with CHAOS_ALL=1 of each
"""
import concurrent.futures, math, os, queue, random, shutil, statistics, sys, threading

from chaos import Line, MOMENTS, SERVICES, STAGES, SUPERVISOR
from rig import TMP
import scene

LONG = bool(os.environ.get("LONG"))
N = int(os.environ.get("CHAOS_N") or (20 if LONG else 1))
LINES = int(os.environ.get("CHAOS_LINES") or 6)
SEED = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(10000))
KEEP, ALL = os.environ.get("CHAOS_KEEP"), os.environ.get("CHAOS_ALL")
FEW = max(1, N // 4)  # of services, the supervisor, and stopped ones
NOTHING = ("nothing", "greeting", "killed")
# what the caller may hear of it: p95 of the silence, ms
GAPS = {"rd-ingest": 1500, "rd-bridge": 1200, SUPERVISOR: 4000}
GAP = 150
STOOD_STILL_MS, MOST_AGAIN = 250, 40  # a machine that stops for so long is no part of ours: the call is placed again
DANGEROUS = [("rd-tools", "tool-begun"), ("rd-tools", "tool-done"), ("rd-tools", "farewell"), ("rd-bridge", "caller-done"),
             ("rd-bridge", "assistant-speaking"), ("rd-bridge", "tool-begun"), ("rd-bridge", "farewell"),
             ("rd-bridge", "barge-in"), ("rd-ingest", "assistant-speaking"), ("rd-ingest", "barge-in"),
             ("rd-ingest", "tool-done"), ("rd-memory", "barge-in"), ("rd-memory", "caller-done"),
             ("rd-monitor", "farewell"), ("rd-store", "assistant-speaking"), ("rd-webhook", "ringing")]


def plan():
    every = [(v, m, "killed") for v in (*STAGES, *SERVICES, SUPERVISOR) for m in MOMENTS]
    every += [(v, m, "stopped") for v in (*STAGES, *SERVICES) for m in MOMENTS]
    wanted = [(w.split() + ["killed"])[:3] for w in os.environ.get("CHAOS", "").split(",") if w.strip()]
    if wanted:
        trials = [t for t in every if any(all(a in (b, "*") for a, b in zip(w, t)) for w in wanted)] * N
    elif LONG:
        trials = [t for t in every for _ in range(N if t[0] in STAGES and t[2] == "killed" else FEW)]
    else:
        trials = [(v, m, "killed") for v, m in random.Random(SEED).sample(DANGEROUS, LINES - 1)]
    random.Random(SEED).shuffle(trials)
    return [NOTHING] * N + trials


def stood_still(run):
    """Whether rd-phone itself was so late that the call says nothing."""
    return ((run.phone or {}).get("late") or {}).get("send", {}).get("max_ms", 0) > STOOD_STILL_MS


def work(line, todo, done, again):
    with line:
        while True:
            try:
                trial = todo.get_nowait()
            except queue.Empty:
                return
            run = line.call(*trial)
            if stood_still(run) and len(again) < MOST_AGAIN:
                again.append(trial)
                todo.put(trial)
                continue
            done.append(run)
            if done[-1].complaints or ALL:
                keep(line, done[-1], len(done))


def keep(line, run, number):
    print(f"     {run.victim} {run.how} at {run.moment}: " + "; ".join(run.complaints), flush=True)
    if KEEP:
        folder = f"{KEEP}/{run.victim}-{run.how}-{run.moment}-{number}"
        os.makedirs(folder, exist_ok=True)
        shutil.copy(f"{line.tmp}/call.wav", folder)
        for name, text in (("log", run.log), ("turns", "\n".join(map(str, run.turns))), ("phone", str(run.phone)),
                           ("tape", str({t: vars(s) for t, s in run.recording.said.items()}) + f"\n{run.recording.spoke}")):
            with open(f"{folder}/{name}", "w") as f:
                f.write(text)
        shutil.copy(line.rig.model_log, f"{folder}/model")


def gap_of(run, usual):
    """The longest silence that was due to the death: late beginnings and halts of what came after it, beyond the usual."""
    after = scene.after(run.moment)
    late = [ms - usual.get(text, 0) for text, ms in run.delays.items() if text in after]
    return max([0, *late, *(ms for text, ms in run.halts.items() if text in after)])


def percentile(values, share):
    values = sorted(values)
    return values[max(0, math.ceil(len(values) * share) - 1)]


def table(done):
    """Prints it; returns what must not be."""
    quiet = [r for r in done if r.victim == "nothing"]
    usual = {text: statistics.median([r.delays[text] for r in quiet if text in r.delays]) for text in quiet[0].delays}
    wrong = []
    print(f"{'':<30}{'':<9}   n  ok  silence ms: median   p95 worst  turns lost doubled  mails twice")
    for trial in dict.fromkeys(trial_of(r) for r in sorted(done, key=order)):
        runs = [r for r in done if trial_of(r) == trial]
        gaps = [gap_of(r, usual) for r in runs]
        bad = sum(bool(r.complaints) for r in runs)
        print(f"{trial[0]:<11}{trial[1] if trial != NOTHING else '':<19}{trial[2] if trial != NOTHING else '':<9}{len(runs):>4}"
              f"{len(runs) - bad:>4}{statistics.median(gaps):>20.0f}{percentile(gaps, 0.95):>6.0f}{max(gaps):>6.0f}"
              f"{sum(r.lost for r in runs):>12}{sum(r.doubled for r in runs):>8}{sum(r.effects > 1 for r in runs):>13}",
              flush=True)
        name = f"{trial[0]} {trial[2]} at {trial[1]}"
        most = (GAPS.get(trial[0], GAP) + (2000 if trial[2] == "stopped" else 0)) * (1 if LONG else 4)  # one call alone says less
        if trial != NOTHING and percentile(gaps, 0.95) > most:
            wrong.append(f"{name}: the caller heard a silence of {percentile(gaps, 0.95):.0f} ms, at most {most} are allowed")
        if bad:
            wrong.append(f"{name}: {bad} of {len(runs)} calls were not as they should be")
    return wrong


def trial_of(run):
    return run.victim, run.moment, run.how


def order(run):
    names = ("nothing", *STAGES, *SERVICES, SUPERVISOR)
    return run.how, names.index(run.victim), MOMENTS.index(run.moment)


def main():
    print(f"seed {SEED}, {LINES} lines", flush=True)
    todo, done, again, blocks = queue.Queue(), [], [], scene.blocks_of(scene.ASSISTANT)
    for trial in plan():
        todo.put(trial)
    lines = [Line(n, blocks, f"{TMP}/line-{n}") for n in range(LINES)]
    with concurrent.futures.ThreadPoolExecutor(LINES) as pool:
        for end in [pool.submit(work, line, todo, done, again) for line in lines]:
            end.result()
    wrong = table(done)
    print(f"{len(again)} calls were placed again: rd-phone was late by more than {STOOD_STILL_MS} ms" if again else "", end="\n" * bool(again))
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


main()
