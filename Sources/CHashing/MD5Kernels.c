#include "CHashing.h"
#include "MD5Kernels.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// All vector kernels come of one template. The portable one is never chosen by itself: it is the AVX-512 kernel in
// instructions that every machine has, so that its logic can be tested where AVX-512 cannot run. For the same reason it
// takes streams that come alone.

#define VARVE_KERNEL run_portable
#define VARVE_WIDTH 16
#define VARVE_VECTORS 2
#define VARVE_TARGET
#include "MD5VectorKernel.h"

// Vectors that every such machine has: SSE2, NEON.
#if defined(__x86_64__) || defined(__aarch64__)
#define VARVE_KERNEL run_baseline
#define VARVE_WIDTH 4
#define VARVE_VECTORS 2
#define VARVE_TARGET
#include "MD5VectorKernel.h"
#endif

#if defined(__x86_64__)
#define VARVE_KERNEL run_avx2
#define VARVE_WIDTH 8
#define VARVE_VECTORS 2
#define VARVE_TARGET __attribute__((target("avx2")))
#include "MD5VectorKernel.h"

#define VARVE_KERNEL run_avx512
#define VARVE_WIDTH 16
#define VARVE_VECTORS 2
#define VARVE_TARGET __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq")))
#include "MD5VectorKernel.h"

static bool has_avx2(void) {
    return __builtin_cpu_supports("avx2");
}

static bool has_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
}
#endif

static bool always(void) {
    return true;
}

/// From the slowest to the fastest.
static const struct varve_md5_kernel kernels[] = {
    {"portable", 32, 1, always, run_portable},
    {"scalar", 1, 2, always, NULL},
#if defined(__x86_64__)
    {"sse2", 8, 2, always, run_baseline},
    {"avx2", 16, 2, has_avx2, run_avx2},
    {"avx512", 32, 2, has_avx512, run_avx512},
#elif defined(__aarch64__)
    {"neon", 8, 4, always, run_baseline},
#endif
};
static const size_t kernel_count = sizeof kernels / sizeof kernels[0];

static _Atomic(const struct varve_md5_kernel *) current;

static const struct varve_md5_kernel *kernel_named(const char *name) {
    for (size_t index = 0; index < kernel_count; index++) {
        if (strcmp(kernels[index].name, name) == 0 && kernels[index].supported()) return &kernels[index];
    }
    return NULL;
}

static const struct varve_md5_kernel *automatic_kernel(void) {
    const char *wanted = getenv("VARVE_MD5_KERNEL");
    const struct varve_md5_kernel *kernel = wanted == NULL ? NULL : kernel_named(wanted);
    for (size_t index = kernel_count; kernel == NULL && index-- != 0;) {
        if (kernels[index].supported()) kernel = &kernels[index];
    }
    return kernel;
}

const struct varve_md5_kernel *varve_md5_current_kernel(void) {
    const struct varve_md5_kernel *kernel = atomic_load_explicit(&current, memory_order_relaxed);
    if (kernel == NULL) {
        kernel = automatic_kernel();
        atomic_store_explicit(&current, kernel, memory_order_relaxed);
    }
    return kernel;
}

const char *varve_md5_kernel(void) {
    return varve_md5_current_kernel()->name;
}

size_t varve_md5_kernel_lanes(void) {
    return varve_md5_current_kernel()->lanes;
}

const char *varve_md5_supported_kernel(size_t wanted) {
    for (size_t index = 0; index < kernel_count; index++) {
        if (!kernels[index].supported()) continue;
        if (wanted-- == 0) return kernels[index].name;
    }
    return NULL;
}

bool varve_md5_select_kernel(const char *name) {
    const struct varve_md5_kernel *kernel = name == NULL ? automatic_kernel() : kernel_named(name);
    if (kernel == NULL) return false;
    atomic_store_explicit(&current, kernel, memory_order_relaxed);
    return true;
}
