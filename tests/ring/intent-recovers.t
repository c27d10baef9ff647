#!/usr/bin/python3
"""kill -9 of rd-intent and of rd-tts: a question is asked again, no order is given twice, what was not said is said."""
import os, sys
sys.path.insert(0, f"{os.environ['TOP']}/tests/ring")
from links import check, close
from intent import Intent

with Intent(agent='greeting = "Hello."') as s:
    s.begin()
    s.answer("remind", "none", {"due": []})
    s.hear_all()

    # in the middle of a confirmation
    s.caller("delete the last note")
    s.hear_all()
    s.home("assistant.say")
    before = len(s.orders())
    s.restart()
    s.setup()
    s.know(turns=[{"who": "user", "text": "delete the last note", "cut": False}])
    s.until(lambda: len(s.orders()) > before, what="the question again")
    check("asked again, no greeting", s.words()[before:] == ["Shall I delete your last note?"], s.words())
    check("yes or no is open", s.expects() == "confirm")
    s.caller("yes")
    check("done once", [c["arguments"] for c in s.calls("notes")] == [{"do": "delete", "n": -1}], s.calls("notes"))

    # the same words, said again by the ring for the successor, are no second order
    text = s.events("user.text")[-1]
    s.restart()
    s.setup()
    s.know()
    s.passed()
    s.event("user.text", flags=2, seq=text["_seq"], utterance=text["utterance"], text="yes", final=True)
    s.acted()
    ids = {c["id"] for c in s.calls("notes")}
    check("called again under its id alone", len(ids) == 1, ids)
    check("its answer is said", s.answer("notes", "Deleted.") == ["Deleted."], s.words())
    s.restart()
    s.setup()
    s.know()
    s.passed()
    check("and then it is over", len({c["id"] for c in s.calls("notes")}) == 1 and not [c for c in s.calls("notes") if c["_life"] == 3])

    # words that came while it was dead, and a list of tools that comes late
    s.hear_all()
    s.kill()
    s.event("user.text", utterance="x", text="what time is it", final=True)
    s.start()
    s.setup()
    s.know()
    s.until(lambda: s.calls("time"), what="the call of time")
    s.answer("time", "It is", {"local": "2026-11-21T20:00:00+0100"})
    check("answered", s.words()[-1] == "It is 8 PM.", s.words())

    # rd-tts dies in the middle of an order: the rest is said again, and only that
    s.home("assistant.say")
    for order in s.orders()[:-1]:
        s.hear(order)
    order = s.orders()[-1]
    s.make(order, part=0.5, done=False)
    s.passed()
    before = len(s.orders())
    s.event("stage.hello", origin=5, life=1, program="rd-tts", version="0.1.0", needs=[])
    s.until(lambda: len(s.orders()) > before, what="the rest")
    check("the rest alone", s.words()[before:] == [order["text"][len(order["text"]) // 2:]], s.words()[before:])
    s.hear_all()

    # and in the middle of a reminder: its rest is said, and when that was heard the tool is told whose it was
    due = [c for c in s.calls("remind") if c["arguments"]["do"] == "due" and c["_life"] == 4]
    check("asked once while it has not answered", len({c["id"] for c in due}) == 1, due)
    for _ in range(2):  # the predecessor's question, and the one that waited for its answer
        s.answer("remind", "", {"due": []})
    s.caller("remind me to buy milk tomorrow at nine")
    s.hear_all()
    s.caller("yes")
    s.answer("remind", "Kept.")
    s.hear_all()
    s.answer("remind", "", {"due": [{"id": "r7", "text": "call Ben", "at": "2026-11-21T09:00:00+01:00"}]})
    order = s.orders()[-1]
    check("it is due", "call Ben" in order["text"], order)
    s.home("assistant.say")
    s.make(order, part=0.5, done=False)
    s.passed()
    before = len(s.orders())
    s.event("stage.hello", origin=5, life=2, program="rd-tts", version="0.1.0", needs=[])
    s.until(lambda: len(s.orders()) > before, what="the rest of the reminder")
    s.hear(s.orders()[-1])
    check("told", [c["arguments"] for c in s.calls("remind") if c["arguments"]["do"] == "told"] == [{"do": "told", "id": "r7"}], s.calls("remind"))
    check("it ends well", s.end() == 0)

# a file that is none: said once, and the dialog begins anew
with Intent(agent='greeting = "Hello."', expect=["dialog is not what was written there: the dialog begins anew"]) as s:
    s.begin()
    s.kill()
    with open(f"{s.dir}/dialog", "w") as f:
        f.write('{"pending":{"intent":"note.delete","slots":[{"name":7,"moment":{"part":99}}]}')
    s.start()
    s.setup()
    s.know()
    s.passed()
    check("it goes on", s.caller("thank you") != [], s.words())
    check("words that are too many are none", s.caller("what time is it " * 200)[0] == "phrase sorry.again", s.words()[-2:])
    check("it ends well again", s.end() == 0)
close()
