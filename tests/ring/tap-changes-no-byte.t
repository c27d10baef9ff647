# rd-tap between any two stages changes no byte, whatever passes: frames, lines, garbage, half a frame, nothing.
. "$TOP/tests/ring/ring.sh"

tone voice.wav 8000 3
rd-replay --speed max voice.wav >frames
rd-replay --speed max --text voice.wav >lines
head -c 1000 frames >half
head -c 3000000 /dev/urandom >garbage
cat frames garbage >frames-then-garbage
: >nothing
printf '{"type":"user.key","digit":"5"}' >no-newline

for input in frames lines half garbage frames-then-garbage nothing no-newline; do
	exits 0 sh -c "rd-tap <$input >copy 2>shown"
	cmp "$input" copy || fail "rd-tap changed $input"
	cat "$input" | tee before | rd-tap --type 'call.*' 2>/dev/null | rd-tap --out kept | tee after >/dev/null
	cmp before after || fail "two rd-tap in a pipeline changed $input"
done
cmp frames kept 2>/dev/null && fail "rd-tap --out wrote what was not there"

# between two stages: what the second makes of it is the same
rd-replay --speed max voice.wav >voice
rd-codec --up alaw/8000 <voice | rd-codec --up s16/16000 >without
rd-codec --up alaw/8000 <voice | rd-tap 2>shown | tee copy | rd-codec --up s16/16000 >with
cmp without with || fail "the stage behind rd-tap heard something else"
same "lines shown" 151 "$(grep -c '^up ' shown)"

# what it kept can be played, and it is what passed
rd-tap --out kept <frames >/dev/null
cmp frames kept || fail "rd-tap --out kept something else"
rd-tap <frames 2>shown >/dev/null
cmp lines shown || fail "rd-tap showed something else"
rd-tap --out nothing-kept --kind down <frames >/dev/null
[ -s nothing-kept ] && fail "--kind down let audio up through"
done_testing
