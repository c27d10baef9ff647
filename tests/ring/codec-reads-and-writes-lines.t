# A stage by hand on text: lines in, lines out; what it does not handle passes unchanged and in order.
. "$TOP/tests/ring/ring.sh"

cat >in <<'LINES'
event 1.0 4 - - - {"type":"call.setup","call":"LO00000000000000000000000000000001"}
up 1.0 5 - - mulaw/8000 //+A
up 1.0 6 - FILLED s16/8000 AAD/fw==
up 1.0 7 - - codec9/8000 AAAA
up 1.0 8 - - codec9/8000 AAAA
up 1.0 9 - - mulaw/8000 AA==
down 2.0 1 2.0.1 - s16/24000 AAAA
down 2.0 2 2.0.1 END alaw/8000 -
kind9 3.1 7 - - - AAAA
event 1.0 10 - - - {"type":"made.up","x":[1, 2]}
LINES
cat >expected <<'LINES'
event 1.0 4 - - - {"type":"call.setup","call":"LO00000000000000000000000000000001"}
up 1.0 5 - - s16/8000 AAAAAHx9
up 1.0 6 - FILLED s16/8000 AAD/fw==
up 1.0 9 - - s16/8000 hII=
down 2.0 1 2.0.1 - s16/24000 AAAA
down 2.0 2 2.0.1 END alaw/8000 -
kind9 3.1 7 - - - AAAA
event 1.0 10 - - - {"type":"made.up","x":[1, 2]}
LINES
exits 0 rd-codec --up s16/8000 --text <in >out 2>err
diff expected out || fail "lines differ"
cat >expected <<'LINES'
rd-codec: warn: audio up of an unknown format is dropped format=codec9/8000
rd-codec: info: audio up is known again dropped=2
LINES
diff expected err || fail "the log differs"

# and the same on frames
rd-replay --speed max in | rd-codec --up s16/8000 2>/dev/null | rd-replay --speed max --text >frames
diff out frames || fail "frames differ from lines"

exits 100 rd-codec 2>err
exits 100 rd-codec --up s16/44100 2>err
same "what is said of a wrong format" \
	"rd-codec: error: --up s16/44100: mulaw, alaw or s16, a slash, and 8000, 16000, 24000 or 48000 expected" "$(cat err)"
printf '\365Rgarbage that is longer than a header of thirty-two bytes' >garbage
exits 100 rd-codec --up s16/8000 <garbage 2>err
same "what is said of garbage" "rd-codec: error: frame version 1 expected at byte 0" "$(cat err)"
done_testing
