/* One activation of a network: its arena, its state, its threads, and the run itself. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "internal.h"

struct qc_context {
  qc_exec exec;
  const qc_descriptor *model;
  qc_network *net;
  void *own_arena;
  const void **inputs; /* bound memory */
  void **outputs;
  int64_t *phase_ns;
  int64_t phase_start, runs;
  int32_t phase;
  int profiling;
  atomic_int running;
};

/* One call at a time is inside a context: whoever enters it leaves it. */
static int enter(qc_context *c) {
  if (!c) return qc_fail(QC_E_ARGUMENT, "ctx is NULL");
  if (!atomic_exchange_explicit(&c->running, 1, memory_order_acquire)) return QC_OK;
  return qc_fail(QC_E_BUSY, "'%s'; give every thread a context", c->model->name);
}

static int leave(qc_context *c, int status) {
  atomic_store_explicit(&c->running, 0, memory_order_release);
  return status;
}

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void tick(void *user, int32_t phase) {
  qc_context *c = user;
  int64_t now = now_ns();
  if (c->phase >= 0) c->phase_ns[c->phase] += now - c->phase_start;
  c->phase = phase >= 0 && phase < c->model->n_phases ? phase : -1;
  c->phase_start = now;
}

/* `bytes` of zeros, aligned to `align`; memory of several MiB asks for huge pages and is touched here, not in the first run. */
static void *allocate(int64_t bytes, int64_t align) {
  const size_t huge = (size_t)2 << 20;
  size_t to = (size_t)bytes >= 2 * huge ? huge : (size_t)(align < 64 ? 64 : align);
  size_t size = ((size_t)bytes + to - 1) / to * to;
  void *p = aligned_alloc(to, size);
  if (!p) return NULL;
#ifdef MADV_HUGEPAGE
  if (to == huge) madvise(p, size, MADV_HUGEPAGE);
#endif
  return memset(p, 0, size);
}

static int use_arena(qc_context *c, const qc_options *o) {
  const qc_descriptor *m = c->model;
  if (o->arena) {
    if (o->arena_bytes < (size_t)m->arena_bytes)
      return qc_fail(QC_E_ARENA, "%zu bytes were given, '%s' needs %lld", o->arena_bytes, m->name, (long long)m->arena_bytes);
    if ((uintptr_t)o->arena % (uintptr_t)m->arena_align)
      return qc_fail(QC_E_ARENA, "it is not aligned to %lld bytes", (long long)m->arena_align);
    c->exec.arena = o->arena;
    return QC_OK;
  }
  c->exec.arena = c->own_arena = allocate(m->arena_bytes ? m->arena_bytes : 1, m->arena_align);
  return c->own_arena ? QC_OK : qc_fail(QC_E_MEMORY, "arena of %lld bytes", (long long)m->arena_bytes);
}

static int fill(qc_context *c, const qc_options *o) {
  const qc_descriptor *m = c->model;
  int status = use_arena(c, o);
  if (status) return status;
  c->inputs = calloc((size_t)m->n_inputs + 1, sizeof *c->inputs);
  c->outputs = calloc((size_t)m->n_outputs + 1, sizeof *c->outputs);
  c->phase_ns = calloc((size_t)m->n_phases + 1, sizeof *c->phase_ns);
  if (m->state_bytes) c->exec.state = allocate(m->state_bytes, 64);
  if (!c->inputs || !c->outputs || !c->phase_ns || (m->state_bytes && !c->exec.state)) return qc_fail(QC_E_MEMORY, "context");
  c->exec.threads = o->threads ? o->threads : 1;
  if (c->exec.threads == 1) return QC_OK;
  c->exec.pool = qc_pool_create(c->exec.threads, o->spin_us);
  return c->exec.pool ? QC_OK : qc_fail(QC_E_THREAD, "%d threads were asked for", (int)o->threads);
}

int qc_context_create(qc_network *net, const qc_options *options, qc_context **ctx) {
  static const qc_options defaults = {.struct_bytes = sizeof defaults};
  const qc_options *o = options ? options : &defaults;
  if (!ctx) return qc_fail(QC_E_ARGUMENT, "ctx is NULL");
  *ctx = NULL;
  if (!net) return qc_fail(QC_E_ARGUMENT, "net is NULL");
  if (o->struct_bytes != sizeof *o) return qc_fail(QC_E_ARGUMENT, "qc_options.struct_bytes is %zu", o->struct_bytes);
  if (o->threads < 0 || o->threads > QC_MAX_THREADS)
    return qc_fail(QC_E_ARGUMENT, "%d threads; 1 to %d are possible", (int)o->threads, QC_MAX_THREADS);
  if (o->spin_us < -1) return qc_fail(QC_E_ARGUMENT, "spin_us is %d", (int)o->spin_us);
  qc_context *c = calloc(1, sizeof *c);
  if (!c) return qc_fail(QC_E_MEMORY, "context");
  c->model = net->model;
  c->net = net;
  atomic_fetch_add(&net->holds, 1);
  c->exec.parallel_for = qc_parallel_for;
  c->exec.user = c;
  int status = fill(c, o);
  if (status) {
    qc_context_destroy(c);
    return status;
  }
  *ctx = c;
  return qc_reset(c);
}

int qc_context_destroy(qc_context *c) {
  if (!c) return QC_OK;
  int status = enter(c);
  if (status) return status;
  qc_pool_destroy(c->exec.pool);
  free(c->own_arena);
  free(c->exec.state);
  free(c->phase_ns);
  free(c->outputs);
  free(c->inputs);
  qc_release(c->net);
  free(c);
  return QC_OK;
}

static int check_binding(const char *role, const qc_tensor *list, int32_t count, int32_t index, const void *data, size_t bytes) {
  if (index < 0 || index >= count) return qc_fail(QC_E_ARGUMENT, "%s %d of %d", role, (int)index, (int)count);
  if (!data && bytes) return qc_fail(QC_E_TENSOR, "%s '%s' is NULL", role, list[index].name);
  if ((int64_t)bytes == list[index].bytes) return QC_OK;
  return qc_fail(QC_E_ARGUMENT, "%s '%s' has %lld bytes, %zu were given", role, list[index].name, (long long)list[index].bytes, bytes);
}

int qc_set_input(qc_context *c, int32_t index, const void *data, size_t bytes) {
  int status = enter(c);
  if (status) return status;
  status = check_binding("input", c->model->inputs, c->model->n_inputs, index, data, bytes);
  if (!status) c->inputs[index] = data;
  return leave(c, status);
}

int qc_set_output(qc_context *c, int32_t index, void *data, size_t bytes) {
  int status = enter(c);
  if (status) return status;
  status = check_binding("output", c->model->outputs, c->model->n_outputs, index, data, bytes);
  if (!status) c->outputs[index] = data;
  return leave(c, status);
}

static int check_pointers(const char *role, const qc_tensor *list, int32_t count, const void *const *given) {
  for (int32_t i = 0; i < count; i++)
    if (!given[i] && list[i].bytes) return qc_fail(QC_E_TENSOR, "%s '%s' is NULL", role, list[i].name);
  return QC_OK;
}

int qc_run(qc_context *c, const void *const *inputs, void *const *outputs) {
  int status = enter(c);
  if (status) return status;
  const qc_descriptor *m = c->model;
  c->exec.inputs = inputs ? inputs : c->inputs;
  c->exec.outputs = outputs ? outputs : c->outputs;
  if (qc_pool_is_orphan(c->exec.pool)) status = qc_fail(QC_E_THREAD, "those of '%s' stayed behind in fork(); load it in the child", m->name);
  if (!status) status = check_pointers("input", m->inputs, m->n_inputs, c->exec.inputs);
  if (!status) status = check_pointers("output", m->outputs, m->n_outputs, (const void *const *)c->exec.outputs);
  if (!status) {
    c->phase = -1;
    c->exec.tick = c->profiling ? tick : NULL;
    int failed = m->run(&c->exec);
    if (c->profiling) {
      tick(c, -1);
      c->runs++;
    }
    if (failed) status = qc_fail(QC_E_RUN, "'%s' stopped in phase %s", m->name, failed > 0 && failed <= m->n_phases ? m->phases[failed - 1].name : "?");
  }
  return leave(c, status);
}

int qc_run8(qc_context *c, void *p0, void *p1, void *p2, void *p3, void *p4, void *p5, void *p6, void *p7) {
  void *all[] = {p0, p1, p2, p3, p4, p5, p6, p7};
  if (!c) return qc_fail(QC_E_ARGUMENT, "ctx is NULL");
  if (c->model->n_inputs > 8 || c->model->n_outputs > 8 - c->model->n_inputs)
    return qc_fail(QC_E_ARGUMENT, "'%s' has more than 8 inputs and outputs", c->model->name);
  return qc_run(c, (const void *const *)all, all + c->model->n_inputs);
}

int qc_reset(qc_context *c) {
  int status = enter(c);
  if (status) return status;
  size_t bytes = (size_t)c->model->state_bytes;
  if (bytes && c->model->state_init) memcpy(c->exec.state, c->model->state_init, bytes);
  else if (bytes) memset(c->exec.state, 0, bytes);
  return leave(c, QC_OK);
}

int qc_profile(qc_context *c, int on) {
  int status = enter(c);
  if (status) return status;
  c->profiling = on != 0;
  if (on) {
    memset(c->phase_ns, 0, (size_t)c->model->n_phases * sizeof *c->phase_ns);
    c->runs = 0;
  }
  return leave(c, QC_OK);
}

int64_t qc_profile_read(qc_context *c, int64_t *ns, int32_t n_phases) {
  if (!c || n_phases != c->model->n_phases || (n_phases && !ns)) {
    qc_fail(QC_E_ARGUMENT, "qc_profile_read wants room for all phases");
    return -1;
  }
  if (enter(c)) return -1;
  if (n_phases) memcpy(ns, c->phase_ns, (size_t)n_phases * sizeof *ns);
  int64_t runs = c->runs;
  leave(c, QC_OK);
  return runs;
}
