"""The other end of rd-phone for its own tests: a small assistant that answers webhooks with the documents of the test and
serves Media Streams by a coroutine of the test. It checks what Twilio's real counterpart would see: signatures, headers,
masked frames, numbers as strings.

    async def talk(s):
        await s.say(1000)              # a second of sound
        await s.mark("end"); await s.wait_mark("end")

    with Assistant({"/twiml": STREAM, "/next/1": HANGUP}, talk) as a:
        call = a.phone("--say", "Hello?")

call["_late_ms"] says how late the telephone and this end of it were together: what was measured may be off by so much.
"""
import asyncio, audioop, base64, hashlib, hmac, json, math, os, struct, subprocess, threading, urllib.parse

B = os.environ["B"]
TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC = "https://phone.example.com"
XML = '<?xml version="1.0" encoding="UTF-8"?>\n<Response>%s</Response>'
HANGUP = XML % "<Hangup/>"
STREAM = XML % ('<Connect><Stream url="wss://phone.example.com/media/x"><Parameter name="token" value="a &amp; b"/></Stream>'
                '</Connect><Redirect method="POST">/next/1</Redirect>')


def signature(url, fields=()):
    data = url + "".join(k + v for k, v in sorted(fields))
    return base64.b64encode(hmac.new(TOKEN.encode(), data.encode(), hashlib.sha1).digest()).decode()


def tone(ms, level=8000):
    """A sound that is loud to its last sample, as mu-law."""
    return audioop.lin2ulaw(b"".join(struct.pack("<h", int(level * math.sin(i * 0.35))) for i in range(ms * 8)), 2)


class Stream:
    """A WebSocket that was accepted; the test's coroutine gets it."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.sid = self.start = None
        self.events, self.marks, self.keys, self.voice = [], [], [], bytearray()
        self.closed, self.changed, self.strict, self.media, self.all = None, asyncio.Condition(), True, [], []

    async def read_frame(self):
        head, length = await self.reader.readexactly(2)
        assert length & 0x80, "a client's frame has to be masked"
        length &= 0x7f
        if length >= 126:
            length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), "big")
        mask = await self.reader.readexactly(4)
        body = await self.reader.readexactly(length)
        return head & 15, bytes(b ^ mask[i & 3] for i, b in enumerate(body))

    async def read(self):
        """Until the other side closes; 1005 without a code, 0 for a cut connection."""
        sequence = 0
        try:
            while True:
                opcode, body = await self.read_frame()
                if opcode == 8:
                    self.closed = int.from_bytes(body[:2], "big") if body else 1005
                    break
                assert opcode == 1, opcode
                e = json.loads(body)
                if e["event"] != "connected":
                    sequence += 1
                    assert not self.strict or e["sequenceNumber"] == str(sequence), e
                self.take(e)
                async with self.changed:
                    self.changed.notify_all()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.closed = 0
        async with self.changed:
            self.changed.notify_all()

    def take(self, e):
        kind = e["event"]
        if kind == "start":
            self.sid, self.start = e["streamSid"], e["start"]
        elif kind == "media":
            assert not self.strict or int(e["media"]["timestamp"]) == 20 * (int(e["media"]["chunk"]) - 1), e
            self.media.append((asyncio.get_running_loop().time(), e["sequenceNumber"], e["media"]))
            self.voice += base64.b64decode(e["media"]["payload"])
        elif kind == "mark":
            self.marks.append((e["mark"]["name"], asyncio.get_running_loop().time()))
        elif kind == "dtmf":
            self.keys.append(e["dtmf"]["digit"])
        self.all.append(kind)
        if kind != "media":
            self.events.append(kind)

    async def until(self, condition, limit=20):
        async def wait():
            async with self.changed:
                await self.changed.wait_for(lambda: condition() or self.closed is not None)
            assert condition(), "the stream was closed before"
        await asyncio.wait_for(wait(), limit)

    def frame(self, head, body):
        n = len(body)
        length = bytes([n]) if n < 126 else b"\x7e" + n.to_bytes(2, "big") if n < 65536 else b"\x7f" + n.to_bytes(8, "big")
        self.writer.write(bytes([head]) + length + body)

    async def send(self, event):
        self.frame(0x81, json.dumps(event).encode() if isinstance(event, dict) else event)
        await self.writer.drain()

    async def audio(self, mulaw):
        await self.send({"event": "media", "streamSid": self.sid, "media": {"payload": base64.b64encode(mulaw).decode()}})

    async def say(self, ms):
        await self.audio(tone(ms))

    async def mark(self, name):
        await self.send({"event": "mark", "streamSid": self.sid, "mark": {"name": name}})

    async def clear(self):
        await self.send({"event": "clear", "streamSid": self.sid})

    async def wait_mark(self, name):
        await self.until(lambda: any(n == name for n, _ in self.marks))
        return next(t for n, t in self.marks if n == name)

    async def wait_voice(self, level=500):
        """The caller speaks: loud within the last 100 ms."""
        await self.until(lambda: audioop.rms(audioop.ulaw2lin(bytes(self.voice[-800:]), 2), 2) > level)

    async def wait_silence(self, ms=400, level=200):
        await self.until(lambda: audioop.rms(audioop.ulaw2lin(bytes(self.voice[-8 * ms:]), 2), 2) < level)

    async def close(self, code=1000):
        if self.closed is None:
            self.frame(0x88, code.to_bytes(2, "big"))
            await self.until(lambda: self.closed is not None)


class Assistant:
    def __init__(self, documents, talk=None, refuse=None, strict=True):
        self.documents, self.talk, self.refuse, self.strict = documents, talk, refuse, strict
        self.requests, self.streams, self.failures, self.heads = [], [], [], []
        self.late_s = 0  # the most that we were late ourselves

    # --- the server, in a thread
    def __enter__(self):
        ready = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve(ready)))
        self.thread.start()
        ready.wait()
        return self

    def __exit__(self, kind, value, trace):
        self.loop.call_soon_threadsafe(self.over.set)
        self.thread.join()
        if kind is None:
            assert not self.failures, self.failures

    async def serve(self, ready):
        self.loop, self.over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self.on_connection, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        watching = asyncio.ensure_future(self.watch())
        await self.over.wait()
        watching.cancel()
        server.close()

    async def watch(self):
        while True:
            begun = self.loop.time()
            await asyncio.sleep(0.02)
            self.late_s = max(self.late_s, self.loop.time() - begun - 0.02)

    async def on_connection(self, reader, writer):
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            method, target, _ = head[0].split(" ")
            headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in head[1:] if line)}
            self.heads.append((method, target, headers))
            if headers.get("upgrade", "").lower() == "websocket":
                await self.on_upgrade(reader, writer, target, headers)
            else:
                await self.on_request(reader, writer, method, target, headers)
        except Exception as e:  # noqa: BLE001  (the test that runs is told)
            self.failures.append(repr(e))
        writer.close()

    async def on_request(self, reader, writer, method, target, headers):
        body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
        fields = urllib.parse.parse_qsl(body if method == "POST" else target.partition("?")[2], keep_blank_values=True)
        path = target.partition("?")[0]
        self.requests.append((path, dict(fields)))
        assert headers["x-twilio-signature"] == signature(PUBLIC + target, fields if method == "POST" else ()), target
        answer = self.documents.get(path, (404, "text/plain", ""))
        answer = answer(dict(fields)) if callable(answer) else answer
        status, kind, text = answer if isinstance(answer, tuple) else (200, "text/xml", answer)
        kind = f"Content-Type: {kind}\r\n" if kind else ""
        text = text if isinstance(text, bytes) else text.encode()
        writer.write(f"HTTP/1.1 {status} X\r\n{kind}Content-Length: {len(text)}\r\nConnection: close\r\n\r\n".encode() + text)
        await writer.drain()

    async def on_upgrade(self, reader, writer, target, headers):
        if self.refuse:
            writer.write(f"HTTP/1.1 {self.refuse} X\r\nContent-Length: 0\r\n\r\n".encode())
            return
        accept = hashlib.sha1((headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                     + base64.b64encode(accept) + b"\r\n\r\n")
        s = Stream(reader, writer)
        s.strict = self.strict
        self.streams.append(s)
        reading = asyncio.ensure_future(s.read())
        await s.until(lambda: s.start)
        await self.talk(s)
        await s.close()
        await reading

    # --- the telephone
    def phone(self, *options, url=None, limit=50):
        words = [f"{B}/bin/rd-phone", "--url", url or f"http://127.0.0.1:{self.port}/twiml", "--json", *options]
        if url is None:
            words += ["--public-url", f"{PUBLIC}/twiml"]
        p = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit,
                           env=dict(os.environ, TWILIO_AUTH_TOKEN=TOKEN))
        assert p.stdout, p.stderr
        call = json.loads(p.stdout)
        call["_exit"], call["_stderr"] = p.returncode, p.stderr
        late = call.get("late", {})
        call["_late_ms"] = self.late_s * 1000 + sum(late[what]["max_ms"] for what in late)
        return call

    def status(self):
        """What the status callback said, or None."""
        return next((f["CallStatus"] for path, f in self.requests if path == "/status"), None)
