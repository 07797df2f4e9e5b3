/*
 * A persistent pool. A job is cut into parts, the same ones whoever runs them, and parts are claimed one by one through `ticket`, which
 * holds the number of the job, of its parts, and of the next free one. So the caller never waits for a worker that has not started: on a
 * busy machine it runs the parts itself. A claimed part keeps its job open, so the job's fields are stable while it runs.
 * Workers stay off the caller's processor, where they could only run in its place. A caller that waits for a part whose worker has lost
 * its processor fetches that worker to its own, and sleeps: the part is done at once, not when the system comes back to it.
 * Workers spin on the ticket for a while, then sleep on a condition variable. Both sleeps use the same handshake: the sleeper announces
 * itself before it looks again, the waker changes the value before it looks for sleepers (both sequentially consistent), so one of the
 * two sees the other.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "internal.h"
#include "placement.h"

struct qc_pool {
  _Alignas(64) atomic_ullong ticket; /* job << 32 | parts << 16 | next part; the line that workers spin on */
  _Alignas(64) atomic_int pending; /* parts that are not done; the line that the caller spins on */
  _Alignas(64) atomic_int sleepers;
  atomic_int caller_sleeps;
  atomic_int active, quit;
  qc_body body;
  void *ctx;
  int64_t extent;
  int32_t threads, spin_us;
  unsigned forks; /* of the process when the workers were started */
  int placed; /* workers are kept off the caller's processor, of which there is another */
  int caller_cpu; /* that the workers were last placed beside */
  cpu_set_t processors;
  pthread_mutex_t lock;
  pthread_cond_t wake, done;
  struct worker {
    _Alignas(64) qc_pool *pool;
    struct placement place;
    atomic_int busy; /* it may hold a part */
    atomic_int fetched; /* it runs on the caller's processor, while the caller sleeps */
  } workers[];
};

static inline void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

enum { PARTS_PER_THREAD = 4, MOST_PARTS = 1 << 12, SPIN_US = 20000 };

/* A wait this long is worth a look at the workers; then one every LOOK_US. A worker that runs uses most of the time in between. */
enum { PATIENCE_US = 30, LOOK_US = 10, RUNNING_NS = 2000, NAP_US = 1000 };

static inline uint32_t parts_of(uint64_t ticket) { return (ticket >> 16) & 0xffff; }
static inline uint32_t next_of(uint64_t ticket) { return ticket & 0xffff; }

static void run_part(const qc_pool *p, int64_t part, int64_t parts) {
  int64_t share = p->extent / parts, rest = p->extent % parts;
  int64_t begin = part * share + (part < rest ? part : rest), end = begin + share + (part < rest);
  p->body(p->ctx, begin, end);
}

/* Runs parts until none is free; returns the ticket that said so. */
static uint64_t run_parts(qc_pool *p) {
  uint64_t ticket = atomic_load_explicit(&p->ticket, memory_order_acquire);
  while (next_of(ticket) < parts_of(ticket)) {
    if (!atomic_compare_exchange_weak_explicit(&p->ticket, &ticket, ticket + 1, memory_order_acq_rel, memory_order_acquire)) continue;
    run_part(p, next_of(ticket), parts_of(ticket));
    if (atomic_fetch_sub(&p->pending, 1) == 1 && atomic_load(&p->caller_sleeps)) {
      pthread_mutex_lock(&p->lock);
      pthread_cond_signal(&p->done);
      pthread_mutex_unlock(&p->lock);
    }
    ticket = atomic_load_explicit(&p->ticket, memory_order_acquire);
  }
  return ticket;
}

/* True when the ticket became different from `old` within spin_us. */
static int spin_while(qc_pool *p, uint64_t old) {
  if (p->spin_us <= 0) return 0;
  for (int64_t until = now_us() + p->spin_us;;) {
    for (int i = 0; i < 64; i++) {
      if (atomic_load_explicit(&p->ticket, memory_order_acquire) != old) return 1;
      relax();
    }
    if (now_us() > until) return 0;
  }
}

static void *work(void *arg) {
  struct worker *self = arg;
  qc_pool *p = self->pool;
  for (;;) {
    atomic_store_explicit(&self->busy, 1, memory_order_relaxed);
    uint64_t seen = run_parts(p);
    atomic_store_explicit(&self->busy, 0, memory_order_relaxed);
    if (atomic_load_explicit(&p->quit, memory_order_relaxed)) return NULL;
    if (!atomic_load_explicit(&self->fetched, memory_order_relaxed) && spin_while(p, seen)) continue;
    pthread_mutex_lock(&p->lock);
    atomic_fetch_add(&p->sleepers, 1);
    while (atomic_load(&p->ticket) == seen) pthread_cond_wait(&p->wake, &p->lock);
    atomic_fetch_sub(&p->sleepers, 1);
    pthread_mutex_unlock(&p->lock);
  }
}

static void publish(qc_pool *p, uint64_t parts) {
  uint64_t job = (atomic_load_explicit(&p->ticket, memory_order_relaxed) >> 32) + 1;
  atomic_store(&p->ticket, job << 32 | parts << 16);
  if (!atomic_load(&p->sleepers)) return;
  pthread_mutex_lock(&p->lock);
  pthread_cond_broadcast(&p->wake);
  pthread_mutex_unlock(&p->lock);
}

/* Keeps the workers off the processor that this thread runs on. */
static void stay_beside(qc_pool *p) {
  if (!p->placed) return;
  int cpu = sched_getcpu();
  if (cpu == p->caller_cpu) return;
  p->caller_cpu = cpu;
  for (int32_t i = 0; i + 1 < p->threads; i++) place_beside(&p->workers[i].place, &p->processors, cpu);
}

/* Fetches the workers that hold a part and do not run; true when there was one. The first look only notes the clocks. */
static int fetch_stalled(qc_pool *p, int first) {
  int cpu = sched_getcpu(), fetched = 0;
  for (int32_t i = 0; i + 1 < p->threads; i++) {
    struct worker *w = &p->workers[i];
    if (!atomic_load_explicit(&w->busy, memory_order_relaxed)) continue;
    if (look_at(&w->place) > RUNNING_NS || first) continue;
    atomic_store_explicit(&w->fetched, 1, memory_order_relaxed);
    place_on(&w->place, &p->processors, cpu);
    fetched = 1;
  }
  return fetched;
}

static void release_fetched(qc_pool *p) {
  for (int32_t i = 0; i + 1 < p->threads; i++) {
    struct worker *w = &p->workers[i];
    if (!atomic_load_explicit(&w->fetched, memory_order_relaxed)) continue;
    place_beside(&w->place, &p->processors, p->caller_cpu);
    atomic_store_explicit(&w->fetched, 0, memory_order_relaxed);
  }
}

/* Sleeps until all parts are done, or for NAP_US. */
static void nap(qc_pool *p) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += NAP_US * 1000;
  if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
  pthread_mutex_lock(&p->lock);
  atomic_store(&p->caller_sleeps, 1);
  while (atomic_load(&p->pending) && !pthread_cond_timedwait(&p->done, &p->lock, &until)) continue;
  atomic_store(&p->caller_sleeps, 0);
  pthread_mutex_unlock(&p->lock);
}

static void join(qc_pool *p) {
  int64_t since = 0, look = 0;
  int looks = 0, fetched = 0;
  for (unsigned i = 0; atomic_load_explicit(&p->pending, memory_order_acquire); i++) {
    relax();
    if (i % 64 != 63) continue;
    int64_t now = now_us();
    if (!since) since = now, look = now + PATIENCE_US;
    if (now < look) continue;
    int stalled = p->placed && fetch_stalled(p, looks++ == 0);
    fetched |= stalled;
    if (stalled || now - since > p->spin_us) nap(p);
    look = now_us() + LOOK_US;
  }
  if (fetched) release_fetched(p);
}

void qc_parallel_for(void *pool, qc_body body, void *ctx, int64_t extent) {
  qc_pool *p = pool;
  if (extent <= 0) return;
  if (!p || extent == 1 || atomic_exchange(&p->active, 1)) { /* a body that calls parallel_for again runs it inline */
    body(ctx, 0, extent);
    return;
  }
  p->body = body;
  p->ctx = ctx;
  p->extent = extent;
  int64_t parts = (int64_t)p->threads * PARTS_PER_THREAD;
  if (parts > MOST_PARTS) parts = MOST_PARTS;
  if (parts > extent) parts = extent;
  stay_beside(p);
  atomic_store_explicit(&p->pending, (int)parts, memory_order_relaxed);
  publish(p, (uint64_t)parts);
  run_parts(p);
  join(p);
  atomic_store(&p->active, 0);
}

/* How many forks lie between this process and the one that loaded the runtime. */
static unsigned forks;
static pthread_once_t counts_forks = PTHREAD_ONCE_INIT;
static void count_fork(void) { forks++; }
static void count_forks(void) { pthread_atfork(NULL, NULL, count_fork); }

int qc_pool_is_orphan(const qc_pool *p) { return p && p->forks != forks; }

qc_pool *qc_pool_create(int32_t threads, int32_t spin_us) {
  pthread_once(&counts_forks, count_forks);
  qc_pool *p = aligned_alloc(64, (sizeof *p + (size_t)threads * sizeof *p->workers + 63) / 64 * 64);
  if (!p) return NULL;
  atomic_init(&p->ticket, 0);
  atomic_init(&p->pending, 0);
  atomic_init(&p->sleepers, 0);
  atomic_init(&p->caller_sleeps, 0);
  atomic_init(&p->active, 0);
  atomic_init(&p->quit, 0);
  pthread_mutex_init(&p->lock, NULL);
  pthread_cond_init(&p->wake, NULL);
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&p->done, &monotonic);
  pthread_condattr_destroy(&monotonic);
  int processors = usable_processors(&p->processors);
  p->placed = threads <= processors;
  p->caller_cpu = -1;
  p->spin_us = spin_us > 0 ? spin_us : spin_us < 0 || threads > processors ? 0 : SPIN_US;
  p->threads = 1;
  p->forks = forks;

  pthread_attr_t attr;
  sigset_t all, old;
  sigfillset(&all);
  pthread_attr_init(&attr);
  pthread_attr_setstacksize(&attr, (size_t)4 << 20);
  pthread_sigmask(SIG_SETMASK, &all, &old); /* signals belong to the threads of the program */
  for (; p->threads < threads; p->threads++) {
    struct worker *w = &p->workers[p->threads - 1];
    pthread_t thread;
    w->pool = p;
    atomic_init(&w->busy, 0);
    atomic_init(&w->fetched, 0);
    if (pthread_create(&thread, &attr, work, w)) break;
    placement_init(&w->place, thread, &p->processors);
  }
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  pthread_attr_destroy(&attr);
  if (p->threads == threads) return p;
  qc_pool_destroy(p);
  return NULL;
}

void qc_pool_destroy(qc_pool *p) {
  if (!p) return;
  if (qc_pool_is_orphan(p)) { /* no worker to wait for, and none to find the locks free */
    free(p);
    return;
  }
  atomic_store(&p->quit, 1);
  publish(p, 0);
  for (int32_t i = 0; i + 1 < p->threads; i++) pthread_join(p->workers[i].place.thread, NULL);
  pthread_cond_destroy(&p->done);
  pthread_cond_destroy(&p->wake);
  pthread_mutex_destroy(&p->lock);
  free(p);
}
