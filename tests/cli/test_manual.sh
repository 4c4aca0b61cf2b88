#!/bin/sh
# The manual page names what --help names.
. "$(dirname "$0")/lib.sh"

page=$HERE/../../engine/steppe.1
if [ ! -f "$page" ]; then
    skip "engine/steppe.1 is not there"
    done_testing
fi
# plain text of the page: escaped hyphens, fonts and requests gone
sed -e 's/\\-/-/g' -e 's/\\f[BIRP]//g' -e 's/\\&//g' "$page" >"$W/page"
run --help
options=$(grep -o -e '--[a-z][a-z-]*' "$W/out" | sort -u)
commands=$(sed -n 's/^  steppe \([a-z]*\) .*/\1/p' "$W/out")
codes=$(sed -n '/^Exit codes/,$p' "$W/out" | tr '\n' ' ' | sed 's/NO_COLOR.*//' | grep -o '[0-9][0-9]* [a-z]' | sed 's/ .*//')
holds "--help names options" test "$(echo "$options" | wc -l)" -ge 10
same "--help names five commands" "$(echo "$commands" | wc -l | tr -d ' ')" 5
holds "--help names the exit codes" test "$(echo "$codes" | wc -l)" -ge 11
for option in $options; do
    holds "the manual page names $option" grep -q -e "$option" "$W/page"
done
for command in $commands; do
    holds "the manual page names the command $command" grep -q -w -e "$command" "$W/page"
done
for n in $codes; do
    holds "the manual page names exit code $n" grep -q -w -e "$n" "$W/page"
done
for ending in .min .mcfmin .mmcf .mps .gz; do
    holds "the manual page names $ending files" grep -q -F -e "$ending" "$W/page"
done
holds "the manual page names NO_COLOR" grep -q NO_COLOR "$W/page"
for option in $(grep -o -e '--[a-z][a-z-]*' "$W/page" | sort -u); do
    holds "--help names $option of the manual page" grep -q -x -e "$option" - <<LIST
$options
LIST
done
version=$("$STEPPE" --version)
holds "the manual page is of this version" grep -q -F -e "${version#steppe }" "$W/page"
if have man && man --help 2>&1 | grep -q -e --warnings; then
    man --warnings -E UTF-8 -l "$page" >/dev/null 2>"$W/warnings" </dev/null
    fails "man has nothing to complain about in the page" test -s "$W/warnings"
else
    skip "man is not installed"
fi
done_testing
