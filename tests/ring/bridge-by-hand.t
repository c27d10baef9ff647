# Without a ring: lines in, lines out; it greets when the first sound comes. And what -t, -h and mistakes say.
. "$TOP/tests/ring/ring.sh"

: >port
"$TOP/tests/sim/rd-sim-model" --log model.log >port &
sim=$!
while ! grep -q listening port; do kill -0 $sim || exit 1; done
url="ws://127.0.0.1:$(cut -d' ' -f2 port)/v1/realtime"
up="up 1.0 1 - - mulaw/8000 /////////////////////////////////////////w=="

mkfifo in
rd-bridge --url "$url" --greeting "Hello there." --text <in >out 2>err &
bridge=$!
exec 4>in
while ! grep -q "model ready" err; do kill -0 $bridge || exit 1; done
grep -q '"type":"response.create"\|"response.create"' model.log && fail "it greets before anybody is there"
echo "up 1.0 1 - - s16/16000 AAAA" >&4
echo "$up" >&4
echo '{"type":"made.up"}' >&4
while ! grep -q assistant.done out; do kill -0 $bridge || exit 1; done
exec 4>&-
wait $bridge
same "exit status" 0 $?
grep -q '^event .*"text":"Hello there."' out || fail "no greeting"
grep -q "^down .* mulaw/8000 " out || fail "no sound"
grep -q '^event 0.0 0 - - - {"type":"made.up"}' out || fail "what it does not know does not pass"
grep -q "^up" out && fail "the caller's voice goes on"
grep -q "hello" out && fail "it says hello by hand"
same "what is said of a strange format" \
	"rd-bridge: warn: caller's voice is dropped: s16/16000, expected mulaw/8000" "$(grep warn err)"

# sound at the model's own rate, passed on for listeners
printf 'up 1.0 1 - - s16/24000 AAAAAAAA\n' >frames
mkfifo in2
rd-bridge --url "$url" --greeting "Hello there." --input-format s16/24000 --output-format s16/24000 --listeners --text <in2 >out2 2>err2 &
bridge=$!
exec 4>in2
cat frames >&4
while ! grep -q assistant.done out2; do kill -0 $bridge || exit 1; done
exec 4>&-
wait $bridge
same "exit status" 0 $?
grep -q "^up 1.0 1 - TAKEN s16/24000 AAAAAAAA" out2 || fail "the caller's voice is not passed on"
grep -q "^down .* s16/24000 " out2 || fail "no sound at 24 kHz"
kill $sim
wait $sim
same "the model's verdict" 0 $?

exits 100 rd-bridge --input-format s16/16000 2>err >out </dev/null
same "a format that no model takes" \
	"rd-bridge: error: format s16/16000: mulaw/8000, alaw/8000 or s16/24000 expected" "$(cat err)"
exits 100 env -u OPENAI_API_KEY rd-bridge 2>err >out </dev/null
same "no key" 'rd-bridge: error: key OPENAI_API_KEY: not set; the key is the secret "OPENAI_API_KEY" (agent.key)' "$(cat err)"
exits 0 rd-bridge -t --model gpt-realtime-2.1-mini >out </dev/null
grep -q 'gpt-realtime-2.1-mini' out && grep -q '# On the telephone' out || fail "-t does not show what is in effect"
done_testing
