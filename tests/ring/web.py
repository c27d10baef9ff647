"""Servers of the web for tests of tools: on loopback, at a port of their own, answered by a function; and running a tool by hand.

    from web import *
    with serve(answer) as s:               # answer(request) with .method .path .query .headers .body .reply(…)
        said = tool("web_read", {"do": "open", "url": s.url + "/a"}, private="yes")
"""
import http.server, json, os, subprocess, sys, threading, urllib.parse

B, TMP, TOP = os.environ["B"], os.environ["TMP"], os.environ["TOP"]
failed = []


def check(what, truth, *found):
    if not truth:
        failed.append(what)
        print("not ok:", what, *found)


def close():
    """Last line of a test."""
    sys.exit(1 if failed else 0)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_message(self, *words):
        pass

    def take(self):
        where = urllib.parse.urlsplit(self.path)
        self.target, self.query = where.path, dict(urllib.parse.parse_qsl(where.query, keep_blank_values=True))
        self.method = self.command
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            self.server.answer(self)
        except OSError:  # the tool had enough of it
            self.close_connection = True

    do_GET = do_POST = do_DELETE = do_PUT = take

    def reply(self, status=200, body=b"", type="text/html; charset=utf-8", **headers):
        if isinstance(body, (dict, list)):
            body, type = json.dumps(body), "application/json"
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        if type:
            self.send_header("Content-Type", type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class serve(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer, self.port = answer, self.server_address[1]
        self.authority = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.authority}"
        self.over = threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request, address):
        pass

    def __exit__(self, *why):
        self.over.set()
        self.shutdown()
        self.server_close()


def tool(name, arguments, secret=None, env=None, call=None, caller="+15551234567", **settings):
    """Its answer, with its exit status as "exit". settings become RINGDOWN_SETTING_…; secret is (NAME, VALUE)."""
    given = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "RINGDOWN_TOOL_DIR": f"{TMP}/{name}", "RINGDOWN_CALLER": caller,
             "RINGDOWN_HOUSEHOLD": "", "RINGDOWN_TZ": "UTC", "RINGDOWN_CALL": "CA" + "0" * 32,
             **{k: v for k, v in os.environ.items() if k in ("RD_TEST", "ASAN_OPTIONS", "UBSAN_OPTIONS")}, **(env or {})}
    given.update({f"RINGDOWN_SETTING_{k.upper()}": v for k, v in settings.items()})
    if secret:
        given[secret[0]] = secret[1]
    if call:
        given["RINGDOWN_TOOL_CALL"] = call
    text = json.dumps(arguments) if arguments is not None else ""
    p = subprocess.run([f"{B}/tools/{name}"] + (["--schema"] if arguments is None else []), input=text, capture_output=True,
                       text=True, env=given, timeout=50)
    try:
        said = json.loads(p.stdout)
    except ValueError:
        said = {"ok": False, "text": f"no JSON: {p.stdout!r} {p.stderr!r}"}
    return dict(said, exit=p.returncode, bytes=len(p.stdout), log=p.stderr)
