#include "CZlib.h"

#include <CSystem.h>
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

struct varve_inflate {
    z_stream stream;
    int has_ended;
};

static __typeof__(&inflateInit2_) init;
static __typeof__(&inflate) step;
static __typeof__(&inflateReset) restart;
static __typeof__(&inflateEnd) end;
static char failure[512];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char *const candidates[] = {
#ifdef __APPLE__
    "libz.1.dylib",
    "/usr/lib/libz.1.dylib",
#else
    "libz.so.1",
    "libz.so",
#endif
};

static void load(void) {
    void *library = varve_open_library(candidates, sizeof candidates / sizeof *candidates, failure, sizeof failure);
    if (!library) return;
    init = (__typeof__(init))dlsym(library, "inflateInit2_");
    step = (__typeof__(step))dlsym(library, "inflate");
    restart = (__typeof__(restart))dlsym(library, "inflateReset");
    end = (__typeof__(end))dlsym(library, "inflateEnd");
    failure[0] = '\0';
    if (!init || !step || !restart || !end) snprintf(failure, sizeof failure, "it lacks a function");
}

varve_inflate *varve_inflate_open(const char **message) {
    pthread_once(&once, load);
    *message = failure;
    if (!init || failure[0]) return NULL;
    varve_inflate *opened = calloc(1, sizeof *opened);
    // 15 bits of window, and 16 for the header of gzip.
    if (!opened || init(&opened->stream, 15 + 16, ZLIB_VERSION, (int)sizeof(z_stream)) != Z_OK) {
        free(opened);
        *message = "it cannot start";
        return NULL;
    }
    return opened;
}

void varve_inflate_close(varve_inflate *stream) {
    end(&stream->stream);
    free(stream);
}

int varve_inflate_step(varve_inflate *stream, const uint8_t **in, size_t *in_size, uint8_t **out, size_t *out_size) {
    z_stream *z = &stream->stream;
    if (stream->has_ended) {
        if (*in_size == 0) return 1;
        if (restart(z) != Z_OK) return -1;
        stream->has_ended = 0;
    }
    uInt given = *in_size > UINT_MAX ? UINT_MAX : (uInt)*in_size;
    uInt room = *out_size > UINT_MAX ? UINT_MAX : (uInt)*out_size;
    z->next_in = (Bytef *)*in;
    z->avail_in = given;
    z->next_out = *out;
    z->avail_out = room;
    int status = step(z, Z_NO_FLUSH);
    *in += given - z->avail_in;
    *in_size -= given - z->avail_in;
    *out += room - z->avail_out;
    *out_size -= room - z->avail_out;
    if (status == Z_STREAM_END) {
        stream->has_ended = 1;
        return *in_size == 0;
    }
    // Nothing could be done with what there was: more input will come.
    return status == Z_OK || status == Z_BUF_ERROR ? 0 : -1;
}
