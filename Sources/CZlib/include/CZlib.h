#ifndef VARVE_CZLIB_H
#define VARVE_CZLIB_H

#include <stddef.h>
#include <stdint.h>

// zlib is not linked: only commands that read a compressed package need it, and it is opened when they do.

/// A stream of gzip that is being read.
typedef struct varve_inflate varve_inflate;

/// Opens a stream, or returns NULL with the reason in `message`, which lives as long as the process.
varve_inflate *varve_inflate_open(const char **message);

void varve_inflate_close(varve_inflate *stream);

/// Takes bytes from `*in` and puts bytes into `*out`, both of which move on. Members that follow one another are read as
/// one.
///
/// Returns 0 when there may be more, 1 at the end of a member with nothing behind it in `in`, and -1 for bytes that are
/// not gzip.
int varve_inflate_step(varve_inflate *stream, const uint8_t **in, size_t *in_size, uint8_t **out, size_t *out_size);

#endif
