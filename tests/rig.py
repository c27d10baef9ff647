"""A running ringdown for call tests: the real supervisor, its services and stages, with the model played by tests/sim.

    from rig import Rig
    with Rig("basic") as r:
        call = r.phone("--say", "Hello?")
        assert call["answered"]

Everything lives in the test's own folder and on loopback ports that the kernel chose; at the end the rig asks ringdown to
stop, and whatever it says at warn or above that the test has not announced (r.expect) fails the test.
"""
import json, os, re, select, signal, socket, subprocess, sys, time

B, TOP, TMP = os.environ["B"], os.environ["TOP"], os.environ["TMP"]
TOKEN = "0123456789abcdef0123456789abcdef"
OWNER, NUMBER, PUBLIC = "+15551234567", "+15550100000", "https://phone.example.com"
with open(f"{B}/bin/ringdown", "rb") as f:
    SANITIZED = b"__asan_init" in f.read()  # then ringdown has no templates

CONF = """general {{
    listen = "127.0.0.1:0"
    public-url = "{public}"
    runtime-dir = "{tmp}/run"
    state-dir = "{tmp}/state"
    cache-dir = "{tmp}/cache"
    data-dir = "{build}/data"
    timezone = "Europe/Berlin"
    default-agent = "home"
    log-level = debug
    tool-path = {{ "{build}/tools" }}
    {general}
}}
twilio {{ auth-token = "TWILIO_AUTH_TOKEN" {twilio} }}
limits {{ {limits} }}
caller "{owner}" {{ name = "Anna" agent = "home" }}
agent "home" {{
    pipeline = "test"
    url = "{model}"
    key = "OPENAI_API_KEY"
    greeting = "{greeting}"
    tools = {{ {tools} }}
    transfer-to = {{ "+15557654321" }}
    {agent}
}}
pipeline "test" {{ stages = "{stages}" }}
{more}
"""
# for `more`: nobody takes over when an agent's stage will not run
NO_FALLBACK = "".join(f'pipeline "{p}" {{ stages = "rd-ingest | no-such-brain" }}\n' for p in ("offline", "voicemail"))
TOOLS = '"time", "hang_up", "press", "transfer", "remember", "recall"'
STAGES = "rd-ingest | rd-bridge | rd-tools | rd-memory | rd-monitor"


def wait_for(what, condition, limit=10.0):
    """The condition's value once it is true; looks every 10 ms, fails after the limit."""
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {limit:g} s for {what}")
        select.select([], [], [], 0.01)


def late_ms(call):
    """The most that the telephone of the call was late by itself: what it was not there for, it is no judge of."""
    return max(call["late"][what]["max_ms"] for what in ("send", "mark"))


def whole(call):
    """No hole in what was heard. A telephone that was late by as much as makes one may have made it."""
    return not call["gaps"] or late_ms(call) > 60


def in_time(limit, attempt, tries=3):
    """What is promised within a time, and takes no longer each time: attempt() returns how long it took. Where the machine was
    busy elsewhere it is tried again."""
    took = [attempt()]
    while took[-1] >= limit and len(took) < tries:
        took.append(attempt())
    assert took[-1] < limit, f"{', '.join(f'{t:.2f}' for t in took)}: {limit} expected"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Rig:
    def __init__(self, script="basic", general="", twilio="", limits="", agent="", stages=STAGES, more="", key="test-key",
                 sim_key=None, model=None, sim_options=(), strict=True, tools=TOOLS, folder=TMP,
                 greeting="Hello Anna, what can I do?"):
        self.script, self.key, self.sim_key, self.sim_options, self.strict = script, key, sim_key or key, sim_options, strict
        self.tmp, self.model_url = folder, model
        self.fields = dict(general=general, twilio=twilio, limits=limits, agent=agent, stages=stages, more=more, tools=tools,
                           greeting=greeting)
        self.announced, self.sim, self.ringdown, self.calls = [], None, None, 0

    # --- begin and end
    def __enter__(self):
        try:
            if self.model_url is None:
                self.start_model()
            self.write_conf()
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def start_model(self):
        script = self.script if "/" in self.script else f"{TOP}/tests/sim/scripts/{self.script}.script"
        self.model_log = f"{self.tmp}/model.log"
        self.sim = subprocess.Popen([f"{TOP}/tests/sim/rd-sim-model", "--port", "0", "--script", script, "--log", self.model_log,
                                     "--key", self.sim_key, *self.sim_options], stdout=subprocess.PIPE, text=True)
        line = self.sim.stdout.readline()
        self.model_url = f"ws://localhost:{line.split()[1]}/v1/realtime"

    def write_conf(self, **changes):
        self.conf = f"{self.tmp}/ringdown.conf"
        self.fields.update(changes)
        with open(self.conf, "w") as f:
            f.write(CONF.format(public=PUBLIC, build=B, top=TOP, tmp=self.tmp, owner=OWNER, model=self.model_url, **self.fields))

    def start(self):
        env = dict(os.environ, TWILIO_AUTH_TOKEN=TOKEN, OPENAI_API_KEY=self.key)
        self.log_path = f"{self.tmp}/ringdown.log"
        self.log_begin = os.path.getsize(self.log_path) if os.path.exists(self.log_path) else 0
        with open(self.log_path, "ab") as log:
            self.ringdown = self.popen(env, log)
        self.address = self.wait_log(r"ready .*listen=(\S+)").group(1)
        if not SANITIZED:
            self.wait_log("templates are started")

    def popen(self, env, log):
        return subprocess.Popen([f"{B}/bin/ringdown", "-c", self.conf], stdin=subprocess.DEVNULL, stderr=log, env=env)

    def stop(self, limit=10):
        self.ringdown.send_signal(signal.SIGTERM)
        code = self.ringdown.wait(limit)
        assert code == 0, f"ringdown ended with {code}"

    def kill(self):
        for p in (self.ringdown, self.sim):
            if p and p.poll() is None:
                p.kill()
                p.wait()

    def __exit__(self, kind, value, trace):
        if kind is not None:
            self.kill()
            sys.stderr.write("--- ringdown's log\n" + "".join(self.log().splitlines(True)[-150:]))
            return False
        try:
            if self.ringdown.poll() is None:
                self.stop()
            if self.sim:
                self.sim.send_signal(signal.SIGTERM)
                code = self.sim.wait(10)
                assert code == 0 or not self.strict, "the model saw violations of its protocol:\n" + self.violations()
            self.check_log()
        except BaseException:
            sys.stderr.write("--- ringdown's log\n" + "".join(self.log().splitlines(True)[-150:]))
            raise
        finally:
            self.kill()
        return False

    # --- what it says
    def log(self, begin=0):
        """What it has said, from that byte on."""
        with open(self.log_path, "rb") as f:
            f.seek(begin)
            return f.read().decode(errors="replace")

    def wait_log(self, pattern, limit=10.0):
        def look():
            if self.ringdown and self.ringdown.poll() is not None:
                raise AssertionError(f"ringdown ended with {self.ringdown.returncode}:\n{self.log()}")
            return re.search(pattern, self.log(self.log_begin))
        return wait_for(f"the log to say {pattern}", look, limit)

    def expect(self, *patterns):
        """Complaints that this test provokes."""
        self.announced += patterns

    def check_log(self):
        bad = [line for line in self.log().splitlines() if re.search(r": (warn|error): |AddressSanitizer|runtime error", line)
               and not any(re.search(p, line) for p in self.announced)]
        assert not bad, "not announced:\n" + "\n".join(bad)

    def violations(self):
        return "".join(line for line in open(self.model_log) if "violation" in line)

    def model(self, kind):
        """Lines of one kind of the simulator's log."""
        with open(self.model_log) as f:
            return [e for e in map(json.loads, (line for line in f if line.endswith("\n"))) if e["kind"] == kind]

    def model_events(self, kind):
        """What ringdown sent of one type."""
        return [e for e in self.model("in") if e["event"]["type"] == kind]

    def answers(self):
        """What the model has said, in words."""
        return [e["event"]["transcript"] for e in self.model("out") if e["event"]["type"] == "response.output_audio_transcript.done"]

    # --- what can be done with it
    def phone(self, *options, sid=None, limit=50, caller=OWNER, background=False, out=None):
        self.calls += 1
        words = [f"{B}/bin/rd-phone", "--url", f"http://{self.address}/twiml", "--public-url", f"{PUBLIC}/twiml", "--from", caller,
                 "--to", NUMBER, "--json", *options]
        if out:
            words += ["--out", out]
        env = dict(os.environ, TWILIO_AUTH_TOKEN=TOKEN)
        p = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
        return p if background else self.summary(p, limit)

    def summary(self, p, limit=50):
        out, err = p.communicate(timeout=limit)
        try:
            summary = json.loads(out)
        except ValueError:
            raise AssertionError(f"rd-phone exit {p.returncode}: {out!r}\n{err}")
        summary["_stderr"], summary["_exit"] = err, p.returncode
        return summary

    def ctl(self, *words, check=True):
        p = subprocess.run([f"{B}/bin/rd-ctl", "-c", self.conf, *words], capture_output=True, text=True, timeout=15)
        assert not check or p.returncode == 0, f"rd-ctl {words}: {p.stderr}"
        return p.stdout if check else p

    def status(self):
        return json.loads(self.ctl("--json", "status"))

    def wait_call(self, state="talking", limit=10.0):
        """The only call, once it is in the state."""
        return wait_for(f"a call that is {state}", lambda: next((c for c in self.status()["calls"] if c["state"] == state), None), limit)

    def wait_idle(self, limit=10.0):
        wait_for("every call to be over", lambda: not self.status()["calls"], limit)

    def processes(self, root=None):
        """pid → words of everything below ringdown, or below another process."""
        found, frontier = {}, [root or self.ringdown.pid]
        while frontier:
            pid = frontier.pop()
            try:
                with open(f"/proc/{pid}/task/{pid}/children") as f:
                    frontier += [int(p) for p in f.read().split()]
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    found[pid] = f.read().replace(b"\0", b" ").decode().strip()
            except OSError:
                pass
        return found

    def lasting(self):
        """The same without templates, of which there may be more after a call, and what those do for themselves."""
        return {pid: words for pid, words in self.processes().items() if not words.endswith("--template")}

    def descriptors(self):
        """Of the supervisor, without the line to each template."""
        with open(f"/proc/{self.ringdown.pid}/task/{self.ringdown.pid}/children") as f:
            children = f.read().split()
        templates = [words for pid, words in self.processes().items() if str(pid) in children and words.endswith("--template")]
        return len(os.listdir(f"/proc/{self.ringdown.pid}/fd")) - len(templates)

    def settled_descriptors(self):
        """The same once it has been so for half a second: a start, a question or a template leaves some for a while."""
        seen = [time.monotonic(), None]

        def look():
            now = self.descriptors()
            if now != seen[1]:
                seen[:] = [time.monotonic(), now]
            return time.monotonic() > seen[0] + 0.5
        wait_for("the descriptors to settle", look, 20)
        return seen[1]


class Activated(Rig):
    """The port stays open when the supervisor is killed, as systemd holds it."""
    def start(self):
        if not self.ringdown:
            self.door = socket.create_server(("127.0.0.1", 0))
        super().start()

    def popen(self, env, log):
        door = self.door.fileno()
        return subprocess.Popen(["/bin/sh", "-c", f'LISTEN_PID=$$ exec "{B}/bin/ringdown" -c "{self.conf}"'], stdin=subprocess.DEVNULL,
                                stderr=log, env=dict(env, LISTEN_FDS="1", LISTEN_FDNAMES="http"), pass_fds=(3, door),
                                preexec_fn=lambda: os.dup2(door, 3) if door != 3 else None)


class Copy(Rig):
    """Runs the programs that the test has put into TMP/bin, and may replace."""
    def popen(self, env, log):
        return subprocess.Popen([f"{TMP}/bin/ringdown", "-c", self.conf], stdin=subprocess.DEVNULL, stderr=log, env=env)
