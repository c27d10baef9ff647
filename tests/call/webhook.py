"""rd-webhook as the supervisor starts it, with a test as the supervisor: fd 3 a SEQPACKET line, fd 4 a listening socket.

A test is single-threaded: it sends a request, plays the supervisor, then reads the answer. Nothing here sleeps; what waits
has a limit. Lines of the log at warn or above that no test announced by expect() fail it.
"""
import base64, contextlib, fcntl, hashlib, hmac, json, os, re, select, shutil, signal, socket, struct, sys, tempfile, time
import traceback, urllib.parse

PROGRAM = os.environ.get("B", "build") + "/bin/rd-webhook"
LIMIT_S = 10
TOKEN = "12345678901234567890123456789012"
ACCOUNT = "AC000000000000000000000000000000aa"
ANNA, BEN, OURS = "+15551234567", "+15557654321", "+15550100000"
PUBLIC = "https://phone.example.com"
FORM = "application/x-www-form-urlencoded"
CONF = """
general { public-url = "%s" runtime-dir = "%%s" }
twilio { %%s }
caller "+15551234567" { name = "Anna" agent = "home" calls-per-hour = 0 }
caller "+15557654321" { agent = "quick" calls-per-hour = 2 }
agent "home" { apology = "Sorry, Anna & all." }
agent "quick" { pipeline = "realtime" }
%%s
""" % PUBLIC


def call_id(n):
    return f"CA{n:032x}"


def sign(url, params=None, token=TOKEN):
    """As Twilio: base64 of HMAC-SHA1 over the URL and the sorted fields."""
    data = url + "".join(name + value for name, value in sorted((params or {}).items()))
    return base64.b64encode(hmac.new(token.encode(), data.encode(), hashlib.sha1).digest()).decode()


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.raw = raw
        self.status = int(lines[0].split(" ")[1]) if raw else None
        self.headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines[1:])}
        self.text = self.body.decode()


class Request:
    """A request on its way: a socket of which the answer is still to be read."""

    def __init__(self, sock):
        self.sock = sock

    def answer(self):
        """Everything up to the end of the connection; raw is empty if it ended without a word."""
        raw = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := self.sock.recv(65536):
                raw += piece
        self.sock.close()
        return Answer(raw)


class Webhook:
    def __init__(self, twilio="", more="", secrets=None, supervised=True, generation=7):
        self.tmp = tempfile.mkdtemp(prefix="webhook-", dir=os.environ.get("TMP"))
        self.runtime = f"{self.tmp}/run"
        self.conf = f"{self.tmp}/config.{generation}"
        self.log_path = f"{self.tmp}/log"
        self.secrets = {"TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_ACCOUNT_SID": ACCOUNT} if secrets is None else secrets
        self.expected = []
        with open(self.conf, "w") as f:
            f.write(CONF % (self.runtime, twilio, more))
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.port = self.listener.getsockname()[1]
        self.line = None
        if supervised:
            self.start()

    def spawn(self, words=(), fds=()):
        """Starts the program with fds as its descriptors from 3 on."""
        actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                   (os.POSIX_SPAWN_OPEN, 2, self.log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)]
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 64) for fd in fds]
        actions += [(os.POSIX_SPAWN_DUP2, fd, 3 + i) for i, fd in enumerate(high)]
        keep = ("PATH", "RD_TEST", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "HOME")
        env = {n: os.environ[n] for n in keep if n in os.environ} | self.secrets
        self.pid = os.posix_spawn(PROGRAM, ["rd-webhook", "-c", self.conf, *words], env, file_actions=actions)
        for fd in high:
            os.close(fd)

    def start(self):
        """Starts it as the supervisor does, again if it has ended: the listening socket stays."""
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.spawn(fds=(theirs, self.listener))
        theirs.close()
        self.line.settimeout(LIMIT_S)
        ready = self.line.recv(65536)
        assert ready == b"\n", f"{ready} instead of ready; log:\n{self.log()}"

    # --- as a client

    def connect(self, data=b""):
        sock = socket.create_connection(("127.0.0.1", self.port), LIMIT_S)
        sock.settimeout(LIMIT_S)
        sock.sendall(data)
        return Request(sock)

    def send(self, method, target, headers=(), body=b"", host="phone.example.com"):
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *(f"{n}: {v}" for n, v in headers)]
        return self.connect("\r\n".join(lines + ["", ""]).encode() + body)

    def get(self, target, headers=()):
        return self.send("GET", target, headers)

    def post(self, target, params, headers=(), signature=None, token=TOKEN, url=PUBLIC, type=FORM):
        """A webhook, rightly signed unless told otherwise ("" for no signature)."""
        body = urllib.parse.urlencode(params).encode()
        signature = sign(url + target, params, token) if signature is None else signature
        headers = [("Content-Type", type), ("Content-Length", len(body)), *headers]
        return self.send("POST", target, headers + ([("X-Twilio-Signature", signature)] if signature else []), body)

    @staticmethod
    def params(call, caller=ANNA, **more):
        return {"AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "CallSid": call, "CallStatus": "ringing", "From": caller,
                "To": OURS, "Caller": caller, "Called": OURS, "Direction": "inbound", "FromCity": ""} | more

    def twiml(self, call, caller=ANNA, target="/twiml", **more):
        return self.post(target, self.params(call, caller, **more))

    def next(self, call, step, **more):
        return self.post(f"/next/{step}", self.params(call, CallStatus="in-progress", **more))

    def upgrade(self, target, signature=None, headers=(), more=b"", token=TOKEN):
        signature = sign(PUBLIC.replace("https", "wss") + target, None, token) if signature is None else signature
        wanted = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
                  ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), *headers]
        return self.send("GET", target, wanted + ([("X-Twilio-Signature", signature)] if signature else []), more)

    # --- as the supervisor

    def heard(self, what=None, limit_s=LIMIT_S):
        """The next message of the webhook: its object, the bytes behind it, a descriptor or None."""
        self.line.settimeout(limit_s)
        data, ancillary, _, _ = self.line.recvmsg(65536, socket.CMSG_SPACE(4))
        fds = [struct.unpack("i", d[:4])[0] for _, kind, d in ancillary if kind == socket.SCM_RIGHTS]
        text, _, rest = data.partition(b"\n")
        message = json.loads(text) if text else {}
        if what:
            assert message.get("do") == what, f"{message} instead of {what}"
        return message, rest, fds[0] if fds else None

    def requests(self):
        """What rd-ctl would show."""
        self.tell(do="requests", id=1)
        return self.heard("requests")[0]["requests"]

    def silent(self):
        """Whether the webhook has said nothing: asked after an answer, before which it would have."""
        return not select.select([self.line], [], [], 0)[0]

    def tell(self, **message):
        self.line.send(json.dumps(message).encode() + b"\n")

    def prepare(self, call, step, **answer):
        """Expects to be asked for the ring of that step, and answers."""
        message, _, _ = self.heard("prepare")
        assert message == {"do": "prepare", "call": call, "step": step}, message
        self.tell(do="prepared", call=call, step=step, **(answer or {"ok": True}))

    def ended(self, call, status):
        message, _, _ = self.heard("ended")
        assert message == {"do": "ended", "call": call, "status": status}, message

    def answered(self, call, step=0):
        """A call with its stream, as a whole: the answer and the token in it."""
        request = self.twiml(call) if step == 0 else self.next(call, step)
        self.prepare(call, step)
        answer = request.answer()
        assert answer.status == 200, answer.raw
        return answer, answer.text.partition("/media/")[2][:32]

    # --- what is on the disk

    def folder(self, call, name=""):
        return f"{self.runtime}/calls/{call}/{name}"

    def read(self, call, name):
        with open(self.folder(call, name), "rb") as f:
            return f.read()

    def write(self, call, name, /, **content):
        with open(self.folder(call, name), "w") as f:
            json.dump(content, f)

    def make_folder(self, call, agent="home"):
        os.makedirs(self.folder(call), exist_ok=True)
        self.write(call, "call.json", call=call, agent=agent)

    def tokens(self):
        return os.listdir(f"{self.runtime}/tokens")

    def log(self):
        with open(self.log_path) as f:
            return f.read()

    def logged(self, pattern):
        """Waits for a line of the log."""
        end = time.monotonic() + LIMIT_S
        while not (found := os.path.exists(self.log_path) and re.search(pattern, self.log())):
            assert time.monotonic() < end, f"no {pattern} in the log:\n{self.log()}"
            os.sched_yield()
        return found

    # --- its end

    def expect(self, *words):
        """Announces lines at warn or above."""
        self.expected += words

    def wait(self, limit_s=LIMIT_S):
        """Its exit status; minus the signal that ended it."""
        pidfd = os.pidfd_open(self.pid)
        gone = select.select([pidfd], [], [], limit_s)[0]
        os.close(pidfd)
        if not gone:
            os.kill(self.pid, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        assert gone, f"still running after {limit_s} s"
        self.pid = None
        return status

    def close(self, failed):
        status = 0
        if self.pid:
            os.kill(self.pid, signal.SIGTERM)
            status = self.wait()
        self.listener.close()
        if self.line:
            self.line.close()
        log = self.log()
        shutil.rmtree(self.tmp)
        complaints = [line for line in log.splitlines()
                      if (": warn: " in line or ": error: " in line or " runtime error: " in line or "Sanitizer" in line)
                      and not any(words in line for words in self.expected)]
        if failed:
            print(log, end="")
        assert status == 0, f"exit status {status}; log:\n{log}"
        assert failed or not complaints, "unexpected lines:\n" + "\n".join(complaints)
        for secret in (TOKEN, ANNA, BEN):
            assert secret not in log, f"{secret} stands in the log"


cases = []


def case(*args, **kwargs):
    """A test: a function of a Webhook that is started for it with these arguments."""
    def add(function):
        cases.append((function, args, kwargs))
        return function
    return add


def main():
    passed = failed = 0
    for function, args, kwargs in cases:
        begun = time.monotonic()
        try:
            w = Webhook(*args, **kwargs)
            try:
                function(w)
            except BaseException:
                w.close(True)
                raise
            w.close(False)
            passed += 1
            print(f"ok   {function.__name__} {time.monotonic() - begun:.2f}s")
        except Exception:
            failed += 1
            print(f"FAIL {function.__name__}")
            traceback.print_exc(file=sys.stdout)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
