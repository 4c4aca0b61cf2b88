#!/bin/sh
# A result is whole or absent: what --out replaces, what it refuses, and what is left when a disk is full.
. "$(dirname "$0")/lib.sh"

solve_into()
{
    expect "$1" "$2" solve "$TINY/two_path" --quiet --out "$3"
}
tree_sum() # of all names and bytes below a folder
{
    (cd "$1" && find . -type f | sort | while read -r f; do printf '%s ' "$f"; cksum <"$f"; done) | cksum
}

# ---- what is replaced
solve_into 0 "a new folder is made" "$W/r"
before=$(tree_sum "$W/r")
expect 0 "an earlier result is replaced" solve "$TINY/two_path" --scenario cheap_half --quiet --out "$W/r"
same "the new result stands in its place" "$(json_key "$W/r/result.json" objective)" 405
solve_into 0 "and replaced again, with a slash behind its name" "$W/r/"
same "the bytes are those of the first time" "$(tree_sum "$W/r")" "$before"
no_leftovers "replacing leaves nothing behind" "$W"

# ---- what is refused: everything that is no earlier result stays as it is
refuse()
{
    rm -rf "$W/there"
    mkdir "$W/there"
    eval "$2"
    was=$(tree_sum "$W/there")
    solve_into 1 "$1 is not replaced" "$W/there"
    err_has "$1: the message names the folder" "there: found "
    same "$1 stays as it was" "$(tree_sum "$W/there")" "$was"
}
refuse "a folder with other files" 'echo mine >"$W/there/notes.txt"'
refuse "an empty folder" ':'
refuse "a case folder" 'cp "$TINY"/two_path/*.csv "$W/there"'
refuse "a folder with a result.json of another program" \
    'echo "{\"passed\": 3}" >"$W/there/result.json"; echo mine >"$W/there/data"'
rm -rf "$W/there"
echo mine >"$W/there"
solve_into 1 "a file is not replaced" "$W/there"
same "the file stays as it was" "$(cat "$W/there")" mine
rm "$W/there"
no_leftovers "refusing leaves nothing behind" "$W"

# What a user has put into a result folder must not be lost, nor lie about as a nameless rest.
solve_into 0 "a result" "$W/mine"
mkdir "$W/mine/sub"
echo mine >"$W/mine/sub/notes.txt"
run solve "$TINY/two_path" --scenario cheap_half --quiet --out "$W/mine"
no_leftovers "a result folder with a folder in it: replaced or refused, no rest is left" "$W"
holds "a result folder with a folder in it: the user's file is still there" test -f "$W/mine/sub/notes.txt"
rm -rf "$W"/mine*

solve_into 0 "a result" "$W/target"
ln -s target "$W/link"
run solve "$TINY/two_path" --scenario cheap_half --quiet --out "$W/link"
no_leftovers "a link to a result folder: no rest is left" "$W"
holds "a link to a result folder: the folder it leads to is not emptied" test -f "$W/target/result.json"
holds "a link to a result folder: a result is found behind the name" test -f "$W/link/result.json"
rm -rf "$W"/link*

solve_into 0 "a result to compare" "$W/b"
expect 0 "another" solve "$TINY/two_path" --scenario cheap_half --quiet --out "$W/a"
was=$(tree_sum "$W/b")
run compare "$W/b" "$W/a" --quiet --out "$W/b"
same "compare does not write its tables over the result it reads" "$(tree_sum "$W/b")" "$was"

# ---- what cannot be made
solve_into 1 "a folder in a folder that is not there cannot be made" "$W/no/such/place"
err_has "the place is named" "no/such/place.*: cannot create"
err_has "the reason is named" "No such file or directory"
echo x >"$W/file"
solve_into 1 "a folder below a file cannot be made" "$W/file/r"
solve_into 1 "a name that is too long cannot be made" "$W/$(awk 'BEGIN { for (i = 0; i < 300; i++) printf "x" }')"
expect 1 "convert into a folder that is not there fails" convert "$TINY/two_path" "$W/no/m.mps"
mkdir "$W/dir.mps"
expect 1 "convert onto a folder fails" convert "$TINY/two_path" "$W/dir.mps"
expect 1 "a tour below a file fails" scenarios "$TINY/two_path" --quiet --out "$W/file/tour"
expect 1 "a tour in a folder that is not there fails" scenarios "$TINY/two_path" --quiet --out "$W/no/tour"
expect 1 "compare into a folder that is not there fails" compare "$W/r" "$W/a" --quiet --out "$W/no/c"
no_leftovers "what cannot be made leaves nothing behind" "$W"
if [ "$(id -u)" -ne 0 ]; then
    mkdir "$W/locked"
    solve_into 0 "a result before the folder is locked" "$W/locked/r"
    chmod a-w "$W/locked"
    expect 1 "a result in a folder without permission cannot be replaced" \
        solve "$TINY/two_path" --scenario cheap_half --quiet --out "$W/locked/r"
    same "it stays whole" "$(json_key "$W/locked/r/result.json" objective)" 360
    chmod u+w "$W/locked"
else
    skip "root is not bound by permissions"
fi

# ---- a full disk. full_disk SENTENCE FOLDER PREFIX: what the command must do where no more than a few KiB fit.
full_disk()
{
    disk=$2
    was=$(tree_sum "$disk")
    for what in "solve:solve $CASES/eurasia --periods year --quiet --out $disk/r" "solve of a tiny case:solve $TINY/shortage --quiet --out $disk/r" \
        "solve over an earlier result:solve $CASES/eurasia --periods year --quiet --out $disk/earlier" \
        "scenarios:scenarios $CASES/eurasia --periods year --only no_russia --quiet --out $disk/tour" \
        "convert:convert $CASES/eurasia $disk/m.mps --periods year" "convert to gzip:convert $CASES/eurasia $disk/m.mps.gz --periods year" \
        "compare:compare $W/eb $W/ea --quiet --out $disk/c"; do
        [ "$what" = "${what#solve of}" ] || [ "$1" = "a full file system" ] || continue
        label="$1, ${what%%:*}"
        # shellcheck disable=SC2086
        ( $3 "$STEPPE" ${what#*:} </dev/null 2>&1; echo "code $?" ) >"$W/said"
        code=$(sed -n 's/^code //p' "$W/said")
        cp "$W/said" "$W/err"
        : >"$W/out"
        same "$label: exit code 1" "$code" 1
        err_has "$label: the message says what cannot be done" "cannot \(write\|create\)"
        sane "$label"
        no_leftovers "$label: no temporary files are left" "$disk"
        absent "$label: nothing half written" "$disk/r"
        absent "$label: no half model" "$disk/m.mps"
        absent "$label: no half packed model" "$disk/m.mps.gz"
        absent "$label: no half comparison" "$disk/c"
        absent "$label: no list of scenarios" "$disk/tour/scenarios.csv"
        absent "$label: no half result in the tour" "$disk/tour/base"
        rm -rf "$disk/tour"
        same "$label: the earlier result is as it was" "$(tree_sum "$disk")" "$was"
    done
}
case $W$CASES in
*' '*) skip "a full disk: the paths have blanks" && done_testing ;;
esac
expect 0 "a result of eurasia" solve "$CASES/eurasia" --periods year --quiet --out "$W/eb"
expect 0 "and of a scenario" solve "$CASES/eurasia" --periods year --scenario no_russia --quiet --out "$W/ea"
mkdir "$W/limited"
solve_into 0 "an earlier result" "$W/limited/earlier"
limited()
{
    ulimit -f 8
    "$@"
}
full_disk "a file size limit" "$W/limited" limited

mkdir "$W/disk"
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=96k,nr_inodes=64 tmpfs "$W/disk" 2>/dev/null; then
    trap 'umount "$W/disk" 2>/dev/null; rm -rf "$W"' EXIT
    solve_into 0 "an earlier result" "$W/disk/earlier"
    # leave room for a file or two
    dd if=/dev/zero of="$W/disk/filler" bs=1024 count=44 2>/dev/null
    full_disk "a full file system" "$W/disk" env
    umount "$W/disk"
    trap 'rm -rf "$W"' EXIT
else
    skip "no file system can be mounted here: a full disk"
fi
done_testing
