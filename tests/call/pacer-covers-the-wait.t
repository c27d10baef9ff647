#!/usr/bin/python3
# limit: 120
"""rd-pacer in a whole call: an answer that is late is announced by a prepared cue and comes whole behind it; a killed pacer comes
back, and knows what was said last; and a caller of whom nothing comes is asked, told goodbye and hung up on."""
import os, signal, subprocess

from heard import Call, Loop
from rig import B, STAGES, TMP, Rig, late_ms, whole

CUES = ("One moment.", "Just a second.", "Let me see.", "Hold on, please.", "I am looking.")
OLD = "It is four and a half billion years old."
with open(f"{TMP}/late.script", "w") as f:
    f.write(f'greet say "Hello Anna."\nturn 1 heard "How old is the moon?" after 2500 say "{OLD}"\n'
            f'turn 2 heard "And the earth?" after 2000 say "{OLD}"\n'
            'turn 3 heard "Goodbye." say "Goodbye, Anna." call hang_up {}\n')


def act(call, event, birth):
    """A pacer dies when its first cue was said."""
    if event["type"] == "call.heard" and any(i["item"] == "6.0.1" for i in event["items"]) and not call.killed:
        call.killed = True
        stage = next(s for c in call.rig.status()["calls"] if c["call"] == call.sid for s in c["stages"] if s["program"] == "rd-pacer")
        os.kill(stage["pid"], signal.SIGKILL)


Call.killed = False
with Rig(f"{TMP}/late.script", stages=f"{STAGES} | rd-pacer", limits="calls = 4 idle-seconds = 9",
         agent="turn-detection = server silence-ms = 200") as r:
    r.expect(r"rd-pacer ended, starting it again why=.signal 9")
    subprocess.run([f"{B}/bin/rd-tts", "-c", r.conf, "-a", "home", "--prepare"], check=True, timeout=60)
    loop = Loop()
    late, idle = loop.run_calls([
        lambda: Call(r, loop, "CA" + "0" * 31 + "1", ["--silence", "2500", "--patience", "6", "--say", "How old is the moon?", "--say",
                                                     "And the earth?", "--say", "Goodbye."], "+15551234567", act, 60),
        lambda: Call(r, loop, "CA" + "0" * 31 + "2", ["--hangup-after", "60"], "+15551234567", None, 60)], 90)
    r.wait_idle()

mine = [(birth, e) for birth, e, place in late.events if e["type"] == "assistant.done" and place.startswith("6.")]
print([e["text"] for _, e in mine], late.summary["end"])
cues = [(birth, e) for birth, e in mine if e["text"] in CUES]
assert len(cues) == 2 and cues[0][1]["text"] != cues[1][1]["text"], mine
assert mine == cues or late_ms(late.summary) > 300, mine  # a caller who is held up is asked whether he is there
stopped = [birth for birth, e, _ in late.events if e["type"] == "user.speech.stopped"]
done = [e for e in late.said("assistant.done")]
answered = [birth for birth, e, _ in late.events if e["type"] == "assistant.done" and e["text"] == OLD]
assert len(answered) == 2, done
for turn, (birth, e) in enumerate(cues):
    wait = (birth - stopped[turn]) / 1000
    assert 700 <= wait and birth < answered[turn], f"a cue after {wait} ms"
heard = {i["item"]: i for e in late.said("call.heard") for i in e["items"]}
assert all(heard[e["item"]]["end"] and heard[e["item"]]["heard_ms"] == e["sent_ms"] for e in done), (done, heard)
assert late.summary["end"] == "assistant" and whole(late.summary), late.summary
lives = [e for _, e, place in late.events if e["type"] == "stage.hello" and place == "6.1"]
assert lives, "rd-pacer did not come back"

said = [e["text"] for _, e, place in idle.events if e["type"] == "assistant.done" and place.startswith("6.")]
assert len(said) == 2 and "hang up" in said[1], said
assert [e["reason"] for e in idle.said("call.end")] == ["idle"], idle.said("call.end")
assert idle.summary["verbs"][-1] == "Hangup" and idle.summary["end"] == "assistant", idle.summary
