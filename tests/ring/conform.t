#!/usr/bin/python3
"""Every stage of ours keeps the rules of rd-frames(7), as rd-conform sees them. The list is the tree's: whatever calls
stage_open is a stage. LONG=1: twenty times each, four at once, as much as a busy machine lets them."""
# limit: 600
import concurrent.futures, glob, os, re, socket, subprocess, sys, time

B, TOP, TMP, LONG = os.environ["B"], os.environ["TOP"], os.environ["TMP"], os.environ.get("LONG")
silent = socket.socket()  # a model that never says a word
silent.bind(("127.0.0.1", 0))
silent.listen(1000)
URL = f"ws://127.0.0.1:{silent.getsockname()[1]}/v1/realtime"
# A sanitizer keeps what was freed: memory would seem to grow.
ENVIRONMENT = dict(os.environ, TEST_KEY="key", ASAN_OPTIONS="quarantine_size_mb=1")
# What a stage needs to be one, first for rd-conform; others are tried as they are.
WORDS = {
    "rd-ingest": [(["--role", "carrier"], ["--listen", "127.0.0.1:0"])],
    "rd-bridge": [(["--role", "brain"], ["--url", URL]), (["--role", "brain"], ["--url", URL, "--listeners"])],
    "rd-voicemail": [(["--role", "brain"], [])],
    "rd-stt": [(["--role", "brain"], [])],
    "rd-codec": [(["--changes", "up"], ["--up", "s16/16000"]), (["--changes", "down"], ["--down", "mulaw/8000"]),
                 (["--changes", "up", "--changes", "down"], ["--up", "alaw/8000", "--down", "s16/24000"])],
}
STAGES = sorted(os.path.basename(os.path.dirname(f)) for f in glob.glob(f"{TOP}/cmd/*/*.c") if "stage_open(" in open(f).read())
with open(f"{TMP}/ringdown.conf", "w") as f:
    f.write(f'general {{ default-agent = "home" data-dir = "{TOP}/etc" }}\n'
            'agent "home" { key = "TEST_KEY" tools = { "time", "hang_up", "remember" } }\n')


def run(case, *only):
    stage, ours, its = case
    p = subprocess.run([f"{B}/bin/rd-conform", "-c", f"{TMP}/ringdown.conf", "-a", "home", *only, *ours, stage, *its],
                       env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return p.returncode, p.stdout


def conform(case):
    """What was late is tried again by itself: the machine may have been busy elsewhere, but not three times."""
    begun = time.monotonic()
    code, out = run(case)
    for _ in range(2):
        late = re.findall(r"^FAILED (\S+): expected .* within \d+ ms", out, re.M)
        if not late or len(late) < len(re.findall(r"^FAILED ", out, re.M)):
            break
        code, again = run(case, *(word for name in late for word in ("-k", name)))
        for name in late:
            if re.search(rf"^ok +{name}\b", again, re.M):
                out = re.sub(rf"^FAILED {name}:", f"ok   {name}, the next time:", out, flags=re.M)
    return case, code, out, time.monotonic() - begun


cases = [(stage, *words) for stage in STAGES for words in WORDS.get(stage, [([], [])])]
passed = failed = 0
times = []
assert len(STAGES) >= 6, STAGES
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    for (stage, ours, its), code, out, took in pool.map(conform, cases * (20 if LONG else 1)):
        bad = re.findall(r"^FAILED .*(?:\n     \| .*)*|^ok .*leaves descriptor 3 alone.*", out, re.M)
        if "carrier" in ours:
            bad += re.findall(r"^ok +way-back \(it offers none\)", out, re.M)
        good = len(re.findall("^ok ", out, re.M))
        if code or bad or not good:
            print(f"not ok: {stage} {' '.join(its)}: exit status {code}", *bad or [out], sep="\n")
            failed += 1
        passed += good
        times.append(took)
times.sort()
print(f"stages={len(STAGES)} runs={len(times)} median_s={times[len(times) // 2]:.1f} worst_s={times[-1]:.1f}")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
