#!/bin/sh
# One case on coarser and finer cuts of its horizon, beside Clp on the same model as MPS.
#
#     benchmarks/bench_periods.sh STEPPE CASE [CUT...]      CUT: year month week day (default: all)
#
# A CSV line per cut: size, tight rows, pivots, seconds and peak memory of Steppe, proven gap, Clp's objective, seconds and iterations ("-": not
# within LIMIT seconds, default 600, or Clp is not installed).
set -eu
steppe=$1
case=$2
shift 2
[ $# -gt 0 ] || set -- year month week day
limit=${LIMIT:-600}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

field() { # field NAME: of the JSON line
    sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p" "$scratch/json"
}

echo "cut,periods,arcs,coupling_rows,tight_rows,objective,gap_rel,pivots,steppe_seconds,peak_mib,clp_objective,clp_seconds,clp_iterations"
for cut in "$@"; do
    clp_line="-,-,-"
    if ! timeout "$limit" /usr/bin/time -f %M -o "$scratch/kib" "$steppe" solve "$case" --periods "$cut" --json >"$scratch/json" 2>"$scratch/log"; then
        echo "$cut,-,-,-,-,-,-,-,-,-,$clp_line"
        continue
    fi
    if command -v clp >"$scratch/which" && "$steppe" convert "$case" "$scratch/m.mps" --periods "$cut" --quiet 2>"$scratch/log"; then
        timeout "$limit" clp "$scratch/m.mps" -dualsimplex >"$scratch/clp" 2>&1 || :
        found=$(sed -n 's/^Optimal objective \([^ ]*\) - \([0-9]*\) iterations time \([0-9.]*\).*/\1,\3,\2/p' "$scratch/clp")
        [ -z "$found" ] || clp_line=$found
        rm -f "$scratch/m.mps"
    fi
    echo "$cut,$(field periods),$(field arcs),$(field coupling_rows),$(field tight_rows),$(field objective),$(field gap_rel),$(field pivots),$(field seconds_solve),$(($(tail -n 1 "$scratch/kib") / 1024)),$clp_line"
done
