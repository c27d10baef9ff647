#!/usr/bin/python3
# limit: 120
"""Real calls to the answering machine: greeting, tone, the caller's words in a WAV that others can read, thanks, hung up. Killed in
mid-message it goes on, without a second greeting. One call too many gets it too, with when-busy = voicemail. rd-ctl messages lists
what was left."""
import array, glob, wave

from rig import *

STAGES = "rd-ingest | rd-voicemail | rd-memory | rd-monitor"
WORDS = "This is Ben. The boat leaves at nine tomorrow, please bring the red rope."
STRANGER = "+15559876543"


def prepare(r):
    for agent in ("home", "voicemail"):
        p = subprocess.run([f"{B}/bin/rd-tts", "-c", r.conf, "-a", agent, "--prepare"], capture_output=True, text=True, timeout=60)
        assert p.returncode == 0, p.stderr


def loud_ms(path, channel=None):
    """How much of a WAV is louder than a whisper, in ms, and its length."""
    with wave.open(path) as w:
        samples = array.array("h", w.readframes(w.getnframes()))
        if w.getnchannels() == 2:
            samples = samples[channel::2]
        rate = w.getframerate()
        assert rate == 8000 and w.getsampwidth() == 2
    step = rate // 50
    loud = sum(max(map(abs, samples[i:i + step]), default=0) > 800 for i in range(0, len(samples), step))
    return loud * 20, len(samples) * 1000 // rate


def messages():
    return sorted(glob.glob(f"{TMP}/state/messages/*.wav"), key=os.path.getmtime)


def check_message(path, recording, killed=False):
    """It holds what was said behind the tone, and four seconds of silence."""
    loud, length = loud_ms(path)
    said, _ = loud_ms(recording, 0)
    slack = 700 if killed else 200
    assert said - slack <= loud <= said + 100, (said, loud)
    assert loud + 3500 <= length <= said + 9000, (said, loud, length)
    assert os.stat(path).st_mode & 0o777 == 0o600
    return round(length / 1000)


with Rig(model="ws://localhost:1/", stages=STAGES, limits='calls = 1 when-busy = voicemail', greeting="Please leave a message for Anna.",
         more=f'caller "{STRANGER}" {{ agent = "home" }}') as r:
    r.expect("phrases are not prepared")  # templates that were warm before
    prepare(r)

    # killed in the message; meanwhile one call too many
    p = r.phone("--say", WORDS, out=f"{TMP}/a.wav", background=True)
    first = r.wait_call()["call"]
    q = r.phone("--say", WORDS, out=f"{TMP}/b.wav", caller=STRANGER, background=True)
    path = f"{TMP}/state/messages/{first}.wav"
    wait_for("some of a message", lambda: os.path.exists(path) and os.path.getsize(path) > 44 + 2 * 16000, 20)
    pid = next(s["pid"] for c in r.status()["calls"] if c["call"] == first for s in c["stages"] if s["program"] == "rd-voicemail")
    os.kill(pid, signal.SIGKILL)
    r.expect("rd-voicemail.*(killed|signal 9|again)")
    for call in p, q:
        summary = r.summary(call)
        assert summary["answered"] and summary["end"] == "assistant", summary
    r.wait_idle()
    assert len(messages()) == 2, messages()
    check_message(path, f"{TMP}/a.wav", killed=True)
    seconds = check_message(next(m for m in messages() if m != path), f"{TMP}/b.wav")
    for recording in "ab":
        heard, _ = loud_ms(f"{TMP}/{recording}.wav", 1)
        assert 3000 < heard < 9000, f"one greeting, tone and thanks: {heard} ms"
    listed = r.ctl("messages")
    assert re.search(rf"^20\S+  …6543       {seconds} +\S+wav$", listed, re.M), listed
    assert re.search(rf"^20\S+  Anna …4567  \d+ +{re.escape(path)}$", listed, re.M), listed
    assert "boat" not in r.log() and STRANGER not in r.log()
