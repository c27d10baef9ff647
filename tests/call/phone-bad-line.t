#!/usr/bin/python3
"""rd-phone --line does to the line what its page says; with LONG=1 also the same again with the same seed."""
from assistant import HANGUP, STREAM, Assistant
import asyncio, audioop, concurrent.futures, os

LONG = os.environ.get("LONG") not in (None, "", "0")


def level(mulaw):
    return audioop.rms(audioop.ulaw2lin(bytes(mulaw), 2), 2)


async def talk(s):
    await s.say(2000)
    await s.wait_voice()
    await s.until(lambda: len(s.media) > 150)


async def heard_out(s):
    """The first words, a pause, and the next ones, which come with a jump of the timestamp."""
    await s.say(1000)
    await s.wait_voice()
    await s.until(lambda: int(s.media[-1][2]["timestamp"]) > 20 * len(s.media) + 500)
    await s.wait_voice()


async def play(s):
    s.begun = asyncio.get_running_loop().time()
    for name in ("a", "b", "c"):
        await s.say(800)
        await s.mark(name)
    await s.wait_mark("c")


async def listen(s):
    await s.wait_voice()
    await s.until(lambda: len(s.media) > 60)


def phone(line, coroutine=listen, *options):
    with Assistant({"/twiml": STREAM, "/next/1": HANGUP, "/status": ""}, coroutine, strict=False) as a:
        call = a.phone("--say", "What time is it, and where are you?", "--patience", "1", "--hangup-after", "15", *(["--line", line] if line else []), *options)
    assert call["end"] == "assistant" and call["_exit"] == 0, (line, call)
    return call, a.streams[0]


def chunks(s):
    return [int(m["chunk"]) for _, _, m in s.media]


def loss():
    call, s = phone("loss=20%/2")
    assert [int(n) for _, n, _ in s.media] == list(range(2, 2 + len(s.media))), "no message is missing"
    assert all(int(m["timestamp"]) == 20 * (int(m["chunk"]) - 1) for _, _, m in s.media)
    lost = 1 - len(s.media) / chunks(s)[-1]
    assert 0.05 < lost < 0.4 and call["line"]["lost"] > 3, lost
    if LONG:  # t_phone_line proves the same of the dice alone
        again, other = (phone("loss=20%/2", listen, *options)[1] for options in ((), ("--seed", "2")))
        n = min(len(x.media) for x in (s, again, other))
        assert chunks(s)[:n] == chunks(again)[:n] != chunks(other)[:n]


def vad():
    call, s = phone("vad", heard_out)
    at = [int(m["timestamp"]) for _, _, m in s.media]
    jumps = [b - a for a, b in zip(at, at[1:]) if b - a != 20]
    assert chunks(s) == list(range(1, len(at) + 1)) and jumps and all(j > 20 and j % 20 == 0 for j in jumps) and sum(jumps) > 500, jumps
    assert call["line"]["silent"] * 20 >= sum(jumps) - 20 * len(jumps)


def marks():
    call, s = phone("late-marks=200ms-300ms", play)
    for name, at in s.marks:
        late = at - s.begun - {"a": 0.8, "b": 1.6, "c": 2.4}[name]
        assert 0.19 < late < 0.8 + call["_late_ms"] / 1000, (name, late)


def drift():
    call, s = phone("drift=50000ppm", play)  # 2.4 s in 2.29
    took = s.marks[-1][1] - s.begun
    assert 2.27 < took < 2.395 + call["_late_ms"] / 1000, took


def stall_and_echo():
    call, s = phone("stall=400ms/1s,echo=-20dB/200ms", talk)
    times = [at for at, _, _ in s.media]
    assert max(b - a for a, b in zip(times, times[1:])) > 0.35 and chunks(s) == list(range(1, len(times) + 1))
    begins = next(i for i in range(0, len(s.voice), 160) if level(s.voice[i:i + 160]) > 100)
    echo = level(s.voice[begins + 160:begins + 4800])
    assert begins >= 1200 and level(s.voice[:1200]) < 10 and 400 < echo < 750, (begins, echo)


def jitter_and_noise():
    call, s = phone("jitter=150ms,noise=-40dB")
    late = [at - 0.02 * n for n, (at, _, _) in enumerate(s.media)]
    assert 0.05 < max(late) - min(late) < 1 + call["_late_ms"] / 1000 and chunks(s) == list(range(1, len(late) + 1)), max(late) - min(late)
    assert 200 < level(s.voice[:7000]) < 450, level(s.voice[:7000])


with concurrent.futures.ThreadPoolExecutor(8) as pool:
    for done in [pool.submit(f) for f in (loss, vad, marks, drift, stall_and_echo, jitter_and_noise)]:
        done.result()
