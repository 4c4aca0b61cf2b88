#include "spare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The first number in a file; INFINITY: there is none ("max", or no such file). */
static double first_number(const char *path)
{
    FILE *f = fopen(path, "r");
    double v;
    if (!f) return INFINITY;
    const int found = fscanf(f, "%lf", &v);
    fclose(f);
    return found == 1 ? v : INFINITY;
}

static double available(void)
{
    FILE *f = fopen("/proc/meminfo", "r");
    char line[200];
    double kib = INFINITY;
    if (!f) return INFINITY;
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "MemAvailable: %lf", &kib) == 1) break;
    fclose(f);
    return 1024.0 * kib;
}

/* What the control group of the process leaves. */
static double left_by_group(void)
{
    FILE *f = fopen("/proc/self/cgroup", "r");
    char line[2000], path[2200];
    double left = INFINITY;
    if (!f) return INFINITY;
    while (fgets(line, sizeof line, f)) {
        if (strncmp(line, "0::/", 4) != 0) continue;
        line[strcspn(line, "\n")] = '\0';
        snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.max", line + 3);
        const double most = first_number(path);
        snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.current", line + 3);
        const double now = first_number(path);
        if (isfinite(most) && isfinite(now)) left = fmax(most - now, 0.0);
    }
    fclose(f);
    return left;
}

double spare_memory(void)
{
    return fmin(available(), left_by_group());
}
