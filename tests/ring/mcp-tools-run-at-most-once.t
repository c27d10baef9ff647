#!/usr/bin/python3
"""rd-tools lists what servers have beside its own and without waiting, runs it at most once, and says what became of it, also
when rd-mcp, a server or rd-tools itself is killed in mid-work."""
import os, sys
sys.path.insert(0, os.environ["TOP"] + "/tests")
from links import *
import mcp

NOTES = f"{TMP}/notes"


def waits():
    """How often the server was asked to do what it never ends."""
    return len([n for n in mcp.notes(NOTES) if n.get("params", {}).get("name") == "wait"])


SECTIONS = mcp.program("all", "--notes", NOTES) + mcp.program("one", "--tools", "3") + mcp.program("deaf", "--manner", "deaf")
AGENT = 'tools = { "time", "mcp:all", "mcp:one/tool-2", "mcp:one/none", "mcp:deaf" }'
with Stage("rd-tools", AGENT, more=SECTIONS, expect=["rd-mcp is not there", "tool was cut off", "tool is missing"]) as s:
    s.setup()
    first = s.until(lambda: [e for e in s.said("tools.list") if e["tools"]], what="the list")[0]
    check("its own tools are listed without rd-mcp", [t["name"] for t in first["tools"]] == ["time"], first)
    missing = s.until(lambda: [e for e in s.said("tools.list") if len(e["missing"]) == 4], what="what is missing")[0]["missing"]
    check("the others are missing, and why", {m["why"] for m in missing} == {"rd-mcp is not running"}, missing)
    with Service("rd-mcp", expect=["server is down name=all"]) as service:
        def names():
            lists = s.said("tools.list")
            newest = [e for e in lists if e["rev"] == lists[-1]["rev"]]
            return [t["name"] for e in newest for t in e["tools"]], newest[0]["missing"]
        s.until(lambda: "all__echo" in names()[0] and "one__tool-2" in names()[0], 30, "the tools of servers")
        listed, missing = names()
        check("one of that server alone", [n for n in listed if n.startswith("one__")] == ["one__tool-2"], listed)
        check("missing for other reasons", {m["name"]: m["why"] for m in missing} == {
            "mcp:deaf": "it has not answered yet", "mcp:one/none": "the server has no tool of that name"}, missing)

        s.event("tool.call", id="e", name="all__echo", arguments={"text": "hello"})
        check("run", s.result("e")["text"] == "hello" and s.result("e")["outcome"] == "done", s.result("e"))
        s.event("tool.call", id="t", name="all__echo", arguments={"text": 7})
        check("arguments are checked", s.result("t")["text"] == "text: string expected", s.result("t"))
        s.event("tool.call", id="p", name="all__progress", arguments={})
        check("progress", s.result("p")["ok"] and [e["text"] for e in s.said("tool.progress")] == ["step 1", "step 2", "step 3"])
        s.event("tool.call", id="f", name="all__fail", arguments={})
        check("a failure", s.result("f")["outcome"] == "failed" and s.result("f")["text"] == "error: it is broken", s.result("f"))
        s.event("tool.call", id="d", name="all__die", arguments={})
        check("who dies leaves it unknown", s.result("d")["outcome"] == "unknown" and "do not run it again" in s.result("d")["text"])

        # eight at once, cancelled, all answered
        for i in range(3):
            s.event("tool.call", id=f"w{i}", name="all__wait", arguments={})
        s.until(lambda: waits() == 3, what="three that never end")
        s.event("tool.call", id="again", name="all__echo", arguments={"text": "beside them"})
        check("beside others", s.result("again")["ok"])
        s.event("tool.cancel", id="w0", why="the caller changed their mind")
        check("cancelled", s.result("w0")["outcome"] == "unknown" and "changed their mind" in s.result("w0")["text"], s.result("w0"))
        s.until(lambda: any(n.get("method") == "notifications/cancelled" for n in mcp.notes(NOTES)), what="the server to hear of it")

        # rd-tools is killed: what had effects is unknown, and not asked again
        s.restart()
        check("unknown after a crash", s.result("w1")["outcome"] == "unknown" and s.result("w2")["outcome"] == "unknown")
        s.setup()
        s.event("tool.call", id="r", name="all__echo", arguments={"text": "a new life"})
        check("the next life calls them too", s.result("r")["text"] == "a new life")
        check("none was sent twice", waits() == 3, waits())

        # rd-mcp is killed: it knows the tools from its cache
        wait_for("the cache", lambda: os.path.exists(f"{TMP}/cache/mcp.json"))
        s.event("tool.call", id="lost", name="all__wait", arguments={})
        s.until(lambda: waits() == 4, what="one more")
        service.process.kill()
        got = s.result("lost")
        check("lost with rd-mcp", got["outcome"] == "unknown" and "the connection to its server was lost" in got["text"], got)
        service.process.wait()
        service.start()
        s.event("tool.call", id="back", name="all__echo", arguments={"text": "back"})
        check("and back again", s.result("back")["text"] == "back", s.result("back"))
    check("its end", s.end() == 0)
close()
