#include "CCurl.h"

#include <CSystem.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

static varve_curl_functions functions;
static char failure[512];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char *const candidates[] = {
#ifdef __APPLE__
    "libcurl.4.dylib",
    "/opt/homebrew/opt/curl/lib/libcurl.4.dylib",
    "/usr/lib/libcurl.4.dylib",
#else
    "libcurl.so.4",
    "libcurl-gnutls.so.4",
    "libcurl.so",
#endif
};

static void load(void) {
    void *library = varve_open_library(candidates, sizeof candidates / sizeof *candidates, failure, sizeof failure);
    if (!library) return;
#define VARVE_CURL_RESOLVE(name) \
    functions.name = (__typeof__(functions.name))dlsym(library, #name); \
    if (!functions.name) { \
        snprintf(failure, sizeof failure, "libcurl lacks the function " #name "; it is too old"); \
        return; \
    }
    VARVE_CURL_FUNCTIONS(VARVE_CURL_RESOLVE)
#undef VARVE_CURL_RESOLVE
    CURLcode status = functions.curl_global_init(CURL_GLOBAL_ALL);
    if (status != CURLE_OK) {
        snprintf(failure, sizeof failure, "libcurl cannot start: %s", functions.curl_easy_strerror(status));
        return;
    }
    failure[0] = '\0';
}

const varve_curl_functions *varve_curl_load(const char **message) {
    pthread_once(&once, load);
    if (functions.curl_version_info && !failure[0]) return &functions;
    if (message) *message = failure;
    return NULL;
}
