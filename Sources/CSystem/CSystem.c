// Not in the header: Swift's view of the C library is without it, and the two must agree.
#define _GNU_SOURCE
#include "CSystem.h"

#include <dlfcn.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/fs.h>
#include <sys/ioctl.h>
#endif
#ifdef __APPLE__
#include <sys/clonefile.h>
#endif

int varve_clone(int source, int destination) {
#if defined(__linux__) && defined(FICLONE)
    return ioctl(destination, FICLONE, source);
#else
    (void)source;
    (void)destination;
    errno = ENOTSUP;
    return -1;
#endif
}

int varve_clone_at(int source, int folder, const char *name) {
#ifdef __APPLE__
    return fclonefileat(source, folder, name, 0);
#else
    (void)source;
    (void)folder;
    (void)name;
    errno = ENOTSUP;
    return -1;
#endif
}

ssize_t varve_copy_range(int source, int destination, size_t count) {
#ifdef __linux__
    return copy_file_range(source, NULL, destination, NULL, count, 0);
#else
    (void)source;
    (void)destination;
    (void)count;
    errno = ENOSYS;
    return -1;
#endif
}

void varve_error_text(int code, char *buffer, size_t size) {
#ifdef __GLIBC__
    // The GNU variant returns the text, which need not be in the buffer.
    const char *text = strerror_r(code, buffer, size);
    if (text != buffer) snprintf(buffer, size, "%s", text);
#else
    if (strerror_r(code, buffer, size) != 0) snprintf(buffer, size, "error %d", code);
#endif
}

int varve_sync_file_system(int file) {
#if defined(__linux__)
    return syncfs(file);
#else
    return fsync(file);
#endif
}

void varve_begin_writeback(int file, long long offset, long long length) {
#if defined(__linux__)
    sync_file_range(file, offset, length, SYNC_FILE_RANGE_WRITE);
#else
    (void)file, (void)offset, (void)length;
#endif
}

int varve_pipe(int ends[2]) {
#ifdef __linux__
    return pipe2(ends, O_CLOEXEC);
#else
    if (pipe(ends) != 0) return -1;
    for (int end = 0; end < 2; end++) fcntl(ends[end], F_SETFD, FD_CLOEXEC);
    return 0;
#endif
}

int varve_spawn_in(void *actions, const char *folder) {
    return posix_spawn_file_actions_addchdir_np(actions, folder);
}

void *varve_open_library(const char *const candidates[], size_t count, char *reason, size_t size) {
    for (size_t i = 0; i < count; i++) {
        void *library = dlopen(candidates[i], RTLD_LAZY | RTLD_LOCAL);
        if (library) return library;
        const char *message = dlerror();
        if (i == 0) snprintf(reason, size, "%s", message ? message : "cannot be opened");
    }
    return NULL;
}
