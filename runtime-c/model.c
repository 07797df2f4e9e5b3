/* Loading a network, and checking all of its descriptor before any of it is used. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "internal.h"

static const struct {
  char name[5];
  unsigned char bytes;
} dtypes[] = {{"f32", 4}, {"f16", 2}, {"bf16", 2}, {"f64", 8}, {"i4", 1},  {"u4", 1},  {"i8", 1},  {"u8", 1},
              {"i16", 2}, {"u16", 2}, {"i32", 4},  {"u32", 4}, {"i64", 8}, {"u64", 8}, {"bool", 1}};

static int known_dtype(int32_t dtype) { return dtype >= 0 && (size_t)dtype < sizeof dtypes / sizeof *dtypes; }
const char *qc_dtype_name(int32_t dtype) { return known_dtype(dtype) ? dtypes[dtype].name : NULL; }
int32_t qc_dtype_bytes(int32_t dtype) { return known_dtype(dtype) ? dtypes[dtype].bytes : 0; }

/* How many scales a quantization of this shape has; -1 when its axis or block is impossible. */
static int64_t scale_count(const qc_tensor *t, int64_t elements) {
  if (t->quant == QC_QUANT_TENSOR) return 1;
  if ((t->quant != QC_QUANT_AXIS && t->quant != QC_QUANT_BLOCK) || t->quant_axis < 0 || t->quant_axis >= t->rank) return -1;
  int64_t dim = t->shape[t->quant_axis];
  if (t->quant == QC_QUANT_AXIS) return dim;
  if (t->quant_block < 1) return -1;
  return dim ? elements / dim * (dim / t->quant_block + (dim % t->quant_block != 0)) : 0;
}

static int check_tensor(const qc_tensor *t, const char *role, int32_t index) {
  if (!t->name) return qc_fail(QC_E_FORMAT, "%s %d has no name", role, (int)index);
  if (!known_dtype(t->dtype)) return qc_fail(QC_E_FORMAT, "%s '%s' has the unknown type %d", role, t->name, (int)t->dtype);
  if (t->rank < 0 || t->rank > QC_MAX_RANK || (t->rank && !t->shape))
    return qc_fail(QC_E_FORMAT, "%s '%s' has rank %d", role, t->name, (int)t->rank);
  int64_t elements = 1;
  for (int32_t i = 0; i < t->rank; i++) {
    if (t->shape[i] < 0 || __builtin_mul_overflow(elements, t->shape[i], &elements) || elements > INT64_MAX / 8)
      return qc_fail(QC_E_FORMAT, "%s '%s' has an impossible shape", role, t->name);
  }
  int64_t bytes = elements * dtypes[t->dtype].bytes;
  if (t->bytes != bytes)
    return qc_fail(QC_E_FORMAT, "%s '%s' says %lld bytes, its shape %lld", role, t->name, (long long)t->bytes, (long long)bytes);
  int fits = t->quant == QC_QUANT_NONE || (t->scales && t->quant_count == scale_count(t, elements));
  return fits ? QC_OK : qc_fail(QC_E_FORMAT, "%s '%s' has malformed quantization", role, t->name);
}

static int check_tensors(const qc_tensor *list, int32_t count, const char *role) {
  if (count < 0 || (count && !list)) return qc_fail(QC_E_FORMAT, "%d %ss", (int)count, role);
  for (int32_t i = 0; i < count; i++) {
    int status = check_tensor(&list[i], role, i);
    if (status) return status;
  }
  return QC_OK;
}

static int check_model(const qc_descriptor *m) {
  if (m->magic != QC_MAGIC) return qc_fail(QC_E_FORMAT, "wrong magic %08x", (unsigned)m->magic);
  if (m->abi_version != QC_ABI_VERSION)
    return qc_fail(QC_E_ABI, "the network has ABI version %u, this runtime %u; compile it again with the qc that this runtime came with",
                   (unsigned)m->abi_version, QC_ABI_VERSION);
  if (m->struct_bytes != sizeof *m)
    return qc_fail(QC_E_ABI, "its descriptor has %u bytes instead of %zu", (unsigned)m->struct_bytes, sizeof *m);
  if (!m->name || !m->target || !m->features || !m->producer) return qc_fail(QC_E_FORMAT, "a text is missing");
  if (!m->run) return qc_fail(QC_E_FORMAT, "no entry point");
  if (m->arena_align < 1 || m->arena_align > 4096 || (m->arena_align & (m->arena_align - 1)))
    return qc_fail(QC_E_FORMAT, "arena alignment %lld", (long long)m->arena_align);
  if (m->arena_bytes < 0 || m->state_bytes < 0 || m->arena_bytes > PTRDIFF_MAX - 8192 || m->state_bytes > PTRDIFF_MAX - 8192)
    return qc_fail(QC_E_FORMAT, "arena of %lld, state of %lld bytes", (long long)m->arena_bytes, (long long)m->state_bytes);
  if (m->n_phases < 0 || (m->n_phases && !m->phases)) return qc_fail(QC_E_FORMAT, "%d phases", (int)m->n_phases);
  for (int32_t i = 0; i < m->n_phases; i++)
    if (!m->phases[i].name) return qc_fail(QC_E_FORMAT, "phase %d has no name", (int)i);
  int status = check_tensors(m->inputs, m->n_inputs, "input");
  if (!status) status = check_tensors(m->outputs, m->n_outputs, "output");
  return status ? status : qc_check_cpu(m->features);
}

static int make_network(const qc_descriptor *model, void *handle, qc_network **net) {
  int status = check_model(model);
  if (status) return status;
  *net = malloc(sizeof **net);
  if (!*net) return qc_fail(QC_E_MEMORY, "network handle");
  (*net)->model = model;
  (*net)->handle = handle;
  atomic_init(&(*net)->holds, 1);
  return QC_OK;
}

int qc_from_model(const qc_descriptor *model, qc_network **net) {
  if (!net) return qc_fail(QC_E_ARGUMENT, "net is NULL");
  *net = NULL;
  return model ? make_network(model, NULL, net) : qc_fail(QC_E_ARGUMENT, "model is NULL");
}

/*
 * glibc takes a path that is spelled like one already open for the same file, even when the file was replaced since: the old
 * network would run silently. So the file's identity is spelled into the path: dir/model.so --> dir/.//././/./model.so.
 */
static int spell(char *out, size_t size, const char *path, const struct stat *st) {
  const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
  uint64_t id = ((uint64_t)st->st_ino ^ (uint64_t)st->st_dev << 40) * 0x9E3779B97F4A7C15u;
  int n = snprintf(out, size, "%.*s", slash ? (int)(base - path) : 2, slash ? path : "./");
  for (int i = 0; i < 48 && (size_t)n + 4 < size; i++) n += snprintf(out + n, size - (size_t)n, id >> (i + 16) & 1 ? ".//" : "./");
  n += snprintf(out + n, (size_t)n < size ? size - (size_t)n : 0, "%s", base);
  return (size_t)n < size;
}

/* The SHA-256 of a file against that in the model.json beside it. */
static int check_sum(const char *file) {
  char record[PATH_MAX + 16];
  const char *slash = strrchr(file, '/');
  snprintf(record, sizeof record, "%.*smodel.json", slash ? (int)(slash + 1 - file) : 0, file);
  return qc_check_sha256(file, record);
}

static int load(const char *path, int checks_sum, qc_network **net) {
  if (!net) return qc_fail(QC_E_ARGUMENT, "net is NULL");
  *net = NULL;
  if (!path || !*path) return qc_fail(QC_E_ARGUMENT, "path is %s", path ? "empty" : "NULL");
  char file[PATH_MAX], spelt[PATH_MAX + 256];
  struct stat st;
  int fits = snprintf(file, sizeof file, "%s", path) < (int)sizeof file;
  if (fits && stat(file, &st) == 0 && S_ISDIR(st.st_mode)) fits = snprintf(file, sizeof file, "%s/model.so", path) < (int)sizeof file;
  if (!fits) return qc_fail(QC_E_ARGUMENT, "path is longer than %d bytes", PATH_MAX);
  if (stat(file, &st) != 0) return qc_fail(QC_E_OPEN, "%s: no such file", file);
  if (!spell(spelt, sizeof spelt, file, &st)) return qc_fail(QC_E_ARGUMENT, "path is too long");
  int status = qc_check_file(file);
  if (!status && checks_sum) status = check_sum(file);
  if (status) return status;
  void *handle = dlopen(spelt, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *why = dlerror();
    size_t n = strlen(spelt);
    return qc_fail(QC_E_OPEN, "%s: %s", file, strncmp(why, spelt, n) || strncmp(why + n, ": ", 2) ? why : why + n + 2);
  }
  const qc_descriptor *model = dlsym(handle, "qc_model");
  status = model ? make_network(model, handle, net) : qc_fail(QC_E_SYMBOL, "%s exports no qc_model", file);
  if (status) dlclose(handle);
  return status;
}

int qc_load(const char *path, qc_network **net) { return load(path, 0, net); }
int qc_load_checked(const char *path, qc_network **net) { return load(path, 1, net); }

void qc_release(qc_network *net) {
  if (atomic_fetch_sub(&net->holds, 1) != 1) return;
  if (net->handle) dlclose(net->handle);
  free(net);
}

void qc_close(qc_network *net) {
  if (net) qc_release(net);
}

const qc_descriptor *qc_describe(const qc_network *net) { return net ? net->model : NULL; }
