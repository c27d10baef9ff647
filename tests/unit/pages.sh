#!/bin/sh
# Every option that a program's -h shows stands in its man page, or in the page that it sends to with the line "The options
# of every stage are in"; and its own page has none that -h does not show.
# usage: pages.sh BIN_FOLDER MAN_FOLDER
bin=$1 man=$2 passed=0 failed=0

options_of() { # PAGE
	sed -n 's/^\.It .*Fl -\([a-z0-9-]*\).*/--\1/p' "$1"
}

for program in "$bin"/*; do
	name=${program##*/}
	page=$(ls "$man/$name".[18] 2>/dev/null | head -n 1)
	if [ -z "$page" ]; then
		echo "not ok: $name has no man page"
		failed=$((failed + 1))
		continue
	fi
	common=$(sed -n '/^The options of every/{n;s/^\.Xr \([^ ]*\) \([1-8]\).*/\1.\2/p;}' "$page")
	shown=$("$program" -h </dev/null 2>/dev/null | sed -n 's/^  \(-., \|    \)\(--[a-z0-9-]*\).*/\2/p')
	written=$(options_of "$page"; [ -z "$common" ] || options_of "$man/$common")
	wrong=$(
		for option in $shown; do
			printf '%s\n' "$written" | grep -qx -e "$option" || echo "    $option is not in the page"
		done
		for option in $(options_of "$page"); do
			printf '%s\n' "$shown" | grep -qx -e "$option" || echo "    $option is in the page only"
		done
	)
	if [ -n "$shown" ] && [ -z "$wrong" ]; then
		passed=$((passed + 1))
	else
		echo "not ok: $name -h and $page differ (-h shows $(echo "$shown" | grep -c .) options)"
		printf '%s\n' "$wrong"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
