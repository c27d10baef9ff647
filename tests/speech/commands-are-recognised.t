#!/usr/bin/python3
# limit: 120
# long: 1800
"""Sixty commands by six voices over the mu-law line, clean, with 15 dB of noise, and with 3 % of the frames lost, through
rd-codec and rd-stt. right: what was recognised means what was said, to rd-intent --match; again: it means
nothing, so the caller is asked; wrong: it means something else. And a hundred sentences that are no commands, of which at most
two may be taken for one.

Prints the tables and what was not right. `make check` has a sample, LONG=1 all of it. SPEECH_LANES=8 SPEECH_VOICES=slt,rms"""
import os, random, statistics, sys

import corpus, sound
from lane import HEARING, TMP, FastLane, configure, in_lanes
from meaning import meanings

LONG = bool(os.environ.get("LONG"))
LANES = int(os.environ.get("SPEECH_LANES") or 2)
VOICES = os.environ.get("SPEECH_VOICES", "").split(",") if os.environ.get("SPEECH_VOICES") else sound.VOICES
# of sixty, at least so many are right, at most so many wrong: clean, noise, loss; measured: README.md
BOUNDS = {"slt": ((45, 1), (12, 8), (38, 1)),
         "rms": ((56, 1), (25, 10), (49, 3)),
         "awb": ((56, 1), (25, 10), (49, 3)),
         "kal16": ((48, 3), (45, 2), (43, 2)),
         "en-us": ((42, 3), (29, 4), (32, 2)),
         "en-gb": ((16, 2), (16, 4), (14, 2))}


def hear(lane, call):
    """One caller, on one line, says one thing after the other; it begins with the two seconds of a greeting."""
    kind, voice, condition, texts = call
    noise = sound.noise_of(voice) if condition == "noise" else b""
    if noise:
        lane.background = sound.frames(noise)
    lane.feed([lane.idle() for _ in range(100)])
    done = []
    for n, text in enumerate(texts):
        pcm = sound.silence(300) + sound.say(voice, text)
        frames = sound.frames(sound.mixed(pcm, noise[:len(pcm)]))
        done.append((kind, voice, condition, text, *lane.hear(sound.lossy(frames, 3, n) if condition == "loss" else frames)))
    return done


def verdict(text, got, confidence, mean):
    """right, again or wrong."""
    if mean[got] is None:
        return "again"
    return "right" if mean[got] == mean[text] else "wrong"


def calls():
    """(kind, voice, condition, texts)"""
    chance, made, inside = random.Random(4), [], [t for t, _ in corpus.COMMANDS]
    chance.shuffle(inside)
    if not LONG:  # each condition for two voices, three sentences each
        made = [("inside", v, sound.CONDITIONS[n % 3], inside[3 * n:3 * n + 3]) for n, v in enumerate(VOICES)]
        return made + [("outside", VOICES[0], "clean", chance.sample(corpus.OUTSIDE, 3))]
    for voice in VOICES:
        made += [("inside", voice, c, half) for c in sound.CONDITIONS for half in (inside[:30], inside[30:])]
    return made + [("outside", v, "clean", corpus.OUTSIDE[n::len(VOICES)]) for n, v in enumerate(VOICES)]


def main():
    conf = configure(TMP, corpus.NAMES, corpus.DOCUMENTS)
    for _, voice, _, texts in calls():
        for text in texts:
            sound.say(voice, text)  # made before anybody waits for it
        sound.noise_of(voice)
    done = [r for call in in_lanes(hear, calls(), LANES, HEARING, conf, lane=FastLane) for r in call]
    mean = meanings([t for r in done for t in (r[3], r[4])], conf)
    table, wrong, latencies = {}, [], []
    for _, voice, condition, text, got, confidence, seconds in (r for r in done if r[0] == "inside"):
        what = verdict(text, got, confidence, mean)
        table.setdefault((voice, condition), dict.fromkeys(("right", "again", "wrong"), 0))[what] += 1
        latencies += [seconds * 1000] if seconds else []
        if what != "right":
            print(f"     {voice} {condition}: \"{text}\" was \"{got}\" ({confidence:.2f}): {what}")
    print_commands(table)
    print_outside([r for r in done if r[0] == "outside"], mean, wrong)
    print(f"end of speech to the text: median {statistics.median(latencies):.0f} ms, "
          f"p95 {sorted(latencies)[int(len(latencies) * 0.95)]:.0f} ms")
    check_right(table, wrong)
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


def print_commands(table):
    print("voice   " + "".join(f"{c:>26}" for c in sound.CONDITIONS) + "\n        " + "     right  again  wrong    " * 3)
    for voice in VOICES:
        cells = [table.get((voice, c), {"right": 0, "again": 0, "wrong": 0}) for c in sound.CONDITIONS]
        print(f"{voice:<8}" + "".join(f"{c['right']:>12}{c['again']:>7}{c['wrong']:>7}" for c in cells), flush=True)


def print_outside(outside, mean, wrong):
    """What a hundred sentences that are no commands come to."""
    taken = [r for r in outside if mean[r[4]]]
    for _, voice, _, text, got, confidence, _ in taken:
        print(f"     outside, {voice}: \"{text}\" was \"{got}\" ({confidence:.2f}): {mean[got]}")
    print(f"outside the grammar: {len(taken)} of {len(outside)} sentences were taken for one inside")
    if len(taken) > 2:
        wrong.append(f"{len(taken)} sentences outside the grammar were taken for commands, at most 2 may")


def check_right(table, wrong):
    for (voice, condition), c in table.items():
        least, most = BOUNDS[voice][sound.CONDITIONS.index(condition)]
        if LONG and (c["right"] < least or c["wrong"] > most):
            wrong.append(f"{voice}, {condition}: {c['right']} were right and {c['wrong']} wrong, {least} and {most} are expected")
    n, right = sum(sum(c.values()) for c in table.values()), sum(c["right"] for c in table.values())
    if not LONG and right < n / 3:  # so few of each voice tell whether something broke; how good it is, LONG tells
        wrong.append(f"{right} of {n} were right")


main()
