#!/usr/bin/python3
"""rd-intent answers, asks back, confirms what has an effect, takes corrections, and gives up politely."""
import json, os, sys, time
sys.path.insert(0, f"{os.environ['TOP']}/tests/ring")
from links import TMP, check, close, wait_for
from intent import Intent, TOP

sys.path.insert(0, f"{TOP}/tests/speech")
OUTSIDE = """
how tall is the tower
I like trains more than buses
did you see the game last night
my phone is almost empty
the neighbors are loud again
somebody should water the lawn
is it going to rain
please open the window
she has three brothers
turn the music down
""".split("\n")[1:-1]
more = 'contact "Carol" { number = "+15550001111" }'
with Intent(more=more, agent='greeting = "Hello Anna."') as s:
    s.begin()
    check("it greets once", s.words() == ["Hello Anna."], s.words())
    check("it asks what is due", [c["arguments"] for c in s.calls()] == [{"do": "due"}], s.calls())
    check("main is open", s.expects() == "main")
    s.answer("remind", "No reminder is due.", {"due": []})
    s.hear_all()

    # an answer by a tool
    check("nothing is said before the tool answers", s.caller("What time is it?") == [])
    check("it thinks", s.said("assistant.state")[-1]["state"] == "thinking", s.said("assistant.state"))
    check("the time", s.answer("time", "It is", {"local": "2026-11-21T20:05:00+0100"}) == ["It is 8:05 PM."], s.words())
    check("it says that again", s.caller("say that again") == ["It is 8:05 PM."], s.words())
    check("spelled", s.caller("spell five five five") == ["5, 5, 5."], s.words())

    # an effect is confirmed, once
    check("asked back", s.caller("take a note buy milk and bread") == ["Shall I note: buy milk and bread?"], s.words())
    check("yes or no is open", s.expects() == "confirm")
    check("nothing is noted yet", not s.calls("notes"))
    s.caller("yes")
    check("noted", [c["arguments"] for c in s.calls("notes")] == [{"do": "add", "text": "buy milk and bread"}], s.calls())
    check("main is open again", s.expects() == "main")
    check("said so", s.answer("notes", "Noted.", {"n": 1, "text": "buy milk and bread"}) == ["I noted: buy milk and bread."], s.words())

    # no is no; yes that was not heard well is none
    s.caller("delete the last note")
    check("dropped", s.caller("no thanks")[0] in ("All right, I leave it.", "Okay, nothing is done."), s.words())
    s.caller("delete the last note")
    check("a doubtful yes is asked again", "Shall I delete your last note?" in s.caller("yes", confidence=0.2)[0], s.words())
    check("nothing was deleted", len(s.calls("notes")) == 1)
    check("key 2 is no", s.key("2") != [] and s.expects() == "main")
    s.caller("delete the last note")
    s.key("1")
    check("key 1 is yes", s.calls("notes")[-1]["arguments"] == {"do": "delete", "n": -1}, s.calls())
    check("the tool's words", s.answer("notes", "Deleted: buy milk.") == ["Deleted: buy milk."], s.words())

    # something else instead of an answer: the question is dropped, and said so
    s.caller("delete all notes")
    said = s.caller("what time is it")
    check("dropped for something else", len(said) == 1 and s.calls("time")[-1] and s.expects() == "main", said)
    s.answer("time", "It is", {"local": "2026-11-21T20:05:00+0100"})

    # nonsense is asked again at most twice, then it is dropped
    s.caller("delete all notes")
    for text in ("", "bananas are yellow"):
        check("asked again", "Shall I delete all of your notes?" in s.caller(text)[0] and s.expects() == "open", s.words())
    check("given up", "Nothing was done" in s.caller("hm")[0] and s.expects() == "main", s.words())
    check("still nothing", s.calls("notes")[-1]["arguments"] == {"do": "delete", "n": -1})

    # what is missing is asked for, corrections are taken
    check("what", s.caller("take a note") == ["What shall I note?"] and s.expects() == "task", s.words())
    check("that", s.caller("call the dentist") == ["Shall I note: call the dentist?"], s.words())
    s.caller("no")
    first = s.caller("remind me to call the dentist tomorrow at eight")
    check("read back", first == ["Shall I remind you tomorrow at 8 AM to call the dentist?"], first)
    check("the time is another one", s.caller("no, nine o'clock") == ["Shall I remind you tomorrow at 9 AM to call the dentist?"], s.words())
    check("and in the evening", s.caller("no, tomorrow evening") == ["Shall I remind you tomorrow at 9 PM to call the dentist?"], s.words())
    s.caller("yes please")
    call = s.calls("remind")[-1]["arguments"]
    check("with the corrected time", call["do"] == "add" and call["text"] == "call the dentist" and "T21:00:00+0" in call["at"], call)
    check("said", s.answer("remind", "ok", {}) == ["I will remind you tomorrow at 9 PM to call the dentist."], s.words())
    check("when the next one is due is asked", s.calls("remind")[-1]["arguments"] == {"do": "due"})
    s.answer("remind", "none", {"due": []})
    s.caller("set a timer for ten minutes")
    check("another length", s.caller("no, twenty minutes") == ["Shall I set a timer for 20 minutes?"], s.words())
    s.caller("yes")
    check("in seconds", s.calls("remind")[-1]["arguments"]["in_s"] == 1200)
    s.answer("remind", "ok", {})
    s.answer("remind", "none", {"due": []})

    # a name; a tool that says nothing; digits by voice and by key
    check("who", s.caller("call somebody") == ["Whom shall I call?"] and s.expects() == "name", s.words())
    check("Carol", s.caller("Carol") == ["Shall I connect you to Carol?"], s.words())
    check("said before it is done", s.caller("yes") == ["I connect you to Carol."], s.words())
    check("to her number", s.calls("transfer")[-1]["arguments"] == {"to": "+15550001111"})
    check("nothing more", s.answer("transfer", "You are connected.") == [], s.words())
    s.event("call.next.done", origin=1, id="n1", verb="transfer", ok=False, why="no answer")
    s.passed()
    check("honest", s.words()[-1] == "I am sorry, that was not possible.", s.words())
    s.event("call.start", origin=1, stream="MZ2", step=1, resumed="transfer")
    s.passed()
    check("back from a transfer", s.words()[-2:] == ["I am sorry, that was not possible."] * 2, s.words())
    s.caller("call Carol")
    s.caller("yes")
    s.answer("transfer", "x")
    s.event("user.speech.started")
    before = len(s.words())
    s.event("call.next.done", origin=1, id="n2", verb="transfer", ok=False, why="the caller spoke")
    s.passed()
    check("disarmed by the caller: no word", len(s.words()) == before, s.words())
    check("which keys", s.caller("press a key") == ["Which keys?"] and s.expects() == "digits", s.words())
    for digit in "12*":
        s.key(digit)
    check("keys are asked back", s.key("#") == ["Shall I press 12*?"], s.words())
    s.caller("yes")
    check("pressed", s.calls("press")[-1]["arguments"] == {"digits": "12*"})
    s.answer("press", "ok")

    # the key 0 is help, * is stop; what is not set up is said
    check("help", s.key("0")[0].startswith(("You can say", "Or:")), s.words())
    check("other help", s.caller("help")[0] != s.words()[-2], s.words())
    s.tools = ["time"]
    s.know()
    s.passed()
    check("not here", s.caller("read my notes") == ["I am sorry, that is not set up here."], s.words())
    s.tools = ["time", "hang_up", "switch"]
    s.know()

    # out of grammar: nothing is done, it says what can be said, never three times the same
    calls, hints = len(s.calls()), []
    for text in [""] + OUTSIDE:
        hints.append(s.caller(text, confidence=0.9))
    check("no tool is called", len(s.calls()) == calls, s.calls()[calls:])
    check("it is sorry", all(h[0] == "phrase sorry.again" for h in hints), hints)
    said = [h[1] for h in hints if len(h) > 1]
    check("it says what can be said", len(said) >= 4 and all(": " in h for h in said), said)
    check("in other words each time", all(a != b for a, b in zip(said, said[1:])), said)

    # another agent, and goodbye
    s.caller("switch to the assistant other")
    s.caller("yes")
    check("switched", s.said("agent.switch") and s.said("agent.switch")[-1]["agent"] == "other" and s.said("agent.switch")[-1]["by"] == "caller")
    s.event("agent.switched", origin=7, agent="other", by="caller", ok=False, why="refused")
    s.passed()
    check("refused", s.words()[-1] == "I am sorry, I cannot switch to that assistant.", s.words())
    check("a doubtful goodbye is asked back", s.caller("goodbye", confidence=0.3) == ["Do you want to hang up?"], s.words())
    s.caller("no")
    check("goodbye", s.caller("goodbye", confidence=0.9) == ["Goodbye."] and s.calls("hang_up"), s.words())
    check("no last word", s.answer("hang_up", "The call ends") == [], s.words())
    check("it ends well", s.end() == 0)

# seconds before eight, in a zone that has it now: a yes behind eight means another day, which is asked
eight = int(time.time()) + 3
ahead = (20 * 3600 - eight) % 86400
there = Intent(call="CA" + 32 * "8", env={"TZ": f"TEST-{ahead // 3600:02}:{ahead // 60 % 60:02}:{ahead % 60:02}"})
with open(f"{TMP}/ringdown.conf") as f:
    usual = f.read()
with open(f"{TMP}/ringdown.conf", "w") as f:
    f.write(usual.replace('timezone = "Europe/Berlin"', ""))
with there as s:
    s.begin()
    asked = s.caller("remind me tonight at eight to water the plants")
    if time.time() < eight:  # else the machine stood still
        check("eight is to come", asked == ["Shall I remind you today at 8 PM to water the plants?"], asked)
    wait_for("eight o'clock", lambda: time.time() >= eight + 1)
    if "today" in asked[0]:
        asked = s.caller("yes")
    check("eight has gone by", asked == ["Shall I remind you tomorrow at 8 PM to water the plants?"], asked)
    check("nothing is done yet", not [c for c in s.calls("remind") if c["arguments"]["do"] == "add"], s.calls())
    s.caller("yes")
    check("done", s.calls("remind")[-1]["arguments"]["do"] == "add", s.calls())
    s.caller("set a timer for ten minutes")
    s.caller("yes")
    check("a length is not asked about twice", s.calls("remind")[-1]["arguments"].get("in_s") == 600, s.calls())
    s.end()

# in another language no tool's own words are said
with Intent(agent='language = "de"') as s:
    s.begin()
    s.caller("wer hat angerufen")
    check("who called", s.answer("recall", "The last calls: Ben.", {"count": 2, "callers": ["Ben", "1 2 3 4"]}) == ["Anrufe: 2. Ben und 1 2 3 4"], s.words())
    s.caller("was haben wir letztes mal besprochen")
    check("no memory", s.answer("recall", "The memory is not available.", ok=False) == ["Das weiß ich gerade nicht."], s.words())
    s.caller("lies ein dokument vor")
    s.caller("nummer zwei")
    check("unreadable", s.answer("docs", "There are no documents.", ok=False) == ["Das kann ich nicht vorlesen."], s.words())
    check("an answer to nothing", s.expects() == "main", s.expects())
    s.end()

# a hundred sentences that are none, as text
import subprocess, corpus
with Intent(more=more) as s:
    out = subprocess.run([f"{os.environ['B']}/bin/rd-intent", "-c", f"{os.environ['TMP']}/ringdown.conf", "-a", "home", "--match"],
                         input="\n".join(corpus.OUTSIDE) + "\n", capture_output=True, text=True)
    meant = [json.loads(line) for line in out.stdout.splitlines()]
    check("nothing is understood", len(meant) == 100 and not [m for m in meant if m["intent"]], [m for m in meant if m["intent"]])
    s.end()
close()
