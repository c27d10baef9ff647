#!/usr/bin/python3
# limit: 90
"""An agent that speaks German. No recogniser of this machine hears German: ringdown -t says so, and so does the agent to whoever
speaks. Words that come as text, here from a stage that reads them from a file, are understood, acted on after a yes, and
answered in German, aloud."""
import subprocess, sys
from rig import *

sys.path.append(f"{TOP}/tests/speech")
import offline

TYPES, TYPED = f"{TMP}/types", f"{TMP}/typed"
STAGE = f"""#!/usr/bin/python3
import json, os, struct, sys, time
HEAD = struct.Struct("<2sBBBBHBBBBIIIQ")
given = dict(zip(sys.argv[1:], sys.argv[2:]))
origin, life, n, seen = int(given["--origin"].split(",")[0]), int(given["--life"]), 0, 0
while frame := os.read(0, 1 << 17):
    kind, by = frame[3], frame[8]
    if by != origin:
        os.write(1, frame)
    lines = open("{TYPED}").read().split("\\n")[:-1] if kind == 2 else []
    for text in lines[seen:]:
        n, seen = n + 1, seen + 1
        body = json.dumps(dict(type="user.text", utterance=str(n), text=text, final=True, language="de")).encode()
        os.write(1, HEAD.pack(b"\\xf5R", 1, 1, 0, 0, 0, origin, life, 0, 0, len(body), 0, n, time.monotonic_ns() // 1000) + body)
"""
offline.CONF += f"""
agent "heim" {{{{ pipeline = "offline" key = "" language = "de" tools = {{{{ "time", "notes", "hang_up" }}}} }}}}
agent "getippt" {{{{ pipeline = "typed" key = "" language = "de" tools = {{{{ "time", "notes", "hang_up" }}}} }}}}
pipeline "typed" {{{{ stages = "rd-ingest | {TYPES} | rd-intent | rd-tools | rd-tts | rd-memory | rd-monitor | rd-codec --down mulaw/8000" }}}}
caller "+15550009991" {{{{ agent = "heim" }}}}
caller "+15550009992" {{{{ agent = "getippt" }}}}
"""


class Watched:
    def __init__(self, r):
        self.path = f"{TMP}/events"
        with open(self.path, "w") as f:
            self.p = subprocess.Popen([f"{B}/bin/rd-ctl", "-c", r.conf, "--json", "watch"], stdout=f)

    def __call__(self, kind):
        with open(self.path) as f:
            events = [json.loads(line)["event"] for line in f if line.endswith("}\n")]
        return [e for e in events if e["type"] == kind]

    def words(self):
        return [e.get("text") or e["phrase"] for e in self("assistant.say")]

    def end(self):
        self.p.terminate()
        self.p.wait()


def spoken(r):
    said = Watched(r)
    p = r.phone("--voice", "de", "--say", "Wie spät ist es?", "--hangup-after", "30", caller="+15550009991", background=True)
    wait_for("an answer to what was said", lambda: len(said("assistant.done")) == 2, 40)
    p.send_signal(signal.SIGINT)
    call = r.summary(p)
    said.end()
    assert call["answered"] and call["heard_ms"] > 1000, call
    assert said.words() == ["greeting", "sorry.deaf"] and not any(e["text"] for e in said("user.text")), said.words()
    r.wait_idle()


def typed(r):
    said = Watched(r)

    def types(text, answer):
        before = len(said.words())
        with open(TYPED, "a") as f:
            f.write(text + "\n")
        words = wait_for(f"the answer to {text}", lambda: said.words()[before:], 20)
        assert re.match(answer, words[0]), words[0]
        wait_for("it to be made", lambda: len(said("assistant.done")) > before, 20)

    p = r.phone("--hangup-after", "60", caller="+15550009992", background=True)
    wait_for("the greeting", lambda: said("assistant.done"), 20)
    types("wie spät ist es", r"Es ist .*\d")
    types("notiere milch kaufen", "Soll ich .*Milch kaufen")
    assert not r.notes()
    types("ja", ".*otier")
    assert sum(n.lower().count("milch kaufen") for n in r.notes()) == 1, r.notes()
    types("auf wiederhören", "Auf Wiederhören|Bis bald|Tschüs")
    call = r.summary(p)
    said.end()
    assert call["end"] == "assistant" and call["heard_ms"] > 4000, call
    r.wait_idle()


open(TYPED, "w").close()
with open(TYPES, "w") as f:
    f.write(STAGE)
os.chmod(TYPES, 0o755)
with offline.Offline() as r:
    r.expect("no acoustic model for language de", "rd-stt does not read its input", "rd-stt ended, starting it again")  # on a machine too busy
    told = subprocess.run([f"{B}/bin/ringdown", "-t", "-c", r.conf, "-a", "heim"], capture_output=True, text=True)
    assert told.returncode == 0 and 'agent "heim" does not hear: there is no acoustic model for language de' in told.stdout, told
    spoken(r)
    typed(r)
