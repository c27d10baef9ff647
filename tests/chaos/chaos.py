"""One telephone line of tests/chaos: a ringdown with its own model, where call follows call, and in each something dies.

A moment is recognised by what happens: events that `watch` shows, the tool's own marks, the stream that is asked for.
"""
import json, os, select, signal, socket, subprocess, threading, time

from judge import SERVICES, SUPERVISOR, Judge
from rig import B, Rig, wait_for
import scene

MOMENTS = ("ringing", "greeting", "caller-speaking", "caller-done", "assistant-speaking", "barge-in", "tool-begun", "tool-done",
           "farewell")
STAGES = ("rd-ingest", "rd-bridge", "rd-tools", "rd-memory", "rd-monitor", "rd-pacer")
HOW = {"killed": signal.SIGKILL, "stopped": signal.SIGSTOP}
SLOW = ("rd-ingest", "rd-bridge", SUPERVISOR)  # whose death may take longer than a caller waits for the rest of a sentence


class Lines:
    """JSON lines of the control socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.rest = b""

    def say(self, **request):
        self.socket.sendall(json.dumps(dict(request, id=1)).encode() + b"\n")

    def read(self):
        """What has come, waiting for something; None at the end."""
        try:
            more = self.socket.recv(65536)
        except OSError:
            more = b""
        lines = (self.rest + more).split(b"\n")
        self.rest = lines.pop()
        return [json.loads(l) for l in lines] if more else None

    def ask(self, **request):
        self.say(**request)
        while True:
            for answer in self.read():
                return answer


class Moments:
    """Tells from the events of a call, in the order of the scene, which moment it is."""

    def __init__(self):
        self.heard, self.started, self.stopped, self.story = None, 0, 0, False

    def of(self, e):
        kind = e["type"]
        if kind == "user.speech.started":
            self.started += 1
            return "caller-speaking" if self.started == 1 else None
        if kind == "user.speech.stopped":
            self.stopped += 1
            return "caller-done" if self.stopped == 1 else None
        if kind == "call.heard":
            item = e["items"][-1]["item"] if e.get("items") else None
            if self.heard is None:
                self.heard = item
                return "greeting"
            if item != self.heard and self.stopped and not self.story:
                self.story = True
                return "assistant-speaking"
        if kind == "call.clear" and self.story:
            return "barge-in"
        return "farewell" if kind == "call.next" else None


class Relay:
    """A way to the door that holds the request for the stream back until it was seen."""

    def __init__(self, address, on_stream):
        self.to, self.on_stream = address.rsplit(":", 1), on_stream
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.door.getsockname()[1]
        self.begin(self.accept)

    @staticmethod
    def begin(what, *words):
        threading.Thread(target=what, args=words, daemon=True).start()

    def accept(self):
        while True:
            try:
                near = self.door.accept()[0]
            except OSError:
                return
            self.begin(self.carry, near)

    def carry(self, near):
        head = near.recv(65536)
        if head.startswith(b"GET /media"):
            on, self.on_stream = self.on_stream, lambda: None
            on()
        far = socket.create_connection((self.to[0], int(self.to[1])))
        far.sendall(head)
        self.begin(self.pump, far, near)
        self.pump(near, far)

    @staticmethod
    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()

    def close(self):
        self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()


class ActivatedRig(Rig):
    """Its port is ours, as with systemd's socket activation: it outlives the supervisor."""

    def popen(self, env, log):
        if not hasattr(self, "door"):
            self.door = socket.create_server(("127.0.0.1", 0))
            self.door.setblocking(True)
        env = dict(env, LISTEN_FDS="1", LISTEN_FDNAMES="http")
        words = f'LISTEN_PID=$$ exec "{B}/bin/ringdown" -c "{self.conf}" 3<&0 </dev/null'
        return subprocess.Popen(["/bin/sh", "-c", words], stdin=self.door, stderr=log, env=env)


class Call:
    """What came of one call."""

    def __init__(self, victim, moment, how):
        self.victim, self.moment, self.how, self.complaints = victim, moment, how, []
        self.lost = self.doubled = self.effects = 0
        self.delays, self.halts, self.struck, self.turns = {}, {}, False, []

    def complain(self, text):
        self.complaints.append(text)


class Line(Judge):
    def __init__(self, number, blocks, folder):
        self.number, self.blocks, self.tmp, self.calls = number, blocks, folder, 0
        os.makedirs(folder)
        for pipe in ("marks", "go"):
            os.mkfifo(f"{folder}/{pipe}")
            setattr(self, pipe, os.open(f"{folder}/{pipe}", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC))
        with open(f"{folder}/mail", "w") as f:
            f.write(scene.TOOL.format(tmp=folder))
        os.chmod(f"{folder}/mail", 0o755)
        with open(f"{folder}/chaos.script", "w") as f:
            f.write(scene.SCRIPT)
        scene.write_voices(folder)
        self.rig = ActivatedRig(f"{folder}/chaos.script", folder=folder, tools='"mail", "hang_up"', strict=False,
                                greeting=scene.GREETING, stages=" | ".join(STAGES) + " --cue 0",  # no words but the scene's
                                more=f'tool "mail" {{ command = {{ "{folder}/mail" }} folders = {{ "{folder}" }} }}\ncaller "*" {{ agent = "home" }}')

    def __enter__(self):
        self.rig.__enter__()
        wait_for("the model's voice", lambda: len(self.rig.processes(self.rig.sim.pid)) == 1)
        self.learn()
        return self

    def __exit__(self, *failure):
        return self.rig.__exit__(*failure)

    def learn(self):
        """How it is while nobody calls."""
        self.quiet, files = len(self.rig.lasting()), self.rig.descriptors()
        self.learn_services()  # ringdown has a descriptor more for us
        self.files = dict(self.all_descriptors(), ringdown=files)

    def learn_services(self):
        self.services = {s["program"]: s["pid"] for s in self.status()["services"]}

    def status(self):
        control = Lines(f"{self.tmp}/run/control")
        status = control.ask(do="status")
        control.socket.close()
        return status

    def all_descriptors(self):
        """How many each has that outlives a call."""
        return dict({name: self.descriptors(pid) for name, pid in self.services.items()}, ringdown=self.rig.descriptors())

    @staticmethod
    def descriptors(pid):
        return len(os.listdir(f"/proc/{pid}/fd"))

    # --- one call

    def call(self, victim, moment, how):
        self.calls += 1
        self.run, self.stages = Call(victim, moment, how), {}
        self.log_at = os.path.getsize(self.rig.log_path)
        self.drain()
        self.watch = Lines(f"{self.tmp}/run/control")
        self.watch.say(do="watch")
        phone = self.dial()
        try:
            self.follow(phone, Moments())
        finally:
            self.watch.socket.close()
            if self.relay:
                self.relay.close()
            if phone.poll() is None:
                phone.kill()
        self.judge(self.rig.summary(phone))
        return self.run

    def drain(self):
        for fd in (self.marks, self.go):
            while select.select([fd], [], [], 0)[0]:
                os.read(fd, 4096)

    def dial(self):
        address = self.rig.address
        self.relay = Relay(address, lambda: self.reached("ringing")) if self.run.moment == "ringing" else None
        self.rig.address = self.relay.address if self.relay else address
        words = [f"{self.tmp}/caller-{n}.wav" for n in (1, 2, 3)]
        silence = "1600" if self.run.victim in SLOW else "600"
        try:
            return self.rig.phone("--silence", silence, "--hangup-after", "4", "--patience", "6", "--wav", words[0],
                                  "--interrupt-after", str(scene.INTERRUPT_MS), "--wav", words[1], "--wav", words[2],
                                  background=True, caller=f"+1555{self.number:02}{self.calls:05}", out=f"{self.tmp}/call.wav")
        finally:
            self.rig.address = address

    def follow(self, phone, moments):
        """Until the phone is done. Whatever happens is looked at when it happens."""
        over, end = os.pidfd_open(phone.pid), time.monotonic() + 60
        sources = [over, self.watch.socket, self.marks]
        while time.monotonic() < end:
            ready = select.select(sources, [], [], 1)[0]
            if over in ready:
                break
            if self.watch.socket in ready:
                lines = self.watch.read()
                if lines is None:
                    sources.remove(self.watch.socket)
                for line in lines or []:
                    if "event" in line:
                        self.learn_stages(line["call"])
                        self.reached(moments.of(line["event"]))
            if self.marks in ready:
                for mark in os.read(self.marks, 4096).decode().split():
                    self.reached(f"tool-{mark}")
                    if mark == "begun" and not self.stays_cut_off():
                        os.write(self.go, b"on\n")
        os.close(over)

    def stays_cut_off(self):
        """Nobody but its successor is to end the tool of a stage that was killed."""
        return self.run.moment == "tool-begun" and self.run.victim in ("rd-tools", SUPERVISOR)

    def learn_stages(self, call):
        if not self.stages and not self.run.struck:
            self.stages = {s["program"]: s["pid"] for c in self.status()["calls"] if c["call"] == call for s in c["stages"]}

    def reached(self, moment):
        run = self.run
        if moment != run.moment or run.struck:
            return
        if moment == "ringing":
            self.learn_stages(self.status()["calls"][0]["call"])
        run.struck = True
        if run.victim == SUPERVISOR:
            self.rig.ringdown.kill()
            self.rig.ringdown.wait()
            self.rig.start()
        elif run.victim != "nothing":
            os.kill(self.stages.get(run.victim) or self.services[run.victim], HOW[run.how])
