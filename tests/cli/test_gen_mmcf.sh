#!/bin/sh
# needs: python3, glpsol; threads: datasets/gen/mmcf.py: the same arguments give the same bytes, and what it makes has an optimum that GLPK agrees on.
. "$(dirname "$0")/lib.sh"
need python3
gen=$CASES/gen/mmcf.py

# made KIND ARGS: twice, packed and plain; the text is in $W/text
made()
{
    kind=$1
    shift
    holds "$kind $*: is made" python3 "$gen" "$kind" "$W/a.mmcf.gz" "$@"
    holds "$kind $*: is made again" python3 "$gen" "$kind" "$W/b.mmcf.gz" "$@"
    holds "$kind $*: the same bytes" cmp "$W/a.mmcf.gz" "$W/b.mmcf.gz"
    holds "$kind $*: is made as plain text" python3 "$gen" "$kind" "$W/a.mmcf" "$@"
    gzip -dc "$W/a.mmcf.gz" >"$W/text"
    holds "$kind $*: the same text" cmp "$W/a.mmcf" "$W/text"
}

# solved NAME: by Steppe with proof, and by GLPK to the same objective
solved()
{
    expect 0 "$1 is solved" solve "$W/a.mmcf.gz" --json --out "$W/r"
    out_has "$1 is optimal" '"outcome":"optimal"'
    expect 0 "$1 is proven" verify "$W/a.mmcf.gz" "$W/r"
    have glpsol || return 0
    expect 0 "$1 is written" convert "$W/a.mmcf.gz" "$W/a.mps"
    holds "GLPK solves $1" glpsol --freemps "$W/a.mps" -w "$W/glpk"
    holds "GLPK finds the same optimum of $1" awk -v ours="$(json_key "$W/r/result.json" objective)" '
        $1 == "s" && $5 == "f" && $6 == "f" { theirs = $NF }
        END { off = ours - theirs; if (off < 0) off = -off; exit !(ours > 0 && off <= 1e-9 * ours) }' "$W/glpk"
}

for seed in 1 2 3; do
    made corridor --sites 60 --commodities 4 --seed $seed
    solved "corridor of seed $seed"
done
made corridor --sites 40 --commodities 3 --periods 4
solved "corridor of four periods"
holds "every period has a source in the file" test "$(grep -c '^n 0 .* [1-9]' "$W/text")" -eq 4
made corridor --sites 60 --commodities 4 --tight 0.7
solved "narrow corridor"
holds "one commodity of few sites" python3 "$gen" corridor "$W/a.mmcf.gz" --sites 30 --commodities 1
solved "corridor of one commodity"
for seed in 1 2; do
    made random --nodes 32 --commodities 6 --seed $seed
    solved "random network of seed $seed"
done
made random --nodes 16 --commodities 2 --joint 0
solved "random network without joint rows"

# large enough for threads to share factors, vectors and commodities: the same bytes however many there are
for method in interior columns; do
    if [ $method = interior ]; then
        made corridor --sites 250 --commodities 10
    else
        made random --nodes 64 --commodities 32
    fi
    for threads in 1 2 3 4 5 6 7 8; do
        expect 0 "$method with $threads threads" solve "$W/a.mmcf.gz" --method $method --threads $threads --json --out "$W/by$threads"
        out_has "$method with $threads threads: optimal" '"outcome":"optimal"'
        [ $threads = 1 ] || holds "$method with $threads threads: the same bytes" diff -r "$W/by1" "$W/by$threads"
    done
    expect 0 "$method: proven" verify "$W/a.mmcf.gz" "$W/by1"
    rm -rf "$W"/by?
done

# memory is known before it is taken
expect 9 "too little memory for the interior point is said" solve "$W/a.mmcf.gz" --method interior --memory 0.0001
err_has "and how much it needs" 'the interior point needs 0\.[0-9]* GiB, found 0\.00 GiB'
expect 0 "without a method asked for there is another way" solve "$W/a.mmcf.gz" --memory 0.0001 --json
out_has "to the optimum" '"outcome":"optimal"'

# commodity k does not depend on how many there are
python3 "$gen" corridor "$W/few.mmcf" --sites 60 --commodities 2
python3 "$gen" corridor "$W/more.mmcf" --sites 60 --commodities 5
grep '^[na] [01] ' "$W/few.mmcf" >"$W/few"
grep '^[na] [01] ' "$W/more.mmcf" >"$W/more"
holds "more commodities leave the first as they are" cmp "$W/few" "$W/more"
python3 "$gen" corridor "$W/other.mmcf" --sites 60 --commodities 2 --seed 2
fails "another seed gives another instance" cmp -s "$W/few.mmcf" "$W/other.mmcf"

fails "a name with another ending is refused" python3 "$gen" corridor "$W/a.txt" --sites 60
fails "too few sites are refused" python3 "$gen" corridor "$W/no.mmcf" --sites 3
absent "nothing is written then" "$W/no.mmcf"
done_testing
