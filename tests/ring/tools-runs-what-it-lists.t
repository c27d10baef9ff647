#!/usr/bin/python3
"""rd-tools lists what the agent has, says what is missing and why, checks arguments, runs tools beside each other."""
import contextlib

from links import *

tool("greet", 'read all; echo "$RINGDOWN_TOOL_CALL for $RINGDOWN_CALLER in $RINGDOWN_CALL of $RINGDOWN_AGENT: $all"',
     parameters={"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}, instructions="Greet.")
tool("secretive", 'echo "$SOME_KEY $OTHER_KEY $RINGDOWN_SETTING_URL"', secrets=["SOME_KEY"])
tool("needy", 'echo', secrets=["OTHER_KEY"])
tool("slowly", 'echo half >&3; cat "$RINGDOWN_SETTING_FIFO"')
tool("loud", "yes")
tool("broken", "exit 3", effect="outside")
tool("leaver", f"""setsid sh -c 'echo $$ >{TMP}/left; exec sleep 1000' </dev/null >/dev/null 2>&1 3>&1 &
until test -s {TMP}/left; do :; done""")
fifo = f"{TMP}/fifo"
os.mkfifo(fifo)
AGENT = 'tools = { "time", "greet", "secretive", "needy", "slowly", "loud", "broken", "leaver", "absent", "remember", "transfer" }'
MORE = f'''tool "secretive" {{ secret = "SOME_KEY" settings = {{ "url=https://example.com" }} }}
tool "slowly" {{ settings = {{ "fifo={fifo}" }} }}'''
with Stage("rd-tools", AGENT, more=MORE, env={"SOME_KEY": "open sesame", "OTHER_KEY": "not yours"},
           expect=["tool is missing"]) as s:
    s.setup()
    listed = s.until(lambda: [e for e in s.said("tools.list") if not any("yet" in m["why"] for m in e["missing"])],
                     what="the list")[0]
    names = [t["name"] for t in listed["tools"]]
    check("listed in order, without the memory's", names == ["time", "greet", "secretive", "slowly", "loud", "broken", "leaver"], names)
    check("as the model needs them", set(listed["tools"][1]) == {"name", "description", "parameters", "instructions"}, listed["tools"][1])
    missing = {m["name"]: m["why"] for m in listed["missing"]}
    check("missing with why", missing == {
        "needy": 'it needs a secret; set tool "needy" { secret = "OTHER_KEY" }', "absent": "there is no program absent in tool-path",
        "transfer": 'no number to transfer to; set agent "…" { transfer-to = { "+15550100000" } }'}, missing)
    check("its secret left the environment", b"sesame" not in open(f"/proc/{s.process.pid}/environ", "rb").read())

    s.event("tool.call", id="g", name="greet", arguments={"name": "Mia"})
    got = s.result("g")
    check("it ran with what it may know", got["ok"] and got["outcome"] == "done" and
          got["text"] == f'{CALL}/g for {ANNA} in {CALL} of home: {{"name":"Mia"}}', got)
    s.event("tool.call", id="s", name="secretive", arguments={})
    check("its own secret, and no other", s.result("s")["text"] == "open sesame  https://example.com", s.result("s"))
    s.event("tool.call", id="w", name="greet", arguments={"name": 7})
    check("wrong arguments go back", s.result("w")["ok"] is False and s.result("w")["text"] == "name: string expected")
    s.event("tool.call", id="m", name="absent", arguments={})
    check("a missing one says why", "there is no program absent" in s.result("m")["text"])

    # beside each other: eight hang, one waits for its turn, others are answered meanwhile when there is room
    for i in range(8):
        s.event("tool.call", id=f"slow{i}", name="slowly", arguments={})
    s.until(lambda: len(s.said("tool.progress")) == 8)
    check("progress", s.said("tool.progress")[0]["text"] == "half")
    s.event("tool.call", id="ninth", name="time", arguments={})
    s.passed()
    check("nine are too many at once", not s.results("ninth"))
    s.event("tool.cancel", id="slow0", why="the caller changed their mind")
    check("cancelled", "the caller changed their mind" in s.result("slow0")["text"])
    check("the ninth has its turn", s.result("ninth")["ok"])

    def let_go():  # a writer that comes and goes is the end for all that read by then
        with contextlib.suppress(OSError):
            os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
        return all(s.results(f"slow{i}") for i in range(1, 8))
    s.until(let_go, what="the end of all others")
    others = [s.results(f"slow{i}")[0] for i in range(1, 8)]
    check("all others ended", all(e["ok"] for e in others), others)
    s.event("tool.call", id="loud", name="loud", arguments={})
    check("too loud", "more than 24576 bytes" in s.result("loud")["text"], s.result("loud"))
    s.event("tool.call", id="b", name="broken", arguments={})
    check("outcome unknown", s.result("b")["outcome"] == "unknown" and not s.result("b")["ok"])
    s.event("tool.call", id="l", name="leaver", arguments={})
    check("who leaves a process behind is done", s.result("l")["ok"])
    with open(f"{TMP}/left") as f:
        wait_for("the one left behind to be gone", lambda pid=int(f.read()): not os.path.exists(f"/proc/{pid}"))
    s.event("tool.call", id="g", name="greet", arguments={"name": "Mia"}, flags=AGAIN)
    s.event("tool.call", id="x", name="unheard_of", arguments={})
    s.event("tool.call", id="r", name="remember", arguments={"text": "x"})
    s.passed()
    check("said again, run once; other stages' tools are theirs", len(s.results("g")) == 1 and not s.results("x") and not s.results("r"))
    check("calls pass on", [e["id"] for e in s.events("tool.call")][0] == "g")

    before = len(s.said("tools.list"))
    s.hello("tools.list")
    s.until(lambda: len(s.said("tools.list")) > before)
    check("for a hello, the same again", s.said("tools.list")[-1]["rev"] == listed["rev"])
    s.event("agent.switched", agent="other", by="operator", ok=True)
    new = s.until(lambda: [e for e in s.said("tools.list") if e["rev"] > listed["rev"] and not e["missing"]])[-1]
    check("another agent's tools", [t["name"] for t in new["tools"]] == ["time"], new)
    check("end", s.end() == 0)
close()
