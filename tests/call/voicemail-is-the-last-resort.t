#!/usr/bin/python3
# limit: 60
"""The model refuses the key and there is nobody else: within three seconds the answering machine says why, and takes a message; the
caller hangs up in the middle of it, and it is kept."""
import array, glob, sqlite3, wave

from rig import *

with Rig("basic", key="wrong-key", sim_key="right-key", strict=False, agent='fallback = { "voicemail" }') as r:
    r.expect("model lost", "the service refuses", "cannot go on", "phrases are not prepared", "will not run", "takes over", "refuses us")
    p = subprocess.run([f"{B}/bin/rd-tts", "-c", r.conf, "-a", "voicemail", "--prepare"], capture_output=True, text=True, timeout=60)
    assert p.returncode == 0, p.stderr
    p = r.phone("--say", "Please tell Anna that the boat leaves at nine, and that the red rope is needed.", out=f"{TMP}/call.wav", background=True)
    path = wait_for("some of a message", lambda: next(iter(glob.glob(f"{TMP}/state/messages/*.wav")), None), 20)
    wait_for("two seconds of it", lambda: os.path.getsize(path) > 16000 * 2)
    p.send_signal(signal.SIGTERM)
    summary = r.summary(p)
    assert summary["answered"] and summary["end"] == "caller", summary
    r.wait_idle()
    with wave.open(f"{TMP}/call.wav") as w:
        heard = array.array("h", w.readframes(w.getnframes()))[1::2]
    first = next(i for i, sample in enumerate(heard) if abs(sample) > 800) / 8000
    assert first < 3, f"the first word after {first:.1f} s"
    done = sqlite3.connect(f"file:{TMP}/state/memory.db?mode=ro", uri=True).execute("SELECT text FROM turns WHERE who='assistant' ORDER BY at_us").fetchall()
    assert [text.split()[:3] for (text,) in done] == [["The", "assistant", "cannot"], ["Nobody", "can", "take"]], done
    messages = glob.glob(f"{TMP}/state/messages/*.wav")
    assert len(messages) == 1 and os.path.getsize(messages[0]) > 16000 * 2, messages
    kept = json.loads(r.ctl("--json", "messages"))["messages"]
    assert len(kept) == 1 and kept[0]["caller"] == OWNER, kept
    print(f"first_word_ms={first * 1000:.0f}")
