/*
 * Main program of `qc compile --bundle`: runtime and network in one executable.
 *   cc -O2 -I runtime-c runtime-c/bundle_main.c model.o libqcrt.a -lpthread -ldl -o model
 * Exit code 0, 1 (data or machine at fault) or 2 (the call is wrong).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "qc.h"

static const char *program;

static _Noreturn void die(int code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fprintf(stderr, "%s: error: ", program);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  exit(code);
}

static void *allocate(size_t bytes) {
  void *p = calloc(1, bytes + 1);
  if (!p) die(1, "out of memory (%zu bytes)", bytes);
  return p;
}

/* ---- files ---- */

/* numpy's type text by qc_dtype; bfloat16 as its bits. */
static const char *const descr[] = {"<f4", "<f2", "<u2", "<f8", "|i1", "|u1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "|b1"};

/* Text from a file or of a model as a terminal may have it: control characters are question marks. Two results live at a time. */
static const char *shown(const char *text) {
  static char lines[2][256];
  static int turn;
  char *line = lines[turn ^= 1];
  size_t n = 0;
  for (; text[n] && n < sizeof *lines - 1; n++) line[n] = (unsigned char)text[n] < 32 || text[n] == 127 ? '?' : text[n];
  line[n] = 0;
  return line;
}

/* "f32[1, 3, 2, 4]" */
static const char *type_text(const qc_tensor *t) {
  static char text[512];
  int n = snprintf(text, sizeof text, "%s[", qc_dtype_name(t->dtype));
  for (int i = 0; i < t->rank; i++) n += snprintf(text + n, sizeof text - (size_t)n, "%s%lld", i ? ", " : "", (long long)t->shape[i]);
  snprintf(text + n, sizeof text - (size_t)n, "]");
  return text;
}

/* Is the tuple "(1, 2, 4)" the shape of t, but for leading ones of either? */
static int is_shape(const char *tuple, const qc_tensor *t) {
  int64_t dims[64];
  int rank = 0, skip = 0, first = 0;
  char *end;
  for (const char *p = tuple + 1; *p && *p != ')'; p = end + strspn(end, "L, ")) {
    if (rank == 64) return 0;
    dims[rank++] = strtoll(p, &end, 10);
    if (end == p) return 0;
  }
  while (skip < rank && dims[skip] == 1) skip++;
  while (first < t->rank && t->shape[first] == 1) first++;
  if (rank - skip != t->rank - first) return 0;
  for (int i = 0; i + skip < rank; i++)
    if (dims[i + skip] != t->shape[first + i]) return 0;
  return 1;
}

/* Offset of the data in a .npy file, 0 when it is none. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
static size_t npy_header(const char *path, const unsigned char *file, size_t size, const qc_tensor *t) {
  if (size < 12 || memcmp(file, "\x93NUMPY", 6)) return 0;
  size_t at = file[6] == 1 ? 10 : 12, length = file[8] | (size_t)file[9] << 8;
  if (file[6] > 1) length |= (size_t)file[10] << 16 | (size_t)file[11] << 24;
  if (length > size - at) die(1, "%s: truncated header", path);
  char *text = allocate(length), wanted[16];
  memcpy(text, file + at, length);
  if (strstr(text, "'fortran_order': True")) die(1, "%s: Fortran order; save it with numpy.ascontiguousarray", path);
  snprintf(wanted, sizeof wanted, "'%s'", descr[t->dtype]);
  if (!strstr(text, wanted)) die(1, "%s: input '%s' is %s, the file says %.60s", path, shown(t->name), qc_dtype_name(t->dtype), shown(text));
  const char *shape = strstr(text, "'shape': (");
  if (!shape) die(1, "%s: the header is not one that numpy writes", path);
  shape += strlen("'shape': ");
  if (!is_shape(shape, t))
    die(1, "%s: input '%s' is %s, the file says %.*s", path, shown(t->name), type_text(t), (int)strcspn(shape, ")") + 1, shown(shape));
  free(text);
  return at + length;
}

static void *read_input(const char *path, const qc_tensor *t) {
  FILE *f = fopen(path, "rb");
  if (!f) die(1, "cannot read %s: %s", path, strerror(errno));
  size_t want = (size_t)t->bytes, room = want + 70000, size;
  unsigned char *file = allocate(room);
  size = fread(file, 1, room, f);
  if (ferror(f)) die(1, "cannot read %s: %s", path, strerror(errno));
  fclose(f);
  size_t start = npy_header(path, file, size, t);
  if (size - start != want)
    die(1, "%s has %s%zu bytes, input '%s' takes %zu", path, size == room ? "at least " : "", size - start, shown(t->name), want);
  return memmove(file, file + start, want);
}

static void write_npy_header(FILE *f, const qc_tensor *t) {
  char text[640];
  int n = snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr[t->dtype]);
  for (int i = 0; i < t->rank; i++) n += snprintf(text + n, sizeof text - (size_t)n, "%lld,", (long long)t->shape[i]);
  n += snprintf(text + n, sizeof text - (size_t)n, "), }");
  int length = (10 + n + 1 + 63) / 64 * 64 - 10;
  fprintf(f, "\x93NUMPY%c%c%c%c%s%*s", 1, 0, length & 255, length >> 8, text, length - n, "\n");
}

static void write_output(const char *path, const qc_tensor *t, const void *data) {
  size_t n = strlen(path), bytes = (size_t)t->bytes;
  int is_new = access(path, F_OK) != 0;
  FILE *f = fopen(path, "wb");
  if (!f) die(1, "cannot write %s: %s", path, strerror(errno));
  if (n > 4 && !strcmp(path + n - 4, ".npy")) write_npy_header(f, t);
  if (fwrite(data, 1, bytes, f) != bytes || fclose(f)) {
    int reason = errno;
    if (is_new) remove(path); /* what was there before, a device say, is not ours */
    die(1, "cannot write %s: %s", path, strerror(reason));
  }
}

/* ---- values ---- */

static double from_half(uint16_t h, int fraction_bits) {
  int exponent_bits = 15 - fraction_bits, bias = (1 << (exponent_bits - 1)) - 1;
  int e = h >> fraction_bits & ((1 << exponent_bits) - 1), fraction = h & ((1 << fraction_bits) - 1);
  double v = e ? fraction + (1 << fraction_bits) : fraction;
  if (e == (1 << exponent_bits) - 1) return fraction ? __builtin_nan("") : h >> 15 ? -__builtin_inf() : __builtin_inf();
  for (int i = (e ? e : 1) - bias - fraction_bits; i; i += i < 0 ? 1 : -1) v *= i < 0 ? 0.5 : 2;
  return h >> 15 ? -v : v;
}

static double number(const qc_tensor *t, const void *data, int64_t i) {
  switch (t->dtype) {
    case QC_F32: return ((const float *)data)[i];
    case QC_F16: return from_half(((const uint16_t *)data)[i], 10);
    case QC_BF16: return from_half(((const uint16_t *)data)[i], 7);
    case QC_F64: return ((const double *)data)[i];
    case QC_I4: case QC_I8: return ((const int8_t *)data)[i];
    case QC_I16: return ((const int16_t *)data)[i];
    case QC_U16: return ((const uint16_t *)data)[i];
    case QC_I32: return ((const int32_t *)data)[i];
    case QC_U32: return ((const uint32_t *)data)[i];
    case QC_I64: return (double)((const int64_t *)data)[i];
    case QC_U64: return (double)((const uint64_t *)data)[i];
    default: return ((const uint8_t *)data)[i];
  }
}

/* The number that is meant: per-tensor quantization undone. */
static double value(const qc_tensor *t, const void *data, int64_t i) {
  double v = number(t, data, i);
  return t->quant == QC_QUANT_TENSOR ? (double)t->scales[0] * (v - (t->zeros ? t->zeros[0] : 0)) : v;
}

static void print_shape(const qc_tensor *t) {
  printf("%s: %s", shown(t->name), type_text(t));
}

static void print_top(const qc_tensor *t, const void *data) {
  int64_t count = t->bytes / qc_dtype_bytes(t->dtype), best[5];
  int kept = 0;
  for (int64_t i = 0; i < count; i++) {
    double v = value(t, data, i);
    int at = kept;
    while (at > 0 && v > value(t, data, best[at - 1])) at--;
    if (at == 5) continue;
    if (kept < 5) kept++;
    memmove(best + at + 1, best + at, (size_t)(kept - at - 1) * sizeof *best);
    best[at] = i;
  }
  print_shape(t);
  printf("%s\n", count > 5 ? ", the largest:" : "");
  for (int i = 0; i < kept; i++) printf("  %8lld  %.7g\n", (long long)best[i], value(t, data, best[i]));
}

/* ---- commands ---- */

static void print_quant(const qc_tensor *t) {
  static const char *const kinds[] = {"", "tensor", "axis", "block"};
  if (t->quant == QC_QUANT_TENSOR) printf("  scale %g zero %d", t->scales[0], t->zeros ? (int)t->zeros[0] : 0);
  else if (t->quant) printf("  quantized per %s %d, %d scales", kinds[t->quant], (int)t->quant_axis, (int)t->quant_count);
}

static void describe(const qc_descriptor *m) {
  printf("%s, made by %s for %s%s%s\n", m->name, m->producer, m->target, *m->features ? ", needs " : "", m->features);
  printf("arena %lld bytes, weights %lld, state %lld\n", (long long)m->arena_bytes, (long long)m->weight_bytes, (long long)m->state_bytes);
  for (int side = 0; side < 2; side++)
    for (int i = 0; i < (side ? m->n_outputs : m->n_inputs); i++) {
      printf(side ? "output " : "input  ");
      print_shape(side ? &m->outputs[i] : &m->inputs[i]);
      print_quant(side ? &m->outputs[i] : &m->inputs[i]);
      printf("\n");
    }
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void check(int status) {
  if (status) die(1, "%s", qc_last_error());
}

static void bench(qc_context *ctx, const qc_descriptor *m, int runs) {
  double *ms = allocate((size_t)runs * sizeof *ms);
  for (int i = -5; i < runs; i++) { /* five to warm up */
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    check(qc_run(ctx, NULL, NULL));
    clock_gettime(CLOCK_MONOTONIC, &b);
    if (i >= 0) ms[i] = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
  }
  qsort(ms, (size_t)runs, sizeof *ms, by_size);
  printf("%s: %d runs, ms: min %.6f  median %.6f  p99 %.6f\n", m->name, runs, ms[0], ms[runs / 2], ms[(runs - 1) * 99 / 100]);
  free(ms);
}

static long number_after(int argc, char **argv, int *i, long most) {
  char *end = "";
  long n = *i + 1 < argc ? strtol(argv[*i + 1], &end, 10) : 0;
  if (n < 1 || n > most || *end) die(2, "%s wants a number from 1 to %ld", argv[*i], most);
  ++*i;
  return n;
}

int main(int argc, char **argv) {
  program = argv[0];
  const char **in = allocate((size_t)argc * sizeof *in), **out = allocate((size_t)argc * sizeof *out);
  int n_in = 0, n_out = 0, runs = 0;
  qc_options options = {.struct_bytes = sizeof options, .threads = 1};
  qc_network *net;
  qc_context *ctx;
  check(qc_from_model(&qc_model, &net));
  const qc_descriptor *m = qc_describe(net);
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--describe")) return describe(m), qc_close(net), free(in), free(out), 0;
    if (!strcmp(argv[i], "--bench")) runs = (int)number_after(argc, argv, &i, 1000000);
    else if (!strcmp(argv[i], "--threads")) options.threads = (int32_t)number_after(argc, argv, &i, QC_MAX_THREADS);
    else if (!strcmp(argv[i], "-o") && i + 1 < argc) out[n_out++] = argv[++i];
    else if (argv[i][0] == '-')
      die(2, "usage: %s INPUT.npy|INPUT.raw ... [-o OUTPUT.npy|OUTPUT.raw]... [--threads N]\n       %s --describe | --bench N [INPUT ...]",
          program, program);
    else in[n_in++] = argv[i];
  }
  if (n_in != m->n_inputs && !(runs && !n_in)) die(2, "%d input files given, '%s' takes %d (--describe lists them)", n_in, m->name, (int)m->n_inputs);
  if (n_out > m->n_outputs) die(2, "%d output files given, '%s' has %d outputs", n_out, m->name, (int)m->n_outputs);

  check(qc_context_create(net, &options, &ctx));
  void **inputs = allocate((size_t)m->n_inputs * sizeof *inputs), **outputs = allocate((size_t)m->n_outputs * sizeof *outputs);
  for (int i = 0; i < m->n_inputs; i++) {
    inputs[i] = n_in ? read_input(in[i], &m->inputs[i]) : allocate((size_t)m->inputs[i].bytes); /* --bench alone: zeros */
    check(qc_set_input(ctx, i, inputs[i], (size_t)m->inputs[i].bytes));
  }
  for (int i = 0; i < m->n_outputs; i++) {
    outputs[i] = allocate((size_t)m->outputs[i].bytes);
    check(qc_set_output(ctx, i, outputs[i], (size_t)m->outputs[i].bytes));
  }
  if (runs) bench(ctx, m, runs);
  else check(qc_run(ctx, NULL, NULL));
  for (int i = 0; i < n_out; i++) write_output(out[i], &m->outputs[i], outputs[i]);
  for (int i = 0; i < m->n_outputs && !n_out && !runs; i++) print_top(&m->outputs[i], outputs[i]);
  qc_context_destroy(ctx);
  qc_close(net);
  for (int i = 0; i < m->n_inputs; i++) free(inputs[i]);
  for (int i = 0; i < m->n_outputs; i++) free(outputs[i]);
  free(inputs), free(outputs), free(in), free(out);
  return fflush(stdout) || ferror(stdout);
}
