# A WAV file through rd-replay | rd-codec | rd-tap in one line: same length, same level, at its own pace or faster.
. "$TOP/tests/ring/ring.sh"

# measure FILE.wav: rate, channels, samples, RMS in per cent of full scale
measure() {
	python3 - "$1" <<-'PYTHON'
		import math, struct, sys, wave
		with wave.open(sys.argv[1]) as w:
		    n = w.getnframes()
		    samples = struct.unpack(f"<{n * w.getnchannels()}h", w.readframes(n))
		    rms = math.sqrt(sum(s * s for s in samples) / max(1, len(samples))) / 327.68
		    print(w.getframerate(), w.getnchannels(), n, round(rms))
	PYTHON
}

tone voice.wav 24000 1 2
begun=$(date +%s%N)
rd-replay voice.wav | rd-codec --up mulaw/8000 | rd-tap --kind up --wav line.wav >frames
took=$((($(date +%s%N) - begun) / 1000000))
same "on the telephone" "8000 1 8000 18" "$(measure line.wav)"
[ "$took" -ge 980 ] || fail "a second was played in $took ms"

for rate in 8000 16000 24000 48000; do
	for codec in mulaw alaw s16; do
		rd-replay --speed max frames | rd-codec --up $codec/$rate | rd-tap --kind up --wav out.wav >/dev/null
		same "as $codec/$rate" "$rate 1 $rate 18" "$(measure out.wav)"
	done
done

same "frames with END" 1 "$(rd-replay --speed max --text frames | grep -c ' END ')"
same "the last one has it" 1 "$(rd-replay --speed max --text frames | tail -n 1 | grep -c ' END ')"
exits 100 rd-replay voice.wav another.wav 2>err
exits 100 rd-replay --speed 0 voice.wav 2>err
exits 100 rd-replay nowhere.wav 2>err
same "what is said of it" "rd-replay: error: cannot read nowhere.wav: No such file or directory" "$(cat err)"
echo hello >text
exits 100 rd-replay text 2>err
same "what is said of no frames" \
	"rd-replay: error: seven words expected: kind origin.life seq item flags format payload at line 1" "$(cat err)"
done_testing
