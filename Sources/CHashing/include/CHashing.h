#ifndef VARVE_CHASHING_H
#define VARVE_CHASHING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MD5 of one stream.

/// A stream whose digest is being made. Plain data: a copy goes on from where the original stood.
typedef struct {
    uint64_t length;
    uint32_t state[4];
    /// The last `length % 64` bytes, which do not fill a block yet.
    uint8_t buffer[64];
    /// Whether varve_md5_update_many is at work on it.
    bool busy;
} varve_md5;

void varve_md5_init(varve_md5 *context);
void varve_md5_update(varve_md5 *context, const void *data, size_t length);
/// Appends the same bytes to two different streams, for little more than the price of one.
void varve_md5_update_twins(varve_md5 *first, varve_md5 *second, const void *data, size_t length);
/// Spends the context: only varve_md5_init may follow.
void varve_md5_final(varve_md5 *context, uint8_t out[16]);

// MD5 of many streams at once, one per vector lane.

/// Digests of `count` whole buffers of any lengths, 16 bytes each into `out`. `data[i]` may be null where `length[i]`
/// is 0.
void varve_md5_many(const void *const *data, const size_t *length, uint8_t *out, size_t count);

/// Appends `data[i]` to `contexts[i]`. A context may appear only once; a second mention traps.
void varve_md5_update_many(
    varve_md5 *const *contexts, const void *const *data, const size_t *length, size_t count);

/// The kernel that the two functions above use: the one selected, else the one that the environment variable
/// VARVE_MD5_KERNEL names, else the fastest that this processor can run.
const char *varve_md5_kernel(void);

/// How many streams that kernel advances together.
size_t varve_md5_kernel_lanes(void);

/// Names of the kernels that this processor can run, slowest first; null past the last.
const char *varve_md5_supported_kernel(size_t index);

/// Selects a kernel for the whole process, or with null goes back to the automatic choice. False, and no change,
/// for a name that is unknown or that this processor cannot run.
bool varve_md5_select_kernel(const char *name);

// MD5 as DVC 2 made it: of text, with CRLF read as LF.

typedef struct {
    varve_md5 md5;
    /// Bytes of the current chunk seen so far.
    size_t offset;
    /// The first bytes of the chunk, kept until they tell whether it is text. (Words, since Swift imports an array as
    /// a tuple, and a short one is kinder to its compiler.)
    uint64_t head[64];
    bool decided;
    bool text;
    /// Whether the last byte was a CR that may belong to a CRLF.
    bool carriage_return;
} varve_text_md5;

void varve_text_md5_init(varve_text_md5 *context);
void varve_text_md5_update(varve_text_md5 *context, const void *data, size_t length);
/// Spends the context: only varve_text_md5_init may follow.
void varve_text_md5_final(varve_text_md5 *context, uint8_t out[16]);

// SHA-256.

typedef struct {
    uint64_t length;
    uint32_t state[8];
    uint8_t buffer[64];
} varve_sha256;

void varve_sha256_init(varve_sha256 *context);
void varve_sha256_update(varve_sha256 *context, const void *data, size_t length);
/// Spends the context: only varve_sha256_init may follow.
void varve_sha256_final(varve_sha256 *context, uint8_t out[32]);

/// Whether SHA-256 runs on instructions made for it.
bool varve_sha256_is_accelerated(void);
/// For tests: false turns the instructions off for the whole process.
void varve_sha256_allow_acceleration(bool allowed);

#ifdef __cplusplus
}
#endif

#endif
