"""rd-bridge between its two links, the model played by tests/sim. The test is the carrier: it says what was heard and cleared.

    from brain import *
    with Brain('greet say "Hello."') as b:
        b.begin()                    # call.setup, tools.list, context, call.start
        b.until(lambda: b.spoken("Hello."))
        b.speak()
"""
import atexit
from links import *

TOP = os.environ["TOP"]
LOUD, QUIET = bytes([0, 0x80] * 80), b"\xff" * 160
TOOLS = [{"name": n, "description": "of a test", "parameters": {"type": "object"}} for n in ("time", "recall", "hang_up")]


class Model:
    def __init__(self, script, key="test-key"):
        path = f"{TMP}/script"
        if script.endswith(".script"):
            path = f"{TOP}/tests/sim/scripts/{script}"
        else:
            with open(path, "w") as f:
                f.write(script + "\n")
        self.log = f"{TMP}/model.log"
        self.process = subprocess.Popen([f"{TOP}/tests/sim/rd-sim-model", "--script", path, "--log", self.log, "--key", key],
                                        stdout=subprocess.PIPE, text=True)
        atexit.register(self.kill)
        self.port = int(self.process.stdout.readline().split()[1])

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def lines(self):
        with open(self.log) as f:
            return [json.loads(l) for l in f.read().splitlines() if l.endswith("}")]

    def close(self):
        """Its verdict on all that it was sent."""
        self.process.terminate()
        check("the model has nothing to complain of", self.process.wait(10) == 0)


class Brain(Stage):
    def __init__(self, script, agent="", key="test-key", model_key="test-key", url=None, expect=(), general="",
                 turns="server"):
        self.model = None if url else Model(script, model_key)
        url = url or f"ws://127.0.0.1:{self.model.port}/v1/realtime"
        super().__init__("rd-bridge", f'url = "{url}" key = "TEST_KEY" turn-detection = {turns} {agent}', general,
                         env={"TEST_KEY": key}, expect=expect)

    # --- the ring
    def tools(self, tools=TOOLS, origin=4, rev=1):
        self.event("tools.list", origin=origin, rev=rev, part=1, parts=1, tools=tools)

    def context(self, turns=(), facts=(), rev=1, **more):
        self.event("context", origin=5, rev=rev, part=1, parts=1, caller={"id": "4567", "name": "Anna"}, facts=list(facts),
                   turns=list(turns), **more)

    def prepare(self, turns=(), facts=()):
        self.setup()
        self.tools()
        self.context(turns, facts)

    def begin(self, turns=(), resumed="no"):
        self.prepare(turns)
        self.event("call.start", origin=1, stream="MZ" + "0" * 32, step=0, resumed=resumed)

    def speak(self, ms=600, quiet=800):
        """As fast as it can: the model's turn detection counts sound, not time."""
        for sound in [LOUD] * (ms // 20) + [QUIET] * (quiet // 20):
            self.send(UP, sound, codec=1, rate=80, origin=1)
            self.step(0)

    def heard(self, item, ms, sent=None, end=False, type="call.heard", **more):
        self.event(type, origin=1, items=[{"item": item, "heard_ms": ms, "sent_ms": sent or ms, "end": end}], **more)

    def hear_all(self):
        """The caller has heard everything that was said so far, to its end."""
        for item in self.sound():
            if self.sound()[item][1]:
                self.heard(item, self.sound()[item][0], end=True)

    def result(self, id, name="time", text="It is five o'clock.", ok=True):
        self.event("tool.result", origin=4, id=id, name=name, ok=ok, text=text, outcome="done" if ok else "failed")

    def during(self, seconds):
        """Lets time pass: what must not happen would have happened."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.step(end - time.monotonic())

    def age(self):
        """Of the first connection, in seconds."""
        return time.monotonic() - next(l["us"] for l in self.model.lines() if l["kind"] == "open") / 1e6

    # --- looks
    def sound(self):
        """{item: (ms, complete)} of what went to the caller, in order."""
        found = {}
        for f in self.frames:
            if f.kind == DOWN and f.origin == PLACE:
                name = f"{f.item >> 24}.{f.item >> 16 & 255}.{f.item & 65535}"
                n, end = found.get(name, (0, False))
                found[name] = (n + len(f.payload), end or bool(f.flags & 1))
        return {name: (n // 8, end) for name, (n, end) in found.items()}

    def newest(self):
        return list(self.sound())[-1]

    def spoken(self, text):
        """The item of which these words were said, to its end; None: not yet."""
        return next((e["item"] for e in self.said("assistant.done") if e["text"] == text), None)

    def state(self):
        return (self.said("assistant.state") or [{"state": ""}])[-1]["state"]

    def wait_spoken(self, text):
        return self.until(lambda: self.spoken(text), what=f'"{text}"')

    def asked(self, type):
        """What the model was sent, oldest first."""
        return [l["event"] for l in self.model.lines() if l["kind"] == "in" and l["event"].get("type") == type]

    def wait_asked(self, type, n=1):
        return self.until(lambda: len(self.asked(type)) >= n and self.asked(type), what=f"{n} {type}")

    def items(self, role=None, conn=None):
        """Items of ours in the model's conversation: texts of a role."""
        return [l["event"]["item"]["content"][0]["text"] for l in self.model.lines()
                if l["kind"] == "in" and l["event"]["type"] == "conversation.item.create" and conn in (None, l["conn"])
                and l["event"]["item"]["type"] == "message" and role in (None, l["event"]["item"]["role"])]

    def finish(self, last=True):
        self.event("call.end", origin=1, reason="caller")
        check("it ends well", self.end() == 0, self.status)
        self.model.close()
        if last:
            close()

    def __exit__(self, kind, value, trace):
        if self.model and kind:
            self.model.kill()
        return super().__exit__(kind, value, trace)


def side_by_side(*cases):
    """Each case in a process and a folder of its own, all at once, for they mostly wait. Last line of a test."""
    if sys.argv[1:]:
        next(c for c in cases if c.__name__ == sys.argv[1])()
        close()
    running = []
    for c in cases:
        folder = f"{TMP}/{c.__name__}"
        os.mkdir(folder)
        with open(f"{folder}/said", "w") as said:
            running.append((folder, subprocess.Popen([sys.executable, sys.argv[0], c.__name__], stdout=said, stderr=said,
                                                     env=dict(os.environ, TMP=folder))))
    for folder, process in running:
        code = process.wait()
        with open(f"{folder}/said") as said:
            check(os.path.basename(folder), code == 0, "\n" + said.read())
    close()
