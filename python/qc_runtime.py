"""Runs models compiled by qc: a ctypes face of libqcrt. Python 3.8 or newer; uses numpy when it is there, array.array otherwise.

    import qc_runtime
    with qc_runtime.load("out", threads=2, preprocess=lambda image: {"x": (image - 127.5) / 127.5}) as net:
        scores = net.run(image)["y"]
"""
import array
import ctypes as c
import hashlib
import json
import os
import sys
import threading

try:
    import numpy
except ImportError:
    numpy = None

__all__ = ["load", "Network", "Tensor", "QcError", "ABI_VERSION"]

ABI_VERSION = 1
# by number in qc_dtype: name, array.array code, numpy name (bit patterns where numpy has no such type), bytes
_DTYPES = [
    ("f32", "f", "float32", 4), ("f16", "H", "float16", 2), ("bf16", "H", "uint16", 2), ("f64", "d", "float64", 8),
    ("i4", "b", "int8", 1), ("u4", "B", "uint8", 1), ("i8", "b", "int8", 1), ("u8", "B", "uint8", 1),
    ("i16", "h", "int16", 2), ("u16", "H", "uint16", 2), ("i32", "i", "int32", 4), ("u32", "I", "uint32", 4),
    ("i64", "q", "int64", 8), ("u64", "Q", "uint64", 8), ("bool", "B", "bool", 1),
]


class _Tensor(c.Structure):
    _fields_ = [
        ("name", c.c_char_p), ("shape", c.POINTER(c.c_int64)), ("scales", c.POINTER(c.c_float)), ("zeros", c.POINTER(c.c_int32)),
        ("bytes", c.c_int64), ("dtype", c.c_int32), ("rank", c.c_int32), ("quant", c.c_int32), ("quant_axis", c.c_int32),
        ("quant_count", c.c_int32), ("quant_block", c.c_int32),
    ]


class _Phase(c.Structure):
    _fields_ = [("name", c.c_char_p), ("flops", c.c_double), ("bytes", c.c_double)]


class _Descriptor(c.Structure):
    _fields_ = [
        ("magic", c.c_uint32), ("abi_version", c.c_uint32), ("struct_bytes", c.c_uint32), ("flags", c.c_uint32),
        ("name", c.c_char_p), ("target", c.c_char_p), ("features", c.c_char_p), ("producer", c.c_char_p),
        ("arena_bytes", c.c_int64), ("arena_align", c.c_int64), ("weight_bytes", c.c_int64), ("state_bytes", c.c_int64),
        ("state_init", c.c_void_p), ("n_inputs", c.c_int32), ("n_outputs", c.c_int32),
        ("inputs", c.POINTER(_Tensor)), ("outputs", c.POINTER(_Tensor)),
        ("n_phases", c.c_int32), ("reserved", c.c_int32), ("phases", c.POINTER(_Phase)), ("run", c.c_void_p),
    ]


class _Options(c.Structure):
    _fields_ = [
        ("struct_bytes", c.c_size_t), ("arena", c.c_void_p), ("arena_bytes", c.c_size_t), ("threads", c.c_int32), ("spin_us", c.c_int32),
    ]


class QcError(Exception):
    """`code` is QC-PY-NNN for a wrong call, QC-RT-1NN for a status NN of the C library."""

    def __init__(self, code, message):
        super().__init__("%s: %s" % (code, message))
        self.code = code


class Tensor:
    """An input or output: name, dtype, shape, bytes, and quant: None or a dict with kind tensor, axis or block (real = scale * (q - zero))."""

    def __init__(self, raw):
        self.name = raw.name.decode()
        self.dtype, self._code, self._numpy, self._width = _DTYPES[raw.dtype]
        self.shape = tuple(raw.shape[: raw.rank])
        self.bytes = raw.bytes
        self.size = raw.bytes // self._width
        self.quant = self._quant(raw)

    @staticmethod
    def _quant(raw):
        if raw.quant == 0:
            return None
        scales = list(raw.scales[: raw.quant_count])
        zeros = list(raw.zeros[: raw.quant_count]) if raw.zeros else [0] * raw.quant_count
        if raw.quant == 1:
            return {"kind": "tensor", "scale": scales[0], "zero": zeros[0]}
        found = {"kind": "axis" if raw.quant == 2 else "block", "axis": raw.quant_axis, "scales": scales, "zeros": zeros}
        return found if raw.quant == 2 else dict(found, block=raw.quant_block)

    def __repr__(self):
        return "%s: %s%s" % (self.name, self.dtype, list(self.shape))

    def _refuse(self, given):
        raise QcError("QC-PY-003", "input '%s' is %s%s, not %s" % (self.name, self.dtype, list(self.shape), given))

    def _take(self, data):
        """(object that keeps the memory alive, address) of `data` as this input; lists are converted, arrays must have the type."""
        if numpy is not None and not isinstance(data, (bytes, bytearray, memoryview, array.array)):
            if not isinstance(data, numpy.ndarray):
                data = numpy.asarray(data, dtype=self._numpy)
            if data.dtype != self._numpy or data.size != self.size:
                self._refuse("%s%s" % (data.dtype, list(data.shape)))
            data = numpy.ascontiguousarray(data)
            return data, data.ctypes.data
        if isinstance(data, (list, tuple)):
            data = array.array(self._code, data)
        elif isinstance(data, array.array) and data.itemsize != self._width:
            self._refuse("array('%s')" % data.typecode)
        view = memoryview(data).cast("B")
        if view.nbytes != self.bytes:
            self._refuse("%d bytes" % view.nbytes)
        if view.readonly:
            view = memoryview(bytearray(view))
        holder = (c.c_char * max(self.bytes, 1)).from_buffer(view) if self.bytes else (c.c_char * 1)()
        return holder, c.addressof(holder)

    def _make(self):
        """A new array for this output, and its address."""
        if numpy is not None:
            data = numpy.empty(self.shape, self._numpy)
            return data, data.ctypes.data
        data = array.array(self._code, bytes(self.bytes))
        return data, data.buffer_info()[0]


def _find_library():
    here = os.path.dirname(os.path.abspath(__file__))
    places = [os.path.join(here, "libqcrt.so"), os.path.join(here, "..", "dist", "runtime", "libqcrt.so")]
    for place in places:
        if os.path.exists(place):
            return place
    help = "`npm run build` compiles it, load(..., library=PATH) names one that lies elsewhere"
    raise QcError("QC-PY-001", "libqcrt.so is missing (looked for %s); %s" % (" and ".join(places), help))


def _open_library(path):
    try:
        lib = c.CDLL(path or _find_library())
    except OSError as error:
        raise QcError("QC-PY-001", "the runtime library cannot be loaded: %s; load(..., library=PATH) names another" % error) from None
    p, i32 = c.c_void_p, c.c_int32
    signatures = {
        "qc_abi_version": (c.c_uint32, []), "qc_last_error": (c.c_char_p, []), "qc_load": (c.c_int, [c.c_char_p, c.POINTER(p)]),
        "qc_close": (None, [p]), "qc_describe": (c.POINTER(_Descriptor), [p]), "qc_reset": (c.c_int, [p]),
        "qc_context_create": (c.c_int, [p, c.POINTER(_Options), c.POINTER(p)]), "qc_context_destroy": (c.c_int, [p]),
        "qc_run": (c.c_int, [p, p, p]), "qc_profile": (c.c_int, [p, c.c_int]), "qc_profile_read": (c.c_int64, [p, p, i32]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    if lib.qc_abi_version() != ABI_VERSION:
        raise QcError("QC-PY-001", "the runtime library has ABI version %d, this module %d" % (lib.qc_abi_version(), ABI_VERSION))
    return lib


def _verify(file):
    """Compares the SHA-256 of a model.so with that in the model.json beside it."""
    record = os.path.join(os.path.dirname(file), "model.json")
    help = "compile the model again with `qc compile` or `qc optimize`, or load(..., verify=False)"
    try:
        with open(record, encoding="utf-8") as f:
            wanted = json.load(f)["sha256"]["model.so"]
    except OSError as error:
        raise QcError("QC-RT-003", "'%s' is missing: %s; %s" % (record, error.strerror, help)) from None
    except (ValueError, LookupError, TypeError):
        raise QcError("QC-RT-006", "'%s' has no checksum of model.so; %s" % (record, help)) from None
    found = hashlib.sha256()
    try:
        with open(file, "rb") as f:
            for block in iter(lambda: f.read(1 << 20), b""):
                found.update(block)
    except OSError as error:
        raise QcError("QC-RT-003", "there is no compiled model at '%s': %s" % (file, error.strerror)) from None
    if found.hexdigest() != wanted:
        raise QcError("QC-RT-006", "'%s' is not the file that model.json describes: its SHA-256 differs; %s" % (file, help))


class Network:
    """A loaded model with one context: one call at a time. `inputs` and `outputs` are lists of Tensor in the model's order.

    A call from another thread while one is inside fails with QC-RT-111; close() waits for it. Give every thread a network of its own.

    preprocess: called with the arguments of run(), returns the dict of inputs.
    postprocess: called with the dict of outputs, returns what run() returns.
    """

    def __init__(self, path, threads=1, preprocess=None, postprocess=None, library=None, verify=None):
        self._context, self._lib = None, _open_library(library)
        self._lock, self._inside = threading.Lock(), None
        self.preprocess, self.postprocess = preprocess, postprocess
        if os.path.isdir(path) if verify is None else verify:
            _verify(os.path.join(path, "model.so") if os.path.isdir(path) else path)
        net, context = c.c_void_p(), c.c_void_p()
        self._check(self._lib.qc_load(os.fsencode(path), c.byref(net)))
        try:
            self._raw = self._lib.qc_describe(net).contents
            options = _Options(c.sizeof(_Options), None, 0, threads, 0)
            self._check(self._lib.qc_context_create(net, c.byref(options), c.byref(context)))
        finally:
            self._lib.qc_close(net)  # the context holds the code
        self._context = context
        self.inputs = [Tensor(self._raw.inputs[i]) for i in range(self._raw.n_inputs)]
        self.outputs = [Tensor(self._raw.outputs[i]) for i in range(self._raw.n_outputs)]

    def _check(self, status):
        if status:
            raise QcError("QC-RT-%d" % (100 + status), self._lib.qc_last_error().decode(errors="replace"))

    def _call(self, function, *arguments):
        """What `function` of the library returns for the context, which no other call is inside of."""
        if not self._lock.acquire(blocking=False):
            raise QcError("QC-RT-111", "another call is inside the network; give every thread a network of its own")
        try:
            self._inside = threading.get_ident()
            if self._context is None:
                raise QcError("QC-PY-002", "the network is closed")
            return function(self._context, *arguments)
        finally:
            self._inside = None
            self._lock.release()

    def run(self, *args, **kwargs):
        """Runs once. Without preprocess: run({name: data}), or run(data, ...) in the order of the inputs. Returns {name: array}."""
        given = self.preprocess(*args, **kwargs) if self.preprocess else self._by_name(args, kwargs)
        names = [t.name for t in self.inputs]
        if sorted(given) != sorted(names):
            raise QcError("QC-PY-003", "the network takes %s, not %s" % (names, sorted(given)))
        taken = [t._take(given[t.name]) for t in self.inputs]
        made = [t._make() for t in self.outputs]
        inputs = (c.c_void_p * max(len(taken), 1))(*[address for _, address in taken])
        outputs = (c.c_void_p * max(len(made), 1))(*[address for _, address in made])
        self._check(self._call(self._lib.qc_run, inputs, outputs))
        results = {t.name: data for t, (data, _) in zip(self.outputs, made)}
        return self.postprocess(results) if self.postprocess else results

    def step(self, *args, **kwargs):
        """The next step of a sequence: run() by another name. Every run keeps the state that it left for the next one; reset() begins anew."""
        return self.run(*args, **kwargs)

    def _by_name(self, args, kwargs):
        if len(args) == 1 and isinstance(args[0], dict) and not kwargs:
            return args[0]
        if len(args) > len(self.inputs):
            raise QcError("QC-PY-003", "%d inputs given, the network takes %d" % (len(args), len(self.inputs)))
        return dict(zip([t.name for t in self.inputs], args), **kwargs)

    def reset(self):
        """Puts state that lives from run to run back to its initial value: the next step begins a sequence."""
        self._check(self._call(self._lib.qc_reset))

    def start_profile(self):
        self._check(self._call(self._lib.qc_profile, 1))

    def stop_profile(self):
        self._check(self._call(self._lib.qc_profile, 0))

    def profile(self):
        """{"runs": n, "phases": [{"name", "flops", "bytes", "ns"}]}, ns summed over the runs since start_profile()."""
        return self._call(self._profiled)

    def _profiled(self, context):
        ns = (c.c_int64 * max(self._raw.n_phases, 1))()
        runs = self._lib.qc_profile_read(context, ns, self._raw.n_phases)
        return {"runs": runs, "phases": [dict(phase, ns=ns[i]) for i, phase in enumerate(self._phases())]}

    # the descriptor lies in the library, which close() unmaps: it is read inside of calls only
    def _phases(self):
        phases = (self._raw.phases[i] for i in range(self._raw.n_phases))
        return [{"name": p.name.decode(), "flops": p.flops, "bytes": p.bytes} for p in phases]

    def describe(self):
        return self._call(self._described)

    def _described(self, _context):
        raw = self._raw
        return {
            "name": raw.name.decode(), "target": raw.target.decode(), "features": [f for f in raw.features.decode().split(",") if f],
            "producer": raw.producer.decode(), "arena_bytes": raw.arena_bytes, "weight_bytes": raw.weight_bytes,
            "state_bytes": raw.state_bytes, "inputs": self.inputs, "outputs": self.outputs, "phases": self._phases(),
        }

    def close(self):
        """Frees everything, after the call that is inside on another thread. A second close() does nothing."""
        if self._inside == threading.get_ident():
            raise QcError("QC-RT-111", "the call that is inside the network closes it; close it afterwards")
        with self._lock:
            context, self._context = self._context, None
            if context is not None:
                self._check(self._lib.qc_context_destroy(context))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if getattr(self, "_context", None) is not None and not sys.is_finalizing():
            self.close()


def load(path, threads=1, preprocess=None, postprocess=None, library=None, verify=None):
    """Loads a folder that `qc compile` wrote, or its model.so. verify: compare the SHA-256 of model.so with model.json; None: for a folder."""
    return Network(path, threads, preprocess, postprocess, library, verify)
