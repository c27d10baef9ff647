"""A stage between two links, as the supervisor starts it: SEQPACKET sockets on 0 and 1, its log on 2, the supervisor's line on
3; it may be killed and started again on the same links. For stages that stand inside a ring (carrier.py is for those at its
beginning). Nothing sleeps, everything waits for something.

    from links import Stage
    with Stage("rd-tools", 'tools = { "time" }') as s:
        s.event("tool.call", id="c1", name="time", arguments={})
        s.until(lambda: s.said("tool.result"))
"""
import collections, functools, json, os, re, select, signal, socket, struct, subprocess, sys, time

B, TMP = os.environ["B"], os.environ["TMP"]
CALL = "CA" + "0123456789abcdef" * 2
ANNA, BEN = "+15551234567", "+15557654321"
EVENT, UP, DOWN = 1, 2, 3
AGAIN = 2
HEADER = struct.Struct("<BBBBBBHBBBBIIIQ")
Frame = collections.namedtuple("Frame", "kind flags codec rate origin life hops item seq birth payload")
PLACE = 3
failed = []

CONF = """general {{
    runtime-dir = "{tmp}/run"
    state-dir = "{tmp}/state"
    cache-dir = "{tmp}/cache"
    tool-path = {{ "{tmp}/tools", "{b}/tools" }}
    timezone = "Europe/Berlin"
    {general}
}}
caller "+15551234567" {{ name = "Anna" agent = "home" household = "smith" }}
caller "+15557654321" {{ name = "Ben" agent = "home" household = "smith" }}
caller "*" {{ agent = "home" }}
agent "home" {{ {agent} }}
agent "other" {{ tools = {{ "time" }} }}
{more}
"""


@functools.lru_cache(maxsize=None)
def read_event(f):
    return dict(json.loads(f.payload), _origin=f.origin, _life=f.life, _flags=f.flags, _seq=f.seq)


def check(what, truth, *found):
    if not truth:
        failed.append(what)
        print("not ok:", what, *found)


def close():
    """Last line of a test."""
    sys.exit(1 if failed else 0)


def wait_for(what, condition, limit=10.0):
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {limit:g} s for {what}")
        select.select([], [], [], 0.01)
    return condition()


tools = set()


def tool(name, body, **more):
    """A tool of the test's own, in sh; body runs with its arguments on standard input, and may use the test's folder."""
    tools.add(name)
    about = {"name": name, "description": "of a test", "parameters": {"type": "object"}, "effect": "none", **more}
    os.makedirs(f"{TMP}/tools", exist_ok=True)
    with open(f"{TMP}/tools/{name}", "w") as f:
        f.write(f"#!/bin/sh\n[ \"$1\" = --schema ] && cat <<'END' && exit 0\n{json.dumps(about)}\nEND\n{body}\n")
    os.chmod(f"{TMP}/tools/{name}", 0o755)


def configure(agent="", general="", more=""):
    more += "".join(f'\ntool "{t}" {{ folders = {{ "{TMP}" }} }}' for t in sorted(tools) if f'tool "{t}"' not in more)
    with open(f"{TMP}/ringdown.conf", "w") as f:
        f.write(CONF.format(tmp=TMP, b=B, agent=agent, general=general, more=more))


class Service:
    """rd-store, or another service that says ready on its line."""

    def __init__(self, program, expect=()):
        self.program, self.expect = program, list(expect)

    def __enter__(self):
        self.start()
        return self

    def start(self):
        self.log = open(f"{TMP}/{self.program}.log", "ab")
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = subprocess.Popen([f"{B}/bin/{self.program}", "-c", f"{TMP}/ringdown.conf"], stderr=self.log,
                                        preexec_fn=lambda: os.dup2(theirs.fileno(), 3), pass_fds=(3, theirs.fileno()))
        theirs.close()
        self.line.settimeout(10)
        assert self.line.recv(10) == b"\n", "ready"

    def stop(self, signo=signal.SIGTERM):
        self.process.send_signal(signo)
        code = self.process.wait(10)
        self.line.close()
        self.log.close()
        return code

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            check(f"{self.program} ends well", self.stop() == 0)
        with open(f"{TMP}/{self.program}.log", errors="replace") as f:
            lines = f.read().splitlines()
        if kind:
            print("\n".join(lines[-20:]))
        bad = [n for n in lines if re.search(r": (warn|error): |AddressSanitizer|runtime error", n)
               and not any(re.search(p, n) for p in self.expect)]
        check(f"nothing unannounced in the log of {self.program}", not bad, bad)
        return False


class Stage:
    def __init__(self, program, agent="", general="", more="", env=None, expect=(), call=CALL):
        self.program, self.expect, self.errors, self.life, self.frames, self.seq = program, list(expect), "", 0, [], 0
        self.back, self.read_back = [], True  # frames that came the way back; whether we read there
        self.late_s = 0  # the most that we were held up, since somebody set it to 0
        self.env, self.call_id, self.dir = dict(os.environ, **(env or {})), call, f"{TMP}/{call}"
        self.into, self.out = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(2)]
        os.makedirs(self.dir, exist_ok=True)
        configure(agent, general, more)

    def __enter__(self):
        self.start()
        return self

    def start(self):
        """Its first life, or the next on the same links."""
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.err, err = os.pipe()
        fds = [self.into[1].fileno(), self.out[1].fileno(), err, theirs.fileno()]
        high = [os.dup2(fd, 100 + i, inheritable=True) for i, fd in enumerate(fds)]
        words = [f"{B}/bin/{self.program}", "-c", f"{TMP}/ringdown.conf", "-a", "home", "--call", self.call_id, "--dir", self.dir,
                 "--origin", str(PLACE), "--life", str(self.life)]
        self.process = subprocess.Popen(words, preexec_fn=lambda: [os.dup2(100 + i, i) for i in range(4)], pass_fds=[0, 1, 2, 3],
                                        env=self.env)
        for fd in high + [err]:
            os.close(fd)
        theirs.close()
        os.set_blocking(self.err, False)
        self.status = None
        self.life += 1

    # --- the loop
    def step(self, limit):
        begun = time.monotonic()
        self.one_step(limit)
        self.late_s = max(self.late_s, time.monotonic() - begun - max(0, limit))

    def one_step(self, limit):
        fds = [self.out[0]] + ([self.err] if self.err is not None else []) + ([self.into[0]] if self.read_back else [])
        for fd in select.select(fds, [], [], max(0, limit))[0]:
            if fd == self.err:
                data = os.read(self.err, 65536)
                self.errors += data.decode(errors="replace")
                if not data:
                    os.close(self.err)
                    self.err = None
            else:
                data = fd.recv(65536)
                h = HEADER.unpack(data[:32])
                (self.frames if fd == self.out[0] else self.back).append(Frame(h[3], h[4], h[5], h[6], h[7], h[8], h[9], h[12], h[13], h[14], data[32:]))
        if self.status is None:
            self.status = self.process.poll()

    def until(self, condition, limit=10.0, what="what is expected"):
        end = time.monotonic() + limit
        while not condition():
            if time.monotonic() > end:
                self.show()
                raise AssertionError(f"waited {limit:g} s for {what}")
            self.step(min(0.05, end - time.monotonic()))
        return condition()

    def passed(self):
        """Waits until all that was sent so far has come through: what must not happen would have happened."""
        name = f"mark.{self.seq}"
        self.event(name)
        self.until(lambda: self.events(name))

    # --- acts
    def send(self, kind, payload=b"", flags=0, codec=0, rate=0, item=0, origin=2, life=0, seq=None, birth=None):
        """The caller's voice is of the minute to come: it goes as fast as it is taken, and never is too old to be heard."""
        self.seq += 1
        birth = birth or int(time.monotonic() * 1e6) + (60000000 if kind == UP else 0)
        self.into[0].send(HEADER.pack(0xf5, 0x52, 1, kind, flags, codec, rate, origin, life, 0, 0, len(payload), item, seq or self.seq,
                                      birth) + payload)
        return seq or self.seq

    def event(self, type, origin=2, life=0, flags=0, seq=None, birth=None, **fields):
        return self.send(EVENT, json.dumps({"type": type, **fields}).encode(), flags, origin=origin, life=life, seq=seq, birth=birth)

    def setup(self, caller=ANNA, call=None, out=False, **more):
        ours = "+15550100000"
        self.event("call.setup", origin=1, call=call or self.call_id, carrier="twilio", direction="out" if out else "in",
                   to=caller if out else ours, attestation="A", agent="home", **{"from": ours if out else caller}, **more)

    def hello(self, *needs):
        self.event("stage.hello", origin=4, program="rd-x", version="0.1.0", needs=list(needs))

    def home(self, type):
        """Brings home what the stage has said of a type, as a ring does."""
        for e in [e for e in self.said(type) if e["_life"] == self.life - 1]:
            fields = {k: v for k, v in e.items() if not k.startswith("_") and k != "type"}
            self.event(type, origin=PLACE, life=e["_life"], seq=e["_seq"], **fields)

    def kill(self, signo=signal.SIGKILL):
        self.process.send_signal(signo)
        self.process.wait(10)
        self.line.close()
        while self.err is not None:
            self.step(0)

    def restart(self):
        self.kill()
        self.start()

    def end(self, limit=10.0):
        """End of input; the exit status."""
        self.into[0].shutdown(socket.SHUT_WR)
        self.until(lambda: self.status is not None and self.err is None, limit, "its end")
        return self.status

    # --- looks
    def events(self, type=None):
        every = (read_event(f) for f in self.frames if f.kind == EVENT)
        return [dict(e) for e in every if type is None or e["type"] == type]

    def said(self, type):
        """What the stage itself said, in any of its lives; not what it said again because nothing comes home here."""
        return [e for e in self.events(type) if e["_origin"] == PLACE and not e["_flags"] & AGAIN]

    def result(self, id):
        """Waits for the answer of a tool."""
        return self.until(lambda: [e for e in self.said("tool.result") if e["id"] == id], what=f"the result of {id}")[0]

    def results(self, id):
        return [e for e in self.said("tool.result") if e["id"] == id]

    def show(self):
        print(self.errors[-4000:])
        for e in self.events()[-20:]:
            print({k: v for k, v in e.items()})

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if kind:
            self.show()
            return False
        bad = [n for n in self.errors.splitlines() if re.search(r": (warn|error): |AddressSanitizer|runtime error", n)
               and not any(re.search(p, n) for p in self.expect)]
        check("nothing unannounced in the log", not bad, bad)
        return False
