#!/usr/bin/python3
"""rd-phone: keys, a sound file, the caller's hang-up with stop and status; warnings for what Twilio would not take; a stream
that is dialled directly; the recording."""
import array, json, math, os, subprocess, wave
from assistant import B, HANGUP, STREAM, Assistant, tone

TMP = os.environ["TMP"]
with wave.open(f"{TMP}/tone.wav", "wb") as w:  # stereo at 44.1 kHz
    w.setnchannels(2), w.setsampwidth(2), w.setframerate(44100)
    w.writeframes(array.array("h", (int(9000 * math.sin(i // 2 * 0.06)) for i in range(44100))).tobytes())


async def listen(s):
    await s.say(200)
    await s.until(lambda: s.closed is not None)


with Assistant({"/twiml": STREAM, "/status": (204, None, "")}, listen) as a:
    call = a.phone("--dtmf", "4#", "--wav", f"{TMP}/tone.wav", "--patience", "1", "--hangup-after", "1", "--out", f"{TMP}/out.wav")
    s = a.streams[0]
    assert call["end"] == "caller" and call["_exit"] == 0 and call["verbs"] == ["Connect", "Stream"], call
    assert s.events == ["connected", "start", "dtmf", "dtmf", "stop"] and s.keys == ["4", "#"] and s.closed == 1000, s.events
    assert a.status() == "completed" and "CallDuration" in dict(a.requests)["/status"], a.requests
    loud = [i for i in range(0, len(s.voice), 160) if abs(s.voice[i] - 0x7f) % 0x80 > 16 and s.voice[i] not in (0x7f, 0xff)]
    assert 0.4 < len(loud) / 50 < 0.6, len(loud)  # the file's half second

with wave.open(f"{TMP}/out.wav") as w:
    assert (w.getnchannels(), w.getframerate()) == (2, 8000)
    pcm = array.array("h", w.readframes(w.getnframes()))
    both = [sum(abs(x) > 500 for x in pcm[side::2]) / 8000 for side in (0, 1)]
    assert 0.3 < both[0] < 0.6 and 0.1 < both[1] < 0.25, both


async def bad(s):
    sid = s.sid
    for e in ({"event": "media", "streamSid": sid, "sequenceNumber": "1", "media": {"payload": "//8="}},
              {"event": "media", "streamSid": sid, "media": {"payload": "//8=", "track": "outbound"}},
              {"event": "media", "streamSid": "MZ" + "0" * 32, "media": {"payload": "//8="}},
              {"event": "media", "streamSid": sid, "media": {"payload": "?"}}, {"event": "mark", "streamSid": sid, "mark": {}},
              {"event": "clear"}, {"event": "hello", "streamSid": sid}, b"[]", b"{", {"streamSid": sid}):
        await s.send(e)
    s.frame(0x82, b"binary")
    await s.say(100)
    await s.mark("end")
    await s.wait_mark("end")


with Assistant({"/twiml": STREAM, "/next/1": HANGUP, "/status": ""}, bad) as a:
    call = a.phone("--hangup-after", "5")
    assert call["warnings"] == 11 and sum("31950" in w for w in call["warning_texts"]) == 1, call
    assert call["heard_ms"] == 100 and call["end"] == "assistant", call

with Assistant({}, listen) as a:  # directly, and over its time
    call = a.phone("--timeout", "1", url=f"ws://127.0.0.1:{a.port}/any")
    assert call["end"] == "timeout" and call["answered"] and call["_exit"] == 111 and call["verbs"] == [], call


async def short(s):
    await s.say(100)
    await s.mark("m")
    await s.wait_mark("m")


with Assistant({}, short) as a:
    call = a.phone(url=f"ws://127.0.0.1:{a.port}/any")
    assert call["end"] == "assistant" and call["_exit"] == 0 and call["heard_ms"] == 100, call
for status, code in ((401, 100), (429, 111)):
    with Assistant({}, None, refuse=status) as a:
        call = a.phone(url=f"ws://127.0.0.1:{a.port}/any")
        assert call["end"] == "error" and not call["answered"] and str(status) in call["error"] and call["_exit"] == code, call


async def echo(s):  # what is said comes back
    await s.wait_voice()
    await s.until(lambda: len(s.voice) > 8 * 1500)
    await s.audio(bytes(s.voice[-8000:]))
    await s.until(lambda: s.closed is not None)


with Assistant({}, echo) as a:  # with microphone and loudspeaker
    p = subprocess.Popen([f"{B}/bin/rd-phone", "--url", f"ws://127.0.0.1:{a.port}/any", "--mic", "--speaker", "--json", "--hangup-after", "3"],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, loud, n = b"", 0, 0
    while n < 150 or (loud <= 7000 and n < 1000):  # three seconds at the pace of the line, or until the answer was there
        frame, n = p.stdout.read(160), n + 1
        out, loud = out + frame, loud + sum(b not in (0xff, 0x7f) for b in frame)
        p.stdin.write(tone(20))
        p.stdin.flush()
    p.stdin.close()
    out += p.stdout.read()
    call = json.loads(p.stderr.read())
    assert p.wait(10) == 0 and call["end"] == "caller", call
    assert len(out) > 8 * 2500 and len(out) % 160 == 0, len(out)
    assert loud + sum(b not in (0xff, 0x7f) for b in out[160 * n:]) > 7000, "the answer was not played"
