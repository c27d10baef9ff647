"""A stranger at the doors of a running ringdown: raw bytes to its HTTP port, to its media WebSocket and to its Unix sockets.

Uses rig.py for the ringdown itself. What a case sends and what must come of it stands in the tables of doors-*.t; here is
only how it is sent. LONG=1 in the environment means the full volume.
"""
import base64, hashlib, hmac, json, os, random, re, resource, select, socket, struct, threading, time, urllib.parse

from rig import OWNER, NUMBER, PUBLIC, TOKEN, Rig, wait_for

LONG = bool(os.environ.get("LONG"))
GUEST = "+15557654321"  # may call as often as a test likes
CALLER = f'caller "{GUEST}" {{ name = "Ben" agent = "home" calls-per-hour = 0 }}'
FORM = "application/x-www-form-urlencoded"
KEY = base64.b64encode(b"0123456789abcdef").decode()
TEXT, BINARY, CLOSE, PING, PONG, MORE = 1, 2, 8, 9, 10, 0


def call_id(n):
    return f"CA{n:032x}"


def sign(url, params=None, token=TOKEN):
    data = url + "".join(name + value for name, value in sorted((params or {}).items()))
    return base64.b64encode(hmac.new(token.encode(), data.encode(), hashlib.sha1).digest()).decode()


def frame(payload=b"", opcode=TEXT, fin=True, rsv=0, mask=b"\1\2\3\4", length=None):
    """A frame as a client sends it; mask None leaves it bare, length lies about the payload."""
    if isinstance(payload, (dict, list)):
        payload = json.dumps(payload)
    if isinstance(payload, str):
        payload = payload.encode()
    n = len(payload) if length is None else length
    bit = 0x80 if mask else 0
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    head += bytes([bit | n]) if n < 126 else bytes([bit | 126]) + struct.pack(">H", n) if n < 65536 else bytes([bit | 127]) + struct.pack(">Q", n)
    if mask:
        key = (mask * (len(payload) // 4 + 1))[:len(payload)]
        payload = (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(len(payload), "big")
        head += mask
    return head + payload


class Stream:
    """The media WebSocket of a call, as Twilio holds it."""

    def __init__(self, sock, call, step, rest=b""):
        self.sock, self.call, self.sid, self.rest, self.step = sock, call, f"MZ{call[2:]}", rest, step
        self.code = self.media = None
        self.sock.settimeout(10)

    def send(self, *pieces):
        """Everything, even if nobody reads it any more."""
        try:
            for piece in pieces:
                self.sock.sendall(piece)
        except OSError:
            pass

    def begin(self, call=None, **format):
        media = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1} | format
        self.send(frame({"event": "connected", "protocol": "Call", "version": "1.0.0"}), self.start(call, media))
        return self

    def start(self, call=None, media=None):
        return frame({"event": "start", "sequenceNumber": "1", "streamSid": self.sid, "start": {
            "streamSid": self.sid, "accountSid": "AC" + "0" * 32, "callSid": call or self.call, "tracks": ["inbound"],
            "customParameters": {}, "mediaFormat": media or {}}})

    def media_frame(self, n=160, sid=None, payload=None):
        return frame({"event": "media", "streamSid": sid or self.sid, "media": {
            "track": "inbound", "chunk": "1", "timestamp": "20", "payload": payload or base64.b64encode(b"\xff" * n).decode()}})

    def frames(self, limit=10):
        """Opcode and payload of what comes, until the end of the connection or the limit."""
        end = time.monotonic() + limit
        while True:
            while len(self.rest) >= 2:
                n, at = self.rest[1] & 127, 2
                if n == 126:
                    n, at = (struct.unpack(">H", self.rest[2:4])[0], 4) if len(self.rest) >= 4 else (1 << 62, 4)
                elif n == 127:
                    n, at = (struct.unpack(">Q", self.rest[2:10])[0], 10) if len(self.rest) >= 10 else (1 << 62, 10)
                if len(self.rest) < at + n:
                    break
                opcode, payload, self.rest = self.rest[0] & 15, self.rest[at:at + n], self.rest[at + n:]
                yield opcode, payload
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.sock], [], [], left)[0]:
                raise AssertionError(f"nothing came for {limit} s")
            try:
                piece = self.sock.recv(65536)
            except OSError:
                piece = b""
            if not piece:
                return
            self.rest += piece

    def hears(self, event="media", limit=10):
        """The next message of that kind."""
        for opcode, payload in self.frames(limit):
            if opcode == TEXT and json.loads(payload)["event"] == event:
                return json.loads(payload)
        raise AssertionError(f"the connection ended before any {event}")

    def pong(self, word, limit=10):
        """A ping comes back: all before it was read."""
        self.send(frame(word, PING))
        for opcode, payload in self.frames(limit):
            if opcode == PONG and payload == word:
                return True
            if opcode == CLOSE:
                self.code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
        return False

    def closed(self, limit=10):
        """The code with which it is closed; None without a close frame."""
        code = None
        for opcode, payload in self.frames(limit):
            if opcode == CLOSE and code is None:
                code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
        self.sock.close()
        return code


class Stranger:
    """Speaks to the HTTP port of a rig."""

    def __init__(self, rig):
        self.rig = rig
        host, _, port = rig.address.rpartition(":")
        self.where = (host, int(port))

    def connect(self, data=b""):
        sock = socket.create_connection(self.where, 10)
        sock.sendall(data)
        return sock

    def ask(self, data):
        """Sends bytes, reads to the end: status (None: without a word), head, body."""
        sock = self.connect()
        try:
            sock.sendall(data)
        except OSError:
            pass
        return self.answer(sock)

    @staticmethod
    def answer(sock):
        raw = b""
        try:
            while piece := sock.recv(65536):
                raw += piece
        except OSError:
            pass
        sock.close()
        head, _, body = raw.partition(b"\r\n\r\n")
        return (int(head.split()[1]) if head else None), head.decode("latin-1"), body.decode()

    def post(self, path, params):
        body = urllib.parse.urlencode(params)
        return self.ask(f"POST {path} HTTP/1.1\r\nHost: phone.example.com\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n"
                        f"X-Twilio-Signature: {sign(PUBLIC + path, params)}\r\n\r\n{body}".encode())

    @staticmethod
    def params(call, **more):
        return {"AccountSid": "AC" + "0" * 32, "CallSid": call, "CallStatus": "ringing", "From": GUEST, "To": NUMBER,
                "Direction": "inbound"} | more

    def token(self, call, step=0):
        """The token of a call's next stream."""
        status, _, body = self.post(f"/next/{step}" if step else "/twiml", self.params(call))
        assert status == 200 and "/media/" in body, (status, body)
        return body.partition("/media/")[2][:32]

    def end(self, call):
        assert self.post("/status", self.params(call, CallStatus="completed"))[0] == 204

    def upgrade(self, token, headers="", more=b"", path=None):
        """The socket of an upgrade that was sent: signed, as Twilio does it."""
        path = path or f"/media/{token}"
        return self.connect(f"GET {path} HTTP/1.1\r\nHost: phone.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n{headers}"
                            f"X-Twilio-Signature: {sign(PUBLIC.replace('https', 'wss') + path)}\r\n\r\n".encode() + more)

    def stream(self, call, step=0, more=b""):
        """The open WebSocket of a call."""
        sock, raw = self.upgrade(self.token(call, step), more=more), b""
        while b"\r\n\r\n" not in raw:
            piece = sock.recv(4096)
            assert piece, f"no answer to the upgrade: {raw}"
            raw += piece
        assert b" 101 " in raw, raw
        return Stream(sock, call, step, raw.partition(b"\r\n\r\n")[2])


# --- what a process may cost
def pid_of(rig, program, call=""):
    return wait_for(program, lambda: next((pid for pid, words in rig.processes().items() if words and call in words and
                                           os.path.basename(words.split()[0]) == program and "--template" not in words), None))


def cost(pid):
    """Memory in KiB (of AddressSanitizer, which keeps what was freed: 0), descriptors, CPU seconds."""
    with open(f"/proc/{pid}/status") as f:
        rss = int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))
    with open(f"/proc/{pid}/maps") as f:
        rss = 0 if "libasan" in f.read() else rss
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return rss, len(os.listdir(f"/proc/{pid}/fd")), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
