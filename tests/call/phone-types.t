#!/usr/bin/python3
"""rd-phone --type: lines from a file are said one after the other; at a terminal each is said at once, an empty one says stop,
/keys presses, Ctrl-D hangs up and the terminal is itself again; --show puts other lines beside it. --voice and --speed
differ. Without a sound device --speaker says so and writes a WAV, --mic is refused; with one aplay and arecord are used."""
import asyncio, json, os, pty, select, signal, subprocess, termios
from assistant import B, Assistant, tone

TMP = os.environ["TMP"]


async def answer(s):  # a sound for each sentence
    for _ in range(2):
        await s.wait_voice()
        await s.wait_silence()
        await s.say(300)
    await s.until(lambda: s.closed is not None)


def run(a, *words, typed="", path=None):
    env = dict(os.environ, PATH=path or os.environ["PATH"])
    return subprocess.run([f"{B}/bin/rd-phone", "--url", f"ws://127.0.0.1:{a.port}/any", "--json", "--silence", "300", *words], input=typed,
                          capture_output=True, text=True, env=env, timeout=40)


with Assistant({}, answer) as a:  # a file of lines
    p = run(a, "--type", "--patience", "2", "--hangup-after", "2", "--verbose", typed="What time is it?\n\nGoodbye.\n")
    call = json.loads(p.stdout)
    assert p.returncode == 0 and call["end"] == "caller" and len(call["answer_ms"]) == 2, (p, a.failures)
    assert p.stderr.index("says What time") < p.stderr.index("says Goodbye."), p.stderr


def terminal(a, *words, env=os.environ):
    """rd-phone at a terminal of its own: (process, terminal)."""
    ours, theirs = pty.openpty()
    p = subprocess.Popen([f"{B}/bin/rd-phone", "--url", f"ws://127.0.0.1:{a.port}/any", *words], stdin=theirs, stdout=theirs,
                         stderr=theirs, env=env, start_new_session=True)
    return p, ours, theirs


def until(fd, word, seen, limit=15):
    while word not in seen:
        assert select.select([fd], [], [], limit)[0], f"waited for {word!r}: {seen}"
        seen += os.read(fd, 65536).decode()
    return seen


async def long_answers(s):
    await s.wait_voice()
    await s.say(8000)
    await s.until(lambda: s.closed is not None)


with Assistant({}, long_answers) as a:  # at a terminal
    with open(f"{TMP}/told", "w") as f:
        f.write("     0.1s  assistant  Hello Anna.\n")
    p, ours, theirs = terminal(a, "--type", "--show", f"{TMP}/told", "--voice", "en-gb")
    was = termios.tcgetattr(theirs)[3]
    seen = until(ours, "Hello Anna.", "")
    os.write(ours, b"\x1b[AWhat tinx\xc3\xa9\x7f\x7f\x7fme is it?\r")
    seen = until(ours, "says What time is it?", seen)
    os.write(ours, b"nothing of this\x15\r")  # an empty line, as soon as there is something to interrupt
    while not a.streams[0].start or "says Stop." not in seen:
        if select.select([ours], [], [], 0.2)[0]:
            seen += os.read(ours, 65536).decode()
        else:
            os.write(ours, b"\r")
    os.write(ours, b"/1x\r/4#\r")
    seen = until(ours, "presses 4#", seen)
    assert "keys are" in seen and "says nothing" not in seen, seen
    s = a.streams[0]
    while len(s.keys) < 2:
        assert p.poll() is None, seen
        if select.select([ours], [], [], 0.05)[0]:
            seen += os.read(ours, 65536).decode()
    os.write(ours, b"\x04")
    seen = until(ours, "ended by: caller", seen)
    assert seen.count("says Stop.") == 1, seen
    assert p.wait(10) == 0 and s.keys == ["4", "#"] and s.closed == 1000, (s.keys, s.closed)
    now = termios.tcgetattr(theirs)[3]
    assert now & termios.ICANON and now & termios.ECHO, "the terminal is not itself again"
    os.close(ours), os.close(theirs)

os.makedirs(f"{TMP}/card")
for name, body in (("aplay", f'case "$*" in */dev/null) exit 0;; esac\nexec cat >"{TMP}/played"'),
                   ("arecord", f'case "$*" in */dev/null) exit 0;; esac\ncat "{TMP}/spoken"\nexec tail -f /dev/null')):
    with open(f"{TMP}/card/{name}", "w") as f:
        f.write(f"#!/bin/sh\n{body}\n")
    os.chmod(f"{TMP}/card/{name}", 0o755)
with open(f"{TMP}/spoken", "wb") as f:
    f.write(tone(600))
none, card = f"{TMP}", f"{TMP}/card:{os.environ['PATH']}"


async def greet(s):
    await s.say(300)
    await s.until(lambda: s.closed is not None)


with Assistant({}, greet) as a:  # without a sound device
    os.chdir(TMP)
    p, ours, theirs = terminal(a, "--speaker", "--hangup-after", "1", env=dict(os.environ, PATH=none))
    seen = until(ours, "answered", until(ours, "no loudspeaker: aplay is not installed (Debian: alsa-utils); what is heard goes to call.wav", ""))
    assert p.wait(10) == 0 and os.path.getsize(f"{TMP}/call.wav") > 10000
    p, ours, theirs = terminal(a, "--mic", env=dict(os.environ, PATH=none))
    until(ours, "no microphone: arecord is not installed", "")
    assert p.wait(10) == 100

with Assistant({}, greet) as a:  # with one
    p, ours, theirs = terminal(a, "--speaker", "--mic", env=dict(os.environ, PATH=card))
    seen = until(ours, "has finished", "")
    p.send_signal(signal.SIGINT)
    until(ours, "ended by: caller", seen)
    assert p.wait(10) == 0
    with open(f"{TMP}/played", "rb") as f:
        assert sum(b not in (0xff, 0x7f) for b in f.read()) > 2000, "nothing was played"
    assert len([b for b in a.streams[0].voice if b not in (0xff, 0x7f)]) > 1500, "nothing was recorded"

with Assistant({}, greet) as a:  # voices: another sound; another speed: another length
    lengths = []
    for n, words in enumerate((["--voice", "rms"], ["--voice", "en-gb"], ["--voice", "rms", "--speed", "50"])):
        p = run(a, *words, "--say", "What time is it?", "--patience", "1", "--hangup-after", "1")
        assert p.returncode == 0, p
        lengths.append(sum(b not in (0xff, 0x7f) for b in a.streams[n].voice))
    assert lengths[2] > 1.5 * lengths[0] and lengths[0] != lengths[1], lengths
    p = run(a, "--voice", "nobody", "--say", "Hello")
    assert p.returncode == 100 and "--voice nobody: slt, rms" in p.stderr, p
