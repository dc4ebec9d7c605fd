#ifndef VARVE_CZSTD_H
#define VARVE_CZSTD_H

#include <stddef.h>
#include <stdint.h>

// libzstd is not linked, and its headers are not needed to build varve: only commands that read a package which others
// compressed with zstd need it, and it is opened when they do.

/// A stream of zstd that is being read.
typedef struct varve_unzstd varve_unzstd;

/// Opens a stream that may keep a window of 2 to the `window` bytes in memory, or returns NULL with the reason in
/// `message`, which lives as long as the process.
varve_unzstd *varve_unzstd_open(int window, const char **message);

void varve_unzstd_close(varve_unzstd *stream);

/// Takes bytes from `*in` and puts bytes into `*out`, both of which move on. Frames that follow one another are read as
/// one, and those that are to be skipped are.
///
/// Returns 0 when there may be more, 1 at the end of a frame with nothing behind it in `in`, -1 for bytes that are not
/// zstd, and -2 for a frame that asks for a larger window.
int varve_unzstd_step(varve_unzstd *stream, const uint8_t **in, size_t *in_size, uint8_t **out, size_t *out_size);

#endif
