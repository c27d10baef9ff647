"""A ring of real stages with a telephone in one: the carrier's place is ours. It sends the caller's frames every 20 ms, plays
what comes down in real time, tells what was heard, obeys call.pause and call.clear, and writes down when what happened.

    with Lane("rd-codec --up s16/16000 | rd-stt") as lane:
        lane.say(sound.frames(pcm))
        lane.run(until=lambda: lane.said("user.text"))

Many lanes run at once, a thread each: in_lanes().
"""
import audioop, collections, concurrent.futures, json, os, re, select, shlex, signal, socket, time

import sound

B, TMP = os.environ["B"], os.environ["TMP"]
EVENT, UP, DOWN = 1, 2, 3
END, FILLED = 1, 8
MULAW, RATE_80 = 1, 80
HEADER = sound.HEADER
SILENCE = b"\xff" * sound.FRAME
TICK = 0.02
AHEAD_US = 60_000_000  # of the clock, in a lane without one: stages drop a voice that is old
LATE = 2.0  # what comes later says nothing about the stages
HEARING = "rd-codec --up s16/16000 | rd-stt"
RING = ("rd-codec --up s16/16000 | rd-stt | rd-intent | rd-tools | rd-tts | rd-memory | rd-monitor | rd-pacer | "
        "rd-codec --down mulaw/8000")
ANNA = "+15551234567"
CONF = """general {{
    runtime-dir = "{tmp}/run"
    state-dir = "{tmp}/state"
    cache-dir = "{cache}"
    data-dir = "{b}/data"
    tool-path = {{ "{b}/tools" }}
    timezone = "Europe/Berlin"
    default-agent = "offline"
    {general}
}}
{contacts}
tool "docs" {{ settings = {{ "folder={tmp}/documents" }} }}
caller "{anna}" {{ name = "Anna" agent = "offline" }}
caller "*" {{ agent = "offline" }}
agent "home" {{ pipeline = "offline" key = "" }}
"""
Said = collections.namedtuple("Said", "at origin event birth")


def now():
    return time.monotonic()


def configure(folder, names=None, documents=None, general=""):
    os.makedirs(f"{folder}/state", exist_ok=True)
    os.makedirs(f"{folder}/documents", exist_ok=True)
    for name, text in (documents or {}).items():
        with open(f"{folder}/documents/{name}.txt", "w") as f:
            f.write(text)
    contacts = "\n".join(f'contact "{n}" {{ number = "{number}" }}' for n, number in (names or {}).items())
    path = f"{folder}/ringdown.conf"
    with open(path, "w") as f:
        f.write(CONF.format(tmp=folder, cache=f"{TMP}/cache", b=B, general=general, contacts=contacts, anna=ANNA))
    return path


def end_process(pid, signo, limit=10):
    """Its exit status."""
    os.kill(pid, signo)
    over = os.pidfd_open(pid)
    if not select.select([over], [], [], limit)[0]:
        os.kill(pid, signal.SIGKILL)
    os.close(over)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class Lane:
    def __init__(self, pipeline=RING, number=0, conf=None, caller=ANNA):
        self.words = [shlex.split(w) for w in pipeline.split("|")]
        self.call, self.caller = f"CA{number:032x}", caller
        self.dir, self.conf = f"{TMP}/lane-{number}", conf or f"{TMP}/ringdown.conf"
        self.seq = self.serial = 0
        self.events, self.ended, self.down, self.late = [], False, [], 0.0
        self.mouth, self.queue, self.items, self.paused = collections.deque(), collections.deque(), {}, False
        self.ticks = []  # (when, the caller is loud, bytes that were played)
        self.heard_at, self.idled, self.background = 0.0, 0, [SILENCE]  # what the line sounds like by itself

    # --- processes
    def __enter__(self):
        os.makedirs(self.dir, exist_ok=True)
        self.links = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(len(self.words) + 1)]
        self.lines, self.pids, self.lives = [None] * len(self.words), [None] * len(self.words), [0] * len(self.words)
        self.log = open(f"{self.dir}/log", "ab")
        for n in range(len(self.words)):
            self.start(n)
        self.into, self.out = self.links[0][0], self.links[-1][1]
        self.out.setblocking(False)
        self.into.settimeout(5)  # a stage that is dead reads nothing
        self.next = now()
        self.setup()
        assert self.run(lambda: len({s.origin for s in self.said("stage.hello")}) == len(self.words), 60), "not every stage has said hello"
        assert not any(w[0] == "rd-stt" for w in self.words) or self.run(self.listens, 60), "no recogniser"
        return self

    def listens(self):
        """rd-stt loads its model beside the loop; what it hears meanwhile is understood later."""
        with open(f"{self.dir}/log", errors="replace") as f:
            return "the recogniser is ready" in f.read()

    def start(self, n):
        words, (mine, theirs) = self.words[n], socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        fds = (self.links[n][1].fileno(), self.links[n + 1][0].fileno(), self.log.fileno(), theirs.fileno())
        argv = [f"{B}/bin/{words[0]}", *words[1:], "-c", self.conf, "-a", "offline", "--call", self.call, "--dir", self.dir,
                "--origin", str(n + 2), "--life", str(self.lives[n])]
        self.pids[n] = os.posix_spawn(argv[0], argv, os.environ,
                                      file_actions=[(os.POSIX_SPAWN_DUP2, fd, i) for i, fd in enumerate(fds)])
        theirs.close()
        self.lines[n] = mine
        self.lives[n] += 1

    def place(self, program):
        return next(n for n, w in enumerate(self.words) if w[0] == program)

    def kill(self, program, signo=signal.SIGKILL):
        """It dies and is started again on the same links."""
        n = self.place(program)
        end_process(self.pids[n], signo)
        self.lines[n].close()
        self.start(n)

    def __exit__(self, kind, value, trace):
        for s in (self.into, *self.lines):
            s.close()
        self.links[0][1].close()
        self.codes = [end_process(pid, signal.SIGTERM) for pid in self.pids]
        for pair in self.links:
            for s in pair:
                s.close()
        self.log.close()
        return False

    def complaints(self, *announced):
        with open(f"{self.dir}/log", errors="replace") as f:
            return [line for line in f if re.search(r": (warn|error): |AddressSanitizer|runtime error", line)
                    and not any(re.search(p, line) for p in announced)]

    # --- frames
    def send(self, kind, payload, codec=0, rate=0, birth=None, flags=0):
        self.seq += 1
        self.into.send(HEADER.pack(0xf5, 0x52, 1, kind, flags, codec, rate, 1, 0, 0, 0, len(payload), 0, self.seq,
                                   birth or int(now() * 1e6)) + payload)

    def send_up(self, frame, birth=None):
        """A frame of the caller's; None: it did not arrive, and rd-ingest would fill the hole."""
        self.send(UP, frame or SILENCE, MULAW, RATE_80, birth, 0 if frame else FILLED)

    def idle(self):
        """The next frame while nobody speaks."""
        self.idled += 1
        return self.background[self.idled % len(self.background)]

    def event(self, type, **fields):
        self.send(EVENT, json.dumps({"type": type, **fields}).encode())

    def setup(self):
        self.event("call.setup", call=self.call, carrier="twilio", direction="in", to="+15550100000", attestation="A",
                   agent="offline", **{"from": self.caller})
        self.event("call.start", stream="MZ1", step=0, resumed="no")

    def read(self):
        while True:
            try:
                data = self.out.recv(65536)
            except BlockingIOError:
                return
            h = HEADER.unpack(data[:32])
            kind, flags, origin, hops, item, birth = h[3], h[4], h[7], h[9], h[12], h[14]
            if origin == 1 and (kind != EVENT or b'"mark.' not in data[32:48]):
                continue  # home
            if kind == EVENT:
                self.take(Said(now(), origin, json.loads(data[32:]), birth))
            if kind == DOWN:
                self.on_down(f"{item >> 24}.{item >> 16 & 255}.{item & 65535}", data[32:], flags & END, h[5], h[6], birth)
            elif hops < 62 and kind == EVENT and origin != 1:
                self.into.send(data[:10] + bytes([hops + 1]) + data[11:])

    # --- what the carrier does
    def on_down(self, item, payload, end, codec, rate, birth):
        assert not payload or (codec, rate) == (MULAW, RATE_80), "audio down is to be mulaw/8000"
        state = self.items.setdefault(item, {"item": item, "heard": 0, "sent": 0, "end": False})
        if payload and not state["sent"]:
            self.down.append((now(), item, birth / 1e6))
        state["sent"] += len(payload)
        state["end"] |= bool(end)
        for at in range(0, len(payload), sound.FRAME):
            self.queue.append((item, payload[at:at + sound.FRAME]))

    def facts(self, items):
        return [{"item": s["item"], "heard_ms": s["heard"] // 8, "sent_ms": s["sent"] // 8,
                 "end": s["end"] and s["heard"] == s["sent"]} for s in items]

    def take(self, said):
        e = said.event
        self.events.append(said)
        if e["type"] == "call.pause":
            self.paused = e["on"]
        elif e["type"] == "call.clear":
            cut = {item for item, _ in self.queue}
            self.queue.clear()
            self.paused = False
            self.event("call.cleared", id=e["id"], items=self.facts(s for i, s in self.items.items() if i in cut))
        elif e["type"] == "call.next":
            self.ended = self.ended or e["verb"] in ("hangup", "transfer")
            self.event("call.next.done", id=e["id"], verb=e["verb"], ok=True)
        elif e["type"] == "stage.hello":
            if {"call.setup", "call.start"} & set(e["needs"]) and said.at > self.begun() + 0.5:
                self.setup()

    def begun(self):
        return self.ticks[0][0] if self.ticks else now()

    def tick(self):
        frame = self.mouth.popleft() if self.mouth else self.idle()
        self.send_up(frame)
        played = b""
        while self.queue and not self.paused and len(played) < sound.FRAME:
            item, piece = self.queue.popleft()
            self.items[item]["heard"] += len(piece)
            played += piece
        self.ticks.append((now(), loud(frame), played))
        if played and now() > self.heard_at + 0.1:
            self.heard_at = now()
            self.event("call.heard", items=self.facts(s for s in self.items.values() if s["heard"])[-2:])
        elif not self.queue and self.ticks[-2:-1] and self.ticks[-2][2] and not played:
            self.event("call.heard", items=self.facts(s for s in self.items.values() if s["heard"])[-2:])

    # --- the loop
    def run(self, until=lambda: False, limit=20.0):
        """In real time until the condition holds: whether it did."""
        end = now() + limit
        while not until():
            if now() > end:
                return False
            self.late = max(self.late, now() - self.next)
            if now() > self.next + 1:  # the machine stood still
                self.next = now()
            while self.next <= now():
                self.tick()
                self.next += TICK
            select.select([self.out], [], [], max(0, self.next - now()))
            self.read()
        return True

    def rest(self, seconds):
        self.run(limit=seconds)

    # --- acts and looks
    def say(self, frames):
        """When its last loud frame goes out: the end of the speech, from now on the pace of the line."""
        self.mouth.extend(frames)

    def said(self, type, since=0.0, origin=None):
        return [s for s in self.events if s.event["type"] == type and s.at >= since and origin in (None, s.origin)]

    def silent(self, since=0.3):
        """Nothing is being heard, and nothing has been for so long."""
        n = int(since / TICK)
        return not self.queue and not any(p for _, _, p in self.ticks[-n:])

    def spoken(self, since):
        """Begin and end of what the caller has said from then on."""
        times = [t for t, is_loud, _ in self.ticks if is_loud and t >= since]
        return (times[0], times[-1] + TICK) if times else None

    def hear(self, frames, patience=2.5, settle=0.7):
        """Says it and waits for what was recognised: (text, confidence, seconds from the end of it to the text)."""
        begun = now()
        self.say(frames)
        self.run(until=lambda: not self.mouth, limit=60)
        _, end = self.spoken(begun) or (begun, now())
        self.run(until=lambda: finals(self, begun) and now() > end + settle, limit=patience)
        found = finals(self, begun)
        if not found:
            return "", 0.0, None
        text = " | ".join(s.event["text"] for s in found)
        return text, min(s.event.get("confidence", 1.0) for s in found), found[-1].at - end


class FastLane(Lane):
    """The same without a clock: frames go in as fast as they are taken, and are born as if it were real time. For stages that
    count time by the sound; a machine with much else to do changes nothing."""

    def feed(self, frames, batch=5):
        """Sends them, and waits until they have come through."""
        for at in range(0, len(frames), batch):
            for frame in frames[at:at + batch]:
                self.audio_us = max(self.audio_us + 20000, int(now() * 1e6) + AHEAD_US)
                self.send_up(frame, self.audio_us)
            self.passed()

    audio_us = 0

    def passed(self):
        name = f"mark.{self.seq}"
        self.event(name)
        end = now() + 20
        while not self.said(name):
            assert now() < end, "a stage does not pass anything on"
            select.select([self.out], [], [], 1)
            self.read()
        self.events = [s for s in self.events if not s.event["type"].startswith("mark.")]

    def hear(self, frames, patience=75, settle=35):
        """As above; the time is that of the sound, in steps of 20 ms."""
        begun, took, n = now(), None, 0
        self.feed(frames)
        while n < settle or (took is None and n < patience):
            self.feed([self.idle()], 1)
            n += 1
            if took is None and finals(self, begun):
                took = n * TICK
        found = finals(self, begun)
        self.feed([self.idle() for _ in range(10)])
        text = " | ".join(s.event["text"] for s in found)
        return text, min([s.event.get("confidence", 1.0) for s in found], default=0.0), took


def finals(lane, since):
    return [s for s in lane.said("user.text", since) if s.event["final"]]


_loud = {}


def loud(frame):
    if frame is None:
        return False
    if frame not in _loud:
        if len(_loud) > 20000:
            _loud.clear()
        _loud[frame] = audioop.rms(audioop.ulaw2lin(frame, 2), 2) > 300
    return _loud[frame]


def in_lanes(work, calls, lanes, pipeline=RING, conf=None, announced=(), lane=Lane):
    """work(lane, call) for each of the calls, each in a ring of its own, so many at once: its results, in their order."""
    def one(number):
        with lane(pipeline, number, conf) as line:
            line.late = 0.0
            result = work(line, calls[number])
            assert line.late < LATE, f"call {number} stood still for {line.late:.2f} s: the machine has too much to do"
        wrong = line.complaints(*announced)
        assert not wrong, f"in the log of call {number}:\n" + "".join(wrong[:20])
        assert not any(line.codes), f"exit statuses of call {number}: {line.codes}"
        return result

    with concurrent.futures.ThreadPoolExecutor(lanes) as pool:
        return list(pool.map(one, range(len(calls))))
