# A whole call by hand: rd-ring closes a ring around carrier, codecs, model and tools, rd-phone calls it, rd-tap keeps what
# comes home, and rd-replay plays that again.
. "$TOP/tests/ring/ring.sh"

# line FILE PATTERN: the first line that has it, once it is there; 30 s at most
line() {
	timeout 30 tail -n +1 -f "$1" | grep -m 1 "$2"
}

: >model.out
: >ring.log
"$TOP/tests/sim/rd-sim-model" --port 0 --script "$TOP/tests/sim/scripts/basic.script" --key test-key >>model.out &
model=$!
port=$(line model.out '^listening' | cut -d' ' -f2)
cat >ring.conf <<CONF
agent "home" {
    url = "ws://127.0.0.1:$port/v1/realtime"   key = "OPENAI_API_KEY"   greeting = "Hello Anna."   tools = { "time", "hang_up" }
}
CONF

OPENAI_API_KEY=test-key rd-ring -c ring.conf --from +15551234567 "rd-ingest --listen 127.0.0.1:0 | rd-codec --up s16/24000 |
	rd-bridge --input-format s16/24000 --output-format s16/24000 | rd-tools | rd-monitor |
	rd-codec --down mulaw/8000 | rd-tap --out call.frames" 2>>ring.log &
ring=$!
address=$(line ring.log 'listening on' | sed 's/.* //')
exits 0 rd-phone --url "ws://$address/" --say 'What time is it?' --say 'Goodbye.' --json >call.json
wait $ring
same "exit status of rd-ring" 0 $?
kill $model
wait $model
same "exit status of the model, which counts violations" 0 $?

grep -q '"answered":true,"end":"assistant"' call.json || fail "the call: $(cat call.json)"
late=$(python3 -c 'import json; print(int(max(l["max_ms"] for l in json.load(open("call.json"))["late"].values())))') || late=0
# a telephone that was late itself is no judge
grep -q '"gaps":0' call.json || [ "$late" -gt 60 ] || fail "holes in the answer: $(cat call.json)"
rd-replay --speed max --text call.frames >call.txt
for event in call.setup call.start user.text tool.call tool.result assistant.done call.next.done call.end; do
	grep -q "{\"type\":\"$event\"" call.txt || fail "no $event came home"
done
grep -q '{"type":"call.setup",.*"from":"+15551234567"' call.txt || fail "call.setup does not say who calls"
same "formats of audio down behind the codec" "mulaw/8000" "$(grep '^down' call.txt | cut -d' ' -f6 | sort -u)"
same "the last event" "call.end" "$(grep '^event' call.txt | tail -n 1 | sed 's/.*{"type":"\([a-z.]*\)".*/\1/')"

# what was said, again, as another codec has it
rd-replay --speed max call.frames | rd-codec --down s16/16000 | rd-tap --kind down --wav said.wav >/dev/null
same "what was said can be heard" 16000 "$(python3 -c 'import wave; print(wave.open("said.wav").getframerate())')"
grep -E ': (error|warn): ' ring.log && fail "complaints"
done_testing
