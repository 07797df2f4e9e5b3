/*
 * A program with a network in it and nothing else: model.c and model.h of `qc compile --target c`, compiled along.
 *   cc -std=c99 -O2 -Iout out/model.c main.c -o classify && ./classify image.raw
 * The file holds the input's elements, dense and row-major. On a microcontroller the pixels come from a camera instead.
 */
#include <stdio.h>

#include "model.h"

static MODEL_INPUT0_TYPE image[MODEL_INPUT0_COUNT];
static MODEL_OUTPUT0_TYPE scores[MODEL_OUTPUT0_COUNT];

int main(int argc, char **argv) {
  FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  int best = 0;
  if (!file || fread(image, sizeof image, 1, file) != 1) {
    fprintf(stderr, "usage: %s image.raw, a file of %u bytes\n", argv[0], (unsigned)sizeof image);
    return 2;
  }
  fclose(file);
  model_run(image, scores);
  for (int i = 1; i < MODEL_OUTPUT0_COUNT; i++)
    if (scores[i] > scores[best]) best = i;
  printf("class %d, score %g\n", best, (double)scores[best]);
  return 0;
}
