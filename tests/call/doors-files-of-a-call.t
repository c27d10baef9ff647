#!/usr/bin/python3
# limit: 60
# long: 180
"""What a call's own stages keep in its folder, written over by somebody else while the call is going on: they start again, say
so in a line each, and the call goes on to its end."""
from doors import *

RUN = f"{os.environ['TMP']}/run"


def garbage(path):
    with open(path, "r+b") as f:
        f.write(b"\xff" + os.urandom(os.path.getsize(path) - 1))  # one that begins with nothing may be a new one


def cut(path):
    os.truncate(path, 0)  # under a mapping: SIGBUS, and nothing worse


def lines(path):
    with open(path, "ab") as f:
        f.write(os.urandom(200000) + b'\n{"id":5}\n' + b'{"a":' * 5000 + b"\n")


def fifo(path):
    os.unlink(path)
    os.mkfifo(path)


# a file, what becomes of it, the stage that is killed then, what is said
CASES = [
    ("unheard", garbage, "rd-ingest", "/unheard: damaged, begun anew"),
    ("unheard", cut, "rd-ingest", "rd-ingest ended, starting it again"),
    ("unheard", fifo, "rd-ingest", "/unheard: Invalid argument"),
    ("journal", lines, "rd-tools", "journal has lines that cannot be understood"),
    ("journal", fifo, "rd-tools", "/journal: Operation not supported"),
]


def story(rig, cases):
    rest = ["--say", "And where are you?", "--say", "Goodbye."] if LONG else ["--hangup-after", "60"]
    p = rig.phone("--say", "What time is it?", *rest, background=True)
    call, at = rig.wait_call("talking")["call"], len(rig.log())
    rig.wait_log("tool ended name=time")
    for name, spoil, stage, words in cases:
        pid = pid_of(rig, stage, call)
        spoil(f"{RUN}/calls/{call}/{name}")
        try:
            os.kill(pid, 9)
        except ProcessLookupError:
            pass  # SIGBUS was quicker
        if words:
            wait_for(words, lambda: re.search(words, rig.log()[at:]))
            assert len(re.findall(words, rig.log()[at:])) == 1, rig.log()[at:]
    if not LONG:
        wait_for("the answer", lambda: "It is late." in rig.answers())
        rig.wait_call("talking")
        rig.ctl("end", call)
    summary = rig.summary(p)
    assert summary["answered"] and summary["heard_ms"] > 500, (cases, summary)
    assert summary["end"] == "assistant" or not LONG, (cases, summary)
    rig.wait_idle(20)


with Rig("call", limits="calls = 20", more=CALLER) as r:
    r.expect("ended, starting it again", "cannot use .*/unheard", "cannot keep what is unheard", "journal", "stream lost")
    for case in CASES if LONG else []:
        story(r, [case])
    story(r, [CASES[0], CASES[3]])
