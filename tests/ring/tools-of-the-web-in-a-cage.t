#!/usr/bin/python3
"""The tools of the web as rd-tools runs them, in their cages: each has its key, its settings, its folder and the network that it needs,
pdftotext included; a call that comes again goes on where the first did; what the owner did not set up is missing with its reason."""
from links import *
import web

HTML = "<title>Foxes</title><article>" + "".join(f"<p>Paragraph {n} of this page, with so many words that it takes a while.</p>" for n in range(60))
PDF_TEXT = b"BT /F1 12 Tf 50 700 Td (A paper for all.) Tj ET"
PDF = b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj " \
      b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj " \
      b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj 5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n" \
      b"trailer<</Root 1 0 R>>\n%%%%EOF" % (len(PDF_TEXT), PDF_TEXT)
keys, count = [], 0


def answer(r):
    keys.append(r.headers.get("Authorization"))
    if r.target == "/page":
        r.reply(200, HTML)
    elif r.target == "/paper.pdf":
        r.reply(200, PDF, "application/pdf")
    elif r.target == "/tavily/search":
        r.reply(200, {"results": [{"title": "Foxes", "url": "https://foxes.example.com/", "content": "All about foxes."}]})
    elif r.target == "/todoist/tasks":
        sent = json.loads(r.body)
        r.reply(200, {"id": "1", "content": sent["content"], "description": sent["description"], "due": None})


def ask(s, tool, **arguments):
    global count
    count += 1
    s.event("tool.call", id=f"i{count}", name=tool, arguments=arguments)
    return s.result(f"i{count}")


os.makedirs(f"{TMP}/papers")
with web.serve(answer) as server:
    MORE = f"""tool "web_read" {{ settings = {{ "private={server.authority}" }} }}
tool "web_search" {{ settings = {{ "backend=tavily", "url={server.url}/tavily" }} secret = "TAVILY_API_KEY" }}
tool "tasks" {{ settings = {{ "url={server.url}/todoist" }} secret = "TODOIST_API_KEY" }}
tool "docs" {{ settings = {{ "folder={TMP}/papers" }} }}"""
    env = {"TAVILY_API_KEY": "tavily-key", "TODOIST_API_KEY": "todoist-key"}
    with Stage("rd-tools", 'tools = { "web_read", "web_search", "tasks", "docs" }', more=MORE, env=env, expect=[r"cannot ask"]) as s:
        s.setup(ANNA)
        s.until(lambda: next((True for e in s.said("tools.list") if len(e["tools"]) == 4), None), what="all tools")
        check("searched", ask(s, "web_search", query="foxes")["text"].startswith("I found one page. One: Foxes, at foxes.example.com"))
        check("opened", (said := ask(s, "web_read", do="open", url=server.url + "/page"))["ok"] and said["data"]["more"], said)
        check("gone on", ask(s, "web_read", do="more")["data"]["from"] == said["data"]["to"] + 1)
        check("a PDF", "A paper for all." in (said := ask(s, "web_read", do="open", url=server.url + "/paper.pdf"))["text"], said)
        check("not elsewhere", "not on the public internet" in (said := ask(s, "web_read", do="open", url="http://127.0.0.1/"))["text"], said)
        check("schema", ask(s, "web_read", do="open", url=7)["ok"] is False)
        check("a task", (said := ask(s, "tasks", do="create_task", content="feed the fox"))["text"] == "It is in Todoist: feed the fox.", said)
        check("a document", (said := ask(s, "docs", do="create", name="Foxes", text="They are red."))["ok"], said)
        check("found again", ask(s, "docs", do="find", name="red")["text"] == "In Foxes, paragraph two.")
        check("each its own key", set(keys) == {None, "Bearer tavily-key", "Bearer todoist-key"}, keys)
        check("end", s.end() == 0)
    with Stage("rd-tools", 'tools = { "web_search", "time" }', call="CA" + "1" * 32) as s:
        s.setup(ANNA)
        s.until(lambda: any("no search service" in m["why"] for e in s.said("tools.list") for m in e.get("missing", [])),
                what="the reason why one is missing")
        check("end", s.end() == 0)
close()
