/* Steppe: least-cost allocation of many commodities over the shared routes of a transport
 * network.
 *
 * A handle's life:
 *
 *     steppe_solver *s = NULL;
 *     steppe_info info;
 *     steppe_status st = steppe_open(&s, "datasets/eurasia", NULL);
 *     if (st == STEPPE_OK) st = steppe_apply_scenario(s, "cpc_out"); // NULL: the base
 *     if (st == STEPPE_OK) st = steppe_setup(s);
 *     if (st == STEPPE_OK) st = steppe_solve(s, &info);
 *     if (st == STEPPE_OK) st = steppe_update(s, "link", "link_id=X", "capacity_per_y",
 * "scale", "0.5"); if (st == STEPPE_OK) st = steppe_setup(s); if (st == STEPPE_OK) st =
 * steppe_solve(s, &info); // warm: starts from the last basis steppe_free(s);
 *
 * The library never prints, exits, or touches signals, and keeps no state outside its handles.
 * One handle serves one thread at a time; different handles may run in different threads.
 */
#ifndef STEPPE_STEPPE_H
#define STEPPE_STEPPE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define STEPPE_API __attribute__((visibility("default")))
#else
#define STEPPE_API
#endif

#define STEPPE_VERSION "0.1.0"

typedef struct steppe_solver steppe_solver;

/* Did the call work? */
typedef enum {
    STEPPE_OK,
    STEPPE_BAD_INPUT, /* a table, file or argument is wrong; every fault went to the log */
    STEPPE_NO_MEMORY,
    STEPPE_IO,       /* a file could not be read or written; the log names it and says why */
    STEPPE_OVERFLOW, /* the numbers are too large for exact arithmetic */
    STEPPE_BAD_CALL, /* calls in the wrong order, or an index out of range */
    STEPPE_INTERNAL, /* a fault of ours */
    STEPPE_UNPROVEN  /* steppe_verify: the answer did not pass */
} steppe_status;

/* What do we now know about the problem? */
typedef enum {
    STEPPE_UNKNOWN,
    STEPPE_OPTIMAL,    /* feasible, and the proven gap is within the settings' gap_rel */
    STEPPE_INFEASIBLE, /* hard minimums contradict capacities; the log names the rows in
                          conflict */
    STEPPE_FEASIBLE    /* a limit or a stop came first; the gap is what could be proven */
} steppe_outcome;

typedef enum { STEPPE_LOG_ERROR, STEPPE_LOG_FAULT, STEPPE_LOG_NOTE } steppe_log_level;

typedef struct {
    const char *stage; /* "trees", "interior", "columns", "sifting", "coupling", "answer" */
    int64_t
        done; /* pivots in the stages that pivot, iterations of the interior point, rounds of columns and of sifting */
    double seconds; /* since the start of the call */
    double bound;   /* proven lower bound, in the unit of steppe_info; NaN until there is one */
    double answer;  /* cost of the best feasible answer at hand, likewise */
} steppe_progress;

/* How commodities that share capacity are solved from nothing. The answer is proven all the same. */
typedef enum {
    STEPPE_AUTO,    /* by the size of the case and the work a factorization would be */
    STEPPE_SIMPLEX, /* a tree per commodity, then the coupled simplex */
    STEPPE_INTERIOR, /* the coupled interior point, then the coupled simplex from a vertex near it */
    STEPPE_COLUMNS, /* column generation by commodity, then likewise; not where arcs lose */
    STEPPE_SIFTING  /* on the arcs that prices ask for, then likewise; not where arcs lose */
} steppe_method;

typedef struct { /* start from steppe_default_settings() */
    int threads; /* 0 = all the machine has                               [0]    */
    double
        gap_rel; /* optimal when (primal - dual) / |primal| <= it, and then the solve ends; < 0:
                          at the optimum, 1e-9 of rounding, or 1e-7 where arcs lose    [-1]   */
    double
        time_limit; /* seconds for one steppe_solve; 0 = none. It ends with the best answer and
                          bound by then, a moment later where there would be none      [0]    */
    double
        memory; /* GiB that the factors of the interior point and its vectors may take; 0 = what
                          the machine has to spare. Beyond it STEPPE_AUTO takes another way,
                          STEPPE_INTERIOR ends with STEPPE_NO_MEMORY                   [0]    */
    int cold;   /* 1: forget the last basis before each solve            [0]    */
    steppe_method method; /* of a solve without an earlier basis          [STEPPE_AUTO]    */
    const char
        *periods; /* NULL: as in period.csv; "year", "month", "week", "day": the same horizon
                            cut so                                                [NULL] */
    void (*log)(void *arg, steppe_log_level level, const char *line);
    /* Called now and then from the calling thread; a result other than 0 stops the solve with
     * the best answer at hand. */
    int (*progress)(void *arg, const steppe_progress *now);
    void *arg; /* handed to both; must outlive the handle */
} steppe_settings;

/* Where the seconds of a solve went; work on coarser horizons and bounds on the way are not among them. */
typedef struct {
    double trees;   /* a network simplex per commodity */
    double order;   /* orders of elimination, fronts */
    double factor;  /* factorizations of the interior point */
    double inside;  /* the rest of the interior point */
    double columns; /* column generation */
    double sifting; /* commodities alone, and parts of the arcs made small */
    double vertex;  /* from a point inside to a basis */
    double pivots;  /* coupled pivots */
    double exact;   /* integers and exact prices from the basis */
} steppe_stages;

typedef struct {
    steppe_outcome outcome;
    double
        objective; /* million USD over the horizon for cases, the file's unit for instances */
    double bound;  /* proven lower bound, same unit */
    double
        gap_rel; /* (objective - bound) / max(|objective|, tiny), proven in exact arithmetic */
    int commodities; /* blocks of the model: goods that move, and one for the columns of rules */
    int periods;
    int32_t nodes; /* over all commodities and periods */
    int64_t arcs;  /* arc variables over all commodities */
    int64_t coupling_rows;
    int64_t tight_rows; /* coupling rows with a price */
    int iterations; /* of the interior point, or rounds of columns or sifting; 0: none was used */
    int64_t tree_pivots;      /* network simplex, all commodities */
    int64_t pivots;           /* coupled pivots */
    int warm;                 /* 1: started from an earlier basis */
    double unserved;          /* million USD of shortage, shut-in and shortfall */
    double seconds_setup;     /* tables to canonical model */
    double seconds_solve;     /* model to certificate */
    steppe_stages stages;     /* seconds */
    double factor_nonzeros;   /* of the factors of the interior point; 0: there were none */
    double factor_flops;      /* of one factorization: multiplications and additions in pairs */
    const char *factor_order; /* "nested dissection", "places", "minimum degree"; "": none */
} steppe_info;

STEPPE_API const char *steppe_version(void);
STEPPE_API const char *steppe_status_text(steppe_status status);
STEPPE_API steppe_settings steppe_default_settings(void);

/* Reads a case folder, or an instance file (.min, .mcfmin, .mmcf, .mps, each also with .gz), and
 * checks it. On success *out is a new handle for steppe_free(); on failure *out is NULL and
 * nothing stays allocated. Copies path and *set (NULL: defaults). */
STEPPE_API steppe_status steppe_open(steppe_solver **out, const char *path,
                                     const steppe_settings *set);

/* Puts the handle on the base (id NULL) or on a scenario of the case; drops earlier updates.
 * The last basis and answer are kept for the next solve. BAD_INPUT where the id is unknown or a change is
 * wrong; the handle is then on the base. */
STEPPE_API steppe_status steppe_apply_scenario(steppe_solver *s, const char *id);

/* One further change, in the words of scenario_change.csv (datasets/FORMAT.md). */
STEPPE_API steppe_status steppe_update(steppe_solver *s, const char *table,
                                       const char *selector, const char *field,
                                       const char *operation, const char *value);

/* hold != 0: later solves start from the basis of the last solve as it is now, and leave it
 * (scenarios that all start from the base). 0: each solve keeps its own basis for the next, as
 * at first. */
STEPPE_API steppe_status steppe_hold_basis(steppe_solver *s, int hold);

/* Another handle on the same case, on its base, with the same plan of reference and the last basis, held if it was: for
 * another thread that solves scenarios at the same time. Nothing is read again. set: NULL as from; its periods do not count.
 * from must outlive *out, and may go on being used. BAD_CALL for an instance file, which has no scenarios. */
STEPPE_API steppe_status steppe_copy(steppe_solver **out, const steppe_solver *from,
                                     const steppe_settings *set);

/* The plan that ramps are measured against: the flows of a result folder of this case, by link and period. NULL: what the
 * base case plans, which steppe_setup then solves first if a ramp asks for it. */
STEPPE_API steppe_status steppe_set_reference(steppe_solver *s, const char *dir);

/* Builds the canonical model of what open, scenario and updates left. */
STEPPE_API steppe_status steppe_setup(steppe_solver *s);

/* Solves and proves. *info may be NULL. OK with outcome INFEASIBLE is not an error. */
STEPPE_API steppe_status steppe_solve(steppe_solver *s, steppe_info *info);

/* Scenarios of the case, in file order. The text lives until steppe_free(). */
STEPPE_API int64_t steppe_scenario_count(const steppe_solver *s);
STEPPE_API const char *steppe_scenario_id(const steppe_solver *s, int64_t i);
STEPPE_API const char *steppe_scenario_name(const steppe_solver *s, int64_t i);

/* The answer of the last solve. Arcs and rows are numbered 0 .. count - 1 as in the MPS file;
 * names are written into buffer (always ended by NUL) and the full length is returned. A flow
 * is in flow units of the commodity in its period; a price is in USD per unit of flow, and is <= 0
 * for an upper limit: one more unit of capacity changes the cost by it. NaN where the index is
 * out of range. */
STEPPE_API int64_t steppe_arc_count(const steppe_solver *s);
STEPPE_API double steppe_arc_flow(const steppe_solver *s, int64_t arc);
STEPPE_API size_t steppe_arc_name(const steppe_solver *s, int64_t arc, char *buffer,
                                  size_t size);
STEPPE_API int64_t steppe_row_count(const steppe_solver *s);
STEPPE_API double steppe_row_load(const steppe_solver *s, int64_t row);
STEPPE_API double steppe_row_price(const steppe_solver *s, int64_t row);
STEPPE_API size_t steppe_row_name(const steppe_solver *s, int64_t row, char *buffer,
                                  size_t size);
/* Potentials of the balance rows, numbered over all commodities. Value of one more unit
 * supplied there. */
STEPPE_API int64_t steppe_node_count(const steppe_solver *s);
STEPPE_API double steppe_node_potential(const steppe_solver *s, int64_t node);
STEPPE_API size_t steppe_node_name(const steppe_solver *s, int64_t node, char *buffer,
                                   size_t size);

/* Writes the result folder (result.json, CSV tables, flow.geojson) of the last solve: whole, or
 * not at all. An earlier result folder of the same name is replaced; any other folder is not.
 */
STEPPE_API steppe_status steppe_write_result(steppe_solver *s, const char *dir);

/* Removes a result folder that steppe_write_result wrote; OK where nothing is there, IO where it is something else. */
STEPPE_API steppe_status steppe_remove_result(const char *dir, const steppe_settings *set);

/* Writes the canonical model: .mps, .mps.gz (free MPS), .min, .min.gz (one commodity, no
 * coupling rows). */
STEPPE_API steppe_status steppe_write_model(steppe_solver *s, const char *path);

/* What a planner sees of the last solve: cost, served and unserved, where goods leave their
 * country, bottlenecks, proof. *out is a text of lines for steppe_free_text(). `color` != 0: with terminal colors. */
STEPPE_API steppe_status steppe_describe(steppe_solver *s, int color, char **out);

/* Two result folders of one case: volumes gained and lost per exit, route, link, commodity and
 * country, cost, shortages, bottlenecks. *out as above; out_dir (may be NULL) gets the full
 * tables as CSV. */
typedef enum { STEPPE_PLAIN, STEPPE_COLOR, STEPPE_JSON } steppe_style;
STEPPE_API steppe_status steppe_compare(const char *before_dir, const char *after_dir,
                                        const char *out_dir, steppe_style style,
                                        const steppe_settings *set, char **out);
STEPPE_API void steppe_free_text(char *text);

typedef struct {
    double objective, bound, gap_rel; /* recomputed from the files alone */
    int64_t arcs, rows, files;        /* checked */
} steppe_proof;

/* Checks a result folder against its case with exact arithmetic, from the written files alone.
 * OK: proven. UNPROVEN: it is not, and every reason went to the log. */
STEPPE_API steppe_status steppe_verify(const char *case_path, const char *result_dir,
                                       const steppe_settings *set, steppe_proof *proof);

/* GiB of memory that the process could still take, by what the system has available and the limit of its control group;
 * INFINITY where neither is known. */
STEPPE_API double steppe_spare_memory(void);

/* For a program that does little else, as its first call: the heap of the whole process takes huge pages where the kernel gives them to
 * those who ask (transparent_hugepage: madvise or always), grows by 32 MiB, is one for all threads and kept until the end; blocks of 4 MiB and
 * more go back at once, from the second solve on those of 32 MiB. Solves touch much memory for the first time, and small pages cost a fifth to a third of them. Nothing where there is no
 * glibc. */
STEPPE_API void steppe_huge_pages(void);

/* Accepts NULL. */
STEPPE_API void steppe_free(steppe_solver *s);

#ifdef __cplusplus
}
#endif

#endif
