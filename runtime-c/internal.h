/* What the files of the runtime share. Not installed. */
#ifndef QC_INTERNAL_H
#define QC_INTERNAL_H

#include <stdatomic.h>

#include "qc.h"

struct qc_network {
  const qc_descriptor *model;
  void *handle; /* dlopen's; NULL for a linked-in model */
  atomic_int holds;
};

typedef struct qc_pool qc_pool;

/* Records the particulars for qc_last_error and returns status. */
__attribute__((format(printf, 2, 3))) int qc_fail(int status, const char *format, ...);

/* QC_OK when the host has every instruction set in `features`. */
int qc_check_cpu(const char *features);

/* Refuses a file for another architecture, and one that is shorter than its ELF headers say. QC_E_OPEN. */
int qc_check_file(const char *file);
/* Refuses a file whose SHA-256 is not that which the model.json `record` has for model.so. QC_E_DAMAGED. */
int qc_check_sha256(const char *file, const char *record);

void qc_release(qc_network *net);

/* Exported for qc's tuner, which runs kernels on their own; not for callers. */
/* threads - 1 workers; NULL when one cannot be started. */
QC_API qc_pool *qc_pool_create(int32_t threads, int32_t spin_us);
QC_API void qc_pool_destroy(qc_pool *pool);
/* In the child of a fork(): the workers of the pool stayed in the parent. */
int qc_pool_is_orphan(const qc_pool *pool);
/* qc_exec's parallel_for; pool NULL: inline. */
QC_API void qc_parallel_for(void *pool, qc_body body, void *ctx, int64_t extent);

#endif
