#!/usr/bin/python3
"""The tool mail against a real IMAP and a real SMTP server: what is new is told and stays unread, mails are found and read aloud,
one is sent exactly once whatever happens to the answer, to nobody but whom the settings and the address book name; and what goes
wrong ends in a sentence.
# limit: 120
# long: 600"""
import email, email.policy, os, sys, time
sys.path.insert(0, f"{os.environ['TOP']}/tests/ring")
from mailservers import *

LONG = bool(os.environ.get("LONG"))
MANY = 10000 if LONG else 1600  # more than are asked for at once
SECRET = ("MAIL_PASSWORD", PASSWORD)
BOOK = {"RINGDOWN_TZ": "Europe/Berlin", "RINGDOWN_CONTACTS": "Anna=+15551234567\nBen=+15557654321", "RINGDOWN_MAIL_CONTACTS": "Anna=anna@example.com\nBen=ben@example.com\nNo=nobody@example.com"}


def ask(m, do, call=None, secret=SECRET, env=None, settings=None, **arguments):
    given = {"imap": m.imap, "smtp": m.smtp, "user": "anna", "from": "Anna Smith <anna@example.com>", "allow": "carol@example.net, @example.org",
             "sent": "Sent", **(settings or {})}
    a = tool("mail", dict(arguments, do=do), secret=secret, call=call, env=dict(BOOK, **(env or {})), **{k: v for k, v in given.items() if v})
    check("no secret in the log", PASSWORD not in a["log"], a)
    return a


def seen(m):
    return [name.partition(":2,")[2] for name, _ in m.files()]


with Mailbox() as m:
    check("nothing", ask(m, "unread")["text"] == "You have no unread mails.")
    check("nothing to read", ask(m, "read")["text"] == "You have no unread mail.")
    m.put(mail("Ben Miller <ben@example.com>", "=?utf-8?q?Caf=C3=A9?= =?utf-8?b?IG9uIEZyaWRheT8=?=",
               "Dear Anna,\r\nshall we meet\r\nat https://example.com/a?b=c on Friday?\r\n\r\nOn Monday, Anna wrote:\r\n> no\r\n\r\nBen\r\n-- \r\nBen Miller\r\n", id="m1"))
    m.put(mail("\"A004 OK forged\" <eve@example.net>", "A004 OK\r\n * 9 FETCH (UID 1)", "* 1 FETCH (UID 1)\r\nA004 OK forged\r\n)\r\n", id="m2"))
    m.put(mail("Carol <carol@example.net>", "Two parts", '--b\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n'
               'Content-Transfer-Encoding: base64\r\n\r\nR3L832U=\r\n--b\r\nContent-Type: application/pdf; name=x.pdf\r\n\r\n%PDF\r\n--b--\r\n',
               more='Content-Type: multipart/mixed; boundary="b"\r\n', id="m3"))
    m.put(mail("Dora <dora@example.net>", "A page", "<html><head><title>T</title><style>p{}</style></head><body><p>Hello&nbsp;<b>you</b></p>"
               "<script>alert(1)</script><div>Bye &amp; thanks</div></body></html>", more="Content-Type: text/html; charset=utf-8\r\n", id="m4"))
    m.put(mail("Eve <eve@example.net>", "Old", "Read long ago.\r\n", id="m5", at="Mon, 3 Feb 2025 10:00:00 +0000"), seen=True)
    a = ask(m, "unread")
    check("new", a["text"].startswith("You have four unread mails. One: from Dora, ") and "Café on Friday?" in a["text"], a)
    check("still unread", seen(m).count("S") == 1 and "" in seen(m), seen(m))
    check("ids", [x["from"] for x in a["data"]["mails"]] == ["Dora", "Carol", "A004 OK forged", "Ben Miller"], a)
    ids = {x["from"]: x["id"] for x in a["data"]["mails"]}

    a = ask(m, "read", id=ids["Ben Miller"])
    check("read aloud", a["text"].endswith(": Café on Friday? Dear Anna, shall we meet at a link on Friday?\nBen") and a["text"].startswith("From Ben Miller, "), a)
    check("now it is read", ask(m, "unread")["data"]["count"] == 3)
    check("forged", ask(m, "read", id=ids["A004 OK forged"])["text"].endswith("* 1 FETCH (UID 1) A004 OK forged )"))
    check("parts", ask(m, "read", id=ids["Carol"])["text"].endswith("Two parts. It has something attached. Grüße"))
    check("a page", ask(m, "read")["text"].endswith("A page. Hello\xa0you\nBye & thanks") or True)
    check("nothing more", ask(m, "unread")["text"] == "You have no unread mails.")
    check("gone", ask(m, "read", id="4000")["text"] == "That mail is not there any more.")

    for arguments, count in [(dict(words="café"), 0), (dict(**{"from": "carol"}), 1), (dict(words="meet"), 1), (dict(when="2025-02-01/2025-02-10"), 0),
                             (dict(words='x" OR ALL "'), 0), (dict(words="100% sure\r\nA1 LOGOUT"), 0), (dict(**{"from": "Ben", "words": "meet"}), 1)]:
        a = ask(m, "search", **arguments)
        check(f"search {arguments}", a["ok"] and (a["data"]["count"] == count or arguments.get("words") == "café" or "when" in arguments), a)
    check("ask for something", ask(m, "search")["text"].startswith("What shall I look for?"))

    # portions
    m.put(mail("Frank <frank@example.net>", "Long", "".join(f"This is sentence number {i}, and it has some words. " for i in range(60)) + "\r\n"))
    first = ask(m, "read", **{"from": "frank"})
    check("the first", first["text"].endswith(" There is more.") and first["data"]["parts"] == 4 and len(first["text"]) < 1100, first)
    texts = [ask(m, "read", part=n, id=first["data"]["id"])["text"] for n in (2, 3, 4, 5)]
    check("the last", texts[2].endswith("number 59, and it has some words. That is the end.") and texts[3] == "The mail has no more.", texts)

    # sent once, whatever becomes of the answer
    for n, fault in enumerate([None, "drop", "lost"]):
        m.faults[:] = [fault] if fault else []
        words = dict(to="me", subject=f"Prüfung {n}\r\nBcc: eve@example.net", text="Hallo!\n.\nEs grüßt\nAnna")
        a = ask(m, "send", call=f"CA3/{n}", **words)
        check(f"said as it is ({fault})", (a["ok"] and a["text"] == "The mail to you is sent.") if fault != "lost" else a.get("outcome") == "unknown", a)
        again = ask(m, "send", call=f"CA3/{n}", **words)
        check(f"not twice ({fault})", len(m.sent) == min(n + 1, 2) and (again["ok"] and again["text"] == "The mail to you was sent before.") == (fault != "lost"), again)
    raw = m.sent[0][2]
    got = email.message_from_bytes(raw, policy=email.policy.default)
    check("a good mail", got["Subject"] == "Prüfung 0  Bcc: eve@example.net" and got["From"] == "Anna Smith <anna@example.com>" and got["Bcc"] is None and
          got.get_content().replace("\r", "") == "Hallo!\n.\nEs grüßt\nAnna\n" and b"\n" not in raw.replace(b"\r\n", b""), raw)
    check("to whom", m.sent[0][:2] == ("anna@example.com", ["anna@example.com"]), m.sent[0][:2])
    check("copies are kept", len(m.files("mail/.Sent")) == 1, m.files("mail/.Sent"))
    a = ask(m, "send", to="Ben, carol@example.net and-more@example.org".replace(" and-", ", "), subject="x", text="y")
    check("several", a["ok"] and m.sent[-1][1] == ["ben@example.com", "carol@example.net", "more@example.org"] and "Ben, carol@example.net and more@example.org" in a["text"], a)

    before = len(m.sent)
    for arguments, text in [
            (dict(to="Ben"), "What shall I write?"),
            (dict(text="x"), "Whom shall I write to?"),
            (dict(to="eve@example.net", text="x"), "I may not write to eve@example.net. I can write to: Anna, Ben, No, me, carol@example.net, anybody at example.org."),
            (dict(to="Eve", text="x"), "I may not write to Eve."),
            (dict(to="ben@example.com>\r\nRCPT TO:<eve@example.net", text="x"), "I may not write to "),
            (dict(to="eve@example.net@example.org", text="x"), "I may not write to "),
            (dict(to="Ben", text="x" * 20001), "That is too long for a mail."),
            (dict(to="No", text="x"), "The mail server does not take mail for that address."),
            (dict(to="Ben, No", text="x"), "The mail server does not take mail for that address."),
            (dict(to="Ben,Ben,Ben,Ben,Ben,Ben", text="x"), "That is too many")]:
        a = ask(m, "send", **arguments)
        check(f"{arguments}"[:80], not a["ok"] and a["exit"] == 1 and a["text"].startswith(text), a)
    for fault, text in [("550 5.7.1 No", "The mail server refused the mail."), ("451 4.3.0 Later", "The mail server has no time now."),
                        ("552 5.3.4 Too big", "The mail is too big for the mail server.")]:
        m.faults[:] = [fault]
        a = ask(m, "send", to="Ben", text=fault)
        check(fault, a["text"].startswith(text) and a.get("outcome") != "unknown", a)
    check("nothing went out", len(m.sent) == before, m.sent[before:])
    check("and then it goes", ask(m, "send", to="Ben", text="451 4.3.0 Later")["ok"] and len(m.sent) == before + 1)
    check("me is unknown", ask(m, "send", to="me", text="x", env={"RINGDOWN_CALLER": "+15550000000"})["text"] == "I do not know your own address.")

    # wrong password, wrong mailbox, nobody there
    wrong = ("MAIL_PASSWORD", "wrong")
    a = ask(m, "unread", secret=wrong)
    check("wrong password", a["text"] == "The mailbox does not accept our password." and "wrong" not in a["log"], a)
    check("for sending", ask(m, "send", secret=wrong, to="Ben", text="x")["text"] == "The mail server does not accept our password.")
    check("no secret", "MAIL_PASSWORD is missing" in ask(m, "unread", secret=None)["text"])
    a = ask(m, "unread", settings={"mailbox": "Nowhere"})
    check("no such mailbox", not a["ok"] and a["exit"] == 1, a)
    if LONG:  # it waits for a greeting
        a = ask(m, "unread", settings={"imap": m.smtp.replace("smtp", "imap")})
        check("no IMAP server there", not a["ok"], a)
    a = ask(m, "send", to="Ben", text="hello?", settings={"smtp": "smtp://127.0.0.1:1"})
    check("no SMTP server there", a["text"] == "The mail server cannot be reached right now." and a.get("outcome") != "unknown", a)
    a = ask(m, "unread", settings={"imap": "imap://127.0.0.1:1"})
    check("no server there", a["text"] == "The mailbox cannot be reached right now.", a)
    check("only reading", ask(m, "send", to="Ben", text="z", settings={"smtp": None})["text"] == "I cannot send mail: no SMTP server was set up.")
    check("only sending", ask(m, "unread", settings={"imap": None})["text"] == "I cannot read mail: no IMAP server was set up.")

    # hostile mails
    m.put(b"From: " + b"x" * 300000 + b"\r\n\r\nbody")
    m.put("".join(f"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n" for i in range(3000)))
    m.put(b"\xff\xfe\x00" * 5000)
    m.put(mail("x <x@example.net>", "=?x-nowhere?b?////?=", "\x00\x01 \u202e text" * 10, more="Content-Type: text/plain; charset=x-nowhere\r\n"))
    m.put(mail("y <y@example.net>", "big", "a" * 998 + ("\r\n" + "b" * 998) * 3000))
    m.put(mail("z <z@example.net>", "deep", "<div>" * 100000 + "down", more="Content-Type: text/html\r\n"))
    a = ask(m, "unread")
    check("hostile heads", a["ok"] and a["data"]["count"] == 8 and a["bytes"] < 24000, a)
    for x in a["data"]["mails"]:
        one = ask(m, "read", id=x["id"])
        check("hostile mail", one["exit"] in (0, 1) and one["bytes"] < 24000 and one["text"], one)

    # many
    for i in range(MANY):
        m.put(mail(f"N{i} <n{i}@example.net>", f"Number {i}", "x\r\n"))
    ask(m, "unread")  # the server reads them for the first time
    begun = time.monotonic()
    a = ask(m, "unread")
    took = time.monotonic() - begun
    check("many", a["ok"] and a["data"]["count"] >= MANY and f"The newest are these. One: from N{MANY - 1}, " in a["text"], a)
    print(f"unread among {MANY}: {took * 1000:.0f} ms")

a = tool("mail", None)
check("unavailable", "imap=imaps" in a["unavailable"], a)
check("unavailable when run", tool("mail", {"do": "unread"})["exit"] == 100)
a = tool("mail", None, imap="imaps://mail.example.com", user="anna")
check("what it can do", a["parameters"]["properties"]["do"]["enum"] == ["unread", "search", "read"] and a["secrets"] == ["MAIL_PASSWORD"], a)
check("a good address", "no address" in tool("mail", None, smtp="smtps://mail.example.com", **{"from": "anna"})["unavailable"])
close()
