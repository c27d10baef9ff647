#!/usr/bin/python3
"""Ten servers with 200 tools; one is dead, one deaf, one floods, others do worse: the rest are there, and the culprits are
named. Killed and started again, rd-mcp knows the tools from its cache, and leaves nobody behind."""
import contextlib, os, sys
sys.path.insert(0, os.environ["TOP"] + "/tests")
from mcp import *

GOOD = [f"good-{i}" for i in range(7)]
BAD = {"dead": "it ended with exit status 7", "flood": "it floods us with messages that nobody asked for",
       "garbage": "it floods us with messages that nobody asked for", "giant": "it sent a line of over 4 MiB",
       "version": "it speaks protocol version 1999-01-01"}
sections = "".join(program(g, "--tools", "12", "--page", "7") for g in GOOD)
sections += "".join(program(b, "--manner", b) for b in (*BAD, "deaf", "circle", "endless", "early", "stderr", "batch", "mute"))
WEB = {"web-giant": "its answer is longer than 4 MiB", "web-flood": "it floods us with messages that nobody asked for",
       "web-redirect": "it refuses: HTTP 307", "web-dead": "Failed to connect to 127.0.0.1 port 1"}
with contextlib.ExitStack() as stack:
    for name in ("web-giant", "web-flood", "web-redirect", "web-deaf"):
        sections += stack.enter_context(Http("--manner", name[4:])).section(name)
    sections += 'mcp "web-dead" { url = "http://127.0.0.1:1/" }\nmcp "web-open" { url = "http://example.com/" secret = "A_KEY" }\n'
    m = stack.enter_context(Mcp(sections, env={"A_KEY": "x"}, expect=[
        "server is down name=(dead|flood|garbage|giant|version|mute|web-.*) ", "list (goes in a circle|is too long)"]))
    begun = time.monotonic()
    m.line.ask(do="list")
    check("the list waits for nobody", time.monotonic() - begun < 5, time.monotonic() - begun)
    for name in (*GOOD, "circle", "endless", "early", "stderr", "batch"):
        m.wait_state(name)
    mute = m.line.send(do="call", server="mute", tool="add", arguments={}, timeout_ms=300)
    BAD["web-open"] = "its URL is not https: its secret would be seen by others"
    for name, why in {**BAD, **WEB}.items():
        said = wait_for(f"{name} to be given up", lambda: (s := m.servers()[name]).get("why", "").startswith(why) and
                        not s["offered"] and s)
        check(f"{name} is named", re.search(f'server is down name={name} why="{re.escape(why)}', m.log()), said)
    for name in ("deaf", "web-deaf"):
        check("one that never answers is starting", m.servers()[name]["why"] == "it has not answered yet")
    tools = m.tools()
    check("200 tools and more of the others", len([t for t in tools if t["server"] in GOOD]) == 7 * 29, len(tools))
    check("pages that never end", 90 <= m.servers()["endless"]["tools"] <= 100 and m.servers()["circle"]["tools"] == 2)
    for name in (*GOOD, "stderr", "early"):
        check(f"{name} works", m.call(name, "echo", {"text": name})["text"] == name)
    got = m.call("deaf", "echo", {"text": "x"}, timeout_ms=300)
    check("what was never sent has failed", got["outcome"] == "failed" and "not there" in got["text"], got)
    got = m.call("good-0", "die")
    check("who dies in mid-work leaves it unknown", got["outcome"] == "unknown" and "gone" in got["text"], got)
    m.expect.append("name=good-0 why=.it ended with exit status 3")
    check("and is started again", m.call("good-0", "echo", {"text": "back"})["text"] == "back")

    wait_for("one that fell silent to be found out", lambda: 'server is down name=mute why="it does not answer"' in m.log())

    # killed in mid-work: nobody is left behind, and the tools are there at once
    children = open(f"/proc/{m.process.pid}/task/{m.process.pid}/children").read().split()
    m.process.kill()
    m.process.wait()
    for pid in children:
        wait_for("its programs to be gone", lambda: not os.path.exists(f"/proc/{pid}"))
    m.line.close()
    os.unlink(m.path)
    m.start()
    known = m.servers()
    check("told from the cache at once", all(known[g]["offered"] and known[g]["tools"] == 29 and known[g]["age_s"] >= 0
                                             for g in GOOD), known)
    check("and called as soon as it is there", m.call("good-3", "echo", {"text": "soon"})["text"] == "soon")
close()
