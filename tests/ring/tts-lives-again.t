#!/usr/bin/python3
"""rd-tts killed in mid-sentence: the next life says that nothing is being said now, takes what is said again, and numbers
its items anew. It changes its voice with the agent, and says phrases, prepared or not."""
import subprocess

from links import *

TOP = os.environ["TOP"]
DATA = f'data-dir = "{TOP}/etc"'
MORE = 'agent "german" { language = "de" } agent "odd" { voice = "nobody" }'


def done(s, id):
    """Waits for the end of an order; the caller has heard it at once, so that more is made."""
    e = s.until(lambda: [e for e in s.said("assistant.done") if e.get("say") == id], what=f"the end of {id}")[0]
    s.event("call.heard", origin=1, items=[{"item": e["item"], "heard_ms": e["sent_ms"], "sent_ms": e["sent_ms"], "end": True}])
    return e


def formats(s, item):
    origin, life, count = map(int, item.split("."))
    return {(f.codec, f.rate) for f in s.frames if f.kind == DOWN and f.item == origin << 24 | life << 16 | count}


with Stage("rd-tts", general=DATA, more=MORE, expect=['cannot say anything with voice "nobody"', "cannot say nothing.such"]) as s:
    s.event("assistant.say", seq=70, text="This is a sentence that is not said to its end. " * 20, interrupt=False, id="a")
    s.until(lambda: s.said("assistant.text"))
    s.restart()
    s.event("assistant.say", seq=70, flags=AGAIN, text="The rest.", interrupt=False, id="a")
    e = done(s, "a")
    check("items of the new life", e["item"] == "3.1.1", e)
    s.until(lambda: s.said("assistant.state")[-1]["state"] == "listening")
    states = [e["state"] for e in s.said("assistant.state") if e["_life"] == 1]
    check("the old life's state is taken back", states == ["listening", "speaking", "listening"], states)

    # another agent's voice, from the next order on
    s.event("agent.switched", origin=6, agent="german", by="caller", ok=True)
    s.event("assistant.say", text="Guten Tag.", interrupt=False, id="de")
    s.event("assistant.say", phrase="goodbye", interrupt=False, id="phrase")
    check("in its words", done(s, "phrase")["text"] == "Auf Wiederhören.", done(s, "phrase"))
    s.event("agent.switched", origin=6, agent="odd", by="caller", ok=True)
    s.event("assistant.say", text="This is said all the same.", interrupt=False, id="odd")
    check("a voice that is not there stops nobody", done(s, "odd")["status"] == "complete")
    s.event("agent.switched", origin=6, agent="home", by="caller", ok=True)

    # phrases: as they are, in turns, prepared, and what is none
    s.event("assistant.say", phrase="cue.wait", interrupt=False, id="cue")
    first = done(s, "cue")
    check("unprepared ones are spoken", formats(s, first["item"]) == {(3, 160)} and len(first["spans"]) > 1, first)
    run = subprocess.run([f"{B}/bin/rd-tts", "-c", f"{TMP}/ringdown.conf", "-a", "home", "--prepare"], stderr=subprocess.PIPE, text=True)
    check("prepared", run.returncode == 0 and "failed=0" in run.stderr, run)
    s.event("assistant.say", phrase="cue.wait", interrupt=False, id="again")
    second = done(s, "again")
    check("prepared ones are played", formats(s, second["item"]) == {(1, 80)}, second)
    check("each in its turn", first["text"] != second["text"], first, second)
    s.event("assistant.say", phrase="beep", interrupt=False, id="beep")
    check("a tone has no words", (done(s, "beep")["text"], done(s, "beep")["sent_ms"]) == ("", 400), done(s, "beep"))
    s.event("assistant.say", phrase="nothing.such", interrupt=False, id="none")
    check("what is no phrase has failed", done(s, "none")["status"] == "failed")
    s.event("assistant.say", text="Still here.", interrupt=False, id="last")
    check("and the next is said", done(s, "last")["status"] == "complete")
    check("end", s.end() == 0)

# what is missing is named, with the package that brings it
run = subprocess.run([f"{B}/bin/rd-tts", "-c", f"{TMP}/ringdown.conf", "--voice", "nobody"], stdin=subprocess.DEVNULL,
                     stderr=subprocess.PIPE, text=True)
check("a missing voice", run.returncode == 100 and "packages libflite1, espeak-ng-data" in run.stderr, run)
with open(f"{TMP}/out", "wb") as out:
    run = subprocess.run([f"{B}/bin/rd-tts", "-c", f"{TMP}/ringdown.conf", "--say", "-", "--text"], input="Hello there.", text=True, stdout=out)
with open(f"{TMP}/out") as f:
    lines = f.read().splitlines()
check("by hand, from the input", run.returncode == 0 and any('"complete"' in n for n in lines) and lines[0].startswith("down "), lines[-3:])
close()
