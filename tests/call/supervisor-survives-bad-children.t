#!/usr/bin/python3
# limit: 120
"""Children and clients that say nonsense, hang, refuse or die again and again: the supervisor goes on, names each once, and
the caller hears an answer, or an honest sentence."""
from rig import NO_FALLBACK, B, STAGES, TMP, Rig, wait_for
import json, os, signal, socket

OTHER = "+15557654321"
GARBAGE = f"""#!/usr/bin/python3
# passes on what it reads; says nonsense on both of its lines first
import os, socket
line, out = socket.socket(fileno=3), socket.socket(fileno=1)
line.setblocking(False)
def say(bytes):
    try:
        line.send(bytes)
    except BlockingIOError:
        pass
for bytes in (b"", b"x" * 100000, b"\\0\\xff" * 500, b"[" * 60000, b'{{"do":', b'{{"do":7}}', b'{{"do":"stats","origin":-1e300,"depth":1e300}}',
              b'{{"do":"stats","origin":1e99}}', b'{{"do":"state","state":"ended"}}', b"\\n", b"\\n" * 9) + (b"nonsense",) * 300:
    say(bytes)
for bytes in (b"", b"x", b"\\xf5R", b"\\xf5R\\x01" + b"\\xff" * 29, b"\\0" * 65536, b"\\xf5X" + b"\\0" * 40) * 20:
    out.send(bytes)
while frame := os.read(0, 65536):
    os.write(1, frame)
os._exit(0)
"""


def script(name, text):
    with open(f"{TMP}/{name}", "w") as f:
        f.write(text)
    os.chmod(f"{TMP}/{name}", 0o755)
    return f"{TMP}/{name}"


def stages(r, call):
    return {s["program"]: s for c in r.status()["calls"] if c["call"] == call for s in c["stages"]}


def client():
    s = socket.socket(socket.AF_UNIX)
    s.connect(f"{TMP}/run/control")
    s.settimeout(10)
    return s


def a_stage_that_talks_nonsense(r):
    r.expect("garbage says something that is no JSON", "dropped a message that is no frame")
    call = r.phone("--say", "What is the capital of France?", "--say", "Goodbye.")
    assert call["answered"] and call["end"] == "assistant" and call["verbs"][-1] == "Hangup", call
    assert len([n for n in r.log().splitlines() if "garbage says something" in n]) == 1, "said more than once"
    assert len([n for n in r.log().splitlines() if "dropped a message" in n]) == 1, "said more than once"
    r.wait_idle()


def a_stage_that_is_swapped_while_it_waits(r):
    r.expect("dies ended, starting it again", "refuses to run, going back to .*/dies$", "rd-ingest.*output not taken in time")
    p = r.phone("--say", "Hello?", "--hangup-after", "30", caller=OTHER, background=True)
    call = wait_for("the pause of 1 s", lambda: next((c["call"] for c in r.status()["calls"] for g in c["stages"]
                                                      if g["program"] == "dies" and g["state"] == "waiting" and g["life"] == 3), None))
    refused = r.ctl("swap", call, "dies", script("noformat", "no interpreter"), check=False)
    assert refused.returncode and "refuses to run" in refused.stderr, refused
    r.ctl("swap", call, "dies", script("passes", "#!/bin/sh\nexec cat\n"))
    assert stages(r, call)["passes"]["state"] == "up"
    r.expect("cannot remove .*: Directory not empty")
    os.mkdir(f"{TMP}/run/calls/{call}/foreign")
    r.ctl("end", call)
    assert r.summary(p)["verbs"][-1] == "Hangup"
    r.wait_log(f"cannot remove .*{call}: Directory not empty")
    r.wait_idle()


def a_stage_that_hangs_and_one_that_refuses(r):
    r.expect("rd-tools was stopped, sending SIGKILL", "rd-tools ended, starting it again", "refuses to run, going back to rd-tools$", "cannot start",
             "--no-such-option: no such option")
    p = r.phone("--say", "What is the capital of France?", "--hangup-after", "15", background=True)
    call = r.wait_call("talking")["call"]
    os.kill(stages(r, call)["rd-tools"]["pid"], signal.SIGSTOP)
    wait_for("a new life", lambda: stages(r, call)["rd-tools"]["life"] == 1)
    life = 1
    for words in (f"{B}/bin/rd-tools --no-such-option", script("noformat", "no interpreter")):
        refused = r.ctl("swap", call, "rd-tools", words, check=False)
        assert refused.returncode and "refuses to run" in refused.stderr, refused
        life += 2  # of the one that refuses, and of the one that it goes back to
        wait_for("going back", lambda: stages(r, call).get("rd-tools", {}).get("life") == life)
    hasty = client()  # of two swaps at once the second counts; back is what has proved itself
    for i, words in enumerate((f"{B}/bin/rd-tools", f"{B}/bin/rd-tools --no-such-option")):
        hasty.sendall(json.dumps({"id": i, "do": "swap", "call": call, "stage": "rd-tools", "with": words}).encode() + b"\n")
    answers = hasty.makefile()
    first, second = json.loads(answers.readline()), json.loads(answers.readline())
    hasty.close()
    assert first["id"] == 0 and "another swap" in first["error"] and second["id"] == 1 and "refuses to run" in second["error"], (first, second)
    assert "no program" not in r.ctl("swap", call, "rd-tools", f"{TMP}/none", check=False).stderr
    command = next(n for n in r.ctl("show", call).splitlines() if "rd-tools" in n)
    assert command.startswith("rd-tools -c") and "--origin 4" in command and "--life" in command, command
    r.ctl("end", call)
    r.summary(p)
    r.wait_idle()


def clients(r):
    r.expect("too many clients at the control socket", "client is dropped: it sent a line")

    def ends(s):
        try:
            while s.recv(65536):
                pass
        except ConnectionResetError:
            pass
        s.close()

    s = client()
    for nonsense in (b"nonsense", b"[]", b"{}", b'{"do":7}', b'{"do":"none"}', b'{"id":1e999,"do":"status","call":"\\ud800"}', b"\xff\0\xfe",
                     b'{"do":"swap"}', b'{"do":"restart"}', b'{"do":"restart","stage":"rd-none"}', b'{"do":"log","level":"x"}',
                     b'{"do":"end","call":"' + b"C" * 9000 + b'"}', b'{"do":"inject","call":5}', b"[" * 5000):
        s.sendall(nonsense + b"\n")
        assert b'"ok":false' in s.recv(65536), nonsense
    s.sendall(b'{"id":3,"do":"sta')
    held = client()  # a half line is held for as long as it takes, and hinders nobody
    held.sendall(b'{"id":4,"do":"status"}\n{"id":5,')
    assert b'"id":4' in held.recv(65536)
    s.sendall(b'tus"}\n')
    assert b'"id":3' in s.recv(65536)
    s.close()
    held.close()

    s = client()
    try:
        s.sendall(b"x" * (1 << 20))
    except (BrokenPipeError, ConnectionResetError):
        pass
    ends(s)
    for _ in range(50):  # gone before the answer
        s = client()
        s.sendall(b'{"do":"status"}\n{"do":"watch"}\n{"do":"requests"}\n')
        s.close()
    many = [client() for _ in range(40)]
    ends(many.pop(0))  # the oldest makes room
    for s in many:
        s.close()
    wait_for("room again", lambda: r.ctl("status", check=False).returncode == 0)


bad = NO_FALLBACK + f'agent "bad" {{ pipeline = "bad" apology = "I am out of order." }} caller "{OTHER}" {{ agent = "bad" }}'
bad += f' pipeline "bad" {{ stages = "rd-ingest | {script("dies", "#!/bin/sh" + chr(10) + "exit 111" + chr(10))} | rd-monitor" }}'
with_garbage = STAGES.replace("rd-bridge |", f"rd-bridge | {script('garbage', GARBAGE)} |")
with Rig("basic", stages=with_garbage, more=bad) as rig:
    r_before = rig.settled_descriptors()
    clients(rig)
    a_stage_that_talks_nonsense(rig)
    a_stage_that_is_swapped_while_it_waits(rig)
    a_stage_that_hangs_and_one_that_refuses(rig)
    clients(rig)
    wait_for("every descriptor to be back", lambda: rig.descriptors() == r_before)
