#!/usr/bin/python3
"""Every sentence that ships and has an effect, through rd-intent and rd-tools with the real orders and tools that write down
their runs: without a yes the tool is never run, whatever comes instead; with one it is run exactly once."""
import json, os, re, sys
sys.path.insert(0, f"{os.environ['TOP']}/tests/ring")
from links import TMP, Stage, check, close, configure, tool
from intent import Intent, TOP

SENTENCES = {
    "note.add": "take a note buy milk", "note.delete": "delete note two", "note.delete-nth": "delete the second note",
    "note.delete-last": "delete the last note", "note.delete-all": "delete all my notes",
    "remind.task": "remind me to call the dentist tomorrow at ten", "remind.plain": "remind me tomorrow at ten",
    "alarm": "set an alarm for seven thirty", "timer": "set a timer for ten minutes",
    "remind.delete-last": "delete the last reminder", "remind.delete-all": "delete all my reminders",
    "press": "press one two three", "transfer": "call carol", "switch": "switch to the assistant other",
}
INSTEAD = {
    "no": ["no"], "not now": ["not now"], "stop": ["stop"], "never mind": ["never mind"],
    "nothing that is understood": ["", "", ""], "nonsense": ["the moon is a balloon", "yesterday", "how tall is the tower"],
    "something else": ["what time is it"], "a yes that was not heard well": [("yes", 0.2), ("yes", 0.3), "no"],
    "a yes behind a no": ["no", "yes"], "a yes behind nonsense without end": ["", "", "", "yes"],
}
NO_EFFECT = re.compile(r"time|docs|recall|hang_up$|(notes|remind) do=(list|read)")
TOOLS = ("time", "notes", "remind", "press", "transfer", "hang_up")
CAROL = "+15550001111"
AGENT = f'greeting = "Hello." tools = {{ {", ".join(json.dumps(t) for t in TOOLS)} }} transfer-to = {{ "{CAROL}" }}'
for name in TOOLS:
    tool(name, f"""(cat; echo) >>{TMP}/{name}.runs; echo '{{"text":"ok","data":{{"due":[],"local":"2026-11-21T20:00:00+0100"}}}}'""",
         effect="outside")


class Both:
    """The two stages; what one says for the other is handed on."""

    def __init__(self, number):
        more, call = f'contact "Carol" {{ number = "{CAROL}" }}', f"CA{number:032x}"
        for name in TOOLS:
            open(f"{TMP}/{name}.runs", "w").close()
        self.tools, self.intent = Stage("rd-tools", call=call), Intent(call=call)
        configure(AGENT, f'data-dir = "{TOP}/etc"', more)
        self.handed = set()

    def __enter__(self):
        self.tools.__enter__()
        self.intent.__enter__()
        self.tools.setup()
        self.tools.until(lambda: self.tools.said("tools.list"))
        self.intent.begin()
        self.hand_on()
        return self

    def __exit__(self, *how):
        self.intent.__exit__(*how)
        return self.tools.__exit__(*how)

    def run_tools(self):
        """Runs what was ordered and has not been yet; the answers."""
        calls = [c for c in self.intent.calls() if c["id"] not in self.handed]
        for call in calls:
            self.handed.add(call["id"])
            self.tools.event("tool.call", **{k: call[k] for k in ("id", "name", "arguments")})
        return [self.tools.result(c["id"]) for c in calls]

    def hand_on(self):
        for answer in self.run_tools():
            self.intent.event("tool.result", origin=4, **{k: v for k, v in answer.items() if not k.startswith("_") and k != "type"})
            self.intent.passed()
        self.intent.hear_all()

    def say(self, text, confidence=0.9):
        self.intent.caller(text, confidence)
        self.hand_on()

    def effects(self):
        """What was done so far: runs of tools, and switches of the assistant."""
        runs = []
        for name in set(TOOLS) - {"time"}:
            with open(f"{TMP}/{name}.runs") as f:
                runs += [(name, line) for line in f if line.strip() and json.loads(line).get("do") not in ("due", "list", "read")]
        return runs + [("switch", e["agent"]) for e in self.intent.said("agent.switch")]


def with_effects():
    """The intents of the file that change something, and which of them are asked about."""
    with open(f"{TOP}/etc/sentences/en.conf") as f:
        blocks = re.findall(r"^intent (\S+)\n((?:\t.*\n)*)", f.read(), re.M)
    found = {}
    for name, body in blocks:
        does = re.search(r"^\ttool (.*)$", body, re.M)
        if (does and not NO_EFFECT.match(does.group(1))) or re.search(r"^\tact switch$", body, re.M):
            found[name] = "\task " in body
    return found


def one(number, name, sentence):
    with Both(number) as b:
        b.say("yes")
        for how, answers in INSTEAD.items():
            asked = len(b.intent.orders())
            b.say(sentence)
            check(f"{name} is read back", len(b.intent.orders()) > asked and b.intent.expects() == "confirm", b.intent.words()[asked:])
            for answer in answers:
                b.say(*(answer if isinstance(answer, tuple) else (answer,)))
            check(f"{name}: {how} is no yes", not b.effects(), b.effects())
            b.say("no")
        b.say(sentence)
        b.say("yes")
        check(f"{name} is done", len(b.effects()) == 1, b.effects(), b.intent.words()[-3:])
        b.say("yes")
        b.say("yes")
        b.say(sentence)
        check(f"{name} is done once, and asked about again", len(b.effects()) == 1 and b.intent.expects() == "confirm", b.effects())
        check("the caller hangs up instead", b.intent.end() == 0)
        b.run_tools()
        check(f"{name}: a hang-up is no yes", len(b.effects()) == 1, b.effects())


every = with_effects()
check("whatever has an effect is asked about", all(every.values()), every)
check("each has its sentence here", set(every) == set(SENTENCES), set(every) ^ set(SENTENCES))
for number, (name, sentence) in enumerate(SENTENCES.items()):
    one(number, name, sentence)
close()
