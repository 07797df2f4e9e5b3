/*
 * qc runtime: loads and runs networks compiled by qc. C11, libc and pthreads, nothing else.
 *
 *   qc_network *net;  qc_context *ctx;
 *   if (qc_load("out", &net) || qc_context_create(net, NULL, &ctx)) { puts(qc_last_error()); return 1; }
 *   const void *in[] = {image};  void *out[] = {scores};
 *   qc_run(ctx, in, out);
 *   qc_context_destroy(ctx);  qc_close(net);
 *
 * Functions that can fail return a qc_status; qc_error_text() says what it means and qc_last_error() adds the particulars.
 * Part 1 is the interface to a caller. Part 2 is the binary interface to a compiled network (docs/runtime-abi.md).
 * Licence: Apache-2.0.
 */
#ifndef QC_H
#define QC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define QC_API __attribute__((visibility("default")))
#else
#define QC_API
#endif

#define QC_ABI_VERSION 1u
#define QC_MAGIC 0x4C444D51u /* the bytes "QMDL" */
#define QC_MAX_RANK 16
#define QC_MAX_THREADS 256

typedef struct qc_descriptor qc_descriptor; /* what a network says about itself: part 2 */
typedef struct qc_network qc_network; /* a loaded network: read-only, may be shared between threads */
typedef struct qc_context qc_context; /* one activation of a network: arena, state, threads; one call at a time, others get QC_E_BUSY */

/* ---- Part 1: the caller's side ------------------------------------------------------------------------------------------- */

typedef enum qc_status {
  QC_OK = 0,
  QC_E_ARGUMENT = 1, /* a NULL or out-of-range argument */
  QC_E_OPEN = 2,     /* the file cannot be opened as a shared object */
  QC_E_SYMBOL = 3,   /* it does not export qc_model */
  QC_E_FORMAT = 4,   /* qc_model is malformed */
  QC_E_ABI = 5,      /* it was compiled for another version of this interface */
  QC_E_CPU = 6,      /* this CPU lacks an instruction set that it needs */
  QC_E_MEMORY = 7,   /* out of memory */
  QC_E_ARENA = 8,    /* the caller's arena is too small or not aligned */
  QC_E_THREAD = 9,   /* a thread cannot be started */
  QC_E_TENSOR = 10,  /* an input or output has no memory */
  QC_E_BUSY = 11,    /* another call is inside the context */
  QC_E_RUN = 12,     /* the network reported a failure */
  QC_E_DAMAGED = 13  /* the file is not the one that model.json describes */
} qc_status;

/* One sentence for a status; never NULL. */
QC_API const char *qc_error_text(int status);
/* The last failure on this thread in full, "" before the first; valid until the next failure on this thread. */
QC_API const char *qc_last_error(void);
/* The QC_ABI_VERSION this library was built with. */
QC_API uint32_t qc_abi_version(void);

/* Opens a shared object, or a directory holding model.so, which must be as long as its ELF headers say. QC_E_OPEN, _SYMBOL, _FORMAT, _ABI, _CPU, _MEMORY. */
QC_API int qc_load(const char *path, qc_network **net);
/* qc_load, after the SHA-256 of model.so was compared with that in the model.json beside it, which reads all of the file. Also QC_E_DAMAGED. */
QC_API int qc_load_checked(const char *path, qc_network **net);
/* The same for a network that is linked into the program. `model` must outlive the network. */
QC_API int qc_from_model(const qc_descriptor *model, qc_network **net);
/* Drops the caller's hold; the code stays mapped until the last context of the network is destroyed. NULL is ignored. */
QC_API void qc_close(qc_network *net);
/* Everything a network says about itself; lives as long as the network. */
QC_API const qc_descriptor *qc_describe(const qc_network *net);

typedef struct qc_options {
  size_t struct_bytes; /* sizeof(qc_options) */
  void *arena;         /* caller's memory, aligned to model->arena_align, not shared with another context; NULL: allocated here */
  size_t arena_bytes;  /* size of `arena`; at least model->arena_bytes */
  int32_t threads;     /* 1 to QC_MAX_THREADS, the calling thread included; 0: 1 */
  int32_t spin_us;     /* how long an idle worker spins before it sleeps; 0: 20000, or no spinning with more threads than CPUs; -1: never */
} qc_options;

/* Allocates everything that running needs. options NULL: own arena, one thread. QC_E_ARGUMENT, _MEMORY, _ARENA, _THREAD. */
QC_API int qc_context_create(qc_network *net, const qc_options *options, qc_context **ctx);
/* Frees it; NULL is ignored. QC_E_BUSY: a call is inside the context, and nothing is freed. No call may begin once this one has. */
QC_API int qc_context_destroy(qc_context *ctx);

/* Binds memory to an input or output for the runs that follow. Any alignment; `bytes` must be the tensor's size. */
QC_API int qc_set_input(qc_context *ctx, int32_t index, const void *data, size_t bytes);
QC_API int qc_set_output(qc_context *ctx, int32_t index, void *data, size_t bytes);
/*
 * Runs the network once, to the end. inputs[i] and outputs[i] are dense row-major tensors in the order of qc_describe();
 * inputs NULL or outputs NULL: the memory bound by qc_set_input / qc_set_output. Outputs must overlap neither inputs nor each other.
 * Allocates nothing. QC_E_TENSOR, _BUSY, _RUN; QC_E_THREAD in the child of a fork(), where the context has threads.
 */
QC_API int qc_run(qc_context *ctx, const void *const *inputs, void *const *outputs);
/* qc_run with up to eight pointers as plain arguments, the inputs first and then the outputs; for foreign-function callers. */
QC_API int qc_run8(qc_context *ctx, void *p0, void *p1, void *p2, void *p3, void *p4, void *p5, void *p6, void *p7);
/* Puts the network's own state (streaming buffers, variables) back to its initial value. */
QC_API int qc_reset(qc_context *ctx);

/* Starts (on != 0: the sums become zero) or stops time-keeping per phase. Running without it costs nothing. */
QC_API int qc_profile(qc_context *ctx, int on);
/* Copies the nanoseconds summed over all profiled runs, one value a phase, and returns the number of these runs (< 0: it failed). */
QC_API int64_t qc_profile_read(qc_context *ctx, int64_t *ns, int32_t n_phases);

/* "f32", "i8", ...; NULL when unknown. */
QC_API const char *qc_dtype_name(int32_t dtype);
/* Bytes of one element in memory; 0 when unknown. */
QC_API int32_t qc_dtype_bytes(int32_t dtype);

/* ---- Part 2: the network's side ------------------------------------------------------------------------------------------ */

/* Numbers are part of the interface. i4, u4 and bool take one byte an element: -8 to 7, 0 to 15, 0 or 1. */
typedef enum qc_dtype {
  QC_F32 = 0, QC_F16 = 1, QC_BF16 = 2, QC_F64 = 3, QC_I4 = 4, QC_U4 = 5, QC_I8 = 6, QC_U8 = 7,
  QC_I16 = 8, QC_U16 = 9, QC_I32 = 10, QC_U32 = 11, QC_I64 = 12, QC_U64 = 13, QC_BOOL = 14
} qc_dtype;

/*
 * real = scale * (q - zero): one pair for the tensor, one for each index along an axis, or one for each run of `quant_block` elements
 * along an axis; those of blocks are flattened over the shape with the axis' dimension d replaced by ceil(d / quant_block).
 */
typedef enum qc_quant { QC_QUANT_NONE = 0, QC_QUANT_TENSOR = 1, QC_QUANT_AXIS = 2, QC_QUANT_BLOCK = 3 } qc_quant;

typedef struct qc_tensor {
  const char *name;
  const int64_t *shape; /* rank values; may be NULL when rank is 0 */
  const float *scales;  /* quant_count values; NULL when quant is none */
  const int32_t *zeros; /* quant_count values; NULL: all zero */
  int64_t bytes;        /* size of the dense tensor */
  int32_t dtype;
  int32_t rank;
  int32_t quant;
  int32_t quant_axis;
  int32_t quant_count;
  int32_t quant_block; /* 0 unless quant is block */
} qc_tensor;

/* A stretch of the run that is timed as one: a kernel, a copy. flops and bytes are per run, for rates; 0 when unknown. */
typedef struct qc_phase {
  const char *name;
  double flops;
  double bytes;
} qc_phase;

typedef void (*qc_body)(void *ctx, int64_t begin, int64_t end);

/* What a network gets for one run. */
typedef struct qc_exec {
  void *arena; /* arena_bytes, aligned to arena_align; contents undefined */
  void *state; /* state_bytes, aligned to 64; as the last run or qc_reset left it; NULL when state_bytes is 0 */
  const void *const *inputs;
  void *const *outputs;
  /* Calls body on disjoint ranges that cover [0, extent), on several threads, and returns when all are done. Only from the
     thread that entered run; body must not depend on how the extent is cut. */
  void (*parallel_for)(void *pool, qc_body body, void *ctx, int64_t extent);
  void *pool;
  void (*tick)(void *user, int32_t phase); /* NULL, or to be called at the start of every phase, from the thread that entered run */
  void *user;
  int32_t threads; /* at least 1; with 1 a network may call its bodies directly */
  int32_t reserved;
} qc_exec;

struct qc_descriptor {
  uint32_t magic;        /* QC_MAGIC */
  uint32_t abi_version;  /* QC_ABI_VERSION */
  uint32_t struct_bytes; /* sizeof(qc_descriptor) */
  uint32_t flags;        /* 0 */
  const char *name;
  const char *target;   /* as `qc compile --target` understands it */
  const char *features; /* needed instruction sets by their LLVM names, "avx2,fma"; "" for none */
  const char *producer; /* "qc 0.1.0" */
  int64_t arena_bytes;
  int64_t arena_align; /* a power of two, 1 to 4096; 64 */
  int64_t weight_bytes;
  int64_t state_bytes;
  const void *state_init; /* state_bytes; NULL: zeros */
  int32_t n_inputs;
  int32_t n_outputs;
  const qc_tensor *inputs;
  const qc_tensor *outputs;
  int32_t n_phases;
  int32_t reserved; /* 0 */
  const qc_phase *phases;
  int (*run)(const qc_exec *exec); /* 0, or 1 + the index of the phase that failed */
};

/* The one symbol that a compiled network exports: what a program declares that links one in and calls qc_from_model(&qc_model, ...). */
extern QC_API const qc_descriptor qc_model;

#ifdef __cplusplus
}
#endif
#endif
