#!/usr/bin/python3
"""Facts belong to who said them: their household knows them by name, strangers do not, and who withholds the number has none."""
from links import *

AGENT = 'tools = { "remember", "recall" }'


def call(n, caller, act, out=False):
    id = f"CA{n:032x}"
    with Stage("rd-memory", AGENT, call=id) as s:
        s.setup(caller, out=out)
        first = s.until(lambda: s.said("context"))[0]
        act(s, first)
        s.event("call.end", origin=1, reason="caller")
        check("end", s.end() == 0)


def anna(s, first):
    s.event("user.text", utterance="u", text="My doctor is called Miller.", final=True)
    s.event("tool.call", id="1", name="remember", arguments={"text": "The key is under the mat."})
    check("written down", s.result("1")["ok"])


def ben(s, first):
    check("the household's", first["facts"] == ["Anna said: The key is under the mat."], first)
    s.event("tool.call", id="1", name="recall", arguments={"query": "key doctor"})
    check("notes are shared, talk is not", "Anna said: The key" in s.result("1")["text"] and "Miller" not in s.result("1")["text"], s.result("1"))


def anna_again(s, first):
    check("her own", first["facts"] == ["The key is under the mat."] and first["summary"].startswith("Their last call was on 20"), first)
    s.event("tool.call", id="1", name="recall", arguments={"query": "doctor"})
    check("her own talk", "the caller said: My doctor is called Miller." in s.result("1")["text"], s.result("1"))


def stranger(s, first):
    check("nothing", first["facts"] == [] and "summary" not in first, first)
    s.event("tool.call", id="1", name="recall", arguments={"query": "key"})
    check("found nothing", s.result("1")["text"] == "Nothing is remembered about that.", s.result("1"))


def withheld(s, first):
    s.event("tool.call", id="1", name="remember", arguments={"text": "x"})
    s.passed()
    check("no tools for nobody", not s.said("tools.list") and not s.said("tool.result"))
    check("nobody's name", first["caller"] == {"id": "none"}, first)


configure()
with Service("rd-store"):
    for n, (caller, act) in enumerate([(ANNA, anna), (BEN, ben), (ANNA, anna_again), ("+15550001111", stranger), ("anonymous", withheld),
                                       ("+266696687", withheld)], 1):
        call(n, caller, act)
    call(9, ANNA, anna_again, out=True) # we call her: the memory is hers all the same
close()
