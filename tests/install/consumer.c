/* Prints the version of the library and the least cost of the case in argv[1]. */
#include <steppe/steppe.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    steppe_solver *s = NULL;
    steppe_info info;

    if (argc != 2) return 2;
    steppe_status st = steppe_open(&s, argv[1], NULL);
    if (st == STEPPE_OK) st = steppe_setup(s);
    if (st == STEPPE_OK) st = steppe_solve(s, &info);
    if (st == STEPPE_OK && info.outcome == STEPPE_OPTIMAL)
        printf("%s %.6g\n", steppe_version(), info.objective);
    else
        fprintf(stderr, "%s: %s\n", argv[1], steppe_status_text(st));
    steppe_free(s);
    return st == STEPPE_OK ? 0 : 1;
}
