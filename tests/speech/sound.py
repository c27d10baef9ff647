"""Sound for the tests of tests/speech, all of it made when it is needed: voices (flite, espeak-ng), what is no speech, and
what a telephone line does to it. Sound is bytes of signed 16 bit, 8000 Hz, one channel; on the line it is mu-law in frames
of 20 ms.

By hand, a folder of WAVs to listen to or to try a recogniser with (B names the build, for rd-codec):

    B=build tests/speech/sound.py FOLDER [slt,en-gb] [clean,noise,loss]
"""
import array, audioop, io, math, os, random, struct, subprocess, sys, wave

RATE, FRAME = 8000, 160
HEADER = struct.Struct("<BBBBBBHBBBBIIIQ")
UP, S16 = 2, 3
VOICES = ("slt", "rms", "awb", "kal16", "en-us", "en-gb")  # the last two are espeak-ng's
SPEEDS = {"en-us": "150", "en-gb": "130"}  # words a minute
CONDITIONS = ("clean", "noise", "loss")
PAUSE = b"\0\0" * (RATE // 2)


def silence(ms):
    return b"\0\0" * (RATE * ms // 1000)


def ms_of(pcm):
    return len(pcm) * 1000 // (2 * RATE)


# --- voices
def spoken(voice, text):
    """As the engine makes it: (sound, rate)."""
    words = (["espeak-ng", "-v", voice, "-s", SPEEDS.get(voice, "150"), "--stdout", text] if voice.startswith("en")
             else ["flite", "-voice", voice, "-t", text, "-o", "/dev/stdout"])
    made = subprocess.run(words, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(made)) as w:
        return made[44:], w.getframerate()


def to_telephone(pcm, rate):
    """Sound of 16000 Hz or another rate, as rd-codec brings it to 8000."""
    if rate == RATE:
        return pcm
    if rate != 16000:
        pcm = audioop.ratecv(pcm, 2, 1, rate, 16000, None)[0]
    pcm += b"\0\0" * 320
    frames = b"".join(HEADER.pack(0xf5, 0x52, 1, UP, 0, S16, 160, 1, 0, 0, 0, len(part), 0, n + 1, 1 << 62) + part
                      for n, part in enumerate(pcm[at:at + 640] for at in range(0, len(pcm), 640)))
    made = subprocess.run([f"{os.environ['B']}/bin/rd-codec", "--up", "s16/8000"], input=frames, stdout=subprocess.PIPE,
                          check=True).stdout
    out, at = [], 0
    while at < len(made):
        length = HEADER.unpack_from(made, at)[11]
        out.append(made[at + 32:at + 32 + length])
        at += 32 + length
    return b"".join(out)


def trimmed(pcm, level=200):
    """Without the silence before and behind it."""
    loud = [n for n in range(0, len(pcm), 2 * FRAME) if audioop.rms(pcm[n:n + 2 * FRAME], 2) > level]
    return pcm[loud[0]:loud[-1] + 2 * FRAME] if loud else pcm


_said = {}


def say(voice, text):
    """What a voice makes of a text, on the telephone, without silence around it."""
    if (voice, text) not in _said:
        _said[voice, text] = trimmed(to_telephone(*spoken(voice, text)))
    return _said[voice, text]


# --- what the line does
def active_rms(pcm):
    """The level of speech, pauses left out."""
    levels = [audioop.rms(pcm[n:n + 2 * FRAME], 2) for n in range(0, len(pcm), 2 * FRAME)]
    loud = [r for r in levels if r > max(levels) / 20]
    return math.sqrt(sum(r * r for r in loud) / len(loud)) if loud else 0


_pink = {}


def noise(ms, rms, seed=1):
    """Pink noise, as of a room or a street."""
    if seed not in _pink:
        chance, low, made = random.Random(seed), [0.0] * 3, array.array("h")
        for _ in range(RATE * 10):
            white = chance.gauss(0, 1)
            low = [0.99765 * low[0] + 0.0990460 * white, 0.963 * low[1] + 0.2965164 * white, 0.57 * low[2] + 1.0526913 * white]
            made.append(int(800 * (sum(low) + 0.1848 * white)))
        _pink[seed] = made.tobytes()
    loop = _pink[seed]
    whole = loop * (2 * RATE * ms // 1000 // len(loop) + 1)
    return audioop.mul(whole[:2 * RATE * ms // 1000], 2, rms / audioop.rms(loop, 2))


def mixed(a, b):
    n = max(len(a), len(b))
    return audioop.add(a.ljust(n, b"\0"), b.ljust(n, b"\0"), 2)


def lossy(all_frames, percent=3, seed=1):
    """Frames of which some have not arrived (None), in pieces of one to three."""
    chance, out, lost = random.Random(seed), [], 0
    for frame in all_frames:
        if not lost and chance.random() < percent / 100 / 1.6:
            lost = chance.choice((1, 1, 1, 2, 3))
        out.append(None if lost else frame)
        lost = max(0, lost - 1)
    return out


def noise_of(voice, snr_db=15):
    """Noise so far below a voice, that goes on all the time."""
    return noise(10000, active_rms(say(voice, "one two three four five")) / 10 ** (snr_db / 20))


def frames(pcm):
    """Mu-law, 20 ms each."""
    mulaw = audioop.lin2ulaw(pcm, 2)
    mulaw += b"\xff" * (-len(mulaw) % FRAME)
    return [mulaw[at:at + FRAME] for at in range(0, len(mulaw), FRAME)]


# --- what is no speech, or none that is meant
def _samples(ms, wave_of, level):
    return array.array("h", [int(max(-1, min(1, wave_of(n / RATE))) * level) for n in range(RATE * ms // 1000)]).tobytes()


def tone(hz, ms, level=6000):
    return _samples(ms, lambda t: math.sin(2 * math.pi * hz * t), level)


KEYS = {k: (low, high) for low, row in ((697, "123A"), (770, "456B"), (852, "789C"), (941, "*0#D"))
        for high, k in zip((1209, 1336, 1477, 1633), row)}


def key(digit, ms=100, level=5000):
    """A keypad tone."""
    low, high = KEYS[digit]
    return audioop.add(tone(low, ms, level), tone(high, ms, level), 2)


def cough(seed, level=9000):
    """One or two bursts of breath through a throat: noise with a resonance, a hard begin and a soft end."""
    chance, out = random.Random(seed), b""
    for _ in range(chance.choice((1, 1, 2))):
        ms, hz, band = chance.randrange(120, 260), chance.uniform(450, 1100), chance.uniform(250, 600)
        r, y1, y2 = math.exp(-math.pi * band / RATE), 0.0, 0.0
        made = []
        for n in range(RATE * ms // 1000):
            y = chance.gauss(0, 1) + 2 * r * math.cos(2 * math.pi * hz / RATE) * y1 - r * r * y2
            y1, y2 = y, y1
            made.append(y * min(1, n / 80) * math.exp(-4 * n / (RATE * ms / 1000)))
        top = max(map(abs, made))
        out += array.array("h", [int(v / top * level) for v in made]).tobytes() + silence(chance.randrange(60, 140))
    return out


def keyboard(seed, ms=1500, level=5000):
    """Somebody types: short clicks, five to nine a second."""
    chance, made, at = random.Random(seed), array.array("h", bytes(2 * RATE * ms // 1000)), 0.0
    while (at := at + chance.uniform(0.09, 0.22)) < ms / 1000 - 0.03:
        hz, strength = chance.uniform(1500, 3200), level * chance.uniform(0.3, 1)
        for n in range(RATE * 20 // 1000):
            made[int(at * RATE) + n] = int(strength * math.exp(-n / 25) * (0.6 * math.sin(2 * math.pi * hz * n / RATE) + 0.4 * chance.uniform(-1, 1)))
    return made.tobytes()


def music(seed, ms=4000, level=3000):
    """What one hears on hold: chords that are struck, a tune above them."""
    chance, out = random.Random(seed), b""
    scale, root = (0, 2, 4, 5, 7, 9, 11, 12), chance.choice((220.0, 233.1, 246.9, 261.6))
    while ms_of(out) < ms:
        step = chance.choice((200, 300, 400))
        base = chance.choice((0, 5, 7, 9))
        notes = [root * 2 ** (s / 12) for s in (base, base + 4, base + 7)] + [2 * root * 2 ** (chance.choice(scale) / 12)]
        out += _samples(step, lambda t, notes=notes: math.exp(-1.5 * t) * min(1, t * 100) / len(notes) *
                        sum(math.sin(2 * math.pi * hz * t) + 0.4 * math.sin(4 * math.pi * hz * t) for hz in notes), level * 2)
    return out[:2 * RATE * ms // 1000]


def write(path, pcm):
    with wave.open(path, "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(RATE)
        w.writeframes(pcm)


def main():
    import corpus
    folder = sys.argv[1]
    voices = sys.argv[2].split(",") if len(sys.argv) > 2 else VOICES
    conditions = sys.argv[3].split(",") if len(sys.argv) > 3 else CONDITIONS
    for voice in voices:
        for condition in conditions:
            os.makedirs(f"{folder}/{voice}/{condition}", exist_ok=True)
            for n, (text, _) in enumerate(corpus.COMMANDS):
                pcm = silence(400) + say(voice, text) + silence(800)
                if condition == "noise":
                    pcm = mixed(pcm, noise_of(voice)[:len(pcm)])
                line = lossy(frames(pcm), 3, n) if condition == "loss" else frames(pcm)
                write(f"{folder}/{voice}/{condition}/{text.replace(' ', '-')}.wav",
                      b"".join(audioop.ulaw2lin(f or b"\xff" * FRAME, 2) for f in line))
    os.makedirs(f"{folder}/other", exist_ok=True)
    for n in range(5):
        write(f"{folder}/other/cough-{n}.wav", cough(n))
        write(f"{folder}/other/keyboard-{n}.wav", keyboard(n))
        write(f"{folder}/other/music-{n}.wav", music(n))


if __name__ == "__main__":
    main()
