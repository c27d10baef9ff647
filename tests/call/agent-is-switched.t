#!/usr/bin/python3
# limit: 120
"""An agent takes over a call that is going on: by rd-ctl, by a tool's word for the caller where the caller may, back again,
and under the next supervisor. Who stays keeps a place, who comes has one of its own, who went is gone; the call's folder,
status and show tell who it is; what cannot be is said and changes nothing. A caller too many gets voicemail; one who hangs
up meanwhile is known to have gone."""
import sqlite3
from rig import *

SWITCH = f"{TMP}/other"
SCHEMA = {"name": "other", "description": "Gives the call to another agent.", "parameters": {"type": "object", "properties": {"agent": {"type": "string"}}},
          "effect": "local", "says": ["agent.switch"]}


def make_tool():
    with open(SWITCH, "w") as f:
        f.write(f"""#!/bin/sh
[ "$1" = --schema ] && exec echo '{json.dumps(SCHEMA)}'
echo '{{"ok":true,"text":"Here is the other one.","say":[{{"type":"agent.switch","agent":"quick"}}]}}'
""")
    os.chmod(SWITCH, 0o755)


def more(url):
    return f"""
tool "other" {{ command = {{ "{SWITCH}" }} }}
caller "+15557650001" {{ agent = "home" agents = {{ "home", "quick" }} }}
agent "quick" {{ pipeline = "quick" url = "{url}" key = "OPENAI_API_KEY" greeting = "Hello from quick." tools = {{ "time" }} }}
pipeline "quick" {{ stages = "rd-ingest | rd-codec --up s16/16000 | rd-codec --up mulaw/8000 | rd-bridge | rd-memory | rd-monitor" }}
agent "broken" {{ pipeline = "broken" }}
pipeline "broken" {{ stages = "rd-ingest | no-such-brain" }}
agent "elsewhere" {{ pipeline = "elsewhere" }}
pipeline "elsewhere" {{ stages = "rd-codec | rd-bridge" }}
agent "unwatched" {{ pipeline = "unwatched" url = "{url}" key = "OPENAI_API_KEY" }}
pipeline "unwatched" {{ stages = "rd-ingest | rd-bridge" }}
agent "refuses" {{ pipeline = "refuses" url = "{url}" key = "OPENAI_API_KEY" }}
pipeline "refuses" {{ stages = "rd-ingest | rd-bridge --no-such-option | rd-monitor" }}
"""


def the_call(r):
    return r.status()["calls"][0]


def stages(r):
    return [(s["place"], s["program"], s["life"]) for s in the_call(r)["stages"]]


def folder_agent(r, call):
    with open(f"{TMP}/run/calls/{call}/call.json") as f:
        return json.load(f)["agent"]


def answers(r):
    return [e["event"]["transcript"] for e in r.model("out") if e["event"]["type"] == "response.output_audio_transcript.done"]


def switched():
    """What a watcher has been told of switches until now."""
    with open(f"{TMP}/watched") as f:
        events = [json.loads(l).get("event", {}) for l in f if l.endswith("}\n")]
    return [(e["agent"], e["by"], e.get("why")) for e in events if e.get("type") == "agent.switched"]


def by_operator(r):
    p = r.phone("--say", "Hello?", "--hangup-after", "30", background=True)
    call = r.wait_call()["call"]
    wait_for("the greeting", lambda: answers(r))
    with open(f"{TMP}/watched", "w") as f:
        watch = subprocess.Popen([f"{B}/bin/rd-ctl", "-c", r.conf, "--json", "watch", call], stdout=f)
    old = {s["program"]: s["pid"] for s in the_call(r)["stages"]}
    for agent, why in (("nobody", "no agent nobody"), ("home", "has the call already"), ("broken", "cannot find the program no-such-brain"),
                       ("elsewhere", "its carrier stage is rd-codec, the call's is rd-ingest")):
        refused = r.ctl("agent", call, agent, check=False)
        assert refused.returncode == 100 and why in refused.stderr, (agent, refused)
    assert {s["program"]: s["pid"] for s in the_call(r)["stages"]} == old and the_call(r)["agent"] == "home"

    r.ctl("agent", call, "quick")
    now = stages(r)
    assert the_call(r)["agent"] == folder_agent(r, call) == "quick"
    assert now == [(1, "rd-ingest", 0), (6, "rd-codec", 1), (7, "rd-codec", 1), (2, "rd-bridge", 1), (4, "rd-memory", 1), (5, "rd-monitor", 1)], now
    shown = r.ctl("show", call)
    assert "-a quick" in shown and "--origin 6,3 " in shown, shown  # rd-tools' place, which nobody has any more
    gone = {pid for program, pid in old.items() if program != "rd-ingest"}
    assert not gone & set(r.processes()) and old["rd-ingest"] in r.processes()
    assert all(s["life"] == 1 for s in the_call(r)["stages"][1:])

    r.ctl("agent", call, "home")
    now = stages(r)
    assert now[:4] == [(1, "rd-ingest", 0), (2, "rd-bridge", 2), (3, "rd-tools", 1), (4, "rd-memory", 2)], now
    assert "--origin 2,6,7 " in r.ctl("show", call)
    # who refuses is followed by who can: the call is never without
    refused = r.ctl("agent", call, "refuses", check=False)
    assert refused.returncode == 100 and "rd-bridge will not run" in refused.stderr, refused
    wait_for("somebody who can", lambda: the_call(r)["agent"] == "offline" and all(s["pid"] for s in the_call(r)["stages"]))
    wait_for("the watcher to be told", lambda: ("offline", "fallback", "failed") in switched())  # by a monitor that is about to go
    r.ctl("agent", call, "home")
    r.ctl("agent", call, "unwatched")  # without an rd-monitor to say so it is answered all the same
    assert the_call(r)["agent"] == "unwatched"
    r.ctl("end", call)
    summary = r.summary(p)
    assert summary["streams"] == 1 and summary["answered"], summary
    watch.wait(5)
    assert switched() == [("quick", "operator", None), ("home", "operator", None), ("offline", "fallback", "failed"), ("home", "operator", None)], switched()
    r.wait_idle()


def by_the_caller(r, caller, may):
    begun = os.path.getsize(r.log_path)
    p = r.phone("--say", "Give me the other one.", *(["--say", "And now?"] if may else []), "--hangup-after", "1", caller=caller, background=True)
    call = wait_for("the call", lambda: next(iter(r.status()["calls"]), None))["call"]
    if may:
        wait_for("the other agent", lambda: the_call(r)["agent"] == "quick", 20)
        assert folder_agent(r, call) == "quick"
        kill_supervisor(r)
        wait_for("the call under the next supervisor", lambda: r.status()["calls"], 20)
        assert the_call(r)["agent"] == "quick" and the_call(r)["call"] == call
    summary = r.summary(p)
    assert summary["answered"] and (may or summary["streams"] == 1), summary
    assert may or "agent quick has the call" not in r.log(begun), "switched without being allowed to"
    r.wait_idle()


def hung_up_meanwhile(r):
    """While old stages are still leaving: who comes writes down that the call is over."""
    for n in range(3):
        p = r.phone("--say", "Hello?", "--hangup-after", "30", background=True)
        call = r.wait_call()["call"]
        switch = subprocess.Popen([f"{B}/bin/rd-ctl", "-c", r.conf, "agent", call, "quick"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for("the first to go", lambda: the_call(r)["agent"] == "quick")
        p.send_signal(signal.SIGINT)
        assert r.summary(p)["streams"] == 1
        switch.wait(5)
        r.wait_idle()
        with sqlite3.connect(f"file:{TMP}/state/memory.db?mode=ro", uri=True) as db:
            (reason,) = db.execute("SELECT reason FROM calls WHERE call = ?", (call,)).fetchone()
        assert reason == "caller", (n, reason)


def kill_supervisor(r):
    r.ringdown.kill()
    r.ringdown.wait()
    r.start()


def one_too_many(r):
    lines = [r.phone("--silence", "10000", "--say", "Hello?", "--hangup-after", "60", caller=f"+1555765100{i}", background=True) for i in range(2)]
    wait_for("two calls", lambda: len(r.status()["calls"]) == 2)
    agents = sorted(c["agent"] for c in r.status()["calls"])
    assert agents == ["home", "voicemail"], agents
    third = r.phone("--say", "Hello?", caller="+15557651002")
    assert third["end"] == "reject" and not third["answered"], third
    for c in r.status()["calls"]:
        r.ctl("end", c["call"])
    for p in lines:
        assert r.summary(p)["answered"]
    r.wait_idle()


make_tool()
LINGERS = f"{TMP}/lingers"
with open(LINGERS, "w") as f:
    f.write("#!/bin/sh\ncat\nexec sleep 10\n")
os.chmod(LINGERS, 0o755)
with open(f"{TMP}/switch.script", "w") as f:
    f.write('greet say "Hello Anna, this is home."\nturn 1 heard "Give me the other one."  call other {"agent":"quick"}\notherwise say "I am here."\n')
EXPECTED = ("stream lost", "put off", "carrier stage was started again", "cannot (send|tell|pass|connect)", "no carrier stage", "rd-bridge will not run",
            "cannot go on", "no-such-option", "model lost", "tool is missing", "phrases are not prepared", "its outcome", "not be heard", "rd-stt", "may not say what it wants",
            "There is no such tool")  # words that nobody had written down are said again, and the simulated model knows but one answer to them
with Activated(f"{TMP}/switch.script", tools='"time", "hang_up", "other"', more=more("ws://127.0.0.1:1/v1"), strict=False) as r:
    r.write_conf(more=more(r.model_url))
    r.ctl("reload")
    r.expect(*EXPECTED)
    by_operator(r)
    by_the_caller(r, OWNER, False)
    by_the_caller(r, "+15557650001", True)
with Rig("basic", limits='calls = 1 when-busy = voicemail', more='caller "*" { agent = "home" }') as r:
    r.expect(*EXPECTED)
    one_too_many(r)
with Rig("brief", stages=f"rd-ingest | rd-bridge | {LINGERS} | rd-memory | rd-monitor", strict=False) as r:
    r.write_conf(more=f'agent "quick" {{ pipeline = "realtime" url = "{r.model_url}" key = "OPENAI_API_KEY" }}')
    r.ctl("reload")
    r.expect(*EXPECTED, "lingers does not end")
    hung_up_meanwhile(r)
