/* What is looked at in the file of a network before the system's loader maps it: the architecture, the size, and, where asked, the SHA-256. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* e_machine of ELF files, and of this program. */
static const struct {
  unsigned char low;
  const char *name;
} machines[] = {{62, "x86_64"}, {183, "aarch64"}, {243, "riscv64"}, {3, "x86"}, {40, "arm"}};
#if defined(__x86_64__)
#define THIS_MACHINE 62
#elif defined(__aarch64__)
#define THIS_MACHINE 183
#endif

enum { HEADER = 64, SEGMENT = 56 }; /* bytes of an ELF-64 file header and of a program header */

static uint64_t number(const unsigned char *p, int bytes) {
  uint64_t n = 0;
  while (bytes--) n = n << 8 | p[bytes];
  return n;
}

/* Refuses a library for another architecture by name; the loader would say that there is no such file. */
static int check_machine(const char *file, int machine) {
#ifdef THIS_MACHINE
  const char *for_machine = NULL, *here = NULL;
  if (machine == THIS_MACHINE) return QC_OK;
  for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
    if (machines[i].low == machine) for_machine = machines[i].name;
    if (machines[i].low == THIS_MACHINE) here = machines[i].name;
  }
  if (for_machine) return qc_fail(QC_E_OPEN, "%s is built for %s and this machine is %s", file, for_machine, here);
  return qc_fail(QC_E_OPEN, "%s is built for another architecture (ELF machine %d) and this machine is %s", file, machine, here);
#else
  (void)file, (void)machine;
  return QC_OK;
#endif
}

static int is_cut(const char *file, uint64_t size, uint64_t from, uint64_t bytes) {
  if (from <= size && bytes <= size - from) return QC_OK;
  return qc_fail(QC_E_OPEN, "%s is not whole: it has %llu bytes, its headers speak of more", file, (unsigned long long)size);
}

/* The loader maps what the headers say, and pages that the file does not have are a bus error when they are touched. */
static int check_elf(const char *file, FILE *f, uint64_t size) {
  unsigned char head[HEADER], segment[SEGMENT];
  size_t n = fread(head, 1, sizeof head, f);
  if (n < 20 || memcmp(head, "\177ELF", 4) || head[5] != 1) return QC_OK; /* the loader says what it is not */
  int status = check_machine(file, (int)number(head + 18, 2));
  if (status || head[4] != 2) return status;
  if (n < sizeof head) return is_cut(file, size, HEADER, 0);
  uint64_t segments = number(head + 32, 8), count = number(head + 56, 2), each = number(head + 54, 2);
  status = is_cut(file, size, segments, count * each);
  if (!status) status = is_cut(file, size, number(head + 40, 8), number(head + 60, 2) * number(head + 58, 2));
  for (uint64_t i = 0; !status && each >= SEGMENT && i < count; i++) {
    if (fseek(f, (long)(segments + i * each), SEEK_SET) || fread(segment, 1, SEGMENT, f) != SEGMENT) return is_cut(file, size, size, 1);
    status = is_cut(file, size, number(segment + 8, 8), number(segment + 32, 8));
  }
  return status;
}

int qc_check_file(const char *file) {
  FILE *f = fopen(file, "rb");
  if (!f) return QC_OK; /* the loader says why not */
  long size = fseek(f, 0, SEEK_END) ? -1 : ftell(f);
  rewind(f);
  int status = size < 0 ? QC_OK : check_elf(file, f, (uint64_t)size);
  fclose(f);
  return status;
}

/* SHA-256: FIPS 180-4, section 6.2. */
struct sha256 {
  uint32_t h[8];
  uint64_t bytes;
  unsigned char block[64];
};

static uint32_t turned(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void sha256_block(struct sha256 *s, const unsigned char *p) {
  static const uint32_t k[64] = {
      0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
      0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
      0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
      0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
      0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
      0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
  uint32_t w[64];
  for (int i = 0; i < 16; i++) w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 | (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + (turned(a, 7) ^ turned(a, 18) ^ a >> 3) + w[i - 7] + (turned(b, 17) ^ turned(b, 19) ^ b >> 10);
  }
  uint32_t a = s->h[0], b = s->h[1], c = s->h[2], d = s->h[3], e = s->h[4], f = s->h[5], g = s->h[6], h = s->h[7];
  for (int i = 0; i < 64; i++) {
    uint32_t t = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + k[i] + w[i];
    uint32_t u = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t, d = c, c = b, b = a, a = t + u;
  }
  s->h[0] += a, s->h[1] += b, s->h[2] += c, s->h[3] += d, s->h[4] += e, s->h[5] += f, s->h[6] += g, s->h[7] += h;
}

/* 64 hexadecimal digits of the rest of `f`; 0 where it cannot be read. */
static int sha256_of(FILE *f, char digits[65]) {
  struct sha256 s = {.h = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
  size_t n;
  while ((n = fread(s.block, 1, 64, f)) == 64) {
    s.bytes += 64;
    sha256_block(&s, s.block);
  }
  if (ferror(f)) return 0;
  uint64_t bits = (s.bytes + n) * 8;
  s.block[n++] = 0x80;
  if (n > 56) {
    memset(s.block + n, 0, 64 - n);
    sha256_block(&s, s.block);
    n = 0;
  }
  memset(s.block + n, 0, 56 - n);
  for (int i = 0; i < 8; i++) s.block[56 + i] = (unsigned char)(bits >> (56 - 8 * i));
  sha256_block(&s, s.block);
  for (int i = 0; i < 8; i++) snprintf(digits + 8 * i, 9, "%08x", (unsigned)s.h[i]);
  return 1;
}

/* The text of a file, to be freed; NULL where it cannot be read. */
static char *text_of(const char *path) {
  FILE *f = fopen(path, "rb");
  long size = f && !fseek(f, 0, SEEK_END) ? ftell(f) : -1;
  char *text = size >= 0 ? malloc((size_t)size + 1) : NULL;
  if (text) {
    rewind(f);
    text[fread(text, 1, (size_t)size, f)] = 0;
  }
  if (f) fclose(f);
  return text;
}

static const char *skip(const char *p, char c) {
  p += strspn(p, " \t\r\n");
  return *p == c ? p + 1 : NULL;
}

/* The digits that model.json has for model.so under "sha256"; NULL where it has none. */
static const char *recorded(const char *json) {
  for (const char *p = json; (p = strstr(p, "\"sha256\""));) {
    const char *value = skip(p += 8, ':'), *object = value ? skip(value, '{') : NULL;
    const char *name = object ? strstr(object, "\"model.so\"") : NULL;
    const char *colon = name ? skip(name + 10, ':') : NULL, *digits = colon ? skip(colon, '"') : NULL;
    if (digits && strspn(digits, "0123456789abcdef") == 64) return digits;
  }
  return NULL;
}

int qc_check_sha256(const char *file, const char *record) {
  char digits[65];
  char *json = text_of(record);
  if (!json) return qc_fail(QC_E_DAMAGED, "%s cannot be read", record);
  const char *wanted = recorded(json);
  FILE *f = wanted ? fopen(file, "rb") : NULL;
  int differs = !f || !sha256_of(f, digits) || memcmp(digits, wanted, 64);
  int status = QC_OK;
  if (!wanted) status = qc_fail(QC_E_DAMAGED, "%s has no checksum of model.so", record);
  else if (differs) status = qc_fail(QC_E_DAMAGED, "%s is not the file that %s describes: its SHA-256 differs", file, record);
  if (f) fclose(f);
  free(json);
  return status;
}
