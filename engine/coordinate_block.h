/* The commodities apart: networks in integers with their trees. */
#ifndef STEPPE_COORDINATE_BLOCK_H
#define STEPPE_COORDINATE_BLOCK_H

#include "../kernels/ns.h"
#include "coordinate_job.h"

typedef struct {
    ns_net net;
    ns_work work;
    int32_t *tail, *head;
    int64_t *b;
    ns_result result;
} block;

/* Block k of the model; arcs' bounds and costs are the model's own arrays. false: no memory. */
bool block_new(const model *md, int k, block *bl);
void block_free(block *bl);
/* States of the variables: the trees of all blocks, their roots and the logicals of all coupling rows are basic. */
void blocks_states(job *j, const block *blocks);
/* The same, and the basis from it, with steepest edge weights. */
steppe_status blocks_adopt(job *j, const block *blocks);
/* The basis from the states: every basic variable gets a row, in any order; rows left over are empty (-1). */
void job_list_heads(job *j);

#endif
