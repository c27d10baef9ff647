#!/usr/bin/python3
"""The tool calendar against a real CalDAV server: found by its home or its own address; appointments listed with series written
out, free time found, entered exactly once whatever happens to the answer, moved, deleted; and what goes wrong ends in a sentence.
# limit: 90"""
import datetime, os, sys, time
sys.path.insert(0, f"{os.environ['TOP']}/tests/ring")
os.environ["TZ"] = "Europe/Berlin"
time.tzset()
from caldav import *

today = datetime.date.today()
monday = today + datetime.timedelta(days=7 - today.weekday())  # of next week
stamp = lambda day, clock: f"{day:%Y%m%d}T{clock}"
spoken = lambda day: "Tomorrow" if day == today + datetime.timedelta(days=1) else f"On {day:%A}, {day.day} {day:%B}" \
    + (f" {day.year}" if day.year != today.year else "") if (day - today).days >= 7 else f"On {day:%A}"
BERLIN_TIME = {"RINGDOWN_TZ": "Europe/Berlin"}
SECRET = ("CALENDAR_PASSWORD", PASSWORD)
tuesday = monday + datetime.timedelta(days=1)


def ask(c, do, call=None, secret=SECRET, env=None, url=None, **arguments):
    a = tool("calendar", dict(arguments, do=do), secret=secret, call=call, env=dict(BERLIN_TIME, **(env or {})), url=url or c.home, user="alice")
    check("no secret in the log", PASSWORD not in a["log"], a)
    return a


with Calendars() as c:
    # found from the home, kept for the next time
    empty = ask(c, "list", when="2031-01-01")
    check("nothing there", empty["text"] == "You have nothing in your calendar on Wednesday, 1 January 2031.", empty)
    check("found out", c.seen[-1] == "REPORT" and c.seen.count("PROPFIND") in (2, 3), c.seen)
    c.seen.clear()
    ask(c, "list", when="today")
    check("remembered", c.seen == ["REPORT"], c.seen)
    for url in (c.work, c.url + "/", c.work.rstrip("/")):
        check(f"found by {url}", ask(c, "list", when="today", url=url)["ok"])

    # listed: a series over the change of clocks, a day, another zone
    c.put("w.ics", event("w", f"DTSTART;TZID=Europe/Berlin:20260302T090000", "DTEND;TZID=Europe/Berlin:20260302T093000",
                         "RRULE:FREQ=WEEKLY", "SUMMARY:Team", "LOCATION:Room 2"))
    c.put("d.ics", event("d", f"DTSTART;VALUE=DATE:{monday:%Y%m%d}", "SUMMARY:Fair"))
    c.put("z.ics", event("z", f"DTSTART;TZID=America/New_York:{stamp(monday, '100000')}", "DURATION:PT1H", "SUMMARY:Far\\, far"))
    c.put("t.ics", event("t", f"DTSTART;TZID=Europe/Berlin:{stamp(tuesday, '120000')}", "DURATION:PT30M", "TRANSP:TRANSPARENT", "SUMMARY:Lunch"))
    a = ask(c, "list", when=f"{monday}")
    hour = datetime.datetime(monday.year, monday.month, monday.day, 10, tzinfo=__import__("zoneinfo").ZoneInfo("America/New_York")).astimezone().hour
    check("listed", a["text"] == f"{spoken(monday)} you have three appointments: Fair all day. Team from 09:00 to 09:30, at Room 2. "
          f"Far, far from {hour}:00 to {hour + 1}:00.", a)
    check("data", a["data"]["count"] == 3 and a["data"]["appointments"][1]["repeats"] is True, a)
    week = ask(c, "list", when="next week")
    check("week", week["text"].startswith("You have four appointments from ") and f" {spoken(tuesday)}: Lunch from 12:00" in week["text"], week)

    # free time; what is transparent does not take any
    a = ask(c, "free", when=f"{tuesday}", **{"from": "9", "until": "17:00"})
    check("all free", a["text"] == f"{spoken(tuesday)} you are free from 09:00 to 17:00.", a)
    c.put("x.ics", event("x", f"DTSTART;TZID=Europe/Berlin:{stamp(tuesday, '100000')}", "DURATION:PT2H", "SUMMARY:Dentist"))
    a = ask(c, "free", when=f"{tuesday}", minutes=90)
    check("gaps", a["text"] == f"{spoken(tuesday)} you are free from 12:00 to 18:00.", a)
    check("none", ask(c, "free", when=f"{tuesday}T10:00/{tuesday}T11:00")["text"] == f"{spoken(tuesday)} you are not free.")

    # entered once, whatever becomes of the answer
    for n, fault in enumerate([None, "drop", "lost", 500]):
        c.faults["PUT"] = [fault]
        first = ask(c, "create", call=f"CA1/{n}", title=f"Call, mum; {n}", when=f"{tuesday}T15:00", minutes=15, place="Home")
        check(f"entered ({fault})", first["ok"] and first["text"].startswith(f"Call, mum; {n} is in your calendar, on ") or "tomorrow" in first["text"], first)
        again = ask(c, "create", call=f"CA1/{n}", title=f"Call, mum; {n}", when=f"{tuesday}T15:00", minutes=15, place="Home")
        check(f"once ({fault})", again["ok"] and "is already in your calendar" in again["text"], again)
        made = [text for text in c.objects().values() if f"SUMMARY:Call\\, mum\\; {n}\r\n" in text]
        check(f"there ({fault})", len(made) == 1 and f"LOCATION:Home" in made[0], made)
    check("others are seen", "At that time you also have: Call, mum; 0." in first["text"], first)
    c.faults["PUT"] = ["drop", "drop", "drop"]
    c.faults["GET"] = ["lost", "lost", "lost"]
    a = ask(c, "create", call="CA1/u", title="Unsure", when="tomorrow at ten")
    check("unknown is said", a["ok"] is False and a["outcome"] == "unknown" and a["exit"] == 1 and "I do not know" in a["text"], a)
    c.faults.clear()
    a = ask(c, "create", call="CA1/u", title="Unsure", when="tomorrow at ten")
    check("then found", a["ok"] and sum("SUMMARY:Unsure" in t for t in c.objects().values()) == 1, a)
    a = ask(c, "create", title="Trip", when=f"{monday} to {tuesday}")
    check("days", a["ok"] and a["data"]["all_day"] is True, a)
    check("days are there", any("SUMMARY:Trip" in t and f"DTEND;VALUE=DATE:{tuesday + datetime.timedelta(days=1):%Y%m%d}" in t for t in c.objects().values()))

    # moved: the hour stays if only a day is said; one of a series alone; somebody else was quicker
    a = ask(c, "move", title="dentist", to=f"{tuesday + datetime.timedelta(days=1)}")
    check("moved", a["ok"] and a["text"].endswith("from 10:00 to 12:00."), a)
    check("in the file", f"{stamp(tuesday + datetime.timedelta(days=1), '')}" in c.objects()["x.ics"], c.objects()["x.ics"])
    c.faults["PUT"] = [412]
    a = ask(c, "move", title="dentist", to=f"{tuesday} at 16:00", minutes=30)
    check("moved in the end", a["ok"] and "from 16:00 to 16:30" in a["text"], a)
    c.faults["PUT"] = ["drop"]
    a = ask(c, "move", title="dentist", to=f"{tuesday} at 17:00")
    check("seen to be moved", a["ok"] and "from 17:00 to 17:30" in a["text"], a)
    a = ask(c, "move", title="team", when=f"{monday}", to=f"{monday}T11:00")
    check("one of many", a["text"].endswith("The others of the series stay."), a)
    a = ask(c, "list", when=f"{monday}")
    check("only that one", "Team from 11:00 to 11:30" in a["text"] and "09:00" not in a["text"], a)
    after = monday + datetime.timedelta(days=7)
    check("not the next", "Team from 09:00" in ask(c, "list", when=f"{after}")["text"])

    # deleted, by id, by words, one of a series, all of it
    several = ask(c, "delete", title="call, mum")
    check("which one", not several["ok"] and several["text"].startswith("Which one do you mean?") and len(several["data"]["appointments"]) == 4, several)
    chosen = several["data"]["appointments"][1]
    a = ask(c, "delete", id=chosen["id"])
    check("deleted", a["ok"] and a["text"].endswith("is deleted.") and not any(chosen["title"].replace(",", "\\,").replace(";", "\\;") in t for t in c.objects().values()), a)
    check("not twice", ask(c, "delete", id=chosen["id"])["text"] == "That appointment is not in the calendar any more.")
    a = ask(c, "delete", title="team", when=f"{after}")
    check("one of many is deleted", a["ok"] and "EXDATE" in c.objects()["w.ics"] and "nothing" in ask(c, "list", when=f"{after}")["text"], a)
    c.faults["DELETE"] = ["drop"]
    a = ask(c, "delete", title="team", series=True)
    check("all of it", a["text"] == "The whole series Team is deleted." and "w.ics" not in c.objects(), a)

    # hostile texts in the calendar, read all the same
    c.put("h.ics", event("h", f"DTSTART:{stamp(tuesday, '050000')}Z", "SUMMARY:" + "x" * 3000))
    c.put("e.ics", event("e", f"DTSTART:{stamp(tuesday, '060000')}Z", "DURATION:PT1H", "SUMMARY:A\\nEND:VEVENT\\nBEGIN:VEVENT"))
    a = ask(c, "list", when=f"{tuesday}")
    check("hostile", a["ok"] and "A END:VEVENT BEGIN:VEVENT from" in a["text"] and a["bytes"] < 24000, a)

    # what goes wrong ends in a sentence
    sentences = [
        (dict(do="list", when="2026-02-30"), "when: there is no such date or time"),
        (dict(do="list", when="soonish"), "when: there is no such date or time"),
        (dict(do="list", when="2026-01-01/2028-01-01"), "That is too long a time to look at"),
        (dict(do="create", title="x"), "When is the appointment?"),
        (dict(do="create", when="tomorrow at ten"), "What shall I call the appointment?"),
        (dict(do="create", title="x", when="2020-01-01T10:00"), "That time is over."),
        (dict(do="create", title="x", when="2027-03-28T02:30"), "There is no such time on that day"),
        (dict(do="create", title="x", when="2027-03-27T12:00/2027-03-27T11:00"), "That ends before it begins."),
        (dict(do="move", title="dentist"), "To when shall I move it?"),
        (dict(do="move", title="nobody", to="tomorrow"), "I find no appointment called nobody in the next two months."),
        (dict(do="delete"), "Which appointment?"),
        (dict(do="delete", id="../../etc"), "id: one of the ids of list expected."),
        (dict(do="free", when="tomorrow", until="8"), "from and until: hours of a day"),
        (dict(do="free", when="yesterday"), "That time is over."),
        (dict(do="fly"), "do: list, free, create, move or delete expected."),
    ]
    for arguments, text in sentences:
        a = ask(c, **arguments)
        check(f"{arguments}", not a["ok"] and a["exit"] == 1 and a["text"].startswith(text), a)
    c.faults["REPORT"] = [503]
    check("again later", ask(c, "list", when="today")["ok"])
    for fault, text in [(501, "The calendar has trouble of its own right now."), (429, "The calendar has too much to do. Try again in a minute."),
                        ("lost", "The calendar cannot be reached right now."), ("garbage", "The calendar's server does not answer as a calendar does.")]:
        c.faults.update(REPORT=[fault] * 3, PROPFIND=[fault] * 6)
        a = ask(c, "list", when="today", env={"RINGDOWN_TOOL_DIR": f"{TMP}/other"})
        check(f"{fault}", not a["ok"] and a["text"] == text and a["log"], a)
    c.faults.clear()
    c.faults["PROPFIND"] = ["elsewhere"]
    a = ask(c, "list", when="today", env={"RINGDOWN_TOOL_DIR": f"{TMP}/other"})
    check("no password for strangers", a["text"] == "The calendar sent me to an address that I do not trust.", a)
    a = ask(c, "list", when="today", secret=("CALENDAR_PASSWORD", "wrong"))
    check("wrong password", a["text"] == "The calendar does not accept our password." and "status 401" in a["log"] and "wrong" not in a["log"], a)
    a = tool("calendar", {"do": "list"}, secret=SECRET, url=c.home, user="alice", calendar="nobody's")
    check("no such calendar", a["text"] == "There is no calendar called nobody's.", a)
    a = tool("calendar", {"do": "list"}, secret=SECRET, url=c.home, user="alice", calendar="Work & life")
    check("by its name", a["ok"], a)
    check("no secret", ask(c, "list", secret=None)["text"] == "I have no password for the calendar: the secret CALENDAR_PASSWORD is missing.")
    gone = c.home

a = tool("calendar", {"do": "list"}, secret=SECRET, url=gone, user="alice")
check("server gone", a["text"] == "The calendar cannot be reached right now." and a["exit"] == 1, a)
a = tool("calendar", None)
check("unavailable", "unavailable" in a and "url=https" in a["unavailable"], a)
check("not by http", "https" in tool("calendar", None, url="http://calendar.example.com/")["unavailable"])
a = tool("calendar", {"do": "list"})
check("unavailable when run", a["exit"] == 100 and not a["ok"], a)
a = tool("calendar", None, url="https://calendar.example.com/", user="alice")
check("described", a["secrets"] == ["CALENDAR_PASSWORD"] and a["effects"]["list"] == "none" and a["network"] is True, a)
close()
