#!/usr/bin/python3
"""By hand: frames as lines in and out, a line typed without a header, the end of the input is no end of the
call."""
from carrier import *

with open(f"{TMP}/ringdown.conf", "w") as f:
    f.write('agent "home" { }\n')
p = subprocess.Popen([f"{B}/bin/rd-ingest", "-c", f"{TMP}/ringdown.conf", "-a", "home", "--listen", "[::1]:0",
      "--text"],
                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
port = int(re.search(r"listening on \[::1\]:(\d+)", p.stderr.readline()).group(1))
p.stdin.write(f"down 2.0 1 2.0.1 END mulaw/8000 {base64.b64encode(audio(200)).decode()}\n"
              '{"type":"call.clear","id":"by-hand"}\n'
              f"down 2.0 2 2.0.2 END mulaw/8000 {base64.b64encode(audio(80)).decode()}\n")
p.stdin.close()
first = p.stdout.readline()
check("answered before there is a stream", re.fullmatch(
    r'event \d+\.0 1 - - - {"type":"call.cleared","id":"by-hand",'
    r'"items":\[{"item":"2.0.1","heard_ms":0,"sent_ms":200,"end":false}\]}\n', first), first)
with socket.create_connection(("::1", port)) as s:
    t = Twilio(Socket(s))
    while not t.ws.open:
        t.ws.read()
    t.start()
    ended = lambda: any(m["event"] == "mark" for m in t.messages)
    while not ended():
        t.ws.read()
        while t.ws.texts:
            t.take(t.ws.texts.popleft())
    check("only what was not cleared", t.audio == audio(80))
    t.voice()
    t.stop()
    out = p.stdout.read()
check("lines", re.search(r"^up \d+\.0 \d+ - - mulaw/8000 " + re.escape(base64.b64encode(audio(20,
      0x11)).decode()) + "$", out, re.M), out)
check("last word", '"type":"call.end","reason":"caller"' in out.splitlines()[-1], out)
check("exit", p.wait(5) == 0)
p.stderr.close()
close()
