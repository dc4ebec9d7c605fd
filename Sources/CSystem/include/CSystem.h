#ifndef VARVE_CSYSTEM_H
#define VARVE_CSYSTEM_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/types.h>

/// `openat`, which Swift cannot call because it is variadic.
static inline int varve_openat(int folder, const char *path, int flags, unsigned int mode) {
    return openat(folder, path, flags, (mode_t)mode);
}

/// The name inside a directory entry; Swift would copy all 256 bytes, of which the kernel filled fewer.
static inline const char *varve_entry_name(const struct dirent *entry) {
    return entry->d_name;
}

/// Makes `destination`, an empty file opened for writing, share the blocks of `source`.
/// Returns -1 and sets `errno` where the file system cannot.
int varve_clone(int source, int destination);

/// Makes `name` in the open directory `folder` a clone of `source`; only Darwin has this call, elsewhere `ENOTSUP`.
int varve_clone_at(int source, int folder, const char *name);

/// Copies up to `count` bytes from one file's position to the other's inside the kernel.
/// Returns the bytes copied, 0 at the end of the source, or -1 with `errno` set.
ssize_t varve_copy_range(int source, int destination, size_t count);

/// Waits until what was written to the file system of an open file is on its disk.
int varve_sync_file_system(int file);

/// Lets the disk begin with a part of a file, without waiting for it, so that a later flush has less to do.
void varve_begin_writeback(int file, long long offset, long long length);

/// Writes the text for an `errno` value to `buffer`, from any thread.
void varve_error_text(int code, char *buffer, size_t size);

/// Makes a pipe whose ends no program inherits.
int varve_pipe(int ends[2]);

/// Adds to `posix_spawn_file_actions_t`, what a new program does first, that it changes to a folder.
int varve_spawn_in(void *actions, const char *folder);

/// Opens the first of so many shared libraries that is there. Returns `NULL` with the reason that the first one, which
/// is the one to install, could not be opened.
void *varve_open_library(const char *const candidates[], size_t count, char *reason, size_t size);

#endif
