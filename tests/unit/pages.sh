#!/bin/sh
# Every option that a program's -h shows stands in its man page, and the page has none that -h does not show.
# usage: pages.sh BIN_FOLDER MAN_FOLDER
bin=$1 man=$2 passed=0 failed=0

for program in "$bin"/*; do
	name=${program##*/}
	page=$(ls "$man/$name".[1-8] 2>/dev/null | head -n 1)
	if [ -z "$page" ]; then
		echo "not ok: $name has no man page"
		failed=$((failed + 1))
		continue
	fi
	shown=$("$program" -h 2>/dev/null | sed -n 's/^  \(-., \|    \)--\([a-z0-9-]*\).*/\2/p' | sort -u)
	written=$(sed -n 's/^\.It .*Fl -\([a-z0-9-]*\).*/\1/p' "$page" | sort -u)
	if [ -n "$shown" ] && [ "$shown" = "$written" ]; then
		passed=$((passed + 1))
	else
		echo "not ok: $name -h and $page differ:"
		printf '%s\n' $shown $written | sort | uniq -u | sed 's/^/    --/'
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
