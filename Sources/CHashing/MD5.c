#include "CHashing.h"
#include "MD5Kernels.h"
#include "MD5Steps.h"

#include <string.h>

/// Keeps the compiler from adding a part of `value` later than this. It likes to add the constant of a step last, when
/// the sum could have been ready before the step that came before has ended; that costs a fifth of the speed.
#define SETTLE(value) __asm__("" : "+r"(value))

void varve_md5_scalar_blocks(uint32_t state[4], const uint8_t *data, size_t blocks) {
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (; blocks != 0; blocks--, data += VARVE_MD5_BLOCK) {
        const uint32_t was_a = a, was_b = b, was_c = c, was_d = d;
        uint32_t words[16];
        memcpy(words, data, sizeof words);
#define STEP(function, a, b, c, d, word, shift, constant) \
    a += words[word] + constant;                          \
    SETTLE(a);                                            \
    a = VARVE_MD5_##function(a, b, c, d);                 \
    a = VARVE_MD5_ROTATED(a, shift) + b;
        VARVE_MD5_ALL_STEPS(STEP)
#undef STEP
        a += was_a;
        b += was_b;
        c += was_c;
        d += was_d;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
}

size_t varve_md5_pad(uint8_t tail[2 * VARVE_MD5_BLOCK], uint64_t length) {
    const size_t rest = length % VARVE_MD5_BLOCK;
    const size_t blocks = rest < VARVE_MD5_BLOCK - 8 ? 1 : 2;
    const size_t end = blocks * VARVE_MD5_BLOCK - 8;
    const uint64_t bits = length << 3;
    tail[rest] = 0x80;
    memset(tail + rest + 1, 0, end - rest - 1);
    memcpy(tail + end, &bits, 8);
    return blocks;
}

void varve_md5_init(varve_md5 *context) {
    memset(context, 0, sizeof *context);
    memcpy(context->state, varve_md5_initial, sizeof context->state);
}

void varve_md5_update(varve_md5 *context, const void *data, size_t length) {
    if (length == 0) return;
    const uint8_t *bytes = data;
    const size_t buffered = context->length % VARVE_MD5_BLOCK;
    context->length += length;
    if (buffered != 0) {
        const size_t room = VARVE_MD5_BLOCK - buffered;
        const size_t taken = length < room ? length : room;
        memcpy(context->buffer + buffered, bytes, taken);
        if (taken < room) return;
        varve_md5_scalar_blocks(context->state, context->buffer, 1);
        bytes += taken;
        length -= taken;
    }
    const size_t blocks = length / VARVE_MD5_BLOCK;
    varve_md5_scalar_blocks(context->state, bytes, blocks);
    memcpy(context->buffer, bytes + blocks * VARVE_MD5_BLOCK, length % VARVE_MD5_BLOCK);
}

void varve_md5_final(varve_md5 *context, uint8_t out[16]) {
    uint8_t tail[2 * VARVE_MD5_BLOCK];
    memcpy(tail, context->buffer, context->length % VARVE_MD5_BLOCK);
    const size_t blocks = varve_md5_pad(tail, context->length);
    varve_md5_scalar_blocks(context->state, tail, blocks);
    memcpy(out, context->state, 16);
}
