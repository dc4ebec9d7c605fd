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

/// Two streams that go on with the same bytes. One alone waits for its own last step most of the time; the other runs in
/// the gaps, so that both cost little more than one.
static void twin_blocks(uint32_t first[4], uint32_t second[4], const uint8_t *data, size_t blocks) {
    uint32_t a = first[0], b = first[1], c = first[2], d = first[3];
    uint32_t twin_a = second[0], twin_b = second[1], twin_c = second[2], twin_d = second[3];
    for (; blocks != 0; blocks--, data += VARVE_MD5_BLOCK) {
        const uint32_t was_a = a, was_b = b, was_c = c, was_d = d;
        const uint32_t was_twin_a = twin_a, was_twin_b = twin_b, was_twin_c = twin_c, was_twin_d = twin_d;
        uint32_t words[16];
        memcpy(words, data, sizeof words);
#define STEP(function, a, b, c, d, word, shift, constant) \
    {                                                     \
        const uint32_t sum = words[word] + constant;      \
        a += sum;                                         \
        SETTLE(a);                                        \
        twin_##a += sum;                                  \
        SETTLE(twin_##a);                                 \
    }                                                     \
    a = VARVE_MD5_##function(a, b, c, d);                 \
    twin_##a = VARVE_MD5_##function(twin_##a, twin_##b, twin_##c, twin_##d); \
    a = VARVE_MD5_ROTATED(a, shift) + b;                  \
    twin_##a = VARVE_MD5_ROTATED(twin_##a, shift) + twin_##b;
        VARVE_MD5_ALL_STEPS(STEP)
#undef STEP
        a += was_a;
        b += was_b;
        c += was_c;
        d += was_d;
        twin_a += was_twin_a;
        twin_b += was_twin_b;
        twin_c += was_twin_c;
        twin_d += was_twin_d;
    }
    first[0] = a;
    first[1] = b;
    first[2] = c;
    first[3] = d;
    second[0] = twin_a;
    second[1] = twin_b;
    second[2] = twin_c;
    second[3] = twin_d;
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

void varve_md5_update_twins(varve_md5 *first, varve_md5 *second, const void *data, size_t length) {
    if (length == 0) return;
    const uint8_t *bytes = data;
    const size_t buffered = first->length % VARVE_MD5_BLOCK;
    if (second->length % VARVE_MD5_BLOCK != buffered) {
        varve_md5_update(first, data, length);
        varve_md5_update(second, data, length);
        return;
    }
    if (buffered != 0) {
        const size_t room = VARVE_MD5_BLOCK - buffered;
        const size_t taken = length < room ? length : room;
        varve_md5_update(first, bytes, taken);
        varve_md5_update(second, bytes, taken);
        bytes += taken;
        length -= taken;
    }
    const size_t blocks = length / VARVE_MD5_BLOCK;
    twin_blocks(first->state, second->state, bytes, blocks);
    const size_t rest = length % VARVE_MD5_BLOCK;
    memcpy(first->buffer, bytes + blocks * VARVE_MD5_BLOCK, rest);
    memcpy(second->buffer, bytes + blocks * VARVE_MD5_BLOCK, rest);
    first->length += length;
    second->length += length;
}

void varve_md5_final(varve_md5 *context, uint8_t out[16]) {
    uint8_t tail[2 * VARVE_MD5_BLOCK];
    memcpy(tail, context->buffer, context->length % VARVE_MD5_BLOCK);
    const size_t blocks = varve_md5_pad(tail, context->length);
    varve_md5_scalar_blocks(context->state, tail, blocks);
    memcpy(out, context->state, 16);
}
