#!/usr/bin/python3
# limit: 150
"""The model's connection is lost in mid-call, in every way: the conversation goes on where it was, nobody is greeted twice, no
tool runs twice. Where the account is spent and nobody takes over, the caller hears so."""
from rig import *

LAMP, GO = f"{TMP}/lamp", f"{TMP}/go"  # a tool that is at work until the test lets it end
SCHEMA = {"name": "time", "description": "Switches the lamp.", "parameters": {"type": "object", "properties": {}},
          "effect": "outside", "timeout_s": 30}


def make_lamp():
    os.mkfifo(GO)
    with open(LAMP, "w") as f:
        f.write(f"""#!/bin/sh
[ "$1" = --schema ] && exec echo '{json.dumps(SCHEMA)}'
read word < {GO}
echo "The lamp is $word."
""")
    os.chmod(LAMP, 0o755)


def goes_on():
    with Rig("lost", more=f'tool "time" {{ command = {{ "{LAMP}" }} }}') as r:
        r.expect("model lost", "its outcome")
        p = r.phone("--silence", "2500", "--say", "Tell me a story.", "--say", "Switch the lamp on.", "--say", "And then?", "--say", "Goodbye.", background=True)
        wait_for("the third connection", lambda: len(r.model("open")) == 3, 60)
        with open(GO, "w") as f:  # blocks until the tool reads: it runs still, through the loss
            f.write("on\n")
        call = r.summary(p, 90)
        assert call["answered"] and call["end"] == "assistant" and call["streams"] == 1, call
        binds = r.model("bind")
        assert len(binds) == 4 and [b["resumed"] for b in binds] == [False, True, True, True], binds
        for conn in (2, 3, 4):
            seeds = [str(s) for s in r.model("seed") if s["conn"] == conn]
            assert any("Hello Anna." in s for s in seeds) and any("Tell me a story." in s for s in seeds), seeds
        plans = [e["plan"] for e in r.model("plan")]
        assert plans.count("greet") == 1, plans
        assert r.log().count("tool ended name=time") == 1, "a tool ran twice"
        said = " ".join(e["event"]["transcript"] for e in r.model("out") if e["event"]["type"] == "response.output_audio_transcript.done")
        for words in ("It was waiting for you.", "The lamp is on.", "Then it rang.", "Goodbye."):
            assert said.count(words) == 1, (words, said)
        r.wait_idle()


def quota_is_spent():
    with open(f"{TMP}/spent.script", "w") as f:
        f.write('greet say "Hello Anna."\nturn 1 heard "What time is it?" status failed insufficient_quota "You exceeded your current quota."\n')
    with Rig(f"{TMP}/spent.script", agent='apology = "I am sorry, I cannot think any more."', more=NO_FALLBACK) as r:
        r.expect("model lost", "its outcome", "insufficient_quota", "rd-bridge will not run")
        call = r.phone("--say", "What time is it?")
        assert call["said"] == ["I am sorry, I cannot think any more."] and call["verbs"][-2:] == ["Say", "Hangup"], call
        assert len(r.model("open")) == 1, "it asked again with an empty account"
        r.wait_idle()


make_lamp()
goes_on()
quota_is_spent()
