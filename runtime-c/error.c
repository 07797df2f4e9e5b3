#include <stdarg.h>
#include <stdio.h>

#include "internal.h"

static _Thread_local char last_error[512];

int qc_fail(int status, const char *format, ...) {
  int used = snprintf(last_error, sizeof last_error, "%s: ", qc_error_text(status));
  va_list args;
  va_start(args, format);
  vsnprintf(last_error + used, sizeof last_error - (size_t)used, format, args);
  va_end(args);
  return status;
}

const char *qc_last_error(void) { return last_error; }

uint32_t qc_abi_version(void) { return QC_ABI_VERSION; }

const char *qc_error_text(int status) {
  switch (status) {
    case QC_OK: return "no error";
    case QC_E_ARGUMENT: return "bad argument";
    case QC_E_OPEN: return "cannot open the network";
    case QC_E_SYMBOL: return "not a compiled network";
    case QC_E_FORMAT: return "malformed network";
    case QC_E_ABI: return "network and runtime do not fit together";
    case QC_E_CPU: return "this CPU cannot run the network";
    case QC_E_MEMORY: return "out of memory";
    case QC_E_ARENA: return "unusable arena";
    case QC_E_THREAD: return "threads are missing";
    case QC_E_TENSOR: return "an input or output is missing";
    case QC_E_BUSY: return "another call is inside the context";
    case QC_E_RUN: return "the network failed";
    case QC_E_DAMAGED: return "the network is damaged, or another one";
    default: return "unknown status";
  }
}
