# rd-ring: what its end means, and that nothing is left of it.
. "$TOP/tests/ring/ring.sh"
export TMPDIR="$TMP/tmp"
mkdir "$TMPDIR"

# nothing_left WHAT: no folder, no process
nothing_left() {
	same "folders after $1" "" "$(ls "$TMPDIR")"
	pgrep -f "dir $TMPDIR" >/dev/null && fail "processes are left after $1"
}

# the stage that exits with 0 ends the call, wherever it stands; EOF runs round
exits 0 rd-ring "sh -c 'exit 0' | rd-codec --up s16/8000 | rd-codec --down mulaw/8000 | rd-tap" 2>err
nothing_left "a carrier's end"
exits 0 rd-ring "rd-codec --up s16/8000 | sh -c 'exit 0' | rd-codec --up mulaw/8000" 2>err
nothing_left "the end of another stage"

# exit codes speak
exits 100 rd-ring "rd-codec --up s16/8000 | rd-codec" 2>err
grep -q '^rd-ring: error: rd-codec ended with exit code 100$' err || fail "no word of exit code 100"
exits 111 rd-ring "rd-codec --up s16/8000 | sh -c 'exit 3'" 2>err
exits 111 rd-ring "rd-codec --up s16/8000 | sh -c 'kill -9 \$\$'" 2>err
grep -q '^rd-ring: error: sh ended by signal 9 (Killed)$' err || fail "no word of the signal"
nothing_left "deaths"

# it does not start what is not there, and says so
exits 100 rd-ring "rd-codec --up s16/8000 | no-such-program" 2>err
same "what is said of it" "rd-ring: error: cannot start no-such-program: No such file or directory" "$(cat err)"
for pipeline in '' '|' 'a | | b' "a | 'b" 'a |'; do
	exits 100 rd-ring "$pipeline" 2>err
done
exits 100 rd-ring 2>err
exits 100 rd-ring a b 2>err
nothing_left "refusals"

# a signal ends the call by way of its first stage: what it says last still goes round
cat >carrier <<'SH'
trap 'touch "$TMP/asked"; exit 0' TERM
echo running >"$TMP/ready"
while :; do read -r line <&3 || exit 0; done
SH
mkfifo ready
rd-ring "sh '$TMP/carrier' | rd-codec --up s16/8000" 2>err &
ring=$!
timeout 20 cat ready >/dev/null
kill -INT $ring
wait $ring
same "exit status after SIGINT" 0 $?
[ -e asked ] || fail "the carrier was not asked"
nothing_left "SIGINT"

# who ignores everything is killed; words with quotes and bars arrive whole; the folder that was named stays
exits 0 rd-ring --dir "$TMP/folder" --from +15551234567 -a home \
	"sh -c 'printf %s\\\\n \"\$0\" \"\$@\" >\"\$TMP/words\"' 'a | b' \"it's\" | rd-tap" 2>err
same "words" "a | b,it's,-a,home,--call,--dir,$TMP/folder,--origin,1,--life,0," \
	"$(sed 's/^LO[0-9a-f]\{32\}$/CALL/' words | grep -v '^CALL$' | tr '\n' ',')"
grep -q '"from":"+15551234567"' folder/call.json || fail "call.json does not say who calls"
exits 0 rd-ring "sh -c 'exit 0' | sh -c 'trap \"\" TERM; exec tail -f /dev/null'" 2>err
grep -q 'does not end, sending SIGKILL' err || fail "no word of the one that does not end"
nothing_left "a stubborn stage"
done_testing
