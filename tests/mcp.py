"""rd-mcp by itself, with servers of tests/mcp-server.

    with Mcp('mcp "a" { command = { … } }') as m:
        m.ready("a")
        m.call("a", "echo", {"text": "hi"})
"""
import json, os, re, select, signal, socket, subprocess, sys, time

B, TMP, TOP = os.environ["B"], os.environ["TMP"], os.environ["TOP"]
failed = []


def check(what, truth, *found):
    if not truth:
        failed.append(what)
        print("not ok:", what, *found)


def close():
    """Last line of a test."""
    sys.exit(1 if failed else 0)


def wait_for(what, condition, limit=30.0):
    end = time.monotonic() + limit
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {limit:g} s for {what}")
        select.select([], [], [], 0.01)
    return value


def program(name, *words, more=""):
    """A section of a server that is a program."""
    command = ", ".join(f'"{w}"' for w in (f"{TOP}/tests/mcp-server", *words))
    return f'mcp "{name}" {{ command = {{ {command} }} timeout-s = 20 {more} }}\n'


class Http:
    """A server behind a URL."""
    def __init__(self, *words):
        self.process = subprocess.Popen([f"{TOP}/tests/mcp-server", "--http", *words], stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}/mcp"

    def section(self, name, more=""):
        return f'mcp "{name}" {{ url = "{self.url}" timeout-s = 20 {more} }}\n'

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Line:
    """A connection to its socket."""
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(path)
        self.file, self.id = self.socket.makefile("rw"), 0

    def send(self, **request):
        self.id += 1
        self.file.write(json.dumps({"id": self.id, **request}) + "\n")
        self.file.flush()
        return self.id

    def read(self):
        return json.loads(self.file.readline())

    def ask(self, **request):
        """All lines of the answer."""
        mine, lines = self.send(**request), []
        while not lines or "ok" not in lines[-1]:
            line = self.read()
            if line.get("id") == mine:
                lines.append(line)
        return lines

    def close(self):
        self.socket.close()


class Mcp:
    def __init__(self, sections, expect=(), env=None):
        self.expect, self.env, self.process = list(expect), env or {}, None
        self.conf, self.path, self.log_path = f"{TMP}/mcp.conf", f"{TMP}/run/mcp.sock", f"{TMP}/mcp.log"
        with open(self.conf, "w") as f:
            f.write(f'general {{ runtime-dir = "{TMP}/run" cache-dir = "{TMP}/cache" state-dir = "{TMP}/state" '
                    f'log-level = debug }}\n{sections}')

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([f"{B}/bin/rd-mcp", "-c", self.conf], stdin=subprocess.DEVNULL, stderr=log,
                                            env=dict(os.environ, **self.env))
        self.line = wait_for("its socket", self.connect)

    def connect(self):
        """Between its name and its first look there is a moment in which it refuses."""
        try:
            return Line(self.path)
        except (FileNotFoundError, ConnectionRefusedError):
            assert self.process.poll() is None, self.log()
            return None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        return self

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def stop(self):
        self.line.close()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        check("its exit status", code == 0, code)

    def __exit__(self, kind, value, trace):
        if kind is None and self.process.poll() is None:
            self.stop()
        self.process.kill()
        self.process.wait()
        bad = [line for line in self.log().splitlines() if re.search(r": (warn|error): |AddressSanitizer|runtime error", line)
               and not any(re.search(p, line) for p in self.expect)]
        check("nothing that was not announced", not bad, *bad)
        if kind or failed:
            print(self.log()[-6000:])
        return False

    def servers(self):
        return {s["server"]: s for s in self.line.ask(do="list", tools=False, quiet=True) if "server" in s}

    def wait_state(self, name, state="ready"):
        return wait_for(f"{name} to be {state}", lambda: (s := self.servers()[name])["state"] == state and s)

    def tools(self, **request):
        return [t["tool"] for t in self.line.ask(do="list", quiet=True, **request) if "tool" in t]

    def call(self, server, tool, arguments=None, **more):
        """The last line of its answer, with what came before it as steps."""
        *before, last = self.line.ask(do="call", server=server, tool=tool, arguments=arguments or {}, **more)
        return dict(last, steps=[b["progress"] for b in before])


def notes(path):
    if not os.path.exists(path):
        return []
    with open(path) as f:
        return [json.loads(line) for line in f if line.endswith("\n")]
