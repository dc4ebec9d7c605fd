#include "CZstd.h"

#include <CSystem.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

// The part of zstd's interface that has been stable since 1.4.
typedef struct {
    const void *bytes;
    size_t size;
    size_t position;
} input_buffer;

typedef struct {
    void *bytes;
    size_t size;
    size_t position;
} output_buffer;

enum { window_log_max = 100, window_too_large = 16 };

static void *(*create)(void);
static size_t (*release)(void *context);
static size_t (*set_parameter)(void *context, int parameter, int value);
static size_t (*decompress)(void *context, output_buffer *output, input_buffer *input);
static unsigned (*is_error)(size_t result);
static int (*error_code)(size_t result);

struct varve_unzstd {
    void *context;
    int is_between_frames;
};

static char failure[512];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char *const candidates[] = {
#ifdef __APPLE__
    "libzstd.1.dylib",
    "/opt/homebrew/lib/libzstd.1.dylib",
    "/usr/local/lib/libzstd.1.dylib",
#else
    "libzstd.so.1",
    "libzstd.so",
#endif
};

static void load(void) {
    void *library = varve_open_library(candidates, sizeof candidates / sizeof *candidates, failure, sizeof failure);
    if (!library) return;
    create = (__typeof__(create))dlsym(library, "ZSTD_createDCtx");
    release = (__typeof__(release))dlsym(library, "ZSTD_freeDCtx");
    set_parameter = (__typeof__(set_parameter))dlsym(library, "ZSTD_DCtx_setParameter");
    decompress = (__typeof__(decompress))dlsym(library, "ZSTD_decompressStream");
    is_error = (__typeof__(is_error))dlsym(library, "ZSTD_isError");
    error_code = (__typeof__(error_code))dlsym(library, "ZSTD_getErrorCode");
    failure[0] = '\0';
    if (!create || !release || !set_parameter || !decompress || !is_error || !error_code) {
        snprintf(failure, sizeof failure, "it is older than 1.4");
    }
}

varve_unzstd *varve_unzstd_open(int window, const char **message) {
    pthread_once(&once, load);
    *message = failure;
    if (!create || failure[0]) return NULL;
    varve_unzstd *opened = calloc(1, sizeof *opened);
    void *context = opened ? create() : NULL;
    if (!context || is_error(set_parameter(context, window_log_max, window))) {
        if (context) release(context);
        free(opened);
        *message = "it cannot start";
        return NULL;
    }
    opened->context = context;
    return opened;
}

void varve_unzstd_close(varve_unzstd *stream) {
    release(stream->context);
    free(stream);
}

int varve_unzstd_step(varve_unzstd *stream, const uint8_t **in, size_t *in_size, uint8_t **out, size_t *out_size) {
    if (stream->is_between_frames) {
        if (*in_size == 0) return 1;
        stream->is_between_frames = 0;
    }
    input_buffer input = {*in, *in_size, 0};
    output_buffer output = {*out, *out_size, 0};
    size_t result = decompress(stream->context, &output, &input);
    *in += input.position;
    *in_size -= input.position;
    *out += output.position;
    *out_size -= output.position;
    if (is_error(result)) return error_code(result) == window_too_large ? -2 : -1;
    if (result == 0) {
        stream->is_between_frames = 1;
        return *in_size == 0;
    }
    return 0;
}
