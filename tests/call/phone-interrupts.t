#!/usr/bin/python3
"""rd-phone: speaks into the assistant's sentence; a clear drops the queue and returns every mark; holes are counted."""
import asyncio
from assistant import HANGUP, STREAM, Assistant


async def talk(s):
    await s.say(300)
    await s.wait_voice()
    await s.wait_silence()
    await s.say(5000)
    for name in ("a", "b", "c"):
        await s.mark(name)
    await asyncio.sleep(0.9)  # the sentence is being heard
    assert not s.marks
    await s.wait_voice()
    await s.clear()
    await s.wait_mark("c")
    assert [n for n, _ in s.marks] == ["a", "b", "c"]
    await s.wait_silence()
    await s.say(200)  # runs dry, and goes on: a hole; behind a mark in mid-sound it is one, too
    await asyncio.sleep(0.4)
    await s.say(200)
    await s.mark("d")
    await asyncio.sleep(0.4)
    await s.say(200)
    await s.mark("e")
    await s.wait_mark("e")


with Assistant({"/twiml": STREAM, "/next/1": HANGUP, "/status": ""}, talk) as a:
    call = a.phone("--say", "Tell me a story.", "--interrupt-after", "1000", "--say", "Stop, please.", "--hangup-after", "5")
    assert call["end"] == "assistant" and call["clears"] == 1, call
    late = call["_late_ms"]
    assert len(call["clear_ms"]) == 1 and call["clear_ms"][0] < 400 + late, call
    assert len(call["interrupted_at_ms"]) == 1 and 1000 <= call["interrupted_at_ms"][0] <= 1500 + late, call
    assert call["heard_ms"] == 300 + call["interrupted_at_ms"][0] + 600, call
    if late < 100:  # else a hole may be none, or longer than a hole is
        assert call["gaps"] == 2 and all(150 - late <= ms <= 300 + late for ms in call["gap_ms"]), call
