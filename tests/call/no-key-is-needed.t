#!/usr/bin/python3
"""With no agent in the configuration, or with a default agent whose key is nowhere, the agent "offline" answers: log and -t
say so, and a caller is heard and answered without a key or a network."""
from rig import *

LEAST = """general {{ listen = "127.0.0.1:0" public-url = "{public}" runtime-dir = "{tmp}/run" state-dir = "{tmp}/state" cache-dir = "{tmp}/cache"
    data-dir = "{data}" log-level = debug tool-path = {{ "{build}/tools" }} }}
caller "*" {{ }}
"""
AGENT = 'agent "home" { key = "NO_SUCH_KEY" }\n'


class Keyless(Rig):
    def write_conf(self, **changes):
        self.conf = f"{self.tmp}/ringdown.conf"
        with open(self.conf, "w") as f:
            f.write(LEAST.format(public=PUBLIC, tmp=self.tmp, build=B, data=f"{B}/data"))


def said_by_check(conf, environment=()):
    env = {k: v for k, v in os.environ.items() if k != "OPENAI_API_KEY"}
    p = subprocess.run([f"{B}/bin/ringdown", "-t", "-c", conf], capture_output=True, text=True, env=dict(env, **dict(environment)))
    assert p.returncode == 0, p.stderr
    return p.stdout


with Keyless(model="ws://127.0.0.1:1/v1") as r:
    r.expect("tool is missing", "phrases are not prepared")
    assert "info: no agent is configured: offline answers by default" in r.log(), r.log()
    call = r.phone("--say", "What time is it?", "--hangup-after", "1")
    # 0.2 s alone and 1.1 s with seven like it beside it; the rest is for a machine that stands still
    assert call["answered"] and call["first_audio_ms"] < 6000 and len(call["answer_ms"]) == 1, call
    assert "understood intent=time" in r.log() and "agent=offline" in r.log(), "not understood"
    r.wait_idle()
    assert "# --- no agent is configured: offline answers by default" in said_by_check(r.conf)
    with open(r.conf, "a") as f:
        f.write(AGENT)
    lacks = "the key of agent home, the secret NO_SUCH_KEY, is nowhere: offline answers by default"
    assert f"# --- {lacks}" in said_by_check(r.conf)
    assert "answers by default" not in said_by_check(r.conf, {"NO_SUCH_KEY": "x"}.items())
    r.ctl("reload")
    r.wait_log(f"info: {lacks}")
