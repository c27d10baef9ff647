"""A real CalDAV server (Radicale) on loopback, inside the test, with faults between it and who asks.

    from caldav import *
    with Calendars() as c:                       # c.url is alice's home, c.work her calendar; c.password
        c.put("a.ics", event("a", "DTSTART:…", "SUMMARY:…"))
        c.faults["PUT"] = ["drop"]               # the next PUT is done, and no answer comes; also "lost", 503, "garbage"
        c.objects()                              # {name: text}
"""
import base64, io, os, re, sys, wsgiref.util
from web import *

sys.path[:] = [p for p in sys.path if p] # not the folder of who runs it
import radicale, radicale.config

for method in ("PROPFIND", "REPORT", "MKCALENDAR", "PATCH", "OPTIONS"):
    setattr(Handler, f"do_{method}", Handler.take)

PASSWORD = "s3cret\"; drop"


BERLIN = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:19810329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE""".split("\n")


def event(uid, *lines):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *BERLIN, "BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z",
             *lines, "END:VEVENT", "END:VCALENDAR", ""]
    return "\r\n".join(lines)


class Calendars(serve):
    def __init__(self):
        self.folder = f"{TMP}/radicale-{id(self)}"
        os.makedirs(self.folder)
        with open(f"{self.folder}/users", "w") as f:
            f.write(f"alice:{PASSWORD}\n")
        c = radicale.config.load()
        c.update({"auth": {"type": "htpasswd", "htpasswd_filename": f"{self.folder}/users", "htpasswd_encryption": "plain", "delay": "0"},
                  "storage": {"filesystem_folder": self.folder}}, "test")
        radicale.log.setup()
        radicale.log.set_level("critical")
        self.app, self.faults, self.seen, self.password = radicale.Application(c), {}, [], PASSWORD
        super().__init__(self.pass_on)
        self.home, self.work = f"{self.url}/alice/", f"{self.url}/alice/work/"
        self.ask("MKCALENDAR", "/alice/todo/", '<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>'
                 '<d:displayname>Todo</d:displayname><c:supported-calendar-component-set><c:comp name="VTODO"/>'
                 '</c:supported-calendar-component-set></d:prop></d:set></c:mkcalendar>')
        self.ask("MKCALENDAR", "/alice/work/", '<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>'
                 '<d:displayname>Work &amp; life</d:displayname></d:prop></d:set></c:mkcalendar>')
        self.seen.clear()

    def ask(self, method, path, body="", **headers):
        """What the server itself answers: status, headers, body."""
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": io.BytesIO(body.encode()), "CONTENT_LENGTH": str(len(body.encode())),
                   "HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"alice:{PASSWORD}".encode()).decode(), **headers}
        wsgiref.util.setup_testing_defaults(environ)
        environ["wsgi.errors"] = io.StringIO()
        said = []
        body = b"".join(self.app(environ, lambda status, headers: said.append((int(status.split()[0]), headers))))
        return said[0][0], said[0][1], body

    def pass_on(self, r):
        headers = {"HTTP_" + k.upper().replace("-", "_"): v for k, v in r.headers.items()}
        headers.setdefault("HTTP_AUTHORIZATION", "")
        headers["CONTENT_TYPE"] = r.headers.get("Content-Type", "")
        self.seen.append(r.method)
        fault = self.faults.get(r.method, [])
        fault = fault.pop(0) if fault else None
        if isinstance(fault, int):
            return r.reply(fault, "", Retry_After="1")
        if fault == "lost":
            r.close_connection = True
            return r.connection.close()
        if fault == "garbage":
            return r.reply(207, "<multistatus xmlns='DAV:'>" + "<response>" * 100000)
        if fault == "elsewhere":
            return r.reply(301, "", Location="http://attacker.example.com/")
        status, out, body = self.ask(r.method, r.target, r.body.decode(), **headers)
        if fault == "drop":
            r.close_connection = True
            return r.connection.close()
        more = {k.replace("-", "_"): v for k, v in out if k.lower() not in ("content-type", "content-length")}
        r.reply(status, body, dict(out).get("Content-Type", ""), **more)

    def put(self, name, text):
        status, _, body = self.ask("PUT", f"/alice/work/{name}", text, CONTENT_TYPE="text/calendar; charset=utf-8")
        assert status == 201, (status, body)

    def objects(self):
        folder = f"{self.folder}/collection-root/alice/work"
        found = {}
        for name in sorted(os.listdir(folder)):
            if name.endswith(".ics"):
                with open(f"{folder}/{name}", newline="") as f:
                    found[name] = re.sub(r"\r\n[ \t]", "", f.read())
        return found
