#ifndef VARVE_MD5_KERNELS_H
#define VARVE_MD5_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VARVE_MD5_BLOCK 64
#define VARVE_MD5_MOST_LANES 32

static const uint32_t varve_md5_initial[4] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u};

/// One way to advance several streams together.
struct varve_md5_kernel {
    const char *name;
    size_t lanes;
    /// With fewer streams than this the scalar code, one stream after another, is faster.
    size_t fewest_streams;
    bool (*supported)(void);
    /// Runs `blocks` blocks of each lane. `state` is four rows of `lanes` words; `data` has a pointer for each lane.
    void (*run)(uint32_t *state, const uint8_t *const *data, size_t blocks);
};

const struct varve_md5_kernel *varve_md5_current_kernel(void);

void varve_md5_scalar_blocks(uint32_t state[4], const uint8_t *data, size_t blocks);

/// Writes what follows the last full block of a stream of `length` bytes: the rest, which `tail` may already hold at
/// its start, and the padding. Returns the number of blocks, 1 or 2.
size_t varve_md5_pad(uint8_t tail[2 * VARVE_MD5_BLOCK], uint64_t length);

#endif
