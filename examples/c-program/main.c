/*
 * Loads a compiled model, runs it once on a raw file (or on zeros) and prints the five largest values of the first output.
 *   ./classify out/ [image.raw [threads]]
 */
#include <stdio.h>
#include <stdlib.h>

#include "qc.h"

static double value(const qc_tensor *t, const void *data, int64_t i) {
  switch (t->dtype) {
    case QC_F32: return ((const float *)data)[i];
    case QC_I8: return t->quant == QC_QUANT_TENSOR ? t->scales[0] * (((const int8_t *)data)[i] - t->zeros[0]) : ((const int8_t *)data)[i];
    case QC_U8: return t->quant == QC_QUANT_TENSOR ? t->scales[0] * (((const uint8_t *)data)[i] - t->zeros[0]) : ((const uint8_t *)data)[i];
    default: fprintf(stderr, "this example prints f32, i8 and u8, not %s\n", qc_dtype_name(t->dtype)); exit(1);
  }
}

static int failed(void) {
  fprintf(stderr, "error: %s\n", qc_last_error());
  return 1;
}

static int read_file(const char *path, void *data, size_t bytes) {
  FILE *f = fopen(path, "rb");
  size_t got = f ? fread(data, 1, bytes, f) : 0;
  int whole = f && got == bytes && fgetc(f) == EOF;
  if (f) fclose(f);
  if (!whole) fprintf(stderr, "error: %s does not have exactly %zu bytes\n", path, bytes);
  return whole;
}

int main(int argc, char **argv) {
  if (argc < 2 || argc > 4) return fprintf(stderr, "usage: %s MODEL_FOLDER [INPUT.raw [THREADS]]\n", argv[0]), 2;

  qc_network *net;
  qc_context *ctx;
  qc_options options = {.struct_bytes = sizeof options, .threads = argc > 3 ? atoi(argv[3]) : 1};
  if (qc_load(argv[1], &net) || qc_context_create(net, &options, &ctx)) return failed();

  const qc_descriptor *m = qc_describe(net);
  printf("%s: %d inputs, %d outputs, arena %lld bytes, weights %lld\n", m->name, (int)m->n_inputs, (int)m->n_outputs,
         (long long)m->arena_bytes, (long long)m->weight_bytes);
  void **inputs = calloc((size_t)m->n_inputs + 1, sizeof *inputs), **outputs = calloc((size_t)m->n_outputs + 1, sizeof *outputs);
  for (int i = 0; i < m->n_inputs; i++) {
    inputs[i] = calloc(1, (size_t)m->inputs[i].bytes + 1);
    if (i == 0 && argc > 2 && !read_file(argv[2], inputs[i], (size_t)m->inputs[i].bytes)) return 1;
  }
  for (int i = 0; i < m->n_outputs; i++) outputs[i] = calloc(1, (size_t)m->outputs[i].bytes + 1);

  if (qc_run(ctx, (const void *const *)inputs, outputs)) return failed();

  const qc_tensor *scores = &m->outputs[0];
  int64_t count = m->n_outputs ? scores->bytes / qc_dtype_bytes(scores->dtype) : 0;
  char *taken = calloc(1, (size_t)count + 1);
  for (int rank = 1; rank <= 5 && rank <= count; rank++) {
    int64_t best = -1;
    for (int64_t i = 0; i < count; i++)
      if (!taken[i] && (best < 0 || value(scores, outputs[0], i) > value(scores, outputs[0], best))) best = i;
    taken[best] = 1;
    printf("%d. %s[%lld] = %g\n", rank, scores->name, (long long)best, value(scores, outputs[0], best));
  }

  free(taken);
  for (int i = 0; i < m->n_inputs; i++) free(inputs[i]);
  for (int i = 0; i < m->n_outputs; i++) free(outputs[i]);
  free(inputs);
  free(outputs);
  qc_context_destroy(ctx);
  qc_close(net);
  return 0;
}
