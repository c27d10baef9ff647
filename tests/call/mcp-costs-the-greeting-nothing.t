#!/usr/bin/python3
# limit: 90
# long: 900
"""Ten MCP servers with 200 tools, one dead, one deaf, one that floods: the first words come no later, the model has the tools
of the others, and the operator is told who is at fault. LONG=1: 20 calls with and 20 without them, side by side."""
import statistics
from rig import *
import mcp

GOOD, BAD = [f"good-{i}" for i in range(7)], {"dead": "it ended with exit status 7",
                                             "flood": "it floods us with messages that nobody asked for", "deaf": "it "}  # has not answered yet, did not open within 60 s
NAMES = [*GOOD, *BAD]
SECTIONS = "".join(mcp.program(g, "--tools", "12") for g in GOOD) + "".join(mcp.program(b, "--manner", b) for b in BAD)
CALLS = 20 if os.environ.get("LONG") else 1


def first_words(r):
    call = r.phone("--silence", "300", "--hangup-after", "1")
    assert call["answered"] and call["first_audio_ms"], call
    r.wait_idle()
    return call["first_audio_ms"]


for name in ("with", "without"):
    os.mkdir(f"{TMP}/{name}")
with Rig(folder=f"{TMP}/with", more=SECTIONS, tools=TOOLS + "".join(f', "mcp:{n}"' for n in NAMES)) as r, \
     Rig(folder=f"{TMP}/without") as plain:
    r.expect(*(f"server is down name={b}" for b in BAD))
    with_them, without = [], []
    for i in range(CALLS):  # the first call comes while the servers are starting, that is the worst
        with_them.append(first_words(r))
        without.append(first_words(plain))
    for what, ms in (("with ten servers", with_them), ("without", without)):
        print(f"first words {what}, ms: n={len(ms)} median={statistics.median(ms):.0f} worst={max(ms):.0f}")
    if CALLS > 1:
        assert statistics.median(with_them) < statistics.median(without) + 25, (with_them, without)

    def listed():
        rows = {line.split()[0]: line for line in r.ctl("mcp", "list").splitlines()[1:]}
        return len(rows) == 10 and all(" ready " in rows[g] for g in GOOD) and all(why in rows[b] and " ready " not in rows[b] for b, why in BAD.items())
    wait_for("rd-ctl to name the culprits", listed, 30)
    told = json.loads(r.ctl("--json", "tool", "list"))
    assert {m["name"] for m in told["missing"]} == {f"mcp:{b}" for b in BAD}, told["missing"]
    assert "42" in r.ctl("tool", "run", "good-3__add", '{"a":2,"b":40}')

    before = len(r.model_events("session.update"))
    first_words(r)
    tools = {t["name"] for e in r.model_events("session.update")[before:] for t in e["event"]["session"].get("tools", [])}
    assert sum(t.startswith("good-") for t in tools) == 7 * 29 and "time" in tools and "dead__echo" not in tools, sorted(tools)
    assert "rd-mcp" not in [s["program"] for s in plain.status()["services"]]

    # a configuration that says the same of servers leaves them alone
    def pid():
        return next((s["pid"] for s in r.status()["services"] if s["program"] == "rd-mcp"), None)
    first = pid()
    r.write_conf(limits="calls = 3")
    r.ctl("reload")
    r.wait_log("configuration 2 is in effect|config=2")
    assert first and pid() == first, (first, pid())
    r.write_conf(more=mcp.program("good-0"), tools=TOOLS + ', "mcp:good-0"')
    r.ctl("reload")
    wait_for("another rd-mcp", lambda: pid() not in (None, 0, first))
    wait_for("its one server", lambda: r.ctl("mcp", "list", check=False).stdout.count("good-") == 1)
    r.write_conf(more="", tools=TOOLS)
    r.ctl("reload")
    wait_for("no rd-mcp", lambda: pid() is None)
