#include "CGit2.h"

#include <CSystem.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

static varve_git_functions functions;
static char failure[512];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char *const candidates[] = {
#ifdef __APPLE__
    "libgit2." LIBGIT2_SOVERSION ".dylib",
    "/opt/homebrew/lib/libgit2." LIBGIT2_SOVERSION ".dylib",
    "/usr/local/lib/libgit2." LIBGIT2_SOVERSION ".dylib",
    "libgit2.dylib",
#else
    "libgit2.so." LIBGIT2_SOVERSION,
    "libgit2.so",
#endif
};

static void load(void) {
    void *library = varve_open_library(candidates, sizeof candidates / sizeof *candidates, failure, sizeof failure);
    if (!library) return;
#define VARVE_GIT_RESOLVE(name) \
    functions.name = (__typeof__(functions.name))dlsym(library, #name); \
    if (!functions.name) { \
        snprintf(failure, sizeof failure, "libgit2 lacks the function " #name); \
        return; \
    }
    VARVE_GIT_FUNCTIONS(VARVE_GIT_RESOLVE)
#undef VARVE_GIT_RESOLVE

    // Structures are laid out as in the headers of the build; another version of the library has others.
    int major = 0, minor = 0, revision = 0;
    functions.git_libgit2_version(&major, &minor, &revision);
    if (major != LIBGIT2_VER_MAJOR || minor != LIBGIT2_VER_MINOR) {
        snprintf(failure, sizeof failure, "libgit2 %d.%d is installed, %s is needed", major, minor, LIBGIT2_SOVERSION);
        return;
    }
    int status = functions.git_libgit2_init();
    if (status < 0) {
        const git_error *error = functions.git_error_last();
        snprintf(failure, sizeof failure, "libgit2 cannot start: %s", error ? error->message : "no reason given");
        return;
    }
    // Extensions that change nothing in what varve reads; libgit2 refuses repositories with unknown ones, such as
    // those that were cloned with --filter or have a sparse checkout.
    static const char *extensions[] = {"partialclone", "preciousobjects", "worktreeconfig"};
    varve_git_set_extensions(&functions, extensions, sizeof extensions / sizeof *extensions);
    failure[0] = '\0';
}

static int loaded(void) { return functions.git_libgit2_init && !failure[0]; }

const varve_git_functions *varve_git_load(const char **message) {
    pthread_once(&once, load);
    if (loaded()) return &functions;
    if (message) *message = failure;
    return NULL;
}

/// Stands in for mbedTLS's reader of certificate files while varve's executable exports it (see Package.swift).
///
/// Debian's libgit2 parses the whole bundle of certificate authorities when it is initialised, 4 to 13 ms for a TLS
/// client that varve never uses: it talks to Git remotes through the `git` program. With an empty list of authorities
/// every TLS connection of libgit2 would be refused, so this fails closed. The libcurl that varve opens has another
/// TLS library.
int mbedtls_x509_crt_parse_file(void *chain, const char *path) {
    (void)chain;
    (void)path;
    return 0;
}
