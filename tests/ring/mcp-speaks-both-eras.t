#!/usr/bin/python3
"""rd-mcp opens programs and URLs of both eras, lists page by page, calls, passes progress on, answers what servers ask, and
names tools so that no two are alike."""
import os, sys
sys.path.insert(0, os.environ["TOP"] + "/tests")
from mcp import *

N = {name: f"{TMP}/notes.{name}" for name in ("old", "new", "web", "json", "next")}
with Http("--notes", N["web"], "--token", "T0P") as web, Http("--notes", N["json"], "--answer", "json", "--basic", "x") as plain, \
     Http("--era", "modern", "--notes", N["next"], "--answer", "json") as modern:
    sections = (program("old", "--page", "4", "--notes", N["old"], more='secret = "OLD_KEY"') +
                program("new", "--era", "modern", "--notes", N["new"]) +
                web.section("web", 'secret = "WEB_KEY"') + plain.section("json", 'secret = "JSON_KEY" auth = "basic"') +
                modern.section("next", 'allow = { "echo", "add", "marked", "wrongly-marked" }') +
                web.section("shut", 'secret = "WRONG_KEY"'))
    keys = {"OLD_KEY": "old-secret", "WEB_KEY": "T0P", "JSON_KEY": "anna:secret", "WRONG_KEY": "nope"}
    with Mcp(sections, expect=["name=shut why=.its token is refused"], env=keys) as m:
        for name in ("old", "new", "web", "json", "next"):
            m.wait_state(name)
        found = m.servers()
        check("eras are found out", [found[n]["era"] for n in N] == ["legacy", "modern", "legacy", "legacy", "modern"], found)
        check("a refused token is named", m.wait_state("shut", "down")["why"] == "its token is refused (HTTP 401)")
        check("what cannot be used is left out", found["old"]["tools"] == 17 and found["old"]["left_out"] == 2, found["old"])
        check("and what must not be, over HTTP", found["next"]["tools"] == 3 and found["next"]["left_out"] == 1, found["next"])
        names = [t["name"] for t in m.tools()]
        check("names are short enough and unlike", len(set(names)) == len(names) and max(map(len, names)) <= 64, names)
        check("dots do not stand in names", "old__dotted_name" in names)
        check("one tool, and all of another server", sorted(t["name"] for t in m.tools(wants=["mcp:web/echo", "mcp:next"])) ==
              ["next__add", "next__echo", "next__marked", "web__echo"])
        echo = next(t for t in m.tools(wants=["mcp:old/echo"]))
        check("what a tool says of itself", echo["read_only"] and "$schema" not in echo["parameters"] and
              echo["instructions"] == "Be kind to it.", echo)

        for server in N:
            check(f"{server} is called", m.call(server, "add", {"a": 2, "b": 40})["text"] == "42")
        check("it failed, and says so", m.call("old", "fail") | {"id": 0} == {
            "id": 0, "ok": False, "text": "error: it is broken", "outcome": "failed", "steps": []}, m.call("old", "fail"))
        check("an error of the protocol", m.call("web", "error")["text"] == "the server answered with an error: no such thing")
        for server in ("old", "web"):
            got = m.call(server, "progress")
            check(f"progress of {server}", got["steps"] == ["step 1", "step 2", "step 3"] and got["ok"], got)
        got = m.call("new", "structured")
        check("structured content", got["data"] == {"n": 7} and got["text"] == '{"n":7}', got)
        check("what a server asks is answered", json.loads(m.call("old", "asks")["text"]) == [{}, -32601])
        env = json.loads(m.call("old", "secret")["text"])
        check("its secret, and no other", env["OLD_KEY"] == "old-secret" and not set(keys) & set(env) - {"OLD_KEY"} and
              "secret" not in m.log())
        check("a ping", all(m.line.ask(do="ping", server=s)[0]["ok"] for s in N))

        # streams that break, sessions that are forgotten
        check("a stream is taken up again", m.call("web", "breaks")["text"] == "breaks done")
        check("behind its last event", any(n.get("last") == "7" for n in notes(N["web"])))
        check("who forgets", m.call("web", "forget")["ok"])
        check("is opened again", m.call("web", "echo", {"text": "still here"})["text"] == "still here")
        m.wait_state("web")

        # headers of the new era
        m.call("next", "marked", {"region": "Zürich"})
        sent = next(n for n in notes(N["next"]) if n.get("name") == "marked")
        check("arguments in headers", sent["region"] == "=?base64?WsO8cmljaA==?=" and sent["method"] == "tools/call" and
              sent["version"] == "2026-07-28", sent)

        # a list that changes, and who hears of it
        m.line.ask(do="list", tools=False, quiet=True, watch=True)
        m.line.send(do="call", server="old", tool="grow", arguments={})
        while "changed" not in (line := m.line.read()):
            pass
        check("told who", line == {"changed": "old"}, line)
        check("the new one", any(t["name"] == "old__grown" for t in m.tools()))

        # cancelled: the server hears of it
        mine = m.line.send(do="call", server="old", tool="wait", arguments={})
        wait_for("the call", lambda: any(n.get("params", {}).get("name") == "wait" for n in notes(N["old"])))
        m.line.send(do="cancel", call=mine, why="the caller hung up")
        while (line := m.line.read()).get("id") != mine:
            pass
        check("cancelled", line["outcome"] == "unknown" and not line["ok"], line)
        cancelled = wait_for("the word", lambda: [n for n in notes(N["old"]) if n.get("method") == "notifications/cancelled"])
        check("with the reason", cancelled[0]["params"]["reason"] == "the caller hung up")
        got = m.call("old", "wait", timeout_ms=300)
        check("a limit", got["outcome"] == "unknown" and "no answer within" in got["text"], got)
        check("and it is still there", m.call("old", "echo", {"text": "x"})["ok"])
    check("sessions are closed", wait_for("DELETE", lambda: any(n.get("http") == "DELETE" for n in notes(N["json"]))))
close()
