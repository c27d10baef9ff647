"""The ringdown of `make demo` and `make try`: all of it real, on loopback, with what it keeps in one folder below the build.
Without a key its assistant is the offline one; MODEL=openai, with OPENAI_API_KEY, has the model answer."""
import os, signal, subprocess, sys

from rig import B, NUMBER, OWNER, PUBLIC, TOKEN, Rig

MODEL = os.environ.get("MODEL") or "offline"
CONF = """general {{
    listen = "127.0.0.1:0"
    public-url = "{public}"
    runtime-dir = "{tmp}/run"
    state-dir = "{tmp}/state"
    cache-dir = "{tmp}/cache"
    data-dir = "{build}/data"
    default-agent = "{agent}"
    log-level = debug
    tool-path = {{ "{build}/tools" }}
}}
twilio {{ auth-token = "TWILIO_AUTH_TOKEN" }}
contact "Ben" {{ number = "+15557654321" }}
tool "docs" {{ settings = {{ "folder={tmp}/documents" }} }}
caller "{owner}" {{ name = "Anna" agent = "{agent}" }}
{more}
"""
OPENAI = 'agent "openai" { key = "OPENAI_API_KEY" greeting = "Hello Anna, what can I do for you?" }'
WELCOME = """Welcome. This is a document of yours, read aloud over the telephone.

Whatever lies as a text in the folder of your documents can be read to you, a paragraph at a time.

You can say stop at any time, and go on when you want to hear the rest. How far you have heard is known to the word.
"""


class Service(Rig):
    def __init__(self, folder):
        super().__init__(folder=folder, model="none", key=os.environ.get("OPENAI_API_KEY", ""))

    def write_conf(self):
        self.conf = f"{self.tmp}/ringdown.conf"
        os.makedirs(f"{self.tmp}/documents", exist_ok=True)
        if not os.listdir(f"{self.tmp}/documents"):
            with open(f"{self.tmp}/documents/welcome.txt", "w") as f:
                f.write(WELCOME)
        with open(self.conf, "w") as f:
            f.write(CONF.format(public=PUBLIC, tmp=self.tmp, build=B, owner=OWNER, agent=MODEL,
                                more=OPENAI if MODEL == "openai" else ""))

    def popen(self, env, log):
        """Ctrl-C at the terminal is for the telephone."""
        if not self.key:
            env.pop("OPENAI_API_KEY", None)
        return subprocess.Popen([f"{B}/bin/ringdown", "-c", self.conf], stdin=subprocess.DEVNULL, stderr=log, env=env,
                                start_new_session=True)

    def telephone(self, *options, watch=None, **more):
        """rd-phone in our place at the terminal, with what rd-ctl tells of the call."""
        words = [f"{B}/bin/rd-phone", "--url", f"http://{self.address}/twiml", "--public-url", f"{PUBLIC}/twiml", "--from", OWNER,
                 "--to", NUMBER, "--show", f"/dev/fd/{watch.stdout.fileno()}", *options]
        env = dict(os.environ, TWILIO_AUTH_TOKEN=TOKEN)
        return subprocess.Popen(words, env=env, pass_fds=(watch.stdout.fileno(),), text=True, **more)

    def check_log(self):
        """It is there to be read; a demonstration is judged by its answers."""

    def watching(self, *options, to=subprocess.PIPE):
        return subprocess.Popen([f"{B}/bin/rd-ctl", "-c", self.conf, *options, "watch"], stdout=to, text=True,
                                start_new_session=True)


def end(process):
    if process and process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def check_model():
    if MODEL not in ("offline", "openai"):
        sys.exit(f"MODEL={MODEL}: offline (default) or openai expected")
    if MODEL == "openai" and not os.environ.get("OPENAI_API_KEY"):
        sys.exit("MODEL=openai: OPENAI_API_KEY is not set")
