#!/usr/bin/python3
"""Through rd-tools, each in its cage: an appointment is entered and a mail is sent in a call, exactly once; and why a tool is
missing is said.
# limit: 90"""
import os, sys
sys.path.insert(0, f"{os.environ['TOP']}/tests/ring")
import caldav, links, mailservers
from links import ANNA, BEN, Stage, check, close

AGENT = 'tools = { "calendar", "mail" }'
MORE = """tool "calendar" {{ settings = {{ "url={url}", "user=alice" }} secret = "CALENDAR_PASSWORD" }}
tool "mail" {{ settings = {{ "imap={imap}", "smtp={smtp}", "user=anna", "from=anna@example.com" }} secret = "MAIL_PASSWORD" }}
contact "Anna" {{ number = "{anna}" mail = "anna@example.com" }}
contact "Ben" {{ number = "{ben}" mail = "ben@example.com" }}"""


def tools_of(s, *wanted):
    return s.until(lambda: next((found for e in s.said("tools.list") if set(found := {t["name"]: t for t in e["tools"]}) == set(wanted)), None),
                   limit=30, what="the tools")


def result(s, id):
    return s.until(lambda: s.results(id), limit=40, what=f"the result of {id}")[0]


with caldav.Calendars() as c, mailservers.Mailbox() as m:
    env = {"CALENDAR_PASSWORD": caldav.PASSWORD, "MAIL_PASSWORD": mailservers.PASSWORD}
    more = MORE.format(url=c.home, imap=m.imap, smtp=m.smtp, anna=ANNA, ben=BEN)
    with Stage("rd-tools", AGENT, more=more, env=env) as s:
        s.setup(ANNA)
        tools = tools_of(s, "calendar", "mail")
        check("whom to write to is said", "Possible are only: Anna, Ben, me." in str(tools["mail"]["parameters"]), tools["mail"])
        s.event("tool.call", id="1", name="calendar", arguments={"do": "create", "title": "Supper", "when": "tomorrow at eight pm"})
        s.event("tool.call", id="2", name="mail", arguments={"do": "send", "to": "me", "subject": "Supper", "text": "Tomorrow at eight."})
        made, sent = result(s, "1"), result(s, "2")
        check("entered", made["ok"] and made["text"] == "Supper is in your calendar, tomorrow from 20:00 to 20:30.", made)
        check("sent", sent["ok"] and sent["text"] == "The mail to you is sent.", sent)
        s.event("tool.call", id="3", name="calendar", arguments={"do": "list", "when": "tomorrow"})
        s.event("tool.call", id="4", name="mail", arguments={"do": "unread"})
        listed, new = result(s, "3"), result(s, "4")
        check("it is there", listed["text"] == "Tomorrow you have one appointment: Supper from 20:00 to 20:30.", listed)
        check("it arrived", new["text"].startswith("You have one unread mail. One: from anna@example.com, "), new)
        s.event("tool.call", id="5", name="mail", arguments={"do": "send", "to": 5})
        check("schema", result(s, "5")["ok"] is False)
        check("end", s.end(30) == 0)
    check("once each", sum("SUMMARY:Supper" in t for t in c.objects().values()) == 1 and len(m.sent) == 1, c.objects(), m.sent)

# the settings are wrong, or missing: the others work, and the reason is in the log
with Stage("rd-tools", 'tools = { "time", "calendar", "mail" }', more='tool "mail" { settings = { "imap=http://x.example.com" } }',
           expect=["calendar", "mail"]) as s:
    s.setup(ANNA)
    tools_of(s, "time")
    s.until(lambda: "no calendar; set tool" in s.errors and "imap= begins with imaps://" in s.errors, limit=40, what="the reasons")
    check("end", s.end(30) == 0)
close()
