"""A small Google: tokens, Calendar and Gmail, as far as our tools use them, behaving as they are documented.

    from googles import *
    with Google() as g:                     # g.key: a service account's file; g.refresh: a user's
        g.events, g.messages, g.drafts      # what is there
        g.faults["POST events"] = ["drop"]  # the next one is done, and no answer comes; also "lost", 503, 401, "limit"
"""
import base64, datetime, email, email.policy, json, os, subprocess, time
from web import *

for method in ("PATCH",):
    setattr(Handler, f"do_{method}", Handler.take)
b64 = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Google(serve):
    def __init__(self):
        self.events, self.deleted, self.messages, self.drafts = {}, {}, {}, {}
        self.faults, self.seen, self.tokens, self.etag, self.forms = {}, [], set(), 0, []
        folder = f"{TMP}/google-{id(self)}"
        os.makedirs(folder)
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", f"{folder}/key"],
                       check=True, capture_output=True)
        subprocess.run(["openssl", "pkey", "-in", f"{folder}/key", "-pubout", "-out", f"{folder}/public"], check=True)
        self.folder = folder
        super().__init__(self.serve_one)
        with open(f"{folder}/key") as f:
            self.key = json.dumps({"type": "service_account", "private_key_id": "k1", "private_key": f.read(),
                                   "client_email": "bot@project.example.com", "token_uri": self.url + "/token"})
        self.refresh = json.dumps({"type": "authorized_user", "client_id": "c&d", "client_secret": "e=f", "refresh_token": "1//r",
                                   "token_uri": self.url + "/token"})

    # --- tokens

    def good_assertion(self, jwt):
        head, claims, signature = jwt.split(".")
        with open(f"{self.folder}/signature", "wb") as f:
            f.write(b64(signature))
        with open(f"{self.folder}/signed", "w") as f:
            f.write(f"{head}.{claims}")
        verified = subprocess.run(["openssl", "dgst", "-sha256", "-verify", f"{self.folder}/public", "-signature",
                                   f"{self.folder}/signature", f"{self.folder}/signed"], capture_output=True)
        said = json.loads(b64(claims))
        self.claims, now = said, time.time()
        return verified.returncode == 0 and json.loads(b64(head))["alg"] == "RS256" and said["aud"] == self.url + "/token" and \
            said["iat"] <= now and now < said["exp"] <= said["iat"] + 3600 and said["iss"] == "bot@project.example.com"

    def token(self, r):
        form = dict(urllib.parse.parse_qsl(r.body.decode()))
        self.forms.append(form)
        if form["grant_type"] == "refresh_token":
            good = form == {"grant_type": "refresh_token", "client_id": "c&d", "client_secret": "e=f", "refresh_token": "1//r"}
        else:
            good = form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer" and self.good_assertion(form["assertion"])
        if not good:
            return r.reply(400, {"error": "invalid_grant", "error_description": "Bad Request"})
        token = f"ya29.{len(self.forms)}"
        self.tokens.add(token)
        r.reply(200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    # --- all

    def refuse(self, r, status, reason, **headers):
        r.reply(status, {"error": {"code": status, "message": reason, "errors": [{"domain": "global", "reason": reason}]}}, **headers)

    def serve_one(self, r):
        if r.target == "/token":
            return self.token(r)
        parts = [urllib.parse.unquote(p) for p in r.target.strip("/").split("/")]
        name = f"{r.method} {next(p for p in ('events', 'drafts', 'messages') if p in parts)}"
        self.seen.append(name)
        fault = self.faults.get(name, [])
        fault = fault.pop(0) if fault else None
        if r.headers.get("Authorization", "")[7:] not in self.tokens or fault == 401:
            self.tokens.discard(r.headers.get("Authorization", "")[7:])
            return self.refuse(r, 401, "authError")
        if fault == "limit":
            return self.refuse(r, 403, "userRateLimitExceeded")
        if isinstance(fault, int):
            return self.refuse(r, fault, "backendError", Retry_After="1")
        if fault == "lost":
            r.close_connection = True
            return r.connection.close()
        if fault == "drop":
            r.reply_really, r.reply = r.reply, lambda *a, **k: None
        if "events" in parts:
            self.calendar(r, parts[parts.index("events") + 1:])
        else:
            self.gmail(r, parts[parts.index("me") + 1:])
        if fault == "drop":
            r.reply = r.reply_really
            r.close_connection = True
            r.connection.close()

    # --- calendar

    def stamp(self, event):
        self.etag += 1
        event["etag"] = f'"{self.etag}"'
        return event

    @staticmethod
    def moment(of):
        if of.get("date"):
            return datetime.datetime.fromisoformat(of["date"]).astimezone()
        return datetime.datetime.fromisoformat(of["dateTime"].replace("Z", "+00:00"))

    def listed(self, r):
        wanted = [datetime.datetime.fromisoformat(r.query[k].replace("Z", "+00:00")) for k in ("timeMin", "timeMax")]
        found = [e for e in self.events.values() if self.moment(e["end"]) > wanted[0] and self.moment(e["start"]) < wanted[1]]
        found.sort(key=lambda e: self.moment(e["start"]))
        at = int(r.query.get("pageToken", "0").rstrip("="))
        page = {"kind": "calendar#events", "items": found[at:at + 2]}
        if at + 2 < len(found):
            page["nextPageToken"] = f"{at + 2}=="
        r.reply(200, page)

    def calendar(self, r, parts):
        body = json.loads(r.body) if r.body else {}
        event = self.events.get(parts[0]) if parts else None
        if r.method == "GET" and not parts:
            return self.listed(r)
        if r.method == "POST":
            if body["id"] in self.events or body["id"] in self.deleted:
                return self.refuse(r, 409, "duplicate")
            assert set(body["id"]) <= set("0123456789abcdefghijklmnopqrstuv"), body
            self.events[body["id"]] = self.stamp(dict(body, status="confirmed"))
            return r.reply(200, self.events[body["id"]])
        if r.method == "GET" and parts[0] in self.deleted:
            return r.reply(200, dict(self.deleted[parts[0]], status="cancelled"))
        if r.method == "PUT" and parts[0] in self.deleted:
            del self.deleted[parts[0]]
            self.events[parts[0]] = self.stamp(body)
            return r.reply(200, body)
        if not event:
            return self.refuse(r, 410 if parts[0] in self.deleted else 404, "deleted" if parts[0] in self.deleted else "notFound")
        if r.headers.get("If-Match", event["etag"]) != event["etag"]:
            return self.refuse(r, 412, "conditionNotMet")
        if r.method == "DELETE":
            self.deleted[parts[0]] = self.events.pop(parts[0])
            return r.reply(204, "", type=None)
        if r.method == "PATCH":
            for k, v in body.items():
                event[k] = {a: b for a, b in dict(event.get(k, {}), **v).items() if b is not None} if isinstance(v, dict) else v
            self.stamp(event)
        r.reply(200, event)

    # --- Gmail

    def mail(self, raw):
        text = b64(raw)
        assert b"\r\n" in text
        return {"raw": text, "message": email.message_from_bytes(text, policy=email.policy.default)}

    def gmail(self, r, parts):
        body = json.loads(r.body) if r.body else {}
        if parts[0] == "drafts" and r.method == "POST" and parts[1:] == ["send"]:
            if body["id"] not in self.drafts:
                return self.refuse(r, 404, "notFound")
            name = f"m{len(self.messages) + 1}"
            self.messages[name] = dict(self.drafts.pop(body["id"]), labels=["SENT"])
            return r.reply(200, {"id": name, "threadId": name, "labelIds": ["SENT"]})
        if parts[0] == "drafts" and r.method == "POST":
            name = f"d{len(self.seen)}"
            self.drafts[name] = self.mail(body["message"]["raw"])
            return r.reply(200, {"id": name, "message": {"id": "x", "threadId": "x"}})
        if parts[0] == "drafts":
            return r.reply(200, {"id": parts[1]}) if parts[1] in self.drafts else self.refuse(r, 404, "notFound")
        if r.method == "GET" and len(parts) == 1:
            self.q = r.query.get("q", "")
            found = [m for m in reversed(self.messages) if "SENT" not in self.messages[m]["labels"] and
                     ("is:unread" not in self.q or "UNREAD" in self.messages[m]["labels"]) and
                     all(w.strip('"').lower() in self.messages[m]["raw"].decode(errors="replace").lower() for w in self.q.split() if w.startswith('"'))]
            return r.reply(200, {"messages": [{"id": m, "threadId": m} for m in found[:int(r.query.get("maxResults", 100))]], "resultSizeEstimate": len(found)})
        m = self.messages.get(parts[1])
        if not m:
            return self.refuse(r, 404, "notFound")
        if r.method == "POST" and parts[2] == "modify":
            m["labels"] = [x for x in m["labels"] if x not in body["removeLabelIds"]]
            return r.reply(200, {"id": parts[1], "labelIds": m["labels"]})
        raw = m["raw"] if r.query["format"] == "raw" else m["raw"].split(b"\r\n\r\n")[0] + b"\r\n\r\n"
        if r.query["format"] == "raw":
            return r.reply(200, {"id": parts[1], "labelIds": m["labels"], "raw": base64.urlsafe_b64encode(raw).decode()})
        heads = [{"name": k, "value": v} for k, v in m["message"].items() if k in ("From", "Subject", "Date", "To")]
        r.reply(200, {"id": parts[1], "labelIds": m["labels"], "internalDate": str(int(time.time() * 1000)), "payload": {"headers": heads}})
