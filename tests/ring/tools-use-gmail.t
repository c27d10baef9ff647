#!/usr/bin/python3
"""The tool mail at Gmail, a small one: found and read by the REST interface, marked as read; sent by way of a draft, so that
afterwards it is known whether it was.
# limit: 90"""
import base64, email.policy, os, sys
sys.path.insert(0, f"{os.environ['TOP']}/tests/ring")
from googles import *

BOOK = {"RINGDOWN_TZ": "Europe/Berlin", "RINGDOWN_MAIL_CONTACTS": "Ben=ben@example.com", "RINGDOWN_CONTACTS": "Ben=+15557654321"}


def ask(g, do, call=None, **arguments):
    a = tool("mail", dict(arguments, do=do), secret=("GOOGLE_KEY", g.key), call=call, env=BOOK, url=g.url + "/gmail/v1", google="anna@example.com")
    check("no secret in the log", "ya29" not in a["log"], a)
    return a


def put(g, name, sender, subject, text, labels=("INBOX", "UNREAD")):
    raw = f"From: {sender}\r\nSubject: {subject}\r\nDate: Fri, 20 Nov 2026 09:12:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    g.messages[name] = dict(g.mail(base64.urlsafe_b64encode(raw.encode()).decode()), labels=list(labels))


with Google() as g:
    check("nothing", ask(g, "unread")["text"] == "You have no unread mails." and g.claims["sub"] == "anna@example.com" and g.claims["scope"].endswith("gmail.modify"), g.claims)
    put(g, "a1", "Ben Miller <ben@example.com>", "=?utf-8?q?Caf=C3=A9?=", "Shall we meet?")
    put(g, "a2", "Carol <carol@example.com>", "Second", "Hello.")
    put(g, "a3", "Dora <dora@example.com>", "Read", "Old news.", labels=["INBOX"])
    a = ask(g, "unread")
    check("new", a["data"]["count"] == 2 and "One: from Carol, " in a["text"] and "Ben Miller" in a["text"], a)
    a = ask(g, "read", id="a1")
    check("read", a["text"].endswith("Shall we meet?") and g.messages["a1"]["labels"] == ["INBOX"], a)
    check("the next", ask(g, "read")["text"].endswith(": Second. Hello.") and ask(g, "unread")["data"]["count"] == 0)
    a = ask(g, "search", words='news" OR in:trash "', **{"from": "dora"})
    check("quoted", a["ok"] and g.q == 'from:"dora" "news  OR in:trash  "', g.q)
    check("gone", ask(g, "read", id="nope")["text"] == "That mail is not there any more.")
    check("no path", not ask(g, "read", id="../drafts")["ok"])

    for n, fault in enumerate([None, "drop", "lost", 503]):
        g.faults["POST drafts"] = [None, fault, fault, fault]
        before = len(g.messages)
        a = ask(g, "send", call=f"CA4/{n}", to="Ben", subject="Grüße", text="Hallo!\nAnna")
        check(f"said as it is ({fault})", a["ok"] == (len(g.messages) == before + 1) and a.get("outcome") != "unknown", a)
        g.faults.clear()
        again = ask(g, "send", call=f"CA4/{n}", to="Ben", subject="Grüße", text="Hallo!\nAnna")
        check(f"once ({fault})", again["ok"] and len(g.messages) == before + 1, again)
    sent = next(m["message"] for m in g.messages.values() if m["labels"] == ["SENT"])
    check("a good mail", sent["Subject"] == "Grüße" and sent["To"] == "ben@example.com" and sent.get_content().split() == ["Hallo!", "Anna"], sent)
    g.faults.update({"POST drafts": [None, "drop"], "GET drafts": ["lost"]})
    a = ask(g, "send", call="CA4/u", to="Ben", text="x")
    check("unknown is said", a.get("outcome") == "unknown" and "do not send it twice" in a["text"], a)
    count = len(g.messages)
    a = ask(g, "send", call="CA4/u", to="Ben", text="x")
    check("seen later", a["ok"] and len(g.messages) == count, a)
    g.faults["POST drafts"] = [403]
    a = ask(g, "send", to="Ben", text="y")
    check("not allowed", a["text"] == "The mailbox does not let us do that." and a.get("outcome") != "unknown", a)
a = tool("mail", None, google="anna@example.com")
check("described", a["secrets"] == ["GOOGLE_KEY"] and a["parameters"]["properties"]["do"]["enum"][-1] == "send", a)
close()
