#!/bin/sh
# Growth on corridors of datasets/gen/mmcf.py: time and memory against size, and their exponents.
#
#     benchmarks/bench_growth.sh BUILD [OPTION...]     BUILD: a build folder with steppe and benchmarks/bench_mmcf
#
# SITES (default "500 1000 2000 5000 10000 20000"), K (10), T (1) and SEED (1) choose the corridors; NARROW=1 makes the band narrower the more sites
# there are, so that as many lie across it as with 500; options go to bench_mmcf
# (--runs, --threads, --limit, --no-peers ...). A solver that did not finish a size is left out of its exponents: of CPU seconds and peak
# memory, as powers of the number of arcs; step: from the size before; fit: least squares over all sizes so far. With K = 3 the share of tight
# rows changes much from size to size, and the steps with it.
set -eu
[ $# -gt 0 ] || {
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
    exit 2
}
build=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

echo "| sites | K | T | arcs | rows | tight | solver | CPU s | wall s | MiB | time step | time fit | memory step | memory fit |"
echo "|--:|--:|--:|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|"
worst=0
for sites in ${SITES:-500 1000 2000 5000 10000 20000}; do
    name=n${sites}_k${K:-10}_t${T:-1}
    wide=${NARROW:+$((2800 * 500 / sites))}
    python3 "$here/../datasets/gen/mmcf.py" corridor "$scratch/$name.mmcf.gz" ${wide:+--wide "$wide"} --sites "$sites" --commodities "${K:-10}" --periods "${T:-1}" --seed "${SEED:-1}"
    "$build/benchmarks/bench_mmcf" "$@" --csv "$scratch/csv" "$scratch/$name.mmcf.gz" >"$scratch/table" || worst=$?
    rm -f "$scratch/$name.mmcf.gz"
    sed "1d; s/^/$sites,${T:-1},/" "$scratch/csv" >>"$scratch/all"
    awk -F, -v sites="$sites" '
        function slope(n, sx, sy, sxx, sxy) { return sprintf("%.2f", (n * sxy - sx * sy) / (n * sxx - sx * sx)) }
        {
            s = $8; time = $10; mem = $14; done = $17 == "optimal"
            step = fit = mstep = mfit = ""
            if (done) {
                x = log($5); y = log(time > 0.001 ? time : 0.001); z = log(mem)
                n[s]++; sx[s] += x; sy[s] += y; sz[s] += z; sxx[s] += x * x; sxy[s] += x * y; sxz[s] += x * z
                if (n[s] > 1) {
                    step = sprintf("%.2f", (y - py[s]) / (x - px[s])); mstep = sprintf("%.2f", (z - pz[s]) / (x - px[s]))
                    fit = slope(n[s], sx[s], sy[s], sxx[s], sxy[s]); mfit = slope(n[s], sx[s], sz[s], sxx[s], sxz[s])
                }
                px[s] = x; py[s] = y; pz[s] = z
            }
            if ($1 == sites)
                printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %.0f | %s | %s | %s | %s |\n", $1, $4, $2, $5, $6, $7, s, done ? sprintf("%.2f", time) : $17, done ? sprintf("%.2f", $13) : "", mem, step, fit, mstep, mfit
        }' "$scratch/all"
done
exit "$worst"
