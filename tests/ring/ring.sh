# What a test in shell begins with: . "$TOP/tests/ring/ring.sh"
set -u
cd "$TMP" || exit 1
failed=0

# fail WORDS...: says what went wrong and goes on; done_testing ends the script accordingly
fail() {
	echo "not ok: $*"
	failed=$((failed + 1))
}

# same WHAT EXPECTED FOUND
same() {
	[ "$2" = "$3" ] || fail "$1: expected '$2', found '$3'"
}

# exits STATUS COMMAND...: runs it, at most 20 s
exits() {
	expected=$1
	shift
	timeout 20 "$@"
	same "exit status of $*" "$expected" $?
}

# tone FILE.wav RATE SECONDS [CHANNELS]: 1 kHz at a quarter of full scale
tone() {
	python3 - "$@" <<-'PYTHON'
		import math, struct, sys, wave
		path, rate, seconds, channels = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int((sys.argv + ["1"])[4])
		with wave.open(path, "wb") as w:
		    w.setnchannels(channels), w.setsampwidth(2), w.setframerate(rate)
		    w.writeframes(b"".join(struct.pack("<h", round(8192 * math.sin(2 * math.pi * 1000 * i / rate))) * channels
		                           for i in range(int(rate * seconds))))
	PYTHON
}

done_testing() {
	[ "$failed" -eq 0 ]
	exit
}
