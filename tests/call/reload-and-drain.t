#!/usr/bin/python3
# limit: 120
"""SIGHUP with a good, a broken and a refused configuration; calls keep the one that they began with. SIGTERM: no new calls,
those that are going on may end by themselves; the limit ends them."""
from rig import B, TMP, Copy, wait_for
import os, shutil, signal


class Picky(Copy):
    """With an rd-webhook that refuses a certain configuration."""

    def popen(self, env, log):
        if not os.path.exists(f"{TMP}/bin"):
            os.mkdir(f"{TMP}/bin")
            shutil.copy(f"{B}/bin/ringdown", f"{TMP}/bin")
            for name in os.listdir(f"{B}/bin"):
                if name not in ("ringdown", "rd-webhook"):
                    os.symlink(f"{B}/bin/{name}", f"{TMP}/bin/{name}")
            with open(f"{TMP}/bin/rd-webhook", "w") as f:
                f.write(f'#!/bin/sh\ngrep -q "calls = 7" "$2" && exit 100\nexec {B}/bin/rd-webhook "$@"\n')
            os.chmod(f"{TMP}/bin/rd-webhook", 0o755)
        return super().popen(env, log)


def commands(r, call):
    return [line for line in r.ctl("show", call).splitlines() if " -c " in line]


def settled(r, config):
    """rd-webhook runs, with this configuration."""
    def look():
        status = r.status()
        webhook = next(s for s in status["services"] if s["program"] == "rd-webhook")
        return status["config"] == config and webhook["state"] == "up"
    wait_for(f"configuration {config} to be in effect", look)


def reloads(r):
    p = r.phone("--say", "What is the capital of France?", "--say", "Goodbye.", background=True)
    call = r.wait_call("talking")["call"]
    r.write_conf(limits="calls = 3 drain-seconds = 30")
    r.ringdown.send_signal(signal.SIGHUP)
    r.wait_log("configuration read config=2")
    settled(r, 2)
    assert all("config.1 " in c for c in commands(r, call)), commands(r, call)
    r.ctl("restart", call, "rd-memory")
    wait_for("its next life", lambda: any("--life 1" in c and "config.1 " in c for c in commands(r, call)))

    r.expect("the configuration stays as it was", "agnet")
    with open(r.conf) as f:
        good = f.read()
    with open(r.conf, "w") as f:
        f.write(good.replace("agent \"home\"", "agnet \"home\""))
    r.ringdown.send_signal(signal.SIGHUP)
    r.wait_log(r"the configuration stays as it was(.*\n)+.*agnet")
    with open(r.conf, "w") as f:
        f.write(good)
    settled(r, 2)
    summary = r.summary(p)
    assert summary["answered"] and summary["end"] == "assistant", summary
    r.wait_idle()

    r.expect("refuses configuration 3, going back to 2")
    with open(r.conf, "w") as f:
        f.write(good.replace("calls = 3", "calls = 7"))
    r.ringdown.send_signal(signal.SIGHUP)
    r.wait_log("rd-webhook refuses configuration 3, going back to 2")
    settled(r, 2)
    with open(r.conf, "w") as f:
        f.write(good)
    r.ringdown.send_signal(signal.SIGHUP)
    r.wait_log("configuration read config=3")
    settled(r, 3)


def drains(r):
    p = r.phone("--say", "What is the capital of France?", "--say", "Goodbye.", background=True)
    call = r.wait_call("talking")["call"]
    assert all("config.3 " in c for c in commands(r, call)), commands(r, call)
    r.ringdown.send_signal(signal.SIGTERM)
    r.wait_log("draining calls=1 seconds=30")
    late = r.phone("--say", "Hello?")
    assert not late["answered"] or late["verbs"] == ["Say", "Hangup"], late
    assert "Connect" not in late["verbs"] and late["end"] != "error", late
    summary = r.summary(p)
    assert summary["answered"] and summary["end"] == "assistant" and summary["verbs"][-1] == "Hangup", summary
    assert r.ringdown.wait(10) == 0


def drains_no_longer_than_the_limit(r):
    r.expect("drain limit reached, ending calls=1")
    r.write_conf(limits="drain-seconds = 1")
    r.start()
    p = r.phone("--say", "What is the capital of France?", "--hangup-after", "60", background=True)
    r.wait_call("talking")
    r.ringdown.send_signal(signal.SIGTERM)
    summary = r.summary(p, 15)
    assert summary["answered"] and summary["verbs"][-1] == "Hangup", summary
    assert r.ringdown.wait(10) == 0


with Picky("basic", limits="drain-seconds = 30") as rig:
    reloads(rig)
    drains(rig)
    drains_no_longer_than_the_limit(rig)
