/*
 * Which instruction sets the host has, by LLVM's names, so that a network for another CPU is refused instead of dying of SIGILL.
 * Bits: Intel SDM vol. 2A CPUID, AMD APM vol. 3 appendix E, as in LLVM's Host.cpp; Linux arch/arm64/include/uapi/asm/hwcap.h.
 * A name that is not in the table counts as missing. On other architectures nothing is checked.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

enum word { L1C, L1D, L7B, L7C, L7D, L71A, L71D, LD1A, X1C, X1D, X8B, WORDS };
enum os { ANY, YMM, ZMM, TMM, OSES }; /* register state that the operating system must save, by XCR0 */

static const struct feature {
  char name[19];
  uint8_t word, bit, os;
} features[] = {
    {"sse", L1D, 25, ANY},           {"sse2", L1D, 26, ANY},          {"sse3", L1C, 0, ANY},          {"ssse3", L1C, 9, ANY},
    {"sse4.1", L1C, 19, ANY},        {"sse4.2", L1C, 20, ANY},        {"crc32", L1C, 20, ANY},        {"sse4a", X1C, 6, ANY},
    {"avx", L1C, 28, YMM},           {"avx2", L7B, 5, YMM},           {"fma", L1C, 12, YMM},          {"f16c", L1C, 29, YMM},
    {"fma4", X1C, 16, YMM},          {"xop", X1C, 11, YMM},           {"avxvnni", L71A, 4, YMM},      {"avxifma", L71A, 23, YMM},
    {"avxvnniint8", L71D, 4, YMM},   {"avxneconvert", L71D, 5, YMM},  {"avxvnniint16", L71D, 10, YMM}, {"vaes", L7C, 9, YMM},
    {"vpclmulqdq", L7C, 10, YMM},    {"gfni", L7C, 8, ANY},           {"aes", L1C, 25, ANY},          {"pclmul", L1C, 1, ANY},
    {"sha", L7B, 29, ANY},           {"sha512", L71A, 0, YMM},        {"sm3", L71A, 1, YMM},          {"sm4", L71A, 2, YMM},
    {"avx512f", L7B, 16, ZMM},       {"evex512", L7B, 16, ZMM},       {"avx512dq", L7B, 17, ZMM},     {"avx512ifma", L7B, 21, ZMM},
    {"avx512cd", L7B, 28, ZMM},      {"avx512bw", L7B, 30, ZMM},      {"avx512vl", L7B, 31, ZMM},     {"avx512vbmi", L7C, 1, ZMM},
    {"avx512vbmi2", L7C, 6, ZMM},    {"avx512vnni", L7C, 11, ZMM},    {"avx512bitalg", L7C, 12, ZMM}, {"avx512vpopcntdq", L7C, 14, ZMM},
    {"avx512vp2intersect", L7D, 8, ZMM}, {"avx512fp16", L7D, 23, ZMM}, {"avx512bf16", L71A, 5, ZMM},  {"amx-tile", L7D, 24, TMM},
    {"amx-int8", L7D, 25, TMM},      {"amx-bf16", L7D, 22, TMM},      {"amx-fp16", L71A, 21, TMM},    {"bmi", L7B, 3, ANY},
    {"bmi2", L7B, 8, ANY},           {"lzcnt", X1C, 5, ANY},          {"popcnt", L1C, 23, ANY},       {"movbe", L1C, 22, ANY},
    {"adx", L7B, 19, ANY},           {"tbm", X1C, 21, ANY},           {"cmov", L1D, 15, ANY},         {"cx8", L1D, 8, ANY},
    {"cx16", L1C, 13, ANY},          {"mmx", L1D, 23, ANY},           {"x87", L1D, 0, ANY},           {"fxsr", L1D, 24, ANY},
    {"64bit", X1D, 29, ANY},         {"sahf", X1C, 0, ANY},           {"prfchw", X1C, 8, ANY},        {"prefetchi", L71D, 14, ANY},
    {"xsave", L1C, 26, ANY},         {"xsaveopt", LD1A, 0, ANY},      {"xsavec", LD1A, 1, ANY},       {"xsaves", LD1A, 3, ANY},
    {"fsgsbase", L7B, 0, ANY},       {"invpcid", L7B, 10, ANY},       {"rdrnd", L1C, 30, ANY},        {"rdseed", L7B, 18, ANY},
    {"clflushopt", L7B, 23, ANY},    {"clwb", L7B, 24, ANY},          {"clzero", X8B, 0, ANY},        {"cldemote", L7C, 25, ANY},
    {"movdiri", L7C, 27, ANY},       {"movdir64b", L7C, 28, ANY},     {"rdpid", L7C, 22, ANY},        {"rdpru", X8B, 4, ANY},
    {"wbnoinvd", X8B, 9, ANY},       {"mwaitx", X1C, 29, ANY},        {"serialize", L7D, 14, ANY},    {"waitpkg", L7C, 5, ANY},
};

static void probe(uint32_t words[WORDS], uint64_t *xcr0) {
  uint32_t a, b, c, d, lo = 0, hi = 0;
  memset(words, 0, WORDS * sizeof *words);
  if (__get_cpuid_count(1, 0, &a, &b, &c, &d)) words[L1C] = c, words[L1D] = d;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
    words[L7B] = b, words[L7C] = c, words[L7D] = d;
    if (a >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d)) words[L71A] = a, words[L71D] = d;
  }
  if (__get_cpuid_count(13, 1, &a, &b, &c, &d)) words[LD1A] = a;
  if (__get_cpuid_count(0x80000001u, 0, &a, &b, &c, &d)) words[X1C] = c, words[X1D] = d;
  if (__get_cpuid_count(0x80000008u, 0, &a, &b, &c, &d)) words[X8B] = b;
  if (words[L1C] >> 27 & 1) __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
  *xcr0 = (uint64_t)hi << 32 | lo;
}

static int host_has(const char *name, size_t length) {
  static const uint64_t needed[OSES] = {[ANY] = 0, [YMM] = 0x6, [ZMM] = 0xe6, [TMM] = 0x60000};
  uint32_t words[WORDS];
  uint64_t xcr0;
  probe(words, &xcr0);
  for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
    const struct feature *f = &features[i];
    if (strlen(f->name) == length && !memcmp(f->name, name, length))
      return (words[f->word] >> f->bit & 1) && (xcr0 & needed[f->os]) == needed[f->os];
  }
  return 0;
}

#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>

static int host_has(const char *name, size_t length) {
  static const struct {
    char name[10];
    uint8_t word;
    uint64_t bits;
  } features[] = {
      {"fp-armv8", 0, 1 << 0}, {"neon", 0, 1 << 1},       {"aes", 0, 1 << 3},      {"sha2", 0, 1 << 6},     {"crc", 0, 1 << 7},
      {"lse", 0, 1 << 8},      {"fullfp16", 0, 3 << 9},   {"rdm", 0, 1 << 12},     {"jsconv", 0, 1 << 13},  {"complxnum", 0, 1 << 14},
      {"rcpc", 0, 1 << 15},    {"sha3", 0, 1 << 17},      {"dotprod", 0, 1 << 20}, {"sve", 0, 1 << 22},     {"fp16fml", 0, 1 << 23},
      {"sve2", 1, 1 << 1},     {"i8mm", 1, 1 << 13},      {"bf16", 1, 1 << 14},    {"sme", 1, 1 << 23},
  };
  uint64_t words[] = {getauxval(AT_HWCAP), getauxval(AT_HWCAP2)};
  for (size_t i = 0; i < sizeof features / sizeof *features; i++)
    if (strlen(features[i].name) == length && !memcmp(features[i].name, name, length))
      return (words[features[i].word] & features[i].bits) == features[i].bits;
  return 0;
}

#else
static int host_has(const char *name, size_t length) { return (void)name, (void)length, 1; }
#endif

int qc_check_cpu(const char *wanted) {
  char missing[256] = "";
  size_t used = 0;
  for (const char *at = wanted; *at;) {
    size_t length = strcspn(at, ",");
    const char *name = at + (*at == '+');
    size_t name_length = length - (size_t)(name - at);
    if (name_length && *at != '-' && !host_has(name, name_length) && used + name_length + 3 < sizeof missing)
      used += (size_t)snprintf(missing + used, sizeof missing - used, "%s%.*s", used ? ", " : "", (int)name_length, name);
    at += length + (at[length] == ',');
  }
  if (!used) return QC_OK;
  return qc_fail(QC_E_CPU, "it lacks %s; compile for it, for example with --target \"llvm -mcpu=native\" on this machine", missing);
}
