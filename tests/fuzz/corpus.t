# Every fuzz target takes its corpus: what is well formed, what is nasty, and what once was too much.
set -u
passed=0 failed=0
for target in "$TOP"/tests/fuzz/f_*.c; do
	name=${target##*/f_} name=${name%.c}
	if out=$("$B/fuzz/$name" "$TOP/tests/fuzz/corpus/$name" 2>&1); then
		passed=$((passed + $(echo "$out" | sed -n 's/ passed, 0 failed$//p')))
	else
		echo "$name: $(echo "$out" | tail -n 40)"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
