#!/usr/bin/python3
"""The tools that ringdown-tools(7) shows, cut out of the rendered page and run: what a stranger pastes works."""
from links import *

TOP = os.environ["TOP"]
with open(f"{TOP}/man/ringdown-tools.7") as f:
    page = f.read()
blocks = [b.replace("\\e", "\\") for b in re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", page, re.M | re.S)]
scripts = [b for b in blocks if b.startswith("#!")]
os.makedirs(f"{TMP}/tools", exist_ok=True)
for name, script in zip(("shopping", "disk"), scripts):
    with open(f"{TMP}/tools/{name}", "w") as f:
        f.write(script)
    os.chmod(f"{TMP}/tools/{name}", 0o755)
check("two of them", len(scripts) == 2)
with Stage("rd-tools", 'tools = { "shopping", "disk" }') as s:
    s.setup()
    listed = s.until(lambda: [e for e in s.said("tools.list") if len(e["tools"]) == 2])[0]
    check("listed", [t["name"] for t in listed["tools"]] == ["shopping", "disk"])
    for id, arguments, ok, text in (("1", {"do": "read"}, True, "The list is empty."),
                                    ("2", {"do": "add", "what": "milk"}, True, "milk is on the list."),
                                    ("3", {"do": "add"}, False, "What shall I put on the list?"),
                                    ("4", {"do": "read"}, True, "On the list: milk."),
                                    ("5", {"do": "burn"}, False, 'do: one of "add", "read" expected')):
        s.event("tool.call", id=id, name="shopping", arguments=arguments)
        got = s.result(id)
        check(id, (got["ok"], got["text"]) == (ok, text), got)
    check("data", s.result("4")["data"] == ["milk"])
    s.event("tool.call", id="u", name="disk", arguments={})
    check("plain text", re.match(r" *[0-9.,]+[KMGT]?$", s.result("u")["text"]), s.result("u"))
    check("end", s.end() == 0)
close()
