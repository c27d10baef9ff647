# Every option that a program's -h shows stands in its man page, and no other.
exec sh "$TOP/tests/unit/pages.sh" "$B/bin" "$TOP/man"
