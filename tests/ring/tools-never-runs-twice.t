#!/usr/bin/python3
"""rd-tools is killed at every moment of a tool: what had effects is never run twice, what had none is run again, what was
finished is told, and nothing that was started is left."""
from links import *

# each run leaves a line in a file, then waits until the test lets it go on
BODY = 'echo "$$" >>"{tmp}/{name}.runs"; cat "{tmp}/{name}.go"; echo "ran {name}"'
for name, effect in (("harmless", "none"), ("mail", "outside"), ("finished", "outside")):
    tool(name, BODY.format(tmp=TMP, name=name), effect=effect)
    os.mkfifo(f"{TMP}/{name}.go")
tool("stubborn", f"trap '' TERM; echo $$ >>{TMP}/stubborn.runs; while :; do sleep 1000; done", effect="local")
tool("quick", "echo quick")


def runs(name):
    try:
        with open(f"{TMP}/{name}.runs") as f:
            return [int(n) for n in f.read().split()]
    except OSError:
        return []


def let_go(name):
    with open(f"{TMP}/{name}.go", "w") as f:
        f.write("")


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


AGENT = 'tools = { "harmless", "mail", "finished", "stubborn", "quick" }'
with Stage("rd-tools", AGENT, expect=["its outcome is unknown"]) as s:
    s.setup()
    s.until(lambda: s.said("tools.list"))
    seqs = {n: s.event("tool.call", id=n, name=n, arguments={}) for n in ("harmless", "mail", "finished", "stubborn")}
    wait_for("all to run", lambda: all(runs(n) for n in seqs))
    let_go("finished")
    s.result("finished")
    s.home("tool.result")
    wait_for("that to be noted", lambda: '"state":"told"' in open(f"{s.dir}/journal").read())
    s.restart()
    s.setup()
    mail = s.result("mail")
    check("outcome unknown, and honest", mail["outcome"] == "unknown" and not mail["ok"] and "unknown" in mail["text"], mail)
    check("of the other too", s.result("stubborn")["outcome"] == "unknown")
    for n, seq in seqs.items():
        s.event("tool.call", id=n, name=n, arguments={}, seq=seq, flags=AGAIN)
    wait_for("the harmless one to run again", lambda: len(runs("harmless")) == 2)
    wait_for("those cut off to be gone", lambda: not any(alive(runs(n)[0]) for n in ("harmless", "mail", "stubborn")))
    let_go("harmless")
    check("and to be answered", s.result("harmless")["text"] == "ran harmless")
    s.passed()
    check("never twice", (len(runs("mail")), len(runs("finished")), len(runs("stubborn"))) == (1, 1, 1))
    check("told once", [len(s.results(n)) for n in seqs] == [1, 1, 1, 1], [len(s.results(n)) for n in seqs])

    # finished, but nobody was told: the journal says so
    s.home("tool.result")
    s.passed()
    s.kill()
    with open(f"{s.dir}/journal", "a") as f:
        f.write(json.dumps({"id": "late", "name": "quick", "state": "taken", "effect": "none", "pid": 0, "started": 1, "arguments": {}}) + "\n")
        f.write(json.dumps({"id": "done", "name": "mail", "state": "done", "effect": "outside", "pid": 1, "started": 1, "result": {
            "event": {"type": "tool.result", "id": "done", "name": "mail", "ok": True, "text": "sent", "outcome": "done"},
            "say": [{"type": "call.next", "verb": "hangup", "id": "done"}]}}) + "\n")
        f.write('{"id":"torn","name":"mail","sta')
    s.expect.append("journal has lines that cannot be understood lines=1")
    s.start()
    s.setup()
    check("told now", s.result("done")["text"] == "sent")
    check("with what it wants said", [e["id"] for e in s.until(lambda: s.said("call.next"))] == ["done"])
    check("what had not begun is run", s.result("late")["text"] == "quick")
    s.restart()
    check("not yet home, so it is told again", s.until(lambda: len(s.results("done")) == 2))
    s.home("tool.result")
    s.passed()
    told = len(s.said("call.next"))
    s.restart()
    s.setup()
    s.event("tool.call", id="new", name="quick", arguments={})
    s.result("new")
    check("but not for ever", len(s.results("done")) == 2 and len(s.said("call.next")) == told)

    s.event("tool.call", id="done", name="mail", arguments={})
    s.until(lambda: len(s.results("done")) == 3, what="the result for who asks anew")
    check("and that is all", len(runs("mail")) == 1 and len(s.said("call.next")) == told)

    # killed between the start of a tool and the line that names its process: it is found all the same
    s.event("tool.call", id="unnoted", name="mail", arguments={})
    wait_for("it to run", lambda: len(runs("mail")) == 2)
    s.kill()
    with open(f"{s.dir}/journal") as f:
        lines = [l for l in f if '"unnoted"' not in l or '"pid":0' in l]
    with open(f"{s.dir}/journal", "w") as f:
        f.writelines(lines)
    s.start()
    s.setup()
    check("its outcome is unknown", s.result("unnoted")["outcome"] == "unknown")
    wait_for("it to be gone", lambda: not alive(runs("mail")[1]))

    # a restart by the supervisor: SIGTERM
    s.event("tool.call", id="again", name="harmless", arguments={})
    wait_for("it to run", lambda: len(runs("harmless")) == 3)
    s.process.terminate()
    s.until(lambda: s.status is not None and s.err is None, what="its end")
    check("ended well", s.status == 0)
    check("not answered by the one that went", not s.results("again"))
    s.start()
    s.setup()
    wait_for("it to run again", lambda: len(runs("harmless")) == 4)
    let_go("harmless")
    check("answered by the next", s.result("again")["ok"])

    # the call is over in the middle of it
    s.event("tool.call", id="last", name="stubborn", arguments={})
    wait_for("it to run", lambda: len(runs("stubborn")) == 2)
    begun = time.monotonic()
    check("end", s.end() == 0)
    check("in time", time.monotonic() - begun < 8, time.monotonic() - begun)
    check("nothing left", not any(alive(p) for n in ("harmless", "mail", "finished", "stubborn") for p in runs(n)))
close()
