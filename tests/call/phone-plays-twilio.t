#!/usr/bin/python3
"""rd-phone: signed webhook, the upgrade's head, Media Streams both ways, marks when they are reached, the document goes on."""
import re
from assistant import HANGUP, PUBLIC, STREAM, Assistant, signature

times = {}


async def talk(s):
    import asyncio
    now = asyncio.get_running_loop().time
    await s.mark("at once")
    await s.wait_mark("at once")
    begun = now()
    await s.say(500)
    await s.mark("middle")
    await s.say(300)
    await s.mark("end")
    times["middle"] = await s.wait_mark("middle") - begun
    times["end"] = await s.wait_mark("end") - begun
    await s.wait_voice()
    await s.wait_silence()
    await s.say(400)
    await s.mark("last")
    await s.wait_mark("last")


with Assistant({"/twiml": STREAM, "/next/1": HANGUP, "/status": (204, None, "")}, talk) as a:
    call = a.phone("--say", "What time is it?", "--param", "Unknown=a+b c%&ü", "--hangup-after", "5")
    assert call["_exit"] == 0 and call["answered"] and call["end"] == "assistant", call
    assert call["verbs"] == ["Connect", "Stream", "Redirect", "Hangup"], call
    assert call["streams"] == 1 and call["marks"] == 4 and call["clears"] == 0 and call["warnings"] == 0, call
    assert call["heard_ms"] == 1200 and call["gaps"] == 0, call
    assert call["first_audio_ms"] < 8000 and len(call["answer_ms"]) == 1, call
    late = call["_late_ms"]
    assert 300 - late < call["answer_ms"][0] < 1500 + late, call
    assert 0.49 <= times["middle"] < 0.56 + late / 1000 and 0.79 <= times["end"] < 0.86 + late / 1000, (times, late)

    first = a.requests[0][1]
    assert first["CallStatus"] == "ringing" and first["From"] == "+15551234567" and first["To"] == "+15550100000", first
    assert re.fullmatch("CA[0-9a-f]{32}", first["CallSid"]) and first["Unknown"] == "a+b c%&ü", first
    assert [path for path, _ in a.requests] == ["/twiml", "/next/1", "/status"], a.requests
    assert a.requests[1][1]["CallStatus"] == "in-progress" and a.status() == "completed"
    assert all(f["CallSid"] == call["call"] for _, f in a.requests)

    method, target, head = next(h for h in a.heads if "upgrade" in h[2])
    assert method == "GET" and target == "/media/x" and head["user-agent"] == "Twilio.TmeWs/1.0", head
    assert head["x-twilio-signature"] == signature(f"wss{PUBLIC[5:]}/media/x"), head
    assert not {"origin", "sec-websocket-protocol", "sec-websocket-extensions"} & set(head), head

    s = a.streams[0]
    assert s.events[:2] == ["connected", "start"] and s.start["customParameters"] == {"token": "a & b"}, s.start
    assert s.start["callSid"] == call["call"] and s.start["mediaFormat"] == {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
