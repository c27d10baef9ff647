#!/usr/bin/python3
# limit: 60
"""A configuration with every kind of mistake: each is told with its file and line, what stood there, what was expected, and the
word that was probably meant; by -t, at the start and by reload alike. Nothing private is said again, nothing takes long."""
import os, resource, subprocess, sys, time

from rig import TOKEN, Rig, wait_for

B, TMP = os.environ["B"], os.environ["TMP"]
ENV = {"PATH": os.environ["PATH"], "HOME": TMP, "TWILIO_AUTH_TOKEN": TOKEN, "OPENAI_API_KEY": "x"}
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
    if name in os.environ:
        ENV[name] = os.environ[name]
PIPELINE = 'agent "a" { pipeline = "p" }\npipeline "p" { stages = "%s" }'

# what is wrong, the file, its line, what is said
MISTAKES = [
    ("an unknown section", 'generol { }', 1, '"generol": expected a section, see ringdown.conf(5) (did you mean "general"?)'),
    ("an unknown key", '\ngeneral {\n  listn = "x"\n}', 3, '"listn": expected a key of general, see ringdown.conf(5) (did you mean "listen"?)'),
    ("a key of another section", 'limits { calls-per-hour = 5 }', 1, '"calls-per-hour": expected a key of limits'),
    ("a word for a number", 'limits { calls = many }', 1, 'calls = "many": expected a whole number from 1 to 1000'),
    ("a fraction for a whole number", 'limits { calls = 1.5 }', 1, 'calls = "1.5": expected a whole number from 1 to 1000'),
    ("a hexadecimal number", 'limits { calls = 0x10 }', 1, 'calls = "0x10": expected a whole number'),
    ("below its bounds", 'limits { calls = 0 }', 1, 'calls = "0": expected a whole number from 1 to 1000'),
    ("above its bounds", 'limits { calls = 99999999999 }', 1, 'calls = "99999999999": expected a whole number from 1 to 1000'),
    ("negative", 'limits { drain-seconds = -1 }', 1, 'drain-seconds = "-1": expected a whole number from 0 to 3600'),
    ("not a number", 'agent "a" { temperature = nan }', 1, 'temperature = "nan": expected a number from 0 to 2'),
    ("neither yes nor no", 'general { log-conversation = maybe }', 1, 'log-conversation = "maybe": expected yes or no'),
    ("none of the words", 'general { log-level = inf }', 1, 'log-level = "inf": expected one of error|warn|info|debug (did you mean "info"?)'),
    ("twice", 'general {\n log-level = info\n log-level = warn\n}', 3, 'log-level again: expected it once, it stands in line 2'),
    ("twice, in two sections", 'general { log-level = info }\ngeneral { log-level = warn }', 2, 'log-level again: expected it once, it stands in line 1'),
    ("a caller twice", 'caller "+15551234567" { name = "A" }\ncaller "+15551234567" { name = "B" }', 2, 'name again'),
    ("an open section", 'general {\n log-level = info\n', 1, '{: expected } behind it'),
    ("a brace too many", 'general { }\n}', 2, '}: expected a { before it'),
    ("sections within each other", 'general {\n agent "x" { }\n}', 2, '{: expected } first, for the { of line 1'),
    ("lists within each other", 'twilio { numbers = { { "x" } } }', 1, '{: expected '),
    ("no equal sign", 'general { listen "x" }', 1, "missing equal sign after option 'listen': expected KEY = VALUE"),
    ("no value", 'general { listen = }', 1, "unexpected token '}': expected a key, or a value"),
    ("no key", 'general { = 5 }', 1, "unexpected token '=': expected a key"),
    ("no title", 'agent { }', 1, "missing title for section 'agent': expected NAME \"TITLE\" {"),
    ("a title too many", 'general "x" { }', 1, "missing opening brace for section 'general'"),
    ("a list for one value", 'general { listen = { "a", "b" } }', 1, "unexpected token '{': expected a key, or a value"),
    ("an open quote", 'general { listen = "127.0.0.1:80\n}\n', 1, "a quote is open: expected it closed on its line"),
    ("an open comment", 'general { } /* and so on\n\n', 1, "/*: expected */ behind it"),
    ("a semicolon", 'general { log-level = info; }', 1, ";: expected nothing between keys"),
    ("a variable", 'general { listen = "${LISTEN}" }', 1, "${: expected no variables"),
    ("+=", 'twilio { numbers += { "+15550100000" } }', 1, "+=: expected = and the whole list"),
    ("NUL", b'general {\n listen = "a\0b" }', 2, "byte 0x00: expected UTF-8 text"),
    ("a control character", b'general { listen = "a\x1b[31m" }', 1, "byte 0x1b: expected UTF-8 text"),
    ("Latin 1", 'agent "a" {\n greeting = "Grüß dich" }'.encode("latin-1"), 2, "byte 0xfc: expected UTF-8 text"),
    ("UTF-16", 'general { }'.encode("utf-16"), 1, "byte 0xff: expected UTF-8 text"),
    ("any bytes", bytes(range(128, 256)), 1, "byte 0x80: expected UTF-8 text"),
    ("Windows' line ends", b'general {\r\n log-level = bad\r\n}\r\n', 2, 'log-level = "bad": expected one of'),
    ("a byte order mark", b'\xef\xbb\xbfgenerol { }', 1, '"generol": expected a section'),
    ("a text too long", 'agent "a" { greeting = "' + "x" * 20000 + '" }', 1, 'xxx…": expected at most 16384 bytes without control characters'),
    ("1,100 sections", "".join(f'agent "a{i}" {{ }}\n' for i in range(1100)), 1013, "a section: expected no more than 1024 of them"),
    ("5,000 braces", 'general { listen = ' + "{" * 5000, 1, "{: expected "),
    ("itself", 'include("ringdown.conf")', 1, "include: expected no more than 8 files within each other (does one include itself?)"),
    ("a file that is not there", '\ninclude("no.conf")', 2, f"cannot read {TMP}/no.conf: No such file or directory"),
    ("a folder", 'include("/etc")', 1, "cannot read /etc: Is a directory"),
    ("a fifo", 'include("fifo")', 1, f"cannot read {TMP}/fifo: Operation not supported"),
    ("two files in one", 'include("a", "b")', 1, '(: expected include("FILE")'),
    ("a mistake in another file", 'include("other.conf")', 3, 'calls = "0": expected a whole number from 1 to 1000', f"{TMP}/other.conf"),
    ("an agent that is none", 'general { default-agent = "hom" }\nagent "home" { }', 1,
     'default-agent = "hom": expected the title of a section agent (did you mean "home"?)'),
    ("a caller's agent", 'agent "home" { }\ncaller "+15551234567" { agent = "hme" }', 2, 'agent = "hme": expected the title of a section agent'),
    ("a fallback", 'agent "home" { fallback = { "hme" } }', 1, 'fallback = "hme": expected the title of a section agent (did you mean "home"?)'),
    ("a pipeline that is none", 'agent "home" { pipeline = "realtim" }', 1,
     'pipeline = "realtim": expected the title of a section pipeline (did you mean "realtime"?)'),
    ("a server of tools", 'mcp "todo" { }\nagent "home" { tools = { "mcp:tod" } }', 2,
     'tools = "mcp:tod": expected the title of a section mcp (did you mean "todo"?)'),
    ("a number that is none", 'agent "a" { transfer-to = { "0555-1234567" } }', 1, 'transfer-to = "…4567": expected a number as + and 7 to 15 digits'),
    ("a caller that is none", 'caller "015551234567" { }', 1, 'caller "…4567": expected a number as + and 7 to 15 digits'),
    ("who withholds it", 'caller "anonymous" { }', 1, "a caller's own number; this is what a withheld one looks like"),
    ("a model's address", 'agent "a" { url = "ws//x" }', 1, 'url = "ws//x": expected an address such as wss://HOST/PATH'),
    ("a password in it", 'agent "a" { url = "wss://u:p@example.com/" }', 1, "without user or password"),
    ("plain http from outside", 'general { public-url = "http://phone.example.com" }', 1, 'expected https:// and the host that Twilio calls'),
    ("a path behind it", 'general { public-url = "https://phone.example.com/twiml" }', 1, "nothing behind it"),
    ("a port alone", 'general { listen = "8080" }', 1, 'listen = "8080": expected ADDRESS:PORT such as 127.0.0.1:8080'),
    ("a port beyond all", 'general { listen = "127.0.0.1:65536" }', 1, 'listen = "127.0.0.1:65536": expected ADDRESS:PORT'),
    ("a time zone", 'general { timezone = "Europe/Berln" }', 1, 'timezone = "Europe/Berln": expected a time zone such as Europe/Berlin'),
    ("hours", 'operator { quiet-hours = "25:00-08:00" }', 1, 'quiet-hours = "25:00-08:00": expected hours such as 22:00-08:00'),
    ("an empty stage", 'pipeline "p" { stages = "rd-ingest | | rd-bridge" }', 1, "expected programs and their options with | between them"),
    ("a shell in a stage", 'pipeline "p" { stages = "rd-ingest; rm -rf /" }', 1, "no quotes and no shell characters"),
    ("no stages", 'pipeline "p" { }', 1, 'pipeline "p": expected stages in it'),
    ("a program that is none", PIPELINE % "rd-ingst | rd-bridge", 2, 'cannot find the program rd-ingst (did you mean "rd-ingest"?)'),
    ("a secret itself", 'agent "a" { key = "sk-1234567890abcdef" }', 1, "key = …: expected the name of a secret (OPENAI_API_KEY), not the secret itself"),
]
PRIVATE = ("sk-1234567890abcdef", "0555-1234567", "015551234567")


def check(path, **more):
    return subprocess.run([f"{B}/bin/ringdown", "-t", "-c", path], capture_output=True, env=ENV | more, timeout=20)


def mistakes():
    path, worst = f"{TMP}/ringdown.conf", 0
    with open(f"{TMP}/other.conf", "w") as f:
        f.write("limits {\n\n  calls = 0\n}\n")
    os.mkfifo(f"{TMP}/fifo")
    for name, text, line, words, *file in MISTAKES:
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        begun = time.monotonic()
        p = check(path)
        worst = max(worst, time.monotonic() - begun)
        said = p.stderr.decode().splitlines()
        assert p.returncode == 100 and len(said) == 1, (name, p.returncode, said)
        where = "ringdown: error: " + (file[0] if file else path) + f":{line}: "
        assert said[0].startswith(where) and words in said[0], (name, said)
        assert len(said[0]) < 400 and not any(word in said[0] for word in PRIVATE), (name, said)
    assert worst < 5, worst


def files():
    """What is no configuration at all."""
    os.mkdir(f"{TMP}/folder.conf")
    with open(f"{TMP}/big.conf", "wb") as f:
        f.write(b"# " + b"x" * (1 << 20))
    for path, words in ((f"{TMP}/none.conf", "No such file or directory"), (f"{TMP}/folder.conf", "Is a directory"),
                        (f"{TMP}/fifo", "Operation not supported"), ("/dev/zero", "Operation not supported"),
                        (f"{TMP}/big.conf", "it has more than 256 KiB")):
        p = check(path)
        assert p.returncode == 100 and p.stderr.decode() == f"ringdown: error: cannot read {path}: {words}\n", p
    if os.geteuid() != 0:
        os.chmod(f"{TMP}/other.conf", 0)
        p = check(f"{TMP}/other.conf")
        assert p.returncode == 100 and b"Permission denied" in p.stderr, p


def many():
    """Ten thousand mistakes: the first ones, whole lines, and how many more there are."""
    path = f"{TMP}/ringdown.conf"
    with open(path, "w") as f:
        f.write("limits {\n" + " calls = many\n" * 10000 + "}\n")
    p = check(path)
    said = p.stderr.decode().splitlines()
    assert p.returncode == 100 and 20 < len(said) < 100 and len(p.stderr) < 10000, len(said)
    assert said[-1] == f"ringdown: error: and {19999 - (len(said) - 1)} more", said[-2:]


def overrides():
    path = f"{TMP}/ringdown.conf"
    with open(path, "w") as f:
        f.write('agent "a" { }\n')
    for name, value, words in (("RINGDOWN_LIMITS_CALLS", "many", 'RINGDOWN_LIMITS_CALLS: calls = "many": expected a whole number from 1 to 1000'),
                               ("RINGDOWN_GENERAL_LISTN", "x", 'RINGDOWN_GENERAL_LISTN: LISTN: expected a key of general (did you mean "LISTEN"?)')):
        p = check(path, **{name: value})
        assert p.returncode == 100 and p.stderr.decode() == f"ringdown: error: {words}\n", p


def what_is_missing():
    """What is no mistake of the file, but will be missed: a tool, and the secrets."""
    path = f"{TMP}/ringdown.conf"
    with open(path, "w") as f:
        f.write(f'general {{ tool-path = {{ "{B}/tools" }} }}\nagent "a" {{\n tools = {{ "tme" }} }}\n')
    p = subprocess.run([f"{B}/bin/ringdown", "-t", "-c", path], capture_output=True, text=True, timeout=20,
                       env={n: v for n, v in ENV.items() if not n.startswith(("TWILIO", "OPENAI"))})
    assert p.returncode == 0, p
    assert f'{path}:3: tools = "tme": there is no program tme in tool-path (did you mean "time"?)' in p.stderr, p.stderr
    assert "secret TWILIO_AUTH_TOKEN (twilio.auth-token) is not where this command looks" in p.stderr, p.stderr
    assert "without it every call is refused" in p.stderr and "secret OPENAI_API_KEY (agent.key)" in p.stderr, p.stderr
    p = subprocess.run([f"{B}/bin/rd-webhook", "-t", "-c", path], capture_output=True, text=True, timeout=20, env={"PATH": "/usr/bin"})
    assert p.returncode == 0 and "every call would be refused" in p.stdout, p


def running():
    """At the start and by reload: the same words; what runs goes on with what it has."""
    with Rig("basic") as r:
        r.expect("the configuration stays as it was", 'ringdown.conf:\\d+: "generol"', "calls = ", "calls again")
        good = open(r.conf).read()
        with open(r.conf, "w") as f:
            f.write(good + "generol { }\n")
        line = good.count("\n") + 1
        said = f'{r.conf}:{line}: "generol": expected a section, see ringdown.conf(5) (did you mean "general"?)'
        p = r.ctl("--socket", f"{TMP}/run/control", "reload", check=False)
        assert p.returncode == 100 and said in p.stderr, p
        p = r.ctl("status", check=False)  # the file still says where
        assert p.returncode == 0 and "rd-webhook" in p.stdout and said in p.stderr, p
        r.wait_log("the configuration stays as it was, for these reasons:")
        assert r.log().count(said) == 1
        p = subprocess.run([f"{B}/bin/ringdown", "-c", r.conf], capture_output=True, text=True, env=ENV, timeout=20)
        assert p.returncode == 100 and p.stderr == f"ringdown: error: {said}\n", p
        with open(r.conf, "w") as f:
            f.write(good + "limits { calls = 0 }\n" * 20)
        p = r.ctl("--socket", f"{TMP}/run/control", "reload", check=False)
        assert p.returncode == 100 and p.stderr.count('calls = "0": expected a whole number') == 20, p.stderr
        assert all(line.startswith("rd-ctl: error: ") for line in p.stderr.splitlines()), p.stderr  # one a line
        with open(r.conf, "w") as f:
            f.write(good)
        assert r.phone("--say", "Hello?", "--timeout", "2")["answered"]
        r.wait_idle()


mistakes()
files()
many()
overrides()
what_is_missing()
running()
