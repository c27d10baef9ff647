#!/usr/bin/python3
"""The store is away, dies, hangs, and comes back: the call goes on, says so once, and loses nothing."""
import sqlite3
from links import *

EXPECT = ["the store is away", "not all was written down"]
AGENT = 'tools = { "remember" }'


def count(sql):
    with sqlite3.connect(f"file:{TMP}/state/memory.db?mode=ro", uri=True) as db:
        return db.execute(sql).fetchone()[0]


with Stage("rd-memory", AGENT, expect=EXPECT) as s:
    begun = time.monotonic()
    s.setup()
    s.until(lambda: s.said("context"), what="a context without the store")
    check("in time", 0.09 < time.monotonic() - begun < 5, time.monotonic() - begun)
    s.event("user.text", utterance="u", text="Hello?", final=True)
    s.event("tool.call", id="1", name="remember", arguments={"text": "x"})
    check("an honest failure within two seconds", s.result("1")["outcome"] == "failed" and "not written down" in s.result("1")["text"] and
          time.monotonic() - begun < 8, s.result("1"))
    fault = s.until(lambda: s.said("stage.fault"))
    check("said", fault[0]["what"] == "store", fault)
    before = len(s.said("context"))
    s.hello("context")
    now = s.until(lambda: s.said("context")[before:])[0]
    check("this call is known all the same", {"who": "user", "text": "Hello?", "cut": False} in now["turns"], now)

    with Service("rd-store") as store:
        s.until(lambda: "the store is well again" in s.errors, what="the store to be found")
        s.event("tool.call", id="2", name="remember", arguments={"text": "A fact."})
        check("it remembers now", s.result("2")["ok"])
        check("what had waited was written", count("SELECT count(*) FROM turns WHERE text = 'Hello?'") == 1)
        check("what was refused was not", count("SELECT count(*) FROM notes") == 1)

        store.stop(signal.SIGKILL) # in mid-call
        store.start()
        s.event("user.text", utterance="u2", text="Still there?", final=True)
        wait_for("the turn", lambda: count("SELECT count(*) FROM turns WHERE text = 'Still there?'") == 1)

        store.process.send_signal(signal.SIGSTOP) # hangs
        s.event("user.text", utterance="u3", text="And now?", final=True)
        s.event("tool.call", id="3", name="remember", arguments={"text": "Another."})
        check("unknown, and honest", s.result("3")["outcome"] == "unknown", s.result("3"))
        store.process.send_signal(signal.SIGCONT)
        wait_for("what had waited", lambda: count("SELECT count(*) FROM turns WHERE text = 'And now?'") == 1)
        s.event("user.text", utterance="u4", text="Last words.", final=True)
        check("end", s.end() == 0)
        check("the last words", count("SELECT count(*) FROM turns WHERE text = 'Last words.'") == 1)
    check("told once for each time", len([1 for e in s.said("stage.fault")]) == 2, s.said("stage.fault"))
close()
