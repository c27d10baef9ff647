#!/usr/bin/python3
"""web_search against Tavily, Brave and SearXNG as their pages describe them: what is found is said in a sentence or three, and what
goes wrong (key, allowance, too often, nothing, nonsense, silence) is told as what it is. The key goes nowhere else."""
# limit: 180
import threading, time
from web import *

TAVILY, BRAVE = ("TAVILY_API_KEY", "tvly-secret"), ("BRAVE_API_KEY", "brave-secret")
PAGES = [("How bees <b>dance</b>", "https://www.nature.example.com/bees#top", "Bees dance &amp; tell others. They have done so for long."),
         ("The same again", "https://www.nature.example.com/bees", "x"), ("Bad", "javascript:alert(1)", "x"),
         ("Worse", "https://user:word@example.com/", "x"), ("Waggle", "http://bees.example.org/w?a=1", "It is a figure of eight, " * 30),
         ("", "https://untitled.example.net/", ""), ("Four", "https://four.example.net/", "Fourth page."), ("Five", "https://five.example.net/", "5.")]
seen, script = [], []


def found(service, pages):
    if service == "tavily":
        return {"query": "q", "answer": None, "images": [], "response_time": "1.1", "request_id": "r",
                "results": [{"title": t, "url": u, "content": c, "score": 0.9, "raw_content": None} for t, u, c in pages]}
    if service == "brave":
        return {"type": "search", "query": {"original": "q"}, **({"web": {"results": [
            {"title": t, "url": u, "description": c, "age": "2 days ago"} for t, u, c in pages]}} if pages else {})}
    return {"query": "q", "number_of_results": 0, "answers": [], "suggestions": [], "unresponsive_engines": [],
            "results": [{"title": t, "url": u, "content": c, "engine": "x", "publishedDate": None} for t, u, c in pages]}


def answer(r):
    """/SERVICE/…: by the script if it has something, else by the service's page."""
    service = r.target.split("/")[1]
    seen.append((service, r.method, r.target, r.query, dict(r.headers), r.body, time.monotonic()))
    if script:
        step = script.pop(0)
        return step(r) if callable(step) else r.reply(*step[:2], **(step[2] if len(step) > 2 else {}))
    if service == "tavily":
        asked = json.loads(r.body)
        if r.headers.get("Authorization") != "Bearer tvly-secret":
            return r.reply(401, {"detail": {"error": "Unauthorized: missing or invalid API key."}})
        if r.method != "POST" or r.target != "/tavily/search" or len(asked["query"]) > 400:
            return r.reply(400, {"detail": {"error": "bad"}})
        return r.reply(200, found(service, PAGES if "bees" in asked["query"] else []))
    if service == "brave":
        if r.headers.get("X-Subscription-Token") != "brave-secret":
            return r.reply(422, {"type": "ErrorResponse", "error": {"status": 422, "code": "SUBSCRIPTION_TOKEN_INVALID"}})
        return r.reply(200, found(service, PAGES if "bees" in r.query["q"] else []))
    if r.query.get("format") != "json":
        return r.reply(403, "no")
    r.reply(200, found(service, PAGES if "bees" in r.query["q"] else []))


def search(backend, query="bees", secret=None, folder=None, **more):
    """In a folder of its own unless one is named: there Brave's turn is kept."""
    folder = folder or f"{TMP}/search{len(seen)}"
    return tool("web_search", {"query": query, **more}, backend=backend, url=f"{s.url}/{backend}/", secret=secret,
                env={"RINGDOWN_TOOL_DIR": folder})


def told(what, said, status, words):
    check(what, said["ok"] is False and said["exit"] == status and words in said["text"], said)


with serve(answer) as s:
    # what it says of itself
    check("unavailable, and how to mend it", "set tool \"web_search\"" in tool("web_search", None)["unavailable"])
    check("no address", "url=ADDRESS" in tool("web_search", None, backend="searxng")["unavailable"])
    check("not over an open line", "key goes there" in tool("web_search", None, backend="tavily", url="http://example.com")["unavailable"])
    for name, secret in (("tavily", TAVILY), ("brave", BRAVE)):
        about = tool("web_search", None, backend=name)
        check(f"{name} needs its key", about["secrets"] == [secret[0]] and about["network"] is True, about)
    check("SearXNG needs none", "secrets" not in tool("web_search", None, backend="searxng", url="http://search.home.arpa"))

    for name, secret in (("tavily", TAVILY), ("brave", BRAVE), ("searxng", None)):
        said = search(name, secret=secret)
        check(f"{name}: said", said["exit"] == 0 and said["text"].startswith(
            "I found five pages. One: How bees dance, at nature.example.com: Bees dance & tell others. They have done so for long. "
            "Two: Waggle, at bees.example.org: It is a figure of eight, It is") and "Three: untitled.example.net, at untitled.example.net."
            in said["text"] and "Four" not in said["text"], said)
        check(f"{name}: data", [r["url"] for r in said["data"]["results"]] == [PAGES[0][1], PAGES[4][1], PAGES[5][1], PAGES[6][1], PAGES[7][1]],
              said["data"])
        check(f"{name}: nothing", search(name, "wasps", secret)["text"] == "I found nothing about wasps.")
        check(f"{name}: two", len(search(name, "bees", secret, count=2)["data"]["results"]) == 2)
        search(name, "bees & \"what\"\n= why?" + "é" * 30, secret, time="week")
        last = seen[-1]
        sent = json.loads(last[5]) if name == "tavily" else last[3]
        check(f"{name}: the words as they are", (sent.get("query") or sent.get("q")) == "bees & \"what\" = why?" + "é" * 30, sent)
        check(f"{name}: of that week", (sent.get("time_range") or sent.get("freshness")) == {"tavily": "week", "brave": "pw",
                                                                                            "searxng": "month"}[name], sent)
        if secret:
            told(f"{name}: no key", search(name), 100, f"the key {secret[0]} is not there")
            check(f"{name}: the key is in its header only", secret[1] in str(last[4]) and secret[1] not in str(last[2:4]) + str(last[5]))
    told("refused key", search("tavily", secret=(TAVILY[0], "wrong")), 100, "does not accept our key; TAVILY_API_KEY has to be renewed")
    told("JSON not allowed there", (script.append((403, "no")), search("searxng"))[1], 100, "must list json")
    told("nothing to search for", search("searxng", "  "), 1, "What shall I search for?")
    several = [threading.Thread(target=search, args=("brave", "bees", BRAVE, f"{TMP}/turn")) for _ in range(2)]
    [t.start() for t in several], [t.join() for t in several]
    moments = [entry[6] for entry in seen][-2:]
    check("Brave is asked once a second", all(b - a > 0.9 for a, b in zip(moments, moments[1:])), moments)

    # too often, no more, trouble, nonsense
    busy = {"type": "ErrorResponse", "error": {"status": 429, "code": "RATE_LIMITED", "detail": "…", "meta": {"plan": "free"}}}
    script[:] = [(429, busy, {"Retry_After": "1"})]
    check("asked again after a second", search("brave", secret=BRAVE)["ok"] and not script)
    script[:] = [(429, busy, {"Retry_After": "90"})]
    told("not after a minute and a half", search("brave", secret=BRAVE), 1, "asked too often")
    for status, words in ((432, "used up"), (433, "used up"), (400, "fewer words"), (500, "trouble of its own")):
        script[:] = [(status, {"detail": {"error": "x"}}, {"Retry_After": "90"})]
        told(f"Tavily {status}", search("tavily", secret=TAVILY), 1, words)
    script[:] = [(200, {"results": [], "unresponsive_engines": [["bing", "timeout"]], "answers": []})]
    told("its engines are silent", search("searxng"), 1, "search engines do not answer")
    script[:] = [(200, {"results": [], "unresponsive_engines": [], "answers": [{"answer": "42 km"}]})]
    check("an answer", search("searxng", "how far")["text"] == "42 km.")
    for words in ("<html>captcha</html>", "[1]", "{", '{"results": 5}', '{"results": [5, null, {}, {"url": 7}]}'):
        script[:] = [(200, words)]
        said = search("tavily", secret=TAVILY)
        check(f"nonsense: {words}", said["exit"] in (0, 1) and ("do not understand" in said["text"] or "found nothing" in said["text"]), said)
    script[:] = [(302, "", {"Location": "http://127.0.0.1:1/"})]
    told("no redirect is followed with a key", search("tavily", secret=TAVILY), 1, "")
    dead = tool("web_search", {"query": "bees"}, backend="searxng", url="http://127.0.0.1:1")
    told("nobody there", dead, 1, "cannot be reached")
    check("the key is in no log", "secret" not in dead["log"] + str([search("tavily", secret=TAVILY)["log"]]))
close()
