# The personalities of etc/agents, copied beside a configuration that includes them: each is checked, has its text, a page's
# worth at most, and tools that ship.
set -e
mkdir "$TMP/conf"
cp -r "$TOP/etc/agents" "$TMP/conf/agents"
cat >"$TMP/conf/ringdown.conf" <<END
general { public-url = "https://phone.example.com"   tool-path = { "$B/tools" }   data-dir = "$TOP/etc"   default-agent = "home" }
caller "+15551234567" { name = "Anna"   agent = "home"   agents = { "quick", "secretary", "reader", "coach", "offline" } }
include("agents/agents.conf")
END
fail() { echo "not ok: $1"; cat "$TMP/out" "$TMP/err"; exit 1; }
export TWILIO_AUTH_TOKEN=0123456789abcdef0123456789abcdef OPENAI_API_KEY=test-key
ringdown -t -c "$TMP/conf/ringdown.conf" >"$TMP/out" 2>"$TMP/err" || fail 'ringdown -t refuses it'
[ ! -s "$TMP/err" ] || fail 'ringdown -t complains'
for agent in home quick secretary reader coach; do
	grep -q "^agent \"$agent\"" "$TMP/out" || fail "no agent $agent"
	file="$TMP/conf/agents/$agent.txt"
	size=$(wc -c <"$file")
	[ "$size" -gt 400 ] && [ "$size" -lt 4000 ] || fail "$agent.txt has $size bytes"
	rd-tools -c "$TMP/conf/ringdown.conf" -a "$agent" -t >"$TMP/out.$agent" 2>&1 || fail "rd-tools -t -a $agent"
	! grep -i 'missing\|unavailable' "$TMP/out.$agent" || fail "a tool of $agent is missing"
done
[ "$(ls "$TMP/conf/agents" | grep -c .)" -eq 6 ] || fail 'a file that no agent has'
