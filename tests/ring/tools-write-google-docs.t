#!/usr/bin/python3
"""docs at Google, a small one that behaves as Drive and Docs are documented: listed by pages, read, found; a document is made once and
a text added once, whatever becomes of the answers; a stale revision is asked again; refusals are told as what they are."""
# limit: 180
from googles import *

KIND = "application/vnd.google-apps.document"


class Drive(Google):
    def __init__(self):
        self.files, self.queries = {}, []
        super().__init__()

    def add(self, name, text, **more):
        n = f"1aB-{len(self.files)}_x"
        self.files[n] = {"id": n, "name": name, "text": text, "revision": 1, "parents": ["FOLDER"], "appProperties": {}, **more}
        return self.files[n]

    def find(self, q):
        self.queries.append(q)
        unquote = lambda t: t.replace("\\'", "'").replace("\\\\", "\\")
        for f in self.files.values():
            if "appProperties has" in q:
                wanted = f["appProperties"].get("req") is not None and f"value='{f['appProperties']['req']}'" in q
            else:
                wanted = q.startswith(f"'{f['parents'][0]}' in parents and mimeType = '{KIND}'")
                if "fullText contains '" in q:
                    words = unquote(q.split("fullText contains '")[1][:-1]).lower().split()
                    wanted &= all(w in f["text"].lower() for w in words)
            if wanted:
                yield f

    def serve_one(self, r):
        if r.target == "/token":
            return self.token(r)
        name = f"{r.method} {'write' if r.target.endswith(':batchUpdate') else 'export' if r.target.endswith('/export') else r.target.split('/')[-2 if 'documents' in r.target else -1]}"
        self.seen.append(name)
        fault = (self.faults.get(name) or [None]).pop(0) if self.faults.get(name) else None
        if r.headers.get("Authorization", "")[7:] not in self.tokens:
            return self.refuse(r, 401, "authError")
        if isinstance(fault, int):
            return self.refuse(r, fault, "backendError")
        if fault == "lost":
            r.close_connection = True
            return r.connection.close()
        if fault == "drop":
            r.reply = lambda *a, **k: None
        self.do(r)
        if fault == "drop":
            r.close_connection = True
            r.connection.close()

    def do(self, r):
        parts = r.target.strip("/").split("/")
        body = json.loads(r.body) if r.body else {}
        if r.target == "/drive/v3/files" and r.method == "GET":
            found, at = sorted(self.find(r.query["q"]), key=lambda f: f["name"] if "orderBy" in r.query else ""), int(r.query.get("pageToken") or 0)
            return r.reply(200, {"files": [{"id": f["id"], "name": f["name"]} for f in found[at:at + 2]],
                                 **({"nextPageToken": str(at + 2)} if len(found) > at + 2 else {})})
        if r.target == "/drive/v3/files":
            return r.reply(200, {"id": self.add(body["name"], "", parents=body["parents"], appProperties=body.get("appProperties", {}))["id"]})
        f = self.files.get(parts[3] if parts[0] == "drive" else parts[2].split(":")[0])
        if not f:
            return self.refuse(r, 404, "notFound")
        if parts[-1] == "export":
            return r.reply(200, "\ufeff" + f["text"].replace("\n", "\r\n"), "text/plain")
        if not parts[-1].endswith(":batchUpdate"):
            return r.reply(200, {"documentId": f["id"], "revisionId": str(f["revision"])})
        if body["writeControl"]["requiredRevisionId"] != str(f["revision"]):
            return self.refuse(r, 400, "badRequest")
        f["revision"] += 1
        f["text"] += body["requests"][0]["insertText"]["text"]
        r.reply(200, {"documentId": f["id"], "replies": [{}]})


def ask(do, call=None, **arguments):
    a = tool("docs", dict(arguments, do=do), secret=("GOOGLE_KEY", g.key), call=call, url=g.url, google="FOLDER")
    check("no secret in the log", "PRIVATE" not in a["log"] and "ya29" not in a["log"], a)
    return a


with Drive() as g:
    check("none", ask("list")["text"] == "There are no documents.")
    for name, text in (("Roof", "The roof leaks.\n\nIt's the chimney's fault.\n"), ("Garden", "Beds.\n\nA shed.\n"), ("Zoo", "Apes.\n"), ("Attic", "Dust.\n")):
        g.add(name, text)
    g.add("Elsewhere", "x", parents=["OTHER"])
    check("pages", ask("list")["data"]["titles"] == ["Attic", "Garden", "Roof", "Zoo"])
    said = ask("read", name="roof")
    check("read", said["text"] == "Roof.\nThe roof leaks.\nIt's the chimney's fault.\nThat is the end.", said)
    check("by number", ask("read", n=2, **{"from": 2})["data"]["text"] == "A shed.")
    check("found", ask("find", name="chimney's fault")["text"] == "In Roof, paragraph two." and "chimney\\'s" in g.queries[-1], g.queries[-1])
    check("not found", ask("find", name="wasps")["text"] == "No document has the words wasps.")

    # once
    said = ask("create", call="CA1/1", name="Offers", text="The first.\n")
    check("made", said["text"] == "There is a new document: Offers." and [f["text"] for f in g.files.values() if f["name"] == "Offers"] == ["The first.\n"], said)
    check("again is the same", ask("create", call="CA1/1", name="Offers", text="The first.")["ok"] and sum(f["name"] == "Offers" for f in g.files.values()) == 1)
    check("not over another", "already" in ask("create", call="CA1/2", name="offers", text="x")["text"])
    check("added", ask("append", call="CA1/3", name="Offers", text="The second.")["ok"])
    check("at its end", next(f["text"] for f in g.files.values() if f["name"] == "Offers") == "The first.\n\nThe second.\n")
    for n, faults in enumerate([{"POST files": ["drop"]}, {"POST files": [500]}, {"POST write": ["drop"]}, {"POST write": [400]}] +
                               [{"POST files": ["lost"]}, {"POST write": ["lost"]}, {"POST write": [500]}] * bool(os.environ.get("LONG"))):
        g.faults = {k: list(v) for k, v in faults.items()}
        said = ask("create", call=f"CA2/{n}", name=f"New {n}", text=f"Text {n}.")
        made = [f["text"] for f in g.files.values() if f["name"] == f"New {n}"]
        check(f"made once: {faults}", said["ok"] and made == [f"Text {n}.\n"], said, made)
        if "POST write" in faults:
            g.faults = {k: list(v) for k, v in faults.items()}
            said = ask("append", call=f"CA3/{n}", name="Zoo", text=f"Ape {n}.")
            check(f"added once: {faults}", said["ok"] and g.files["1aB-2_x"]["text"].count(f"Ape {n}.") == 1, said, g.files["1aB-2_x"])
    g.faults = {"POST write": ["drop"], "GET export": [400]}
    said = ask("append", call="CA4/1", name="Attic", text="Cobwebs.")
    check("nobody knows", said["exit"] == 1 and said["outcome"] == "unknown", said)
    g.faults = {}
    check("asked again it is found", ask("append", call="CA4/1", name="Attic", text="Cobwebs.")["ok"] and g.files["1aB-3_x"]["text"].count("Cobwebs") == 1)

    # refusals
    for status, words in ((403, "does not let us do that"), (404, "not where I was told"), (500, "trouble of its own")):
        g.faults = {"GET files": [status]}
        said = ask("list")
        check(f"status {status}", said["exit"] == 1 and words in said["text"], said)
    g.faults = {}
    said = tool("docs", {"do": "list"}, google="FOLDER", url=g.url)
    check("no key", said["exit"] == 1 and "GOOGLE_KEY is not there" in said["text"], said)
    about = tool("docs", None, google="FOLDER")
    check("schema", about["effect"] == "outside" and about["secrets"] == ["GOOGLE_KEY"] and about["network"] is True, about)
    check("schema of files", tool("docs", None)["network"] is False and "secrets" not in tool("docs", None))
close()
