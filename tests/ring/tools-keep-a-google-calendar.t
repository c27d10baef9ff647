#!/usr/bin/python3
"""The tool calendar at Google, a small one: tokens by a signed assertion or a refresh token, kept and renewed; pages; an insertion
found by its own id whatever becomes of the answer; what was deleted comes back; the reasons of refusals.
# limit: 90"""
import datetime, glob, os, stat, sys, time
sys.path.insert(0, f"{os.environ['TOP']}/tests/ring")
os.environ["TZ"] = "Europe/Berlin"
time.tzset()
from googles import *

day = datetime.date.today() + datetime.timedelta(days=3)
name = f"On {day:%A}"


def ask(g, do, key=None, call=None, folder="home", google="primary", google_user=None, **arguments):
    more = {"google_user": google_user} if google_user else {}
    a = tool("calendar", dict(arguments, do=do), secret=("GOOGLE_KEY", key or g.key), call=call, env={"RINGDOWN_TOOL_DIR": f"{TMP}/{folder}", "RINGDOWN_TZ": "Europe/Berlin"},
             url=g.url + "/calendar/v3", google=google, **more)
    check("no secret in the log", "PRIVATE" not in a["log"] and "ya29" not in a["log"], a)
    return a


def event(n, start, end, **more):
    return dict({"id": f"e{n}", "status": "confirmed", "summary": f"E{n}", "start": start, "end": end, "etag": f'"e{n}"'}, **more)


with Google() as g:
    check("empty", ask(g, "list", when=f"{day}", google_user="anna@example.com")["text"] == f"You have nothing in your calendar on {day:%A}.")
    check("for whom", g.claims["sub"] == "anna@example.com" and g.claims["scope"].endswith("/calendar.events"), g.claims)
    kept = glob.glob(f"{TMP}/home/token-*.json")
    check("the token is kept for its owner only", len(kept) == 1 and stat.S_IMODE(os.stat(kept[0]).st_mode) == 0o600, kept)
    ask(g, "list", when="today", google_user="anna@example.com")
    check("and used again", len(g.forms) == 1, g.forms)
    ask(g, "list", when="today")
    check("another's is another", len(g.forms) == 2 and "sub" not in g.claims, g.claims)
    check("by refresh token", ask(g, "list", key=g.refresh, folder="user")["ok"] and g.forms[-1]["grant_type"] == "refresh_token", g.forms[-1])

    for n, hour in enumerate(range(8, 13)):
        g.events[f"e{n}"] = event(n, {"dateTime": f"{day}T{hour:02}:00:00+01:00"}, {"dateTime": f"{day}T{hour:02}:30:00+01:00"})
    g.events["e5"] = event(5, {"date": f"{day}"}, {"date": f"{day + datetime.timedelta(days=1)}"}, transparency="transparent", summary="Fair")
    g.events["e6"] = event(6, {"dateTime": f"{day}T16:00:00+01:00"}, {"dateTime": f"{day}T17:00:00+01:00"}, recurringEventId="s6", summary="Team")
    a = ask(g, "list", when=f"{day}")
    check("pages", a["data"]["count"] == 7 and a["text"].startswith(f"{name} you have seven appointments: Fair all day. E0 from"), a)
    check("free", ask(g, "free", when=f"{day}", minutes=60, **{"from": "12:00"})["text"] == f"{name} you are free from 12:30 to 16:00 and from 17:00 to 18:00.")

    g.faults["GET events"] = [401]
    renewed = len(g.forms)
    check("renewed", ask(g, "list", when="today")["ok"] and len(g.forms) == renewed + 1)
    g.faults["GET events"] = ["limit", 429]
    check("again later", ask(g, "list", when="today")["ok"])

    for n, fault in enumerate([None, "drop", "lost", 503]):
        g.faults["POST events"] = [fault]
        a = ask(g, "create", call=f"CA2/{n}", title=f"Call {n}", when=f"{day}T14:00")
        made = [e for e in g.events.values() if e["summary"] == f"Call {n}"]
        check(f"entered, or not and so said ({fault})", a["ok"] == (fault != "lost") and len(made) == (fault != "lost"), a, made)
        again = ask(g, "create", call=f"CA2/{n}", title=f"Call {n}", when=f"{day}T14:00")
        check(f"once ({fault})", again["ok"] and sum(e["summary"] == f"Call {n}" for e in g.events.values()) == 1, again)
    g.faults.update({"POST events": ["drop"], "GET events": [None, "lost"]})
    a = ask(g, "create", call="CA2/u", title="Unsure", when=f"{day}T20:00")
    check("unknown is said", a.get("outcome") == "unknown" and not a["ok"], a)

    a = ask(g, "move", title="e1", to=f"{day} at 18:00")
    check("moved", a["ok"] and a["text"] == f"E1 is now on {day:%A} from 18:00 to 18:30." and "date" not in g.events["e1"]["start"], a)
    a = ask(g, "delete", title="e2")
    check("deleted", a["ok"] and "e2" in g.deleted, a)
    g.faults["DELETE events"] = ["drop"]
    a = ask(g, "delete", title="e3")
    check("seen to be deleted", a["ok"] and "e3" in g.deleted, a)
    g.faults["DELETE events"] = [410]
    check("was gone", ask(g, "delete", title="e4")["text"].endswith("was deleted before."))
    g.faults["DELETE events"] = [412]
    check("was changed", ask(g, "delete", title="e4")["text"] == "The calendar was changed by somebody else meanwhile.")
    mine = next(k for k, e in g.events.items() if e["summary"] == "Call 0")
    g.deleted[mine] = g.events.pop(mine)
    a = ask(g, "create", call="CA2/0", title="Call 0", when=f"{day}T14:00")
    check("back to life", a["ok"] and g.events[mine]["status"] == "confirmed", a)

    g.faults["GET events"] = [403]
    a = ask(g, "list", when="today")
    check("not allowed", a["text"] == "The calendar does not let us do that." and "backendError" in a["log"], a)
    bad = json.dumps(dict(json.loads(g.refresh), refresh_token="dead"))
    a = ask(g, "list", key=bad, folder="bad")
    check("a dead token", "Whoever runs this telephone has to renew it." in a["text"] and "invalid_grant" in a["log"], a)
    broken = json.dumps(dict(json.loads(g.key), private_key=json.loads(g.key)["private_key"].replace("A", "", 3)))
    check("a broken key", "private key cannot be read" in ask(g, "list", key=broken, folder="bad")["text"])
    check("no key file", "has no usable key" in ask(g, "list", key="{}", folder="bad")["text"])
    elsewhere = json.dumps(dict(json.loads(g.key), token_uri="http://tokens.example.com/"))
    check("not in the clear", "not https" in ask(g, "list", key=elsewhere, folder="bad")["text"])
close()
