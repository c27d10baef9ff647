#!/usr/bin/python3
# limit: 120
"""A stage that will not run ends the call with an honest sentence, soon, where no other agent can take over: one that refuses (exit 100) at once, one that dies
again and again after its last pause, the carrier stage too; and so does a place that was started 256 times."""
from concurrent.futures import ThreadPoolExecutor
from rig import NO_FALLBACK, OWNER, TMP, Rig, wait_for
import json, os, socket, time

SORRY = "I am out of order."
# who calls, the pipeline, how long it may take until the sentence, s: a multiple, for the machine may be busy elsewhere
CASES = {
    "a stage that refuses": ("+15557650001", "rd-ingest | {refuses} | rd-monitor", 12),
    "a carrier stage that refuses": ("+15557650002", "{refuses} | rd-bridge | rd-monitor", 12),
    "a carrier stage that dies at once": ("+15557650003", "{dies} | rd-bridge | rd-monitor", 18),
    "a stage that dies at once": ("+15557650004", "rd-ingest | {dies} | rd-monitor", 18),
    "a stage that cannot be executed": ("+15557650005", "rd-ingest | {broken} | rd-monitor", 18),
}


def script(name, text):
    with open(f"{TMP}/{name}", "w") as f:
        f.write(text)
    os.chmod(f"{TMP}/{name}", 0o755)
    return f"{TMP}/{name}"


def more():
    paths = {"refuses": script("refuses", "#!/bin/sh\nexit 100\n"), "dies": script("dies", "#!/bin/sh\nexit 111\n"),
             "broken": script("broken", "no interpreter\n")}
    text = NO_FALLBACK
    for i, (caller, stages, _) in enumerate(CASES.values()):
        text += (f'pipeline "p{i}" {{ stages = "{stages.format(**paths)}" }} caller "{caller}" {{ agent = "a{i}" }}\n'
                 f'agent "a{i}" {{ pipeline = "p{i}" url = "ws://127.0.0.1:9/v1" apology = "{SORRY}" }}\n')
    return text


def a_case(r, name):
    caller, _, limit = CASES[name]
    begun = time.monotonic()
    call = r.phone("--say", "Hello?", caller=caller)
    took = time.monotonic() - begun
    print(f"{name}: {took:.1f} s, {call['verbs']}")
    assert SORRY in call["said"] and call["verbs"][-2:] == ["Say", "Hangup"], (name, call)
    assert took < limit, (name, took)


def check_pauses(r):
    pauses = [n.split("pause_ms=")[1].split()[0] for n in r.log().splitlines() if "dies ended, starting" in n]
    assert {"0", "50", "200", "1000", "5000"} == set(pauses) and len(pauses) <= 10, pauses
    assert "refuses ended, starting" not in r.log(), "who refuses is not asked again"


def too_many_lives(r):
    p = r.phone("--say", "Hello?", "--hangup-after", "60", background=True)
    call = wait_for("the call", lambda: next((c["call"] for c in r.status()["calls"] if c["from_tail"] == OWNER[-4:]
                                              and c["state"] == "talking"), None))
    control = socket.socket(socket.AF_UNIX)
    control.connect(f"{TMP}/run/control")
    lines = control.makefile("rw")

    def ask(**request):
        lines.write(json.dumps(request) + "\n")
        lines.flush()
        return json.loads(lines.readline())

    def life():
        return next((s["life"] for c in ask(do="status")["calls"] for s in c["stages"] if s["program"] == "rd-memory"), None)

    lived = life()
    while lived is not None and lived < 255:
        ask(do="restart", call=call, stage="rd-memory")
        wait_for(f"life {lived + 1}", lambda: life() != lived)
        lived = life()
    assert lived == 255, lived
    ask(do="restart", call=call, stage="rd-memory")
    control.close()
    summary = r.summary(p)
    assert summary["said"] and summary["verbs"][-2:] == ["Say", "Hangup"], summary


with Rig("basic", more=more(), limits="calls = 10") as rig:
    descriptors = rig.settled_descriptors()
    rig.expect("(dies|refuses|broken) (ended|will not run)", "cannot start .*/broken", "output not taken in time", "no carrier stage took",
               "model", "the stream breaks again", "rd-bridge", "cannot pass a stream", "no ring why=failed", "refuses.*will not run",
               "the token is of a call that has ended")  # its ring failed before the telephone came with its stream
    rig.expect("rd-memory was started 256 times", "rd-memory will not run")
    with ThreadPoolExecutor() as pool:
        others = [pool.submit(a_case, rig, name) for name in CASES]
        too_many_lives(rig)
        for case in others:
            case.result()
    rig.wait_idle()
    check_pauses(rig)
    wait_for("every descriptor to be back", lambda: rig.descriptors() == descriptors)
