#!/usr/bin/python3
"""tasks at Todoist, as its page describes it, and on a list of its own: what was asked is done once, whatever becomes of the answer; a
task that comes again never loses a turn; what is not known is told as that."""
# limit: 180
import datetime
from web import *

KEY = ("TODOIST_API_KEY", "secret-key")
tasks, asked, script = {}, [], []
TOMORROW = (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=1)).isoformat()


def make(content, **more):
    n = f"6X7rM8997g3{len(tasks):05d}"
    tasks[n] = {"id": n, "content": content, "description": "", "project_id": "inbox1", "section_id": None, "labels": [], "priority": 1,
                "checked": False, "due": None, "added_at": "x", "user_id": "1", **more}
    return tasks[n]


def fault(r, status, tag, **extra):
    r.reply(status, {"error": "An error", "error_code": 1, "error_extra": extra, "error_tag": tag, "http_code": status})


def close_one(task):
    if task["due"] and task["due"]["is_recurring"]:
        task["due"]["date"] = (datetime.date.fromisoformat(task["due"]["date"]) + datetime.timedelta(days=7)).isoformat()
    else:
        task["checked"] = True


def answer(r):
    where = r.target.removeprefix("/api/v1")
    asked.append((r.method, where, r.query, dict(r.headers), r.body))
    if r.headers.get("Authorization") != "Bearer secret-key":
        return fault(r, 401, "UNAUTHORIZED")
    step = script.pop(0) if script and (r.method == "POST" or callable(script[0])) else None
    if callable(step):
        return step(r)
    if r.method == "GET" and where == "/tasks":
        open_ones = [t for t in tasks.values() if not t["checked"] and r.query.get("project_id") in (None, t["project_id"])]
        at = int(r.query.get("cursor") or 0)
        return r.reply(200, {"results": open_ones[at:at + page], "next_cursor": str(at + page) if at + page < len(open_ones) else None})
    if r.method == "GET" and where == "/projects":
        return r.reply(200, {"results": [{"id": "inbox1", "name": "Inbox"}, {"id": "home7", "name": "Home & garden"}], "next_cursor": None})
    if r.method == "GET":
        task = tasks.get(where.split("/")[2])
        return r.reply(200, task) if task else fault(r, 404, "NOT_FOUND")
    if step == "refused before":
        return fault(r, 500, "INTERNAL")
    if where == "/tasks":
        wanted = json.loads(r.body)
        if wanted.get("due_string") == "blue moon":
            return r.reply(400, {"error": "Invalid date format", "error_code": 2, "error_extra": {}, "http_code": 400})
        task = make(wanted["content"], description=wanted["description"], project_id=wanted.get("project_id", "inbox1"))
        if wanted.get("due_string") == "tomorrow at nine":
            task["due"] = {"date": TOMORROW + "T09:00:00", "string": wanted["due_string"], "lang": wanted["due_lang"], "is_recurring": False}
    elif where.endswith("/close"):
        task = tasks[where.split("/")[2]]
        close_one(task)
    if step == "lost":  # done, and nobody learns of it
        r.close_connection = True
        return r.connection.close()
    if step == "trouble":
        return fault(r, 502, "GATEWAY")
    r.reply(200, task) if where == "/tasks" else r.reply(204, b"", None)


def todo(do, call=None, secret=KEY, **arguments):
    return tool("tasks", {"do": do, **arguments}, secret=secret, call=call, url=f"{s.url}/api/v1", env={"RINGDOWN_TOOL_DIR": f"{TMP}/todoist"})


def told(what, said, status, words):
    check(what, said["ok"] is False and said["exit"] == status and words in said["text"], said)


def count(content):
    return sum(t["content"] == content for t in tasks.values())


page = 50
with serve(answer) as s:
    # Todoist
    said = todo("create_task", content="* Ring vården", due_string="tomorrow at nine", project_id="home7", call="CA1/1")
    check("created", said["text"] == "It is in Todoist: Ring vården, due tomorrow at 09:00.", said)
    sent, headers = json.loads(asked[-1][4]), asked[-1][3]
    check("its fields", sent["content"] == "Ring vården" and sent["project_id"] == "home7" and sent["due_lang"] == "en", sent)
    check("its own id", len(headers["X-Request-Id"]) <= 36 and headers["X-Request-Id"] in sent["description"], headers, sent)
    n = len(asked)
    check("the same call again is the same answer, unasked", todo("create_task", content="Ring vården", call="CA1/1")["text"] == said["text"]
          and len(asked) == n)
    said = todo("create_task", content="No date", due_string="some day or other", call="CA1/2")
    check("a date that was not understood", "when it is due was not understood" in said["text"], said)
    told("a date that was refused", todo("create_task", content="Moon", due_string="blue moon"), 1, "does not understand when")
    make("Old bill", due={"date": "2020-01-01", "string": "x", "is_recurring": False})
    make("Water the plants", due={"date": TOMORROW, "string": "every week", "is_recurring": True})
    page = 2  # several pages
    said = todo("get_tasks")
    check("all, the most urgent first", said["data"]["count"] == 4 and said["text"].startswith("Four tasks. One: Old bill, due on 1 January 2020"), said)
    page = 50
    check("of a project", todo("get_tasks", project_id="home7")["data"]["count"] == 1)
    check("overdue", todo("get_tasks", when="overdue")["text"].startswith("One task. One: Old bill"))
    check("this week", todo("get_tasks", when="week")["data"]["count"] == 3)
    check("projects", todo("get_projects")["text"] == "Two projects: Inbox, Home & garden.")
    check("done", todo("complete_task", content="old bill")["text"] == "Done: Old bill." and len([t for t in tasks.values() if t["checked"]]) == 1)
    told("no such", todo("complete_task", content="old bill"), 1, "No task on the list has the words old bill")
    told("no such id", todo("complete_task", id="../projects/x"), 1, "no such task")
    told("which", todo("complete_task", content="a"), 1, "tasks have these words")

    # the answer is lost: once, all the same
    for n, step in enumerate(("lost", "trouble", "refused before")):
        script[:] = [step]
        said = todo("create_task", content=f"once {n}", call=f"CA2/{n}")
        check(f"created once: {step}", said["ok"] and count(f"once {n}") == 1 and not script, said, tasks)
        weekly = make(f"weekly {n}", due={"date": TOMORROW, "string": "every week", "is_recurring": True})
        script[:] = [step]
        said = todo("complete_task", content=f"weekly {n}", call=f"CA3/{n}")
        check(f"one turn: {step}", said["text"] == f"Done for this time: weekly {n}." and weekly["due"]["date"] ==
              (datetime.date.fromisoformat(TOMORROW) + datetime.timedelta(days=7)).isoformat(), said, weekly)
    deaf = lambda r: fault(r, 400, "BAD_REQUEST")
    script[:] = ["lost", deaf]
    said = todo("create_task", content="perhaps", call="CA4/1")
    told("nobody knows", said, 1, "I do not know whether the task is there")
    check("and says so", said["outcome"] == "unknown")
    script[:] = []
    check("asked again under that key it is found", todo("create_task", content="perhaps", call="CA4/1")["ok"] and count("perhaps") == 1)
    script[:] = ["lost", deaf]
    weekly = make("bins", due={"date": TOMORROW, "string": "every week", "is_recurring": True})
    told("nobody knows of that either", todo("complete_task", content="bins", call="CA4/2"), 1, "do not know whether the task is done")
    script[:] = []
    said = todo("complete_task", content="bins", call="CA4/2")
    check("one turn in the end", said["ok"] and weekly["due"]["date"] == (datetime.date.fromisoformat(TOMORROW) + datetime.timedelta(days=7)).isoformat())

    # refusals
    told("no key", tool("tasks", {"do": "get_tasks"}, backend="todoist"), 100, "the key TODOIST_API_KEY is not there")
    told("a wrong key", todo("get_tasks", secret=("TODOIST_API_KEY", "wrong")), 100, "does not accept our key")
    told("not over an open line", tool("tasks", {"do": "get_tasks"}, secret=KEY, url="http://example.com"), 100, "not safe for a key")
    script[:] = [lambda r: r.reply(429, {"error": "Too many requests", "error_extra": {"retry_after": 600}}, Retry_After="600")]
    told("too often", todo("create_task", content="x"), 1, "Try again in 11 minutes")
    script[:] = [lambda r: r.reply(410, b"use /api/v1")]
    told("an old address", todo("get_tasks"), 100, "has moved")
    script[:] = [lambda r: r.reply(200, "<html>")]
    told("nonsense", todo("get_tasks"), 1, "do not understand")
    script[:] = []
    check("no key in a log", "secret" not in said["log"])
    about = tool("tasks", None, backend="todoist")
    check("schema", about["secrets"] == ["TODOIST_API_KEY"] and about["effects"]["get_tasks"] == "none" and about["effect"] == "outside", about)
    check("schema of the list", tool("tasks", None, backend="local")["network"] is False)
    check("no such backend", "backend=todoist" in tool("tasks", None, backend="x")["unavailable"])


# without an account
def own(do, call=None, caller="+15551234567", **arguments):
    return tool("tasks", {"do": do, **arguments}, call=call, caller=caller)


check("noted", own("create_task", content="Buy milk", due_string="tomorrow at nine", call="CA5/1")["text"] ==
      "It is on the list: Buy milk, due tomorrow at 09:00.")
check("once", own("create_task", content="Buy milk", call="CA5/1")["ok"] and own("get_tasks")["data"]["count"] == 1)
check("without a date", own("create_task", content="Sleep", project_id="Home")["ok"])
told("no date", own("create_task", content="x", due_string="30 February"), 1, "I do not understand when that is")
check("today", own("get_tasks", when="today")["text"] == "Nothing is due today.")
check("of a list", own("get_tasks", project_id="home")["text"] == "One task. One: Sleep.")
check("lists", own("get_projects")["text"] == "One project: Home.")
check("another caller's", own("get_tasks", caller="+15557654321")["text"] == "There are no tasks.")
told("nobody's", own("create_task", content="x", caller=""), 1, "withholds the number")
check("done", own("complete_task", content="milk", call="CA5/2")["text"] == "Done: Buy milk.")
check("done once", own("complete_task", content="milk", call="CA5/2")["ok"] and own("get_tasks")["data"]["count"] == 1)
told("what?", own("create_task"), 1, "What is the task?")
told("which?", own("complete_task"), 1, "Which task is done?")
close()
