#!/usr/bin/python3
# limit: 90
"""No acoustic model, no dictionary, no voice: the log names what is missing and the package that brings it, and who calls hears
a sentence all the same."""
import array, wave
from concurrent.futures import ThreadPoolExecutor

from rig import *

HEARING = "rd-ingest | rd-codec --up s16/16000 | rd-stt{} | rd-intent | rd-tools | rd-tts{} | rd-memory | rd-monitor | rd-pacer | rd-codec --down mulaw/8000"
MODEL = "/usr/share/pocketsphinx/model/en-us"
CASES = {  # what rd-stt and rd-tts are told, and what the log has to say
    "no acoustic model": (f" --model {TMP}/nothing", "", f"cannot read {TMP}/nothing/en-us: .*package pocketsphinx-en-us"),
    "no dictionary": (f" --model {TMP}/half", "", f"cannot read {TMP}/half/cmudict-en-us.dict: .*package pocketsphinx-en-us"),
    "a damaged model": (f" --model {TMP}/damaged", "", f"cannot load the acoustic model {TMP}/damaged/en-us: .*package pocketsphinx-en-us"),
    "no such voice": ("", " --voice nobody", "no.* such a voice .*packages libflite1, espeak-ng-data"),
}


def prepare():
    os.makedirs(f"{TMP}/half")
    os.symlink(f"{MODEL}/en-us", f"{TMP}/half/en-us")
    os.makedirs(f"{TMP}/damaged/en-us")
    os.symlink(f"{MODEL}/cmudict-en-us.dict", f"{TMP}/damaged/cmudict-en-us.dict")


def speech_ms(path):
    with wave.open(path) as w:
        heard = array.array("h", w.readframes(w.getnframes()))[1::2]
    return sum(max(map(abs, heard[at:at + 160]), default=0) > 800 for at in range(0, len(heard), 160)) * 20


def one(number, what, hear, speak, line):
    """The agent and the one that takes over lack the same: the answering machine is left, which needs neither."""
    folder, stages = f"{TMP}/{number}", HEARING.format(hear, speak)
    os.mkdir(folder)
    with Rig(model="ws://127.0.0.1:9/v1/realtime", stages=stages, more=f'pipeline "offline" {{ stages = "{stages}" }}', folder=folder) as r:
        r.expect("tool is missing", "phrases are not prepared", "package pocketsphinx-en-us", "packages libflite1", "will not run", "cannot go on",
                 "takes over")
        call = r.phone("--timeout", "10", out=f"{folder}/call.wav")
        spoken = speech_ms(f"{folder}/call.wav")
        assert re.search(line, r.log()), (what, line)
        assert call["answered"] and spoken > 1000, (what, call, spoken)
        r.wait_idle()
    return f"{what:<20} first sound after {call['first_audio_ms']:.0f} ms"


prepare()
with ThreadPoolExecutor(len(CASES)) as pool:
    for said in [pool.submit(one, n, what, *case) for n, (what, case) in enumerate(CASES.items())]:
        print(said.result())
