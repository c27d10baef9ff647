#!/usr/bin/python3
# limit: 120
"""What lives and does not work is as good as dead: each stage and each service stopped (SIGSTOP) in mid-call is noticed
within 2 s and started again, so is a stage that hangs, and the call goes on; an rd-webhook that hangs is replaced."""
from rig import B, STAGES, TMP, Copy, Rig, in_time, wait_for
import os, shutil, signal, time

LONG = os.environ.get("LONG")
HANGS = """#!/usr/bin/python3
# passes on what it reads; on SIGUSR2 it waits for ever, as in a lock that nobody opens
import os, signal
signal.signal(signal.SIGUSR2, lambda *_: os.read(os.pipe()[0], 1))
while frame := os.read(0, 65536):
    os.write(1, frame)
"""
# the first says ready and then nothing, the second not even that, the third is the real one
LAZY = f"""#!/usr/bin/python3
import os, signal, socket
life = len(os.listdir("{TMP}/lives"))
open(f"{TMP}/lives/{{life}}", "w").close()
if life == {2 if LONG else 1}:
    os.execv("{B}/bin/rd-webhook", __import__("sys").argv)
if life == 0:
    socket.socket(fileno=os.dup(3)).send(b"\\n")
signal.pause()
"""


def script(path, text):
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, 0o755)
    return path


def running(r):
    status = r.status()
    return {p["program"]: p["pid"] for p in status["services"] + [s for c in status["calls"] for s in c["stages"]]}


def replaced(r, program, signo, limit=2.0):
    """How often it was: more than once where the machine was busy elsewhere."""
    times = []

    def once():
        before, begun = running(r)[program], time.monotonic()
        os.kill(before, signo)
        wait_for(f"another {program}", lambda: running(r).get(program) not in (None, 0, before), limit + 10)
        times.append(time.monotonic() - begun)
        print(f"{program} after {signo.name}: {times[-1] * 1000:.0f} ms")
        return times[-1]

    in_time(limit, once)
    return len(times)


def stopped(r):
    r.expect("was stopped, sending SIGKILL", "ended, starting it again", "does not read its input", "rd-ingest.*lost",
             "output not taken in time", "rd-memory.*store")
    p = r.phone("--say", "What is the capital of France?", "--hangup-after", "60", background=True)
    call = r.wait_call("talking")["call"]
    begun = time.monotonic()
    for program in ("rd-bridge", "rd-tools", "rd-memory", "rd-monitor", "rd-store", "rd-webhook"):
        replaced(r, program, signal.SIGSTOP)
    wait_for("5 s of life, in which the ring says its counters", lambda: time.monotonic() - begun > 5.5, 10)
    replaced(r, "hangs", signal.SIGUSR2, 7.0)  # the 2 s, and the 5 s until something comes to its input
    lost = replaced(r, "rd-ingest", signal.SIGSTOP)
    wait_for("the stream to come back", lambda: r.status()["calls"][0]["state"] == "talking")
    r.ctl("end", call)
    summary = r.summary(p)
    assert summary["answered"] and summary["verbs"][-1] == "Hangup" and summary["streams"] == 1 + lost, summary
    assert summary["heard_ms"] > 0, summary
    r.wait_idle()


def with_a_lazy_service():
    for folder in ("bin", "lives", "lazy"):
        os.mkdir(f"{TMP}/{folder}")
    for name in os.listdir(f"{B}/bin"):
        if name != "rd-webhook":
            (shutil.copy if name == "ringdown" else os.symlink)(f"{B}/bin/{name}", f"{TMP}/bin/{name}")
    script(f"{TMP}/bin/rd-webhook", LAZY)
    return Copy("basic", folder=f"{TMP}/lazy")


def hung_service(r):
    r.expect("rd-webhook does not answer, sending SIGKILL", "rd-webhook does not become ready", "rd-webhook ended")
    r.wait_log("rd-webhook does not answer", 9)
    if LONG:
        r.wait_log("rd-webhook does not become ready", 9)
    wait_for("the real one", lambda: {s["program"]: s["state"] for s in r.status()["services"]}["rd-webhook"] == "up")
    assert r.phone("--hangup-after", "1")["answered"]


script(f"{TMP}/hangs", HANGS)
with with_a_lazy_service() as lazy, Rig("basic", stages=STAGES.replace("rd-tools", f"{TMP}/hangs | rd-tools")) as rig:
    stopped(rig)
    hung_service(lazy)
