"""A running ringdown whose assistant is the offline one, for whole calls: the supervisor, rd-webhook, rd-phone, everything."""
import json, os

from lane import ANNA
from rig import B, PUBLIC, TMP, Rig

CONF = """general {{
    listen = "127.0.0.1:0"
    public-url = "{public}"
    runtime-dir = "{tmp}/run"
    state-dir = "{tmp}/state"
    cache-dir = "{cache}/cache"
    data-dir = "{b}/data"
    timezone = "Europe/Berlin"
    log-level = debug
    default-agent = "offline"
    tool-path = {{ "{b}/tools" }}
}}
twilio {{ auth-token = "TWILIO_AUTH_TOKEN" }}
limits {{ {limits} }}
contact "Ben" {{ number = "+15557654321" }}
contact "Carol" {{ number = "+15550001111" }}
tool "docs" {{ settings = {{ "folder={tmp}/documents" }} }}
caller "{anna}" {{ name = "Anna" agent = "offline" }}
caller "*" {{ agent = "offline" }}
"""


class Offline(Rig):
    def __init__(self, folder=TMP, documents=None, limits=""):
        super().__init__(folder=folder, model="none", key="")
        self.documents, self.limits = documents or {}, limits
        self.expect("tool is missing name=transfer")

    def write_conf(self):
        os.makedirs(f"{self.tmp}/documents", exist_ok=True)
        for name, text in self.documents.items():
            with open(f"{self.tmp}/documents/{name}.txt", "w") as f:
                f.write(text)
        self.conf = f"{self.tmp}/ringdown.conf"
        with open(self.conf, "w") as f:
            f.write(CONF.format(public=PUBLIC, tmp=self.tmp, cache=TMP, b=B, anna=ANNA, limits=self.limits))

    def notes(self):
        """The notes of all callers, as text."""
        found = []
        for folder, _, names in os.walk(f"{self.tmp}/state/tools/notes"):
            for name in names:
                with open(f"{folder}/{name}", errors="replace") as f:
                    found.append(f.read())
        return found


def final_texts(events):
    return [e["text"] for e in events if e["type"] == "user.text" and e["final"]]


def read_events(path):
    with open(path) as f:
        return [json.loads(line) for line in f]
