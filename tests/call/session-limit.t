#!/usr/bin/python3
# limit: 90
# long: 2400
"""A call that is longer than the service lets a session live: the next connection is made ahead of time and takes over in a
silence. The caller hears no gap, is not greeted again, and what he said on the first connection is known on the last.

LONG=1: a call of 30 minutes, sessions of 10; else 18 s, sessions of 6."""
from rig import *

LONG = os.environ.get("LONG") == "1"
LIFE_S, CALL_S = (600, 1800) if LONG else (6, 18)
SILENCE_MS = 4000 if LONG else 700
FILLER = ("Tell me something.", "It is a fine day, and nothing much has happened so far.")
EVERY = 30 if LONG else 3  # so often the caller asks for what he said in the beginning
ASK, ANSWER = "What is my dog called?", "Your dog is called Bello."
TURNS = CALL_S * 1000 // (SILENCE_MS + 5500)


def script(path):
    turns = [("My dog is called Bello.", "What a fine name.")]
    turns += [(ASK, "Your dog is called {said:my dog is called}.") if n % EVERY == 0 else FILLER for n in range(2, TURNS)]
    turns += [(ASK, "Your dog is called {said:my dog is called}."), ("Goodbye.", None)]
    with open(path, "w") as f:
        f.write(f'set expires {LIFE_S}\nexpect expired 0\nexpect conversations 1\ngreet say "Hello Anna, what can I do?"\n')
        for n, (heard, say) in enumerate(turns, 1):
            f.write(f'turn {n} heard "{heard}" ' + (f'say "{say}"\n' if say else 'say "Goodbye, Anna." call hang_up {}\n'))
    return [heard for heard, _ in turns]


said = script(f"{TMP}/limit.script")
with Rig(f"{TMP}/limit.script", limits="call-minutes = 60") as r:
    words = [w for text in said for w in ("--say", text)]
    call = r.phone("--silence", str(SILENCE_MS), "--timeout", str(CALL_S * 2), *words, limit=CALL_S * 2 + 60)
    assert call["answered"] and call["end"] == "assistant" and call["streams"] == 1, call
    r.wait_idle()
    texts = [e["event"]["transcript"] for e in r.model("out") if e["event"]["type"] == "response.output_audio_transcript.done"]
    heard = [e["event"]["transcript"] for e in r.model("out")
             if e["event"]["type"] == "conversation.item.input_audio_transcription.completed"]
    opened, ended = r.model("open"), r.model("end")
    crossed = len(opened) - 1
    greeted = sum(t.startswith("Hello Anna") for t in texts)
    recalled = [t for t in texts if t.startswith("Your dog")]
    print(f"call_s={call['duration_ms'] / 1000:.0f} session_s={LIFE_S} connections={len(opened)} crossed={crossed} greetings={greeted} "
          f"turns={len(heard)}/{len(said)} facts={recalled.count(ANSWER)}/{len(recalled)}")
    # from the end of one's hearing to the beginning of the next's: what the caller said is sent to one or the other
    first = {}
    last = {}
    for e in r.model("in"):
        if e["event"].get("type") == "input_audio_buffer.append":
            first.setdefault(e["conn"], e["us"])
            last[e["conn"]] = e["us"]
    holes = [(first[b] - last[a]) // 1000 for a, b in zip(sorted(last), sorted(last)[1:])]
    print(f"voice_hole_ms={holes} play_out_gap_ms={call.get('gap_ms')} gaps={call.get('gaps')} answer_ms median="
          f"{sorted(call['answer_ms'])[len(call['answer_ms']) // 2]} worst={max(call['answer_ms'])}")
    assert crossed >= CALL_S // LIFE_S - 1, (crossed, opened)
    assert greeted == 1 and heard == said, (texts, heard)
    assert recalled and set(recalled) == {ANSWER}, recalled
    assert max(holes) <= 200 + late_ms(call) and whole(call), (holes, call)
    assert "model lost" not in r.log(), "a session ended by itself"
    # two at once only while the change is made, never a third
    for e in opened[1:]:
        others = [o["conn"] for o in opened if o["us"] < e["us"]
                  and not any(x["conn"] == o["conn"] and x["us"] < e["us"] for x in ended)]
        assert len(others) <= 1, (e, others)
