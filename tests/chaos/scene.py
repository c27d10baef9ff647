"""The conversation that every run of tests/chaos has, and what of it the caller heard: found in rd-phone's recording.

The model's sound reaches the caller unchanged, sample for sample, so each 10 ms of a sentence can be looked up in the
recording. From where it stands there follows what was heard, when, what was missing, what came twice and where it halted.
"""
import array, asyncio, audioop, os, subprocess, sys, wave

sys.path.insert(0, f"{os.environ['TOP']}/tests/sim")
from sim.speech import Speech  # noqa: E402

VOICE = "slt"
GREETING = "Hello Anna, how are you today?"
STORY = ("Once upon a time there was a keeper of a lighthouse, who lived alone on a rock far out in the sea, and counted "
         "the ships that passed in the night.")
ON = "And so it went on for years."
MAIL = "That is all I know about it."
BYE = "Goodbye, and do call again."
RESTS = tuple(" ".join(GREETING.split()[n:]) for n in range(1, len(GREETING.split())))  # what is still to be said of it
ASSISTANT = (GREETING, STORY, ON, MAIL, BYE, *RESTS)
CALLER = ("Tell me a story.", "Stop, send the mail.", "Goodbye.")

SCRIPT = f"""set voice {VOICE}
set think 50
greet after 50
turn 1 heard "{CALLER[0]}" say "{STORY}"
turn 2 heard "{CALLER[1]}" call mail {{}} then say "{MAIL}"
turn 3 heard "{CALLER[2]}" say "{BYE}" call hang_up {{}}
text "Go on exactly" say "{ON}"
""" + "".join(f'text "never {n}" say "{rest}"\n' for n, rest in enumerate((GREETING, *RESTS)))  # so that it is prepared
INTERRUPT_MS = 1200


def after(moment):
    """What the assistant has still to say, or is saying, at a moment."""
    if moment in ("ringing", "greeting"):
        return ASSISTANT
    if moment in ("caller-speaking", "caller-done", "assistant-speaking"):
        return STORY, ON, MAIL, BYE
    return (BYE,) if moment == "farewell" else (MAIL, BYE)


# the mail: says when it runs and when it is done, and waits in between until it may go on
TOOL = """#!/bin/sh
test "$1" = --schema && exec echo '{{"name":"mail","description":"Sends it.","parameters":{{"type":"object"}},"effect":"outside"}}'
echo "$RINGDOWN_CALL" >>{tmp}/sent
echo begun >{tmp}/marks
read -r _ <{tmp}/go
echo '{{"ok":true,"text":"The mail is sent."}}'
echo done >{tmp}/marks
"""

BLOCK_MS, RATE_MS = 10, 8
BLOCK = BLOCK_MS * RATE_MS * 2  # bytes of 16 bit samples
SURE = 5                        # blocks
LOUD = 300                      # mean of a block that is looked for; quiet ones are all alike
SILENCE_MS = 700                # of the caller, between two sentences


def blocks_of(sentences):
    """sentence → ([(ms, block)], its length in ms), without blocks that are quiet or stand in more than one place."""
    async def speak():
        speech = Speech(VOICE)
        return {t: audioop.ulaw2lin(await speech.audio(t, "audio/pcmu"), 2) for t in sentences}
    sounds, seen, out = asyncio.run(speak()), {}, {}
    for text, sound in sounds.items():
        out[text] = [(at // BLOCK * BLOCK_MS, sound[at:at + BLOCK]) for at in range(0, len(sound) - BLOCK + 1, BLOCK)
                     if audioop.rms(sound[at:at + BLOCK], 2) >= LOUD]
        for _, block in out[text]:
            seen[block] = seen.get(block, 0) + 1
    return {text: ([b for b in found if seen[b[1]] == 1], len(sounds[text]) // 2 // RATE_MS) for text, found in out.items()}


def write_voices(folder):
    """The caller's sentences as files: so rd-phone need not synthesise them in each call."""
    for n, text in enumerate(CALLER, 1):
        subprocess.run(["flite", "-voice", VOICE, "-t", text, "-o", f"{folder}/caller-{n}.wav"], check=True)


def words_heard(text, heard_ms, sound_ms):
    """So many words had begun to be heard, by proportion."""
    return len(text[:round(len(text) * min(heard_ms / sound_ms, 1))].split())


class Sentence:
    """What the caller heard of one: .at_ms its first sound in the recording, .heard_ms how far it came, .lost_ms and
    .twice_ms of that, .halt_ms its longest halt, .stopped_ms its last sound in the recording."""

    def __init__(self, blocks, sound, sound_ms):
        self.sound_ms = sound_ms
        places = sorted((at // RATE_MS // 2, ms) for ms, block in blocks for at in find_all(sound, block))
        self.heard = len(places) >= SURE  # a block alone may be like one of another sentence
        if not self.heard:
            return
        known = {ms for _, ms in places}
        self.at_ms, self.stopped_ms, self.heard_ms = places[0][0] - places[0][1], places[-1][0], max(known) + BLOCK_MS
        self.lost_ms = sum(BLOCK_MS for ms, _ in blocks if ms < self.heard_ms and ms not in known)
        self.twice_ms = (len(places) - len(known)) * BLOCK_MS
        self.whole_ms = blocks[-1][0] + BLOCK_MS
        shifts = [at - ms for at, ms in places]
        self.halt_ms = max([b - a for a, b in zip(shifts, shifts[1:])], default=0)


def find_all(sound, block):
    at = sound.find(block)
    while at >= 0:
        if at % 2 == 0:
            yield at
        at = sound.find(block, at + 1)


class Recording:
    """.said: sentence → Sentence; .spoke: [(begin, end)] of what the caller said, ms."""

    def __init__(self, path, blocks):
        with wave.open(path) as w:
            pairs = array.array("h", w.readframes(w.getnframes()))
        sound, voice = pairs[1::2].tobytes(), pairs[0::2].tobytes()
        self.said = {text: Sentence(b, sound, sound_ms) for text, (b, sound_ms) in blocks.items()}
        self.spoke = []
        for at in range(0, len(voice), BLOCK):
            if audioop.rms(voice[at:at + BLOCK], 2) < LOUD:
                continue
            ms = at // RATE_MS // 2
            if not self.spoke or ms > self.spoke[-1][1] + SILENCE_MS:
                self.spoke.append((ms, ms))
            self.spoke[-1] = (self.spoke[-1][0], ms + BLOCK_MS)

    def spoken(self, n):
        """Begin and end of the caller's n-th sentence (from 0), or None."""
        return self.spoke[n] if n < len(self.spoke) else None
