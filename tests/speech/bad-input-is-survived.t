#!/usr/bin/python3
# limit: 120
# long: 600
"""What a telephone may bring beside speech: minutes of silence (ten with LONG=1), a storm of keypad tones, music, half a minute
of shouting, audio in a format that is not expected. Nothing of it becomes a command, nothing grows, and a sentence behind
each is understood as before. Through rd-codec and rd-stt, faster than real time."""
import os, random, sys

import corpus, sound
from lane import MULAW, SILENCE, TMP, UP, FastLane, configure, finals, now
from rig import SANITIZED  # whose freed memory is not used again

LONG = bool(os.environ.get("LONG"))
WORDS, VOICE, S16 = "what time is it", "rms", 3
wrong = []


def memory_kb(lane):
    with open(f"/proc/{lane.pids[lane.place('rd-stt')]}/smaps_rollup") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("Private_Dirty:"))


TRIES = 1 if LONG else 3  # when the sound stands still for a second, since the machine has company, silence is heard in it


def still_hears(lane, what):
    texts = []
    while WORDS not in texts and len(texts) < TRIES:
        texts += [lane.hear(sound.frames(sound.silence(500) + sound.say(VOICE, WORDS)))[0]]
    if WORDS not in texts:
        wrong.append(f"behind {what} \"{WORDS}\" was {texts}")


def trial(lane, what, frames, again=False):
    """Nothing of it is a command."""
    begun, size = now(), memory_kb(lane)
    lane.feed(frames)
    lane.feed([SILENCE] * 60)
    texts = [s.event["text"] for s in finals(lane, begun)]
    print(f"{what:<34}{len(frames) // 50:>5} s  {len(texts):>3} turns, {sum(map(bool, texts))} of them taken for words, "
          f"{memory_kb(lane) - size:+d} kB")
    if any(texts):
        wrong.append(f"{what} was taken for {[t for t in texts if t]}")
    if not SANITIZED and memory_kb(lane) - size > (4000 if again else 8000):  # the first time makes room that is used again
        wrong.append(f"{what}: rd-stt has grown by {memory_kb(lane) - size} kB")
    still_hears(lane, what)


def shouting(seconds):
    """Words that overlap, as loud as the line can carry, without a pause."""
    chance, out = random.Random(5), b""
    while sound.ms_of(out) < seconds * 1000:
        a, b = (sound.say(v, chance.choice(corpus.OUTSIDE)) for v in ("awb", "kal16"))
        out += sound.audioop.mul(sound.mixed(a, b), 2, 4)
    return out


def wrong_formats(conf):
    """One line for each row of frames in a format that rd-stt does not take, and its own is heard as before."""
    says = sound.silence(500) + sound.say(VOICE, WORDS) + sound.silence(1000)
    for number, (codec, rate, name) in enumerate([(MULAW, 80, "mulaw/8000"), (S16, 240, "s16/24000"), (S16, 441, "s16/44100")]):
        with FastLane(number=number + 1, conf=conf, pipeline="rd-stt") as lane:  # which begins with mu-law, as the line is
            lane.send(UP, says[:320], S16, 80)
            for _ in range(50):
                lane.send(UP, SILENCE * 2, codec, rate)
            for _ in range(TRIES):
                for at in range(0, len(says), 320):
                    lane.send(UP, says[at:at + 320], S16, 80, birth=int(now() * 1e6) + 500000)  # what is old is dropped
                    if at % 1600 == 0:
                        lane.passed()
                lane.passed()
        lines, texts = lane.complaints(), [s.event["text"] for s in finals(lane, 0)]
        if len(lines) != 2 or "mulaw/8000" not in lines[0] or name not in lines[1] or WORDS not in texts or any(lane.codes):
            wrong.append(f"audio as {name}: {lines} {texts} {lane.codes}")


def main():
    conf = configure(TMP, corpus.NAMES, corpus.DOCUMENTS)
    with FastLane(number=0, conf=conf, pipeline="rd-codec --up s16/16000 | rd-stt") as lane:
        still_hears(lane, "the beginning")
        trial(lane, "silence", [SILENCE] * (30000 if LONG else 1500))
        trial(lane, "noise", sound.frames(sound.noise(60000 if LONG else 6000, 500)))
        chance = random.Random(2)
        keys = b"".join(sound.key(chance.choice("1234567890*#"), 70) + sound.silence(50) for _ in range(250 if LONG else 40))
        trial(lane, "keypad tones", sound.frames(keys))
        trial(lane, "music", sound.frames(sound.music(3, 60000 if LONG else 6000)))
        trial(lane, "shouting", sound.frames(shouting(30 if LONG else 4)))
        trial(lane, "shouting once more", sound.frames(shouting(30 if LONG else 4)), again=True)
    wrong.extend(lane.complaints())
    if any(lane.codes):
        wrong.append(f"exit statuses {lane.codes}")
    wrong_formats(conf)
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


main()
