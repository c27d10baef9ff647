#!/usr/bin/python3
"""A port that is taken is reported with the process that holds it; a second ringdown in the same folders is refused and
disturbs nothing of the first one's."""
from rig import B, TMP, Rig
import os, re, socket, subprocess


def refused(conf):
    p = subprocess.run([f"{B}/bin/ringdown", "-c", conf], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=20,
                       env=dict(os.environ, TWILIO_AUTH_TOKEN="0" * 32))
    assert p.returncode == 100, (p.returncode, p.stderr)
    return p.stderr


def other_conf(r, name, **replaced):
    with open(r.conf) as f:
        text = f.read()
    for old, new in replaced.values():
        assert old in text
        text = text.replace(old, new)
    with open(f"{TMP}/{name}", "w") as f:
        f.write(text)
    return f"{TMP}/{name}"


with Rig("basic") as r:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        conf = other_conf(r, "held.conf", listen=('"127.0.0.1:0"', f'"127.0.0.1:{port}"'), run=(f"{TMP}/run", f"{TMP}/run2"))
        said = refused(conf)
    assert f"cannot listen on 127.0.0.1:{port}: the port is held by" in said and f"(pid {os.getpid()})" in said, said
    assert not [f for f in os.listdir(f"{TMP}/run2") if f.startswith("config.")], os.listdir(f"{TMP}/run2")

    conf = other_conf(r, "same.conf", listen=('"127.0.0.1:0"', f'"{r.address}"'), run=(f"{TMP}/run", f"{TMP}/run2"))
    assert f"ringdown (pid {r.ringdown.pid})" in refused(conf)

    before = sorted(os.listdir(f"{TMP}/run"))
    assert f"cannot use the runtime folder {TMP}/run: another ringdown does" in refused(r.conf)
    assert sorted(os.listdir(f"{TMP}/run")) == before
    call = r.phone("--say", "Goodbye.", "--hangup-after", "1")
    assert call["answered"], call
