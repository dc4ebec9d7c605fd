#include "CXGBoost.h"

#include <CSystem.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static varve_xgboost_functions functions;
static char failure[512];
static int is_loaded;
static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;

// The library has a listener for each thread; so trainings on different threads hear their own messages only.
static _Thread_local char messages[1 << 14];
static _Thread_local size_t message_bytes;

static const char *const candidates[] = {
#ifdef __APPLE__
    "libxgboost.dylib",
    "/opt/homebrew/opt/xgboost/lib/libxgboost.dylib",
    "/usr/local/opt/xgboost/lib/libxgboost.dylib",
#else
    "libxgboost.so.0",
    "libxgboost.so",
#endif
};

static void load(const char *path) {
    const char *const *names = path ? &path : candidates;
    size_t count = path ? 1 : sizeof candidates / sizeof *candidates;
    void *library = varve_open_library(names, count, failure, sizeof failure);
    if (!library) return;
#define VARVE_XGBOOST_RESOLVE(result, name, parameters) \
    functions.name = (__typeof__(functions.name))dlsym(library, #name); \
    if (!functions.name) { \
        snprintf(failure, sizeof failure, "libxgboost lacks the function " #name "; varve needs 1.7 or later"); \
        return; \
    }
    VARVE_XGBOOST_FUNCTIONS(VARVE_XGBOOST_RESOLVE)
#undef VARVE_XGBOOST_RESOLVE
    is_loaded = 1;
}

const varve_xgboost_functions *varve_xgboost_load(const char *path, const char **message) {
    pthread_mutex_lock(&loading);
    if (!is_loaded) load(path);
    int succeeded = is_loaded;
    pthread_mutex_unlock(&loading);
    if (succeeded) return &functions;
    if (message) *message = failure;
    return NULL;
}

static void note(const char *message) {
    size_t count = strlen(message);
    // What does not fit, with its end of line, is not worth keeping.
    if (count < sizeof messages - message_bytes) {
        memcpy(messages + message_bytes, message, count);
        message_bytes += count;
        messages[message_bytes++] = '\n';
    }
}

void varve_xgboost_listen(const varve_xgboost_functions *library) { library->XGBRegisterLogCallback(note); }

size_t varve_xgboost_take_messages(char *buffer, size_t capacity) {
    size_t count = message_bytes < capacity ? message_bytes : capacity;
    memcpy(buffer, messages, count);
    message_bytes = 0;
    return count;
}
