#!/usr/bin/python3
"""rd-stt hears real speech: sentences, what is none, interruptions and what is none, and goes on after kill -9 in the middle
of a word. LONG=1: ten minutes of silence, noise and keys."""
# limit: 300
from links import *

TOP, LONG = os.environ["TOP"], os.environ.get("LONG")
sys.path.insert(0, f"{TOP}/tests/speech")
import sound

S16, STEP = 3, 320  # 20 ms at 8000 Hz, in bytes
GENERAL = f'data-dir = "{TOP}/etc"'


def hear(s, pcm, after_ms=1200):
    """Sound with silence before and behind it, as fast as it is taken."""
    pcm = sound.silence(300) + pcm + sound.silence(after_ms)
    for at in range(0, len(pcm), STEP):
        s.send(UP, pcm[at:at + STEP], codec=S16, rate=80)
    s.passed()


def ready(s):
    s.until(lambda: s.errors.count("recogniser is ready") == s.life, what="the recogniser")


def finals(s):
    return [e for e in s.said("user.text") if e["final"]]


def says(s, text, voice="rms"):
    """The final text of a sentence that is spoken now; None: there was none."""
    before = len(finals(s))
    hear(s, sound.say(voice, text))
    new = finals(s)[before:]
    check(f"one turn, one text: {text}", len(new) <= 1, new)
    return new[0] if new else None


def memory_kb(s):
    with open(f"/proc/{s.process.pid}/smaps_rollup") as f:
        return int(re.search(r"Private_Dirty: +(\d+)", f.read()).group(1))


def cpu_s(s):
    with open(f"/proc/{s.process.pid}/stat") as f:
        return sum(map(int, f.read().rsplit(")", 1)[1].split()[11:13])) / 100


def orders(s, since=0):
    """What was said to the assistant's sound: p pause, r resume, c clear."""
    return "".join("c" if e["type"] == "call.clear" else "p" if e["on"] else "r"
                   for e in s.events()[since:] if e["_origin"] == PLACE and not e["_flags"] & AGAIN and e["type"] in ("call.clear", "call.pause"))


with Stage("rd-stt", general=GENERAL, expect=[r"caller's voice is dropped: mulaw/8000"]) as s:
    s.until(lambda: s.said("stage.hello"))
    check("it asks for what it needs", set(s.said("stage.hello")[0]["needs"]) == {"user.expect", "assistant.state"})

    ready(s)

    # --- sentences
    first = says(s, "what time is it")
    check("a sentence is understood", first and first["text"] == "what time is it" and first["confidence"] > 0.5, first)
    kinds = [e["type"] for e in s.events() if e["_origin"] == PLACE and e["type"].startswith("user.")]
    check("started, words, stopped, all the words", kinds[0] == "user.speech.started" and kinds[-2:] == ["user.speech.stopped", "user.text"], kinds)
    check("words come while it is spoken", any(not e["final"] and e["utterance"] == first["utterance"] for e in s.said("user.text")))
    second = says(s, "read my notes")
    check("another one is another utterance", second and second["text"] == "read my notes" and second["utterance"] != first["utterance"], second)
    s.event("user.expect", grammar="confirm")
    s.until(lambda: "grammar is ready name=confirm" in s.errors, what="the grammar")
    third = says(s, "yes please")
    check("another grammar", third and third["text"] == "yes please", third)
    s.event("user.expect", grammar="no such grammar")
    check("an unknown grammar is the first", says(s, "read my notes")["text"] == "read my notes")
    fourth = says(s, "the elevator in our building is broken and my cousin works at the hospital")
    check("what is no sentence has no words", fourth is not None and fourth["text"] == "", fourth)

    # --- what is no speech
    s.send(UP, b"\xff" * 160, codec=1, rate=80)
    s.send(UP, b"\xff" * 160, codec=1, rate=80)
    count = len(finals(s))
    for n in range(LONG and 100 or 5):
        hear(s, b"".join(sound.key(k) + sound.silence(60) for k in "159#0"))
        hear(s, sound.cough(300 + n))
    check("keys and coughs are no words", not [e for e in finals(s)[count:] if e["text"]], finals(s)[count:])
    hear(s, sound.silence(1000))
    was_kb, was_s, minutes = memory_kb(s), cpu_s(s), 10 if LONG else 1
    hear(s, sound.silence(60000) * minutes)
    check("silence costs neither memory nor time", memory_kb(s) < was_kb + 600 and cpu_s(s) - was_s < 1.2 * minutes,
          was_kb, memory_kb(s), cpu_s(s) - was_s)
    shout = sound.say("rms", "no no no no no no no no no no no no no no no no")
    hear(s, shout * (30000 // sound.ms_of(shout) + 1))
    hear(s, shout * (30000 // sound.ms_of(shout) + 1))
    check("nor does shouting", memory_kb(s) < was_kb + 12000, was_kb, memory_kb(s))

    # --- interruptions
    s.event("assistant.state", state="speaking")
    since = len(s.events())
    hear(s, sound.cough(1))
    check("a cough is no interruption", orders(s, since) in ("", "pr"), orders(s, since))
    since = len(s.events())
    hear(s, sound.say("rms", "uh huh"))
    check("nor is uh-huh", orders(s, since) in ("", "pr"), orders(s, since))
    hear(s, sound.silence(3000))
    since = len(s.events())
    fifth = says(s, "what time is it")
    check("a sentence is one, at once", orders(s, since) == "pc" and fifth["text"] == "what time is it", orders(s, since), fifth)
    s.event("assistant.state", state="listening")
    since = len(s.events())
    says(s, "read my notes")
    check("what nobody says is not interrupted", orders(s, since) == "", orders(s, since))

    # --- kill -9
    words = sound.silence(200) + sound.say("rms", "read my notes")
    half = len(words) // 2 // STEP * STEP
    hear(s, words[:half], 0)
    count = len(finals(s))
    begun = s.said("user.speech.started")[-1]
    s.restart()
    ready(s)
    for at in range(half, len(words), STEP):
        s.send(UP, words[at:at + STEP], codec=S16, rate=80)
    hear(s, b"")
    last = s.until(lambda: finals(s)[count:], what="the words that were spoken around the kill")
    check("an utterance under way is whole", len(last) == 1 and last[0]["text"] == "read my notes", last)
    check("it does not begin twice", s.said("user.speech.started")[-1] == begun)
    check("it ends well", s.end() == 0)
close()
