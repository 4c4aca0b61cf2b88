/* What the machine has to spare. */
#ifndef STEPPE_SPARE_H
#define STEPPE_SPARE_H

/* Bytes of memory that can still be taken without swapping: what the system has available (proc(5), /proc/meminfo), or less where a
 * control group limits the process (Linux, cgroup v2: memory.max less memory.current of its own group). INFINITY: it does not say. */
double spare_memory(void);

#endif
