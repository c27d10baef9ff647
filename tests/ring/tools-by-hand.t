# rd-tools in a pipe: lines in, lines out; at the end of the input what was begun is finished.
set -e
cat >"$TMP/conf" <<END
general { timezone = "Europe/Berlin" tool-path = { "$B/tools" } cache-dir = "$TMP/c" }
agent "home" { tools = { "time", "hang_up" } }
END
cat >"$TMP/in" <<'END'
{"type":"call.setup","call":"LO00000000000000000000000000000001","carrier":"hand","direction":"in","from":"","to":"","attestation":"none","agent":"home"}
{"type":"tool.call","id":"1","name":"time","arguments":{"place":"Tokyo"}}
{"type":"tool.call","id":"2","name":"hang_up","arguments":{}}
{"type":"user.text","utterance":"u","text":"passes by","final":true}
END
rd-tools -c "$TMP/conf" -a home --text <"$TMP/in" >"$TMP/out" 2>"$TMP/err" || { cat "$TMP/err"; exit 1; }
expect() { grep -q -- "$1" "$TMP/out" || { echo "not ok: no $1"; cat "$TMP/out" "$TMP/err"; exit 1; }; }
expect '"type":"tools.list","rev":[0-9]*,"part":1,"parts":1,"tools":\[.*{"name":"time"'
expect '"type":"tool.result","id":"1","name":"time","ok":true,"text":"It is .*(Asia/Tokyo, UTC+09:00)'
expect '"type":"tool.result","id":"2","name":"hang_up","ok":true'
expect '"type":"call.next","verb":"hangup","id":"2"'
expect '^event 0.0 0 - - - {"type":"user.text".*passes by'
# -t names the tools and asks nothing of anybody
rd-tools -c "$TMP/conf" -a home -t >"$TMP/out" 2>"$TMP/err"
expect '^#   time  *ready  *'"$B/tools/time"
