#!/usr/bin/env python3
"""HiGHS, as python3-scipy carries it, on a free MPS file: `highs.py METHOD FILE.mps`, or `highs.py version`.

METHOD: highs-ds (dual simplex) or highs-ipm (interior point and crossover). Prints one line: status, objective, CPU seconds and seconds of
the solver alone, simplex, interior point and crossover iterations. Reading is Python's and not counted, so the solver is seen at its best.
"""
import array
import os
import re
import resource
import sys
import tempfile
import time

import numpy as np
import scipy.sparse as sparse
from scipy.optimize import linprog


def read_mps(path):
    """Minimise c x, rows of kind E, L or G, bounds; ranges are not needed for instances."""
    kind, row_of, names = [], {}, {}
    rows, cols, values = array.array("i"), array.array("i"), array.array("d")
    cost, rhs, upper, lower = {}, {}, {}, {}
    section = objective = None
    with open(path, encoding="ascii") as f:
        for line in f:
            if line[0] != " ":
                section = line.split()[0]
                continue
            w = line.split()
            if section == "ROWS":
                if w[0] == "N":
                    objective = w[1]
                else:
                    row_of[w[1]] = len(kind)
                    kind.append(w[0])
            elif section == "COLUMNS":
                j = names.setdefault(w[0], len(names))
                for name, value in zip(w[1::2], w[2::2]):
                    if name == objective:
                        cost[j] = float(value)
                    else:
                        rows.append(row_of[name])
                        cols.append(j)
                        values.append(float(value))
            elif section == "RHS":
                for name, value in zip(w[1::2], w[2::2]):
                    rhs[row_of[name]] = float(value)
            elif section == "BOUNDS":
                if w[0] not in ("UP", "LO", "FX"):
                    sys.exit(f"{path}: found a bound {w[0]}, expected UP, LO or FX")
                if w[0] != "LO":
                    upper[names[w[2]]] = float(w[3])
                if w[0] != "UP":
                    lower[names[w[2]]] = float(w[3])
            elif section == "RANGES":
                sys.exit(f"{path}: found a range, expected rows with one side")
    n = len(names)
    matrix = sparse.csr_matrix((np.array(values), (np.array(rows), np.array(cols))), shape=(len(kind), n))
    side = np.array([rhs.get(i, 0.0) for i in range(len(kind))])
    c = np.array([cost.get(j, 0.0) for j in range(n)])
    bounds = np.array([(lower.get(j, 0.0), upper.get(j, np.inf)) for j in range(n)])
    kind = np.array(kind)
    least = sparse.vstack([matrix[kind == "L"], -matrix[kind == "G"]])
    return c, least, np.concatenate([side[kind == "L"], -side[kind == "G"]]), matrix[kind == "E"], side[kind == "E"], bounds


def version():
    """scipy hands over no version: HiGHS prints it."""
    keep = os.dup(1)
    with tempfile.TemporaryFile() as f:
        os.dup2(f.fileno(), 1)
        try:
            linprog([1.0], A_ub=[[-1.0]], b_ub=[-1.0], method="highs-ds", options={"disp": True})
            sys.stdout.flush()
        finally:
            os.dup2(keep, 1)
        f.seek(0)
        found = re.search(rb"HiGHS (\d[\d.]*)", f.read())
    return found.group(1).decode() if found else "unknown"


def cpu():
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime


def main():
    if sys.argv[1:] == ["version"]:
        import scipy

        print(f"HiGHS {version()} (scipy {scipy.__version__})")
        return
    if len(sys.argv) != 3 or sys.argv[1] not in ("highs-ds", "highs-ipm"):
        sys.exit(__doc__)
    c, a_ub, b_ub, a_eq, b_eq, bounds = read_mps(sys.argv[2])
    cpu0, t0 = cpu(), time.monotonic()
    r = linprog(c, A_ub=a_ub, b_ub=b_ub, A_eq=a_eq, b_eq=b_eq, bounds=bounds, method=sys.argv[1])
    cpu1, t1 = cpu(), time.monotonic()
    nit, crossover = r.nit, getattr(r, "crossover_nit", 0)
    status = "optimal" if r.status == 0 else f"status-{r.status}"
    print(f"{status} {r.fun if r.fun is not None else 'nan'} {cpu1 - cpu0:.4f} {t1 - t0:.4f} {nit} {crossover or 0}")


if __name__ == "__main__":
    main()
