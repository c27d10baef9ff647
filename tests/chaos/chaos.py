"""One telephone line of tests/chaos: a ringdown with its own model, where call follows call, and in each something dies.

A moment is recognised by what happens: events that `watch` shows, the tool's own marks, the stream that is asked for.
"""
import json, os, re, select, signal, socket, sqlite3, subprocess, threading, time

from rig import B, Rig, wait_for
import scene

MOMENTS = ("ringing", "greeting", "caller-speaking", "caller-done", "assistant-speaking", "barge-in", "tool-begun", "tool-done",
           "farewell")
STAGES = ("rd-ingest", "rd-bridge", "rd-tools", "rd-memory", "rd-monitor")
SERVICES = ("rd-store", "rd-webhook")
SUPERVISOR = "ringdown"
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


class Line:
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
                                more=f'tool "mail" {{ command = {{ "{folder}/mail" }} }}\ncaller "*" {{ agent = "home" }}')

    def __enter__(self):
        self.rig.__enter__()
        wait_for("the model's voice", lambda: len(self.rig.processes(self.rig.sim.pid)) == 1)
        self.learn()
        return self

    def __exit__(self, *failure):
        return self.rig.__exit__(*failure)

    def learn(self):
        """How it is while nobody calls."""
        self.quiet, files = len(self.rig.processes()), self.descriptors(self.rig.ringdown.pid)
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
        return {name: self.descriptors(pid) for name, pid in dict(self.services, ringdown=self.rig.ringdown.pid).items()}

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

    # --- what came of it

    def judge(self, phone):
        run = self.run
        run.phone = phone
        if not run.struck:
            run.complain(f"the moment {run.moment} never came")
        if not phone["answered"] or phone["end"] != "assistant" or phone["verbs"][-1:] != ["Hangup"]:
            run.complain(f"the call was not ended by the assistant but by {phone['end']}: {phone['verbs']} {phone['said']}")
        refused = run.moment == "ringing" and run.victim in ("rd-ingest", SUPERVISOR)  # who was to take the stream
        if phone["warnings"] and not (refused and phone["warnings"] == 1):
            run.complain(f"the carrier complains: {phone['warning_texts']}")
        run.recording = scene.Recording(f"{self.tmp}/call.wav", self.blocks)
        self.judge_sound(run.recording)
        self.judge_leftovers()
        self.judge_turns(phone["call"])
        self.judge_mail(phone["call"])
        self.judge_log()

    def judge_sound(self, tape):
        run, due = self.run, [(0, 0)] + [tape.spoken(n) for n in range(3)]
        if len(tape.spoke) != 3:
            run.complain(f"the caller had to speak {len(tape.spoke)} times instead of 3: {tape.spoke}")
        for text, since in zip((scene.GREETING, scene.STORY, scene.MAIL, scene.BYE), due):
            s, short = tape.said[text], text[:20]
            if not s.heard or not since:
                run.complain(f"\"{short}…\" was not heard")
                continue
            run.delays[text] = s.at_ms - since[1]
            self.judge_sentence(s, short, text == scene.STORY)
        on, story = tape.said[scene.ON], tape.said[scene.STORY]
        if on.heard:
            self.judge_sentence(on, scene.ON[:20], True)
            if story.heard:
                run.halts[scene.ON] = on.at_ms - story.stopped_ms
            if run.victim not in ("rd-bridge", SUPERVISOR):
                run.complain("the assistant went on with a story that was not broken off")
        interrupted = tape.spoken(1)
        if story.heard and interrupted:
            run.over = max(s.stopped_ms for s in (story, on) if s.heard) - interrupted[0]

    def judge_sentence(self, s, short, may_be_cut):
        self.run.halts[short] = s.halt_ms
        if s.lost_ms > 100:
            self.run.complain(f"{s.lost_ms} ms of \"{short}…\" were not heard")
        if s.twice_ms > 100:
            self.run.complain(f"{s.twice_ms} ms of \"{short}…\" were heard twice")
        if not may_be_cut and s.heard_ms < s.whole_ms - 100:
            self.run.complain(f"\"{short}…\" broke off {s.whole_ms - s.heard_ms} ms before its end")

    def judge_leftovers(self):
        run = self.run
        try:
            self.rig.wait_idle(5)
            wait_for("the call's processes to be gone", lambda: len(self.rig.processes()) == self.quiet, 5)
            wait_for("the call's folder to be gone", lambda: not os.listdir(f"{self.tmp}/run/calls"), 5)
            wait_for("the tokens to be gone", lambda: not os.listdir(f"{self.tmp}/run/tokens"), 5)
        except AssertionError as e:
            run.complain(f"{e}: {list(self.rig.processes().values())}")
        self.learn_services()
        try:
            wait_for("the descriptors to be as before", lambda: self.all_descriptors() == self.files, 2)
        except AssertionError as e:
            run.complain(f"{e}: {self.files}, now {self.all_descriptors()}")

    def rows(self, sql, *words):
        with sqlite3.connect(f"file:{self.tmp}/state/memory.db?mode=ro", uri=True) as db:
            return db.execute(sql, words).fetchall()

    def judge_turns(self, call):
        run = self.run
        try:
            wait_for("the store to have the end", lambda: self.rows("SELECT 1 FROM calls WHERE call = ? AND ended_at IS NOT NULL", call), 5)
        except AssertionError as e:
            run.complain(str(e))
        run.turns = self.rows("SELECT who, text, life, heard_ms, sent_ms FROM turns t JOIN calls c ON c.id = t.call_id WHERE c.call = ?"
                              " ORDER BY at_us", call)
        said = [text for who, text, *_ in run.turns if who == "user"]
        for text in scene.CALLER:
            self.count(text, said.count(text), 1)
        for text in set(said) - set(scene.CALLER):
            self.count(text, 1, 0)
        if not run.lost and not run.doubled and tuple(said) != scene.CALLER:
            run.complain(f"the caller's words are remembered in another order: {said}")
        for text in scene.ASSISTANT:
            self.judge_turn(text, [t for who, t, *_ in run.turns if who == "assistant" and t and text.startswith(t)])
        for text in [t for who, t, *_ in run.turns if who == "assistant" and t and not any(s.startswith(t) for s in scene.ASSISTANT)]:
            self.count(text, 1, 0)

    def count(self, text, had, wanted):
        if had < wanted:
            self.run.lost += 1
            self.run.complain(f"nobody remembers \"{text[:24]}\"")
        elif had > wanted:
            self.run.doubled += had - wanted
            self.run.complain(f"\"{text[:24]}\" is remembered {had} times, {wanted} expected")

    def judge_turn(self, text, rows):
        s = self.run.recording.said[text]
        words = text.split()
        heard = scene.words_heard(text, s.heard_ms, s.sound_ms) if s.heard else 0
        self.count(text, len(rows), 1 if heard > 1 or rows and heard else len(rows) if heard else 0)
        if len(rows) == 1 and abs(len(rows[0].split()) - heard) > 1:
            self.run.complain(f"of \"{text[:20]}…\" {heard} words of {len(words)} were heard, {len(rows[0].split())} are remembered")

    def judge_mail(self, call):
        run = self.run
        try:
            with open(f"{self.tmp}/sent") as f:
                run.effects = f.read().split().count(call)
        except OSError:
            run.effects = 0
        told = self.rows("SELECT outcome FROM tool_calls t JOIN calls c ON c.id = t.call_id WHERE c.call = ? AND name = 'mail'", call)
        run.outcome = told[0][0] if told else "none"
        if run.effects > 1:
            run.complain(f"the mail was sent {run.effects} times")
        wanted = "unknown" if self.stays_cut_off() else "done"
        if run.effects == 0 and run.outcome != "unknown" or len(told) != 1 or run.outcome not in (wanted, "unknown"):
            run.complain(f"the mail was sent {run.effects} times, its outcome is told as {run.outcome}, {wanted} expected")

    def judge_log(self):
        victim = self.run.victim
        expected = [rf"{victim} ended, starting it again why=\"signal 9", rf"{victim} was stopped, sending SIGKILL",
                    *EXPECTED.get(victim, [])]
        self.run.log = self.rig.log(self.log_at)
        for line in self.run.log.splitlines():
            if re.search(r": (warn|error): |AddressSanitizer|runtime error", line):
                if not any(re.search(p, line) for p in expected):
                    self.run.complain(f"log: {line[:160]}")
                self.rig.expect(re.escape(line))


LOST = r"rd-ingest.*stream lost .*the carrier stage was started again"
CUT_OFF = r"rd-tools.*tool was cut off, its outcome is unknown name=mail"
REFUSED = r"ringdown: warn: cannot pass a stream on"
EXPECTED = {"rd-tools": [CUT_OFF], "rd-ingest": [LOST, REFUSED], SUPERVISOR: [LOST, CUT_OFF, REFUSED]}
