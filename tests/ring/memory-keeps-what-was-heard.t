#!/usr/bin/python3
"""rd-memory writes down what was heard, and tells a restarted brain; itself restarted, it knows all of it from the store."""
import sqlite3
from links import *

ITEM = "2.0.1"


def rows(sql):
    with sqlite3.connect(f"file:{TMP}/state/memory.db?mode=ro", uri=True) as db:
        return db.execute(sql).fetchall()


def context(s, what="the context"):
    """Asks for it as a restarted brain does."""
    before = len(s.said("context"))
    s.hello("context")
    return s.until(lambda: s.said("context")[before:], what=what)[-1]


with Stage("rd-memory", 'tools = { "remember", "recall" } language = "en"') as s, Service("rd-store"):
    begun = time.monotonic()
    s.setup()
    first = s.until(lambda: s.said("context"), what="the first context")[0]
    check("in time", time.monotonic() - begun < 5, time.monotonic() - begun)
    check("who calls", first["caller"] == {"id": "4567", "name": "Anna", "language": "en"} and (first["part"], first["parts"]) == (1, 1), first)
    check("nothing known yet", first["facts"] == [] and first["turns"] == [] and "summary" not in first)
    # the caller's words are known only after the answer to them has begun
    spoken = int(time.monotonic() * 1e6)
    s.event("assistant.text", item=ITEM, n=1, text="The weather in Berlin is ")
    s.event("user.text", utterance="u1", text="What is the weather?", final=False)
    asked = s.event("user.text", utterance="u1", text="What is the weather?", final=True, since_us=spoken)
    for _ in range(4):
        s.send(DOWN, b"\x55" * 4000, codec=1, rate=80, item=0x02000001)
    s.event("call.heard", origin=1, items=[{"item": ITEM, "heard_ms": 400, "sent_ms": 600, "end": False}])
    got = context(s)
    check("a brain that died in mid-sentence", got["turns"] == [
        {"who": "user", "text": "What is the weather?", "cut": False},
        {"who": "assistant", "text": "The weather in Berlin is", "cut": True}], got["turns"])
    s.event("assistant.done", item=ITEM, text="The weather in Berlin is fine and warm today, with some wind.", sent_ms=4000, status="complete")
    s.event("call.cleared", origin=1, id="c1", items=[{"item": ITEM, "heard_ms": 2000, "sent_ms": 2200, "end": False}])
    s.event("tool.result", origin=5, id="t1", name="time", ok=True, text="It is five.", outcome="done")
    s.event("usage", service="openai", model="gpt-realtime-2.1", input_tokens=12, details={"cached": 3})
    want = [{"who": "user", "text": "What is the weather?", "cut": False},
            {"who": "assistant", "text": "The weather in Berlin is fine", "cut": True},
            {"who": "tool", "text": "time: It is five.", "cut": False}]
    got = context(s)
    check("cut at the words heard", got["turns"] == want, got["turns"])

    s.event("tool.call", id="r1", name="remember", arguments={"text": "Anna likes tea."})
    check("remembered", s.result("r1")["ok"], s.result("r1"))
    s.until(lambda: s.said("context")[-1]["facts"] == ["Anna likes tea."], what="a newer rev with the fact")
    check("its rev", s.said("context")[-1]["rev"] > got["rev"])
    s.event("tool.call", id="r2", name="recall", arguments={"query": "what tea?"})
    check("recalled", s.result("r2")["text"].endswith(": Anna likes tea."), s.result("r2"))
    s.event("tool.call", id="r3", name="recall", arguments={})
    check("wrong arguments go back", s.result("r3")["text"] == "query: which words shall I look for, or of which days?", s.result("r3"))
    s.passed()
    order = [e["type"] for e in s.events() if e.get("id") == "r1" and e["type"].startswith("tool.")]
    check("the call goes on when it is answered", order == ["tool.result", "tool.call"], order)

    for _ in range(3): # lives
        s.restart()
        s.event("user.text", utterance="u1", text="What is the weather?", final=True, seq=asked, flags=AGAIN, since_us=spoken)
        s.setup()
        known = s.until(lambda: [c for c in s.said("context") if c["_life"] == s.life - 1 and c["turns"][:3] == want],
                        what="the conversation")[0]
        check("and the fact, with a newer rev", known["facts"] == ["Anna likes tea."] and known["rev"] > got["rev"])
    s.event("call.end", origin=1, reason="caller")
    check("end", s.end() == 0)
    turns = rows("SELECT who, text, whole, heard_ms, cut FROM turns WHERE who <> 'tool' ORDER BY at_us")
    check("the rows", turns == [
        ("user", "What is the weather?", None, 0, 0),
        ("assistant", "The weather in Berlin is fine", "The weather in Berlin is fine and warm today, with some wind.", 2000, 1)], turns)
    check("the call", rows("SELECT direction, agent, reason, ended_at IS NOT NULL FROM calls") == [("in", "home", "caller", 1)])
    check("usage", rows("SELECT service, counts FROM usage") == [("openai", '{"input_tokens":12,"details":{"cached":3}}')])
    tools = rows("SELECT name, ok, outcome FROM tool_calls ORDER BY id")
    check("tools", tools == [("time", 1, "done"), ("remember", 1, "done"), ("recall", 1, "done"), ("recall", 0, "failed")], tools)
close()
