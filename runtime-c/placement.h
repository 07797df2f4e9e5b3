/* Where the workers of a pool run: beside their caller, never in its place. Part of pool.c; _GNU_SOURCE is defined. */
#ifndef QC_PLACEMENT_H
#define QC_PLACEMENT_H

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <time.h>

/* What the caller knows of one worker. */
struct placement {
  pthread_t thread;
  clockid_t clock; /* of the processor time it has used */
  int clocked;
  int64_t used_ns; /* at the last look */
  cpu_set_t set; /* the processors that it was last given here */
};

/* Processors that the calling thread may use, into `set`; their number, at least 1. */
static int usable_processors(cpu_set_t *set) {
  CPU_ZERO(set);
  if (sched_getaffinity(0, sizeof *set, set)) CPU_ZERO(set); /* more processors than CPU_SETSIZE */
  int n = CPU_COUNT(set);
  return n ? n : 1;
}

static void placement_init(struct placement *w, pthread_t thread, const cpu_set_t *set) {
  w->thread = thread;
  w->clocked = !pthread_getcpuclockid(thread, &w->clock);
  w->used_ns = 0;
  w->set = *set;
}

/* Leaves a worker alone that somebody else has placed. */
static void place(struct placement *w, const cpu_set_t *set) {
  cpu_set_t now;
  if (CPU_EQUAL(set, &w->set) || pthread_getaffinity_np(w->thread, sizeof now, &now) || !CPU_EQUAL(&now, &w->set)) return;
  if (!pthread_setaffinity_np(w->thread, sizeof *set, set)) w->set = *set;
}

/* Gives the worker all processors of `usable` but `cpu`, where there is another. */
static void place_beside(struct placement *w, const cpu_set_t *usable, int cpu) {
  cpu_set_t set = *usable;
  if (cpu >= 0 && cpu < CPU_SETSIZE) CPU_CLR(cpu, &set);
  if (CPU_COUNT(&set)) place(w, &set);
}

/* Gives the worker only `cpu`, where it is one of `usable`. */
static void place_on(struct placement *w, const cpu_set_t *usable, int cpu) {
  if (cpu < 0 || cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, usable)) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  place(w, &set);
}

/* Nanoseconds of processor time that the worker has used since the last look; INT64_MAX where that cannot be told. */
static int64_t look_at(struct placement *w) {
  struct timespec t;
  if (!w->clocked || clock_gettime(w->clock, &t)) return INT64_MAX;
  int64_t used = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec, before = w->used_ns;
  w->used_ns = used;
  return used - before;
}

#endif
