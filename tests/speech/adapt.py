#!/usr/bin/python3
"""Makes etc/speech/en-us-telephone.mllr: how the recogniser's model, which was made of wideband speech, is moved to fit what comes
out of a telephone. Voices that no test uses (others' pitch and speed, variants of espeak-ng) read the manual over the line; what
was said is laid along the sound phone by phone, and the one linear map of the model's means that explains the sound best is written
down. It is about the line more than about the voices: made of one person's telephone prompts alone it fitted flite's as well.

    B=build tests/speech/adapt.py etc/speech/en-us-telephone.mllr [SENTENCES-OF-EACH-VOICE]

Takes five minutes; needs python3-numpy, sox, flite, espeak-ng and pocketsphinx-en-us."""
import glob, io, os, random, re, struct, subprocess, sys, wave

import numpy as np

import sound

MODEL = "/usr/share/pocketsphinx/model/en-us"
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROUNDS, HISS = 2, 4.0  # HISS as LOUDNESS in cmd/rd-stt/hiss.c
STREAMS, DENSITIES, CEPSTRA, STATES = 3, 128, 13, 3  # of the model; the streams are cepstra, their change, and its change
VOICES = (  # flite's or espeak-ng's, its options, what sox makes of it
    ("slt", "", "pitch 200"), ("slt", "", "pitch -70 tempo -s 1.1"), ("rms", "", "pitch -100"), ("rms", "", "pitch 70 tempo -s 1.1"),
    ("awb", "", "pitch 120"), ("awb", "", "pitch -50 tempo -s 0.95"), ("kal", "", "pitch 60"), ("kal16", "", "pitch -60"),
    ("en-us+f4", "-s 150", ""), ("en-us+m1", "-s 150", ""), ("en-us+m6", "-s 160", ""), ("en-gb+f1", "-s 140", ""),
    ("en-gb+m2", "-s 130", ""), ("en-gb-x-rp+m4", "-s 140", ""))


# --- what is said
def dictionary():
    words = {}
    with open(f"{MODEL}/cmudict-en-us.dict") as f:
        for line in f:
            word, *phones = line.split()
            words.setdefault(re.sub(r"\(\d+\)$", "", word), []).append(phones)
    return words


def sentences(words):
    """Pieces of the manual of which the dictionary has all words."""
    found = set()
    for page in glob.glob(f"{TOP}/man/*"):
        with open(page) as f:
            prose = " ".join(line.strip() for line in f if line[0] not in ".'")
        for piece in re.split(r"[^A-Za-z' ]+", prose):
            said = tuple(piece.lower().split())
            if 4 <= len(said) <= 9 and all(w in words for w in said):
                found.add(said)
    return sorted(found)


# --- how it sounds
def spoken(voice, options, effects, text):
    program = ["espeak-ng", "-v", voice, *options.split(), "--stdout", text]
    if not voice.startswith("en"):
        program = ["flite", "-voice", voice, "-t", text, "-o", "/dev/stdout"]
    made = subprocess.run(program, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(made)) as w:
        rate = w.getframerate()
    raw = ["-t", "raw", "-r", str(rate), "-e", "signed", "-b", "16", "-c", "1"]
    return subprocess.run(["sox", *raw, "-", *raw, "-", "gain", "-2", *effects.split()], input=made[44:], capture_output=True,
                          check=True).stdout, rate


def line_of(pcm):
    """What rd-stt makes of it behind a telephone line: samples of 16000 Hz."""
    frames = sound.frames(sound.silence(300) + pcm + sound.silence(250))
    sent = b"".join(sound.HEADER.pack(0xf5, 0x52, 1, sound.UP, 0, 1, 80, 1, 0, 0, 0, len(f), 0, n + 1, 1 << 62) + f
                    for n, f in enumerate(frames))
    made = subprocess.run([f"{os.environ['B']}/bin/rd-codec", "--up", "s16/16000"], input=sent, stdout=subprocess.PIPE, check=True).stdout
    out, at = [], 0
    while at < len(made):
        length = sound.HEADER.unpack_from(made, at)[11]
        out.append(made[at + 32:at + 32 + length])
        at += 32 + length
    heard = np.frombuffer(b"".join(out), "<i2").astype(float)
    hiss = np.random.default_rng(1).uniform(-1, 1, len(heard) + 1)
    return np.rint(heard + HISS * (hiss[1:] + hiss[:-1]) * (-1.0) ** np.arange(len(heard)))


def mel_filters(low=130, high=6800, count=25, size=512):
    """Triangles of equal area over the power spectrum, as sphinxbase makes them of the model's feat.params."""
    step = 16000 / size
    mel = lambda hz: 2595 * np.log10(1 + hz / 700)
    edges = 700 * (10 ** (np.linspace(mel(low), mel(high), count + 2) / 2595) - 1)
    edges = np.floor(edges / step + 0.5) * step
    hz = np.arange(size // 2 + 1) * step
    left, middle, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    return np.clip(np.minimum((hz - left) / (middle - left), (right - hz) / (right - middle)), 0, None) * 2 / (right - left)


FILTERS = mel_filters()
COSINES = np.cos(np.pi * np.arange(CEPSTRA)[:, None] * (np.arange(25) + 0.5) / 25) * np.sqrt(2 / 25)
COSINES[0] = np.sqrt(1 / 25)
LIFTER = 1 + 11 * np.sin(np.pi * np.arange(CEPSTRA) / 22)


def cepstra(samples):
    sharp = samples - 0.97 * np.r_[0, samples[:-1]]
    at = np.arange(0, len(sharp) - 409, 160)[:, None] + np.arange(410)
    power = np.abs(np.fft.rfft(sharp[at] * np.hamming(410), 512)) ** 2
    return np.log(power @ FILTERS.T + 1e-4) @ COSINES.T * LIFTER


def features(c, mean):
    """[frame][stream][number]"""
    c = c - mean
    moved = lambda by: c[np.clip(np.arange(len(c)) + by, 0, len(c) - 1)]
    return np.stack([c, moved(2) - moved(-2), moved(3) - moved(-1) - moved(1) + moved(-3)], 1)


# --- the model
def s3(name):
    with open(f"{MODEL}/en-us/{name}", "rb") as f:
        data = f.read()
    return data, data.index(b"endhdr\n") + 11


class Model:
    """What of it does not look at a phone's neighbours."""

    def __init__(self):
        with open(f"{MODEL}/en-us/mdef", "rb") as f:
            data = f.read()
        at = 12 + struct.unpack_from("<i", data, 8)[0]
        phones, _, _, senones, all_senones = struct.unpack_from("<5i", data, at)
        names = data[at + 40:].split(b"\0", phones)[:phones]
        self.phones = {name.decode(): n for n, name in enumerate(names)}
        data, at = s3("transition_matrices")
        self.moves = np.frombuffer(data, "<f4", phones * 12, at + 16).reshape(phones, 3, 4)
        self.means, self.variances = self.gaussians("means"), np.maximum(self.gaussians("variances"), 1e-4)
        with open(f"{MODEL}/en-us/sendump", "rb") as f:
            weights = np.frombuffer(f.read()[-STREAMS * DENSITIES * all_senones:], "u1").reshape(STREAMS, DENSITIES, all_senones)
        self.weights = -1024 * np.log(1.0001) * weights[:, :, :senones]

    @staticmethod
    def gaussians(name):
        data, at = s3(name)
        books = struct.unpack_from("<i", data, at)[0]
        return np.frombuffer(data, "<f4", books * STREAMS * DENSITIES * CEPSTRA, at + 28).reshape(
            books, STREAMS, DENSITIES, CEPSTRA).astype(float)


def likelihoods(model, means, variances, phone, f):
    """Of each density, [frame][stream][density], and of each state, [frame][state]."""
    m, v = means[phone], variances[phone]
    each = -0.5 * (np.log(2 * np.pi * v).sum(-1) + (((f[:, :, None] - m) ** 2) / v).sum(-1))
    states = [np.logaddexp.reduce(each + model.weights[:, :, STATES * phone + n], axis=-1).sum(1) for n in range(STATES)]
    return each, np.stack(states, 1)


# --- what was said, along the sound
def chain(model, words, said):
    """States (phone, number), arcs {to: [(from, log p)]}, and the ends; a word in any of its ways, with or without a pause behind."""
    states, arcs = [], {}

    def append(phones, before):
        for name in phones:
            phone, first = model.phones[name], len(states)
            p = np.log(np.maximum(model.moves[phone], 1e-30))
            states.extend((phone, n) for n in range(STATES))
            for n in range(STATES):
                arcs[first + n] = [(first + k, p[k, n]) for k in range(n + 1) if model.moves[phone, k, n] > 0]
            arcs[first] += before
            before = [(first + n, p[n, 3]) for n in range(STATES) if model.moves[phone, n, 3] > 0]
        return before

    ends = append(["SIL"], [(-1, 0.0)])
    for word in said:
        spoken_ends = [e for phones in words[word][:3] for e in append(phones, ends)]
        ends = spoken_ends + append(["SIL"], [(at, p - 2.3) for at, p in spoken_ends])
    return states, arcs, ends


def align(states, arcs, ends, emitted):
    """Viterbi: the state of each frame; None: it does not fit."""
    to, came, price = (np.array(x) for x in zip(*[(t, f, p) for t in sorted(arcs) for f, p in arcs[t] if f >= 0]))
    starts = np.flatnonzero(np.r_[True, to[1:] != to[:-1]])
    group = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(to)]))
    score = np.full(len(states), -1e30)
    score[0] = emitted[0, 0]
    back = np.zeros((len(emitted), len(states)), int)
    for t in range(1, len(emitted)):
        tried = score[came] + price
        best = np.maximum.reduceat(tried, starts)
        hits = np.flatnonzero(tried == best[group])[::-1]
        chosen = np.zeros(len(starts), int)
        chosen[group[hits]] = hits
        score = np.full(len(states), -1e30)
        score[to[starts]] = best + emitted[t, to[starts]]
        back[t, to[starts]] = came[chosen]
    at = max(ends, key=lambda e: score[e[0]] + e[1])[0]
    path = [at]
    for t in range(len(emitted) - 1, 0, -1):
        path.append(at := back[t, at])
    return [states[n] for n in reversed(path)] if score[path[0]] > -1e29 else None


def count(model, words, means, variances, data):
    """How often each density was heard, what then, and its square."""
    heard, first, second = (np.zeros(model.means.shape[:3] + shape) for shape in ((), (CEPSTRA,), (CEPSTRA,)))
    for said, f in data:
        states, arcs, ends = chain(model, words, said)
        known = {phone: likelihoods(model, means, variances, phone, f) for phone in {p for p, _ in states}}
        path = align(states, arcs, ends, np.stack([known[p][1][:, n] for p, n in states], 1))
        for t, (phone, n) in enumerate(path or []):
            part = known[phone][0][t] + model.weights[:, :, STATES * phone + n]
            part = np.exp(part - np.logaddexp.reduce(part, axis=-1)[:, None])
            heard[phone] += part
            first[phone] += part[..., None] * f[t][:, None]
            second[phone] += part[..., None] * f[t][:, None] ** 2
    return heard, first, second


# --- the map
def fit(model, heard, first, second):
    """Of each stream: the matrix, what is added, and what the variances are multiplied by."""
    found = []
    for s in range(STREAMS):
        n, one, two = heard[:, s].ravel(), first[:, s].reshape(-1, CEPSTRA), second[:, s].reshape(-1, CEPSTRA)
        mean, variance = model.means[:, s].reshape(-1, CEPSTRA), model.variances[:, s].reshape(-1, CEPSTRA)
        known, rows, wider = np.c_[mean, np.ones(len(mean))], [], []
        for i in range(CEPSTRA):
            weighted = known / variance[:, i:i + 1]
            row = np.linalg.solve((weighted * n[:, None]).T @ known, weighted.T @ one[:, i])
            moved = known @ row
            rows.append(row)
            wider.append(((two[:, i] - 2 * moved * one[:, i] + n * moved ** 2) / variance[:, i]).sum() / n.sum())
        found.append((np.array(rows)[:, :CEPSTRA], np.array(rows)[:, CEPSTRA], np.array(wider)))
    return found


def applied(model, found):
    means, variances = model.means.copy(), model.variances.copy()
    for s, (matrix, added, wider) in enumerate(found):
        means[:, s] = model.means[:, s] @ matrix.T + added
        variances[:, s] = model.variances[:, s] * wider
    return means, variances


def write(path, found):
    with open(path, "w") as f:
        f.write(f"1\n{STREAMS}\n")
        for matrix, added, wider in found:
            f.write(f"{CEPSTRA}\n")
            f.writelines(" ".join(f"{x:.5f}" for x in row) + "\n" for row in (*matrix, added, wider))


def main():
    chance, words, model, data = random.Random(4), dictionary(), Model(), []
    each, texts = int(sys.argv[2]) if len(sys.argv) > 2 else 14, sentences(words)
    for voice in VOICES:
        said = chance.sample(texts, each)
        heard = [cepstra(line_of(sound.trimmed(sound.to_telephone(*spoken(*voice, " ".join(s)))))) for s in said]
        mean = np.concatenate(heard).mean(0)
        data += [(s, features(c, mean)) for s, c in zip(said, heard)]
        print("heard", *voice, "mean", np.round(mean, 2), flush=True)
    means, variances = model.means, model.variances
    for _ in range(ROUNDS):
        found = fit(model, *count(model, words, means, variances, data))
        means, variances = applied(model, found)
    write(sys.argv[1], found)


if __name__ == "__main__":
    main()
