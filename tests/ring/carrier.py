"""What stands around a carrier stage, for its tests: the supervisor's line, the ring's two links, and Twilio, which
plays out what it is sent in real time and knows what was heard. One loop, no threads; nothing sleeps, everything
waits for something.

    from carrier import Ring
    with Ring() as r:
        t = r.call()                       # a stream, started
        r.down("2.0.1", audio(1000), end=True)
        r.until(lambda: r.said("call.heard"))
"""
import base64, collections, json, os, re, select, signal, socket, struct, subprocess, sys, time

B, TMP = os.environ["B"], os.environ["TMP"]
CALL, SID = "CA" + "0123456789abcdef" * 2, "MZ" + "fedcba9876543210" * 2
EVENT, UP, DOWN = 1, 2, 3
END, AGAIN, TAKEN, FILLED = 1, 2, 4, 8
HEADER = struct.Struct("<BBBBBBHBBBBIIIQ")
Frame = collections.namedtuple("Frame", "kind flags codec rate origin life item seq birth payload")
failed = []


def now():
    return time.monotonic()


def audio(ms, byte=0x55):
    return bytes([byte]) * (8 * ms)


def item(name):
    return 0 if not name else int.from_bytes(bytes([int(n) for n in name.split(".")[:2]]),
          "big") << 16 | int(name.split(".")[2])


def check(what, truth, *found):
    if not truth:
        failed.append(what)
        print("not ok:", what, *found)


def close():
    """Last line of a test."""
    sys.exit(1 if failed else 0)


class Socket:
    """A WebSocket client without manners of its own."""

    def __init__(self, sock, path="/media/0123456789abcdef0123456789abcdef", early=False):
        self.sock, self.buf, self.open, self.closed, self.texts = sock, b"", False, None, collections.deque()
        self.head = (f"GET {path} HTTP/1.1\r\nHost: phone.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n").encode()
        if not early:  # else it goes in one piece with what is sent first
            sock.sendall(self.head)
            self.head = b""

    def send(self, message, opcode=1):
        data = message if isinstance(message, bytes) else message.encode() if isinstance(message,
              str) else json.dumps(message).encode()
        n = len(data)
        head = bytes([0x80 | opcode]) + (bytes([0x80 | n]) if n < 126 else bytes([0xfe]) + n.to_bytes(2,
              "big") if n < 65536
                                         else bytes([0xff]) + n.to_bytes(8, "big"))
        head, self.head = self.head + head, b""
        try:
            self.sock.sendall(head + bytes(4) + data)
        except OSError:
            pass # it is closed: `closed` says so when it is read

    def read(self):
        try:
            data = self.sock.recv(65536)
        except OSError:
            data = b""
        if not data:
            self.closed = self.closed or 1006
            return
        self.buf += data
        if not self.open:
            if b"\r\n\r\n" not in self.buf:
                return
            head, self.buf = self.buf.split(b"\r\n\r\n", 1)
            assert head.startswith(b"HTTP/1.1 101"), head
            self.open = True
        while self.take():
            pass

    def take(self):
        if len(self.buf) < 2:
            return False
        n, at = self.buf[1] & 127, 2
        if n == 126:
            n, at = int.from_bytes(self.buf[2:4], "big"), 4
        elif n == 127:
            n, at = int.from_bytes(self.buf[2:10], "big"), 10
        if len(self.buf) < at + n:
            return False
        opcode, data, self.buf = self.buf[0] & 15, self.buf[at:at + n], self.buf[at + n:]
        if opcode == 1:
            self.texts.append(data.decode())
        elif opcode == 8:
            self.closed = int.from_bytes(data[:2], "big") if n >= 2 else 1005
            self.send(data[:2], 8)
        return True


class Twilio:
    """The far side: a buffer that is played in real time, marks, clear. late_ms: echoes come so much later."""

    def __init__(self, ws, call=CALL, sid=SID, late_ms=0):
        self.ws, self.call, self.sid, self.late = ws, call, sid, late_ms / 1000
        self.sequence = self.stamp = 0
        self.audio = b""               # everything that was played or is about to be
        self.run_from, self.run_at = 0, now()
        self.marks, self.echoes = [], []
        self.messages, self.clears = [], []
        self.dead = False              # nothing is read any more

    def start(self, **more):
        self.ws.send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        self.tell("start", start={"streamSid": self.sid, "accountSid": "AC" + "0" * 32, "callSid": self.call,
                                  "tracks": ["inbound"], "customParameters": {},
                                  "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000,
                                        "channels": 1}, **more})

    def tell(self, event, **fields):
        self.sequence += 1
        self.ws.send({"event": event, "sequenceNumber": str(self.sequence), "streamSid": self.sid, **fields})

    def voice(self, data=audio(20, 0x11), stamp=None):
        stamp = self.stamp if stamp is None else stamp
        self.tell("media", media={"track": "inbound", "chunk": "1", "timestamp": str(stamp),
              "payload": base64.b64encode(data).decode()})
        self.stamp = stamp + len(data) // 8

    def key(self, digit):
        self.tell("dtmf", dtmf={"track": "inbound_track", "digit": digit})

    def stop(self):
        self.tell("stop", stop={"accountSid": "AC" + "0" * 32, "callSid": self.call})

    def heard(self):
        """Bytes of self.audio that were played by now."""
        return min(len(self.audio), self.run_from + int((now() - self.run_at) * 8000))

    def take(self, text):
        m = json.loads(text)
        self.messages.append(m)
        assert m["streamSid"] == self.sid, m
        if m["event"] == "media":
            assert set(m) == {"event", "streamSid", "media"} and set(m["media"]) == {"payload"}, m
            if self.heard() == len(self.audio):
                self.run_from, self.run_at = len(self.audio), now()
            self.audio += base64.b64decode(m["media"]["payload"])
        elif m["event"] == "mark":
            assert set(m) == {"event", "streamSid", "mark"} and set(m["mark"]) == {"name"}, m
            self.marks.append((len(self.audio), m["mark"]["name"]))
        else:
            assert m == {"event": "clear", "streamSid": self.sid}, m
            heard = self.heard()
            self.clears.append(heard)
            self.audio, self.run_from = self.audio[:heard], heard
            self.echoes += [(now() + self.late, name) for _, name in self.marks]
            self.marks = []

    def due(self):
        """When something is to be echoed next."""
        times = [t for t, _ in self.echoes[:1]]
        if self.marks:
            times.append(self.run_at + (self.marks[0][0] - self.run_from) / 8000)
        return min(times, default=None)

    def run(self):
        while self.marks and self.heard() >= self.marks[0][0]:
            self.echoes.append((now() + self.late, self.marks.pop(0)[1]))
        while self.echoes and self.echoes[0][0] <= now():
            self.tell("mark", mark={"name": self.echoes.pop(0)[1]})

    def media(self):
        return [base64.b64decode(m["media"]["payload"]) for m in self.messages if m["event"] == "media"]


class Ring:
    """A carrier stage between its links. listen: by hand, with --listen; else as the supervisor starts it."""

    count = 0

    def __init__(self, *options, listen=False, program="rd-ingest", setup=None, conf="", expect=()):
        self.options, self.listen, self.program, self.expect = list(options), listen, program, list(expect)
        Ring.count += 1
        self.dir, self.life, self.frames, self.line, self.errors = f"{TMP}/call{Ring.count}", 0, [], [], ""
        self.twilios, self.seq, self.step, self.status, self.late_s = [], 0, 0, None, 0
        self.ring, self.inner = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(2)], None
        if not listen:
            os.makedirs(self.dir, exist_ok=True)
            with open(f"{self.dir}/call.json", "w") as f:
                json.dump(setup or {"call": CALL, "carrier": "twilio", "direction": "in", "from": "+15551234567",
                      "to": "+15550100000",
                                    "caller_name": "Anna", "attestation": "A", "agent": "home", "config": 1,
                                    "at": "2026-11-21T04:47:00.123Z"}, f)
        self.conf = f"{TMP}/ringdown.conf"
        with open(self.conf, "w") as f:
            f.write(f'agent "home" {{ }}\n{conf}')

    def __enter__(self):
        self.start()
        return self

    def start(self):
        """Starts the stage, or its next life, on the same links."""
        words = [f"{B}/bin/{self.program}", "-c", self.conf, "-a", "home", *self.options]
        if self.listen:
            words += ["--listen", "127.0.0.1:0"]
        else:
            words += ["--origin", "1", "--life", str(self.life), "--call", CALL, "--dir", self.dir]
        self.line_sock, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        err_r, err_w = os.pipe()
        fds = [self.ring[0][1].fileno(), self.ring[1][1].fileno(), err_w, theirs.fileno()]
        high = [os.dup2(fd, 100 + i, inheritable=True) for i, fd in enumerate(fds)]

        def arrange():
            for i in range(4 if not self.listen else 3):
                os.dup2(100 + i, i)

        self.process = subprocess.Popen(words, stdin=None, preexec_fn=arrange, close_fds=False, env=dict(os.environ))
        for fd in high + [err_w]:
            os.close(fd)
        theirs.close()
        os.set_blocking(err_r, False)
        self.err, self.status = err_r, None
        self.life += 1

    # --- the loop
    def step_once(self, limit):
        """late_s: the most that we were held up; what Twilio would have known meanwhile, we know so much later."""
        begun = now()
        self.one_step(limit)
        self.late_s = max(self.late_s, now() - begun - max(0, limit))

    def one_step(self, limit):
        readers = {self.ring[1][0]: self.read_ring, self.line_sock: self.read_line, self.err: self.read_err}
        wait = limit
        for t in self.twilios:
            if not t.dead and not t.ws.closed:
                readers[t.ws.sock] = lambda t=t: self.read_twilio(t)
                if t.due() is not None:
                    wait = min(wait, t.due() - now())
        readers = {k: v for k, v in readers.items() if k is not None}
        for fd in select.select(list(readers), [], [], max(0, wait))[0]:
            readers[fd]()
        for t in self.twilios:
            if not t.dead:
                t.run()
        if self.status is None:
            self.status = self.process.poll()

    def until(self, condition, limit=15.0, what="what is expected"):
        end = now() + limit
        while not condition():
            if now() > end:
                self.show()
                raise AssertionError(f"waited {limit:g} s for {what}")
            self.step_once(min(0.05, end - now()))
        return condition()

    def during(self, seconds, each=None):
        """Plays for a while: what must not happen has the time to happen."""
        end = now() + seconds
        while now() < end:
            if each:
                each()
            self.step_once(min(0.02, max(0, end - now())))

    def read_ring(self):
        data = self.ring[1][0].recv(65536)
        h = HEADER.unpack(data[:32])
        self.frames.append(Frame(h[3], h[4], h[5], h[6], h[7], h[8], h[12], h[13], h[14], data[32:]))

    def read_line(self):
        data = self.line_sock.recv(65536)
        if data:
            self.line.append(json.loads(data))
        else:
            self.line_sock = None

    def read_err(self):
        data = os.read(self.err, 65536)
        self.errors += data.decode()
        if not data:
            os.close(self.err)
            self.err = None

    def read_twilio(self, t):
        t.ws.read()
        while t.ws.texts:
            t.take(t.ws.texts.popleft())

    # --- acts
    def send(self, kind, payload=b"", flags=0, codec=0, rate=0, name=None, origin=2, life=0, seq=None, birth=None, back=False):
        """back: by the reverse direction of the stage's output."""
        self.seq += 1
        head = HEADER.pack(0xf5, 0x52, 1, kind, flags, codec, rate, origin, life, 0, 0, len(payload), item(name),
                           seq or self.seq, birth or int(now() * 1e6))
        self.ring[1 if back else 0][0].send(head + payload)

    def event(self, type, origin=2, flags=0, seq=None, back=False, **fields):
        self.send(EVENT, json.dumps({"type": type, **fields}).encode(), flags, origin=origin, seq=seq, back=back)

    def down(self, name, data=b"", end=False, codec=1, rate=80, back=False, flags=0):
        for i in range(0, max(1, len(data)), 4000):
            last = i + 4000 >= len(data)
            self.send(DOWN, data[i:i + 4000], flags | (END if end and last else 0), codec, rate, name,
                  origin=int(name.split(".")[0]), back=back)

    def connect(self, start=True, step=None, early=False, **how):
        """A stream as the supervisor hands it over, or by the stage's own door. early: its messages do not wait for the
        answer."""
        if self.listen:
            port = self.until(lambda: re.search(r"listening on 127\.0\.0\.1:(\d+)", self.errors),
                  what="the door").group(1)
            t = Twilio(Socket(socket.create_connection(("127.0.0.1", int(port))), early=early), **how)
            if early:
                t.start()
        else:
            with socket.create_server(("127.0.0.1", 0)) as door:
                t = Twilio(Socket(socket.create_connection(door.getsockname()), early=early), **how)
                served, _ = door.accept()
            if early:
                t.start()
            head = b""
            while b"\r\n\r\n" not in head:
                head += served.recv(65536)
            step = self.step if step is None else step
            self.step = step + 1
            message = json.dumps({"do": "stream", "call": CALL, "step": step}).encode() + b"\n" + head
            socket.send_fds(self.line_sock, [message], [served.fileno()])
            served.close()
        self.twilios.append(t)
        self.until(lambda: t.ws.open or t.ws.closed, what="the upgrade")
        if start and not early:
            t.start()
        return t

    def call(self, **how):
        before = len(self.said("call.start"))
        t = self.connect(**how)
        self.until(lambda: len(self.said("call.start")) > before, what="call.start")
        return t

    def order_end(self, **fields):
        self.line_sock.send(json.dumps({"do": "end", **fields}).encode() + b"\n")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.line_sock.close()
        self.line_sock = None

    # --- looks
    def said(self, type):
        """Events that the stage itself said."""
        return [e for e in self.events(type) if e["_origin"] in (1, *range(128, 256))]

    def events(self, type=None):
        found = []
        for f in self.frames:
            if f.kind == EVENT:
                e = dict(json.loads(f.payload), _origin=f.origin, _life=f.life, _flags=f.flags, _seq=f.seq)
                if type is None or e["type"] == type:
                    found.append(e)
        return found

    def up(self, filled=False):
        """The caller's voice; with filled also the silence that was put in."""
        return [f for f in self.frames if f.kind == UP and (filled or not f.flags & FILLED)]

    def heard(self, name):
        """What was said last of an item."""
        last = None
        for e in self.said("call.heard"):
            last = next((i for i in e["items"] if i["item"] == name), last)
        return last

    def states(self):
        return [m["state"] for m in self.line if m["do"] == "state"]

    def next(self):
        try:
            with open(f"{self.dir}/next") as f:
                return json.load(f)
        except OSError:
            return None

    def ended(self, limit=15.0):
        self.until(lambda: self.status is not None, limit, "the stage to end")
        self.step_once(0)
        while self.err is not None and select.select([self.err], [], [], 0)[0]:
            self.read_err()
        while select.select([self.ring[1][0]], [], [], 0)[0]:
            self.read_ring()
        for t in self.twilios:
            while not t.dead and not t.ws.closed:
                self.read_twilio(t)
        return self.status

    def show(self):
        print(self.errors[-4000:])
        print("said:", [(e["type"], {k: v for k,
              v in e.items() if k[0] != "_" and k != "type"}) for e in self.events()][-20:])
        for t in self.twilios:
            print("twilio:", len(t.audio), "bytes, marks", t.marks, "clears", t.clears, "closed", t.ws.closed)

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if kind:
            return False
        bad = [line for line in self.errors.splitlines()
               if re.search(r": (warn|error): |AddressSanitizer|runtime error", line)
               and not any(re.search(p, line) for p in self.expect)]
        check("nothing unannounced in the log", not bad, bad)
        return False
