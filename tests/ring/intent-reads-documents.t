#!/usr/bin/python3
"""A document aloud: paragraph by paragraph, interrupted, gone on with at the word where the caller's ear was; and reminders."""
import os, sys, time
sys.path.insert(0, f"{os.environ['TOP']}/tests/ring")
from links import TMP, check, close
from intent import Intent

ONE = "The key is behind the flower pot on the left."
TWO = "The heating is in the cellar."
THREE = "The bins are emptied on Tuesday."
os.makedirs(f"{TMP}/docs", exist_ok=True)
open(f"{TMP}/docs/welcome.txt", "w").write("\n\n".join((ONE, TWO, THREE)))


def piece(start, to, text, more):
    return {"title": "welcome", "n": 1, "paragraphs": 3, "from": start, "to": to, "text": text, "more": more}


def asked(s):
    return s.calls("docs")[-1]["arguments"]


with Intent(more=f'tool "docs" {{ settings = {{ "folder={TMP}/docs" }} }}', agent='first-speaker = caller') as s:
    s.begin()
    check("it lets the caller speak first", s.words() == [], s.words())
    s.answer("remind", "none", {"due": []})
    check("which", s.caller("read a document") == ["Which document?"] and s.expects() == "document", s.words())
    s.caller("welcome")
    check("from the beginning", asked(s) == {"do": "read", "name": "welcome", "from": 1}, asked(s))
    check("its controls are open", s.expects() == "reading")
    check("each paragraph by itself", s.answer("docs", "x", piece(1, 2, f"{ONE}\n{TWO}", True)) == [ONE, TWO], s.words())

    # "stop" in the middle of the first
    first = [e for e in s.orders() if e.get("text") == ONE][0]
    s.interrupt(first, len("The key is behind the"))
    check("anything may be said now", s.expects() == "main")
    check("it stops", "go on" in s.caller("stop")[0], s.words())
    s.hear_all()
    s.caller("what time is it")
    s.answer("time", "It is", {"local": "2026-11-21T20:00:00+0100"})
    s.hear_all()
    check("it goes on at the word", s.caller("go on")[:2] == [" flower pot on the left.".strip(), TWO], s.words())

    check("its controls are open again", s.expects() == "reading")

    # the next piece comes while this one is being said
    s.hear(s.orders()[-2])
    s.hear(s.orders()[-1])
    check("the rest is fetched", asked(s)["from"] == 3, asked(s))
    check("and said", s.answer("docs", "x", piece(3, 3, THREE, False)) == [THREE], s.words())
    s.hear()
    check("its end is said", s.words()[-1] == "That is the end." and s.expects() == "main", s.words())
    s.hear_all()
    check("there is nothing to go on with", "nothing" in s.caller("go on")[0], s.words())
    s.hear_all()

    # previous, next, slower, again
    s.caller("read welcome")
    s.answer("docs", "x", piece(1, 2, f"{ONE}\n{TWO}", True))
    first = [e for e in s.orders() if e.get("text") == ONE][-1]
    s.interrupt(first, len("The key is"))
    s.caller("next paragraph")
    check("the next one", asked(s)["from"] == 2, asked(s))
    s.answer("docs", "x", piece(2, 2, TWO, True))
    s.interrupt(s.orders()[-1], len("The heating"))
    slower = s.caller("slower please")
    check("slower from there", slower[0] == "is in the cellar." and s.orders()[-1]["rate"] < 1, s.orders()[-1])
    s.interrupt(s.orders()[-1], len("is in"))
    s.caller("repeat that")
    check("this paragraph again", asked(s)["from"] == 2, asked(s))
    s.answer("docs", "x", piece(2, 2, TWO, True))
    s.interrupt(s.orders()[-1], len("The heating"))
    s.caller("go back")
    check("the one before", asked(s)["from"] == 1, asked(s))
    s.answer("docs", "x", piece(1, 1, ONE, True))

    # killed while it reads: it goes on, where it is asked to
    s.interrupt(s.orders()[-1], len("The key is"))
    s.home("assistant.say")
    s.restart()
    s.setup()
    s.know()
    s.passed()
    check("the rest is known", s.caller("go on")[0] == "behind the flower pot on the left.", s.words())
    s.caller("stop")
    check("stopped for good", "go on" not in s.caller("stop")[0] and "nothing" in s.caller("go on")[0], s.words())
    check("it ends well", s.end() == 0)

# what is due is said at the beginning and in the call, and the tool is told when it was heard
with Intent(agent='greeting = "Hello."', call="CA" + "1" * 32) as s:
    s.begin()
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    s.answer("remind", "x", {"due": [{"id": "7", "text": "call Ben", "at": at}], "next_at": soon})
    check("behind the greeting", s.words() == ["Hello.", "You asked me to remind you: call Ben."], s.words())
    check("not yet told", [c["arguments"]["do"] for c in s.calls("remind")] == ["due"])
    s.hear_all()
    check("told when it was heard", s.calls("remind")[-1]["arguments"] == {"do": "told", "id": "7"}, s.calls("remind"))
    s.answer("remind", "x")
    s.answer("remind", "x", {"due": [], "next_at": soon})
    asked_before = len(s.calls("remind"))
    s.until(lambda: len(s.calls("remind")) > asked_before, what="the next one's time")
    s.answer("remind", "x", {"due": [{"id": "8", "text": "the timer is over", "at": soon}]})
    check("in the call", s.words()[-1] == "You asked me to remind you: the timer is over.", s.words())
    s.answer("remind", "x", {"due": [{"id": "8", "text": "the timer is over", "at": soon}]}) if len(s.calls("remind")) > asked_before + 1 else None
    check("once", s.words().count("You asked me to remind you: the timer is over.") == 1)
    check("it ends well", s.end() == 0)

# why another assistant answers is said instead of a greeting; a resumed call is not greeted; a model that comes back is
# not to answer what the caller said to it before
with Intent(agent='greeting = "Hello."', call="CA" + "2" * 32) as s:
    open(f"{s.dir}/untold", "w").close()
    s.event("agent.switched", origin=7, agent="home", by="fallback", ok=True, why="quota")
    s.begin(turns=[{"who": "user", "text": "hi", "cut": False}])
    check("an honest word", s.words() == ["phrase fallback.quota"], s.words())
    check("nothing is left of a model's", not os.path.exists(f"{s.dir}/untold"))
    check("it ends well", s.end() == 0)
with Intent(agent='greeting = "Hello."', call="CA" + "3" * 32) as s:
    s.begin(turns=[{"who": "user", "text": "hi", "cut": False}])
    check("no greeting in the middle of a call", s.words() == [], s.words())
    s.caller("delete the last note")
    s.kill()
    s.start()
    s.event("agent.switched", origin=7, agent="home", by="caller", ok=True)
    s.setup()
    s.know()
    s.passed()
    check("back from another agent: a greeting, no old question", s.words()[1:] == ["Hello."] and s.expects() == "main", s.words())
    check("it ends well", s.end() == 0)
close()
