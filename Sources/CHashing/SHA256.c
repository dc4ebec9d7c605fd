#include "CHashing.h"

#include <stdatomic.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

#define BLOCK 64

static const uint32_t initial[8] = {
    0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au, 0x510e527fu, 0x9b05688cu, 0x1f83d9abu, 0x5be0cd19u,
};

static const uint32_t constants[64] = {
    0x428a2f98u, 0x71374491u, 0xb5c0fbcfu, 0xe9b5dba5u, 0x3956c25bu, 0x59f111f1u, 0x923f82a4u, 0xab1c5ed5u,
    0xd807aa98u, 0x12835b01u, 0x243185beu, 0x550c7dc3u, 0x72be5d74u, 0x80deb1feu, 0x9bdc06a7u, 0xc19bf174u,
    0xe49b69c1u, 0xefbe4786u, 0x0fc19dc6u, 0x240ca1ccu, 0x2de92c6fu, 0x4a7484aau, 0x5cb0a9dcu, 0x76f988dau,
    0x983e5152u, 0xa831c66du, 0xb00327c8u, 0xbf597fc7u, 0xc6e00bf3u, 0xd5a79147u, 0x06ca6351u, 0x14292967u,
    0x27b70a85u, 0x2e1b2138u, 0x4d2c6dfcu, 0x53380d13u, 0x650a7354u, 0x766a0abbu, 0x81c2c92eu, 0x92722c85u,
    0xa2bfe8a1u, 0xa81a664bu, 0xc24b8b70u, 0xc76c51a3u, 0xd192e819u, 0xd6990624u, 0xf40e3585u, 0x106aa070u,
    0x19a4c116u, 0x1e376c08u, 0x2748774cu, 0x34b0bcb5u, 0x391c0cb3u, 0x4ed8aa4au, 0x5b9cca4fu, 0x682e6ff3u,
    0x748f82eeu, 0x78a5636fu, 0x84c87814u, 0x8cc70208u, 0x90befffau, 0xa4506cebu, 0xbef9a3f7u, 0xc67178f2u,
};

static uint32_t rotated(uint32_t value, int count) {
    return value >> count | value << (32 - count);
}

static void scalar_blocks(uint32_t state[8], const uint8_t *data, size_t blocks) {
    for (; blocks != 0; blocks--, data += BLOCK) {
        uint32_t w[64];
        for (size_t t = 0; t < 16; t++) {
            uint32_t word;
            memcpy(&word, data + 4 * t, 4);
            w[t] = __builtin_bswap32(word);
        }
        for (size_t t = 16; t < 64; t++) {
            const uint32_t s0 = rotated(w[t - 15], 7) ^ rotated(w[t - 15], 18) ^ (w[t - 15] >> 3);
            const uint32_t s1 = rotated(w[t - 2], 17) ^ rotated(w[t - 2], 19) ^ (w[t - 2] >> 10);
            w[t] = w[t - 16] + s0 + w[t - 7] + s1;
        }
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
        uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
#pragma clang loop unroll(full)
        for (size_t t = 0; t < 64; t++) {
            const uint32_t s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
            const uint32_t t1 = h + s1 + (((f ^ g) & e) ^ g) + constants[t] + w[t];
            const uint32_t s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
            const uint32_t t2 = s0 + ((a & b) | ((a | b) & c));
            h = g;
            g = f;
            f = e;
            e = d + t1;
            d = c;
            c = b;
            b = a;
            a = t1 + t2;
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }
}

#if defined(__x86_64__)
__attribute__((target("sha,sse4.1,ssse3"))) static void accelerated_blocks(
    uint32_t state[8], const uint8_t *data, size_t blocks) {
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    // The instructions want the state as ABEF and CDGH, A and C in the highest words.
    const __m128i dcba = _mm_loadu_si128((const __m128i *)state);
    const __m128i hgfe = _mm_loadu_si128((const __m128i *)(state + 4));
    const __m128i badc = _mm_shuffle_epi32(dcba, 0xb1);
    const __m128i efgh = _mm_shuffle_epi32(hgfe, 0x1b);
    __m128i abef = _mm_alignr_epi8(badc, efgh, 8);
    __m128i cdgh = _mm_blend_epi16(efgh, badc, 0xf0);
    for (; blocks != 0; blocks--, data += BLOCK) {
        const __m128i was_abef = abef;
        const __m128i was_cdgh = cdgh;
        __m128i w[16];
#pragma clang loop unroll(full)
        for (int group = 0; group < 16; group++) {
            if (group < 4) {
                w[group] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)data + group), big_endian);
            } else {
                const __m128i s0 = _mm_sha256msg1_epu32(w[group - 4], w[group - 3]);
                const __m128i seventh = _mm_alignr_epi8(w[group - 1], w[group - 2], 4);
                w[group] = _mm_sha256msg2_epu32(_mm_add_epi32(s0, seventh), w[group - 1]);
            }
            const __m128i k = _mm_loadu_si128((const __m128i *)(constants + 4 * group));
            const __m128i sum = _mm_add_epi32(w[group], k);
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
        }
        abef = _mm_add_epi32(abef, was_abef);
        cdgh = _mm_add_epi32(cdgh, was_cdgh);
    }
    const __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

static bool has_acceleration(void) {
    unsigned eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || (ecx & bit_SSE4_1) == 0 || (ecx & bit_SSSE3) == 0) return false;
    return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx & bit_SHA) != 0;
}
#else
#define accelerated_blocks scalar_blocks

static bool has_acceleration(void) {
    return false;
}
#endif

enum { UNKNOWN, SCALAR, ACCELERATED };
static _Atomic(int) chosen;

bool varve_sha256_is_accelerated(void) {
    int choice = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (choice == UNKNOWN) {
        choice = has_acceleration() ? ACCELERATED : SCALAR;
        atomic_store_explicit(&chosen, choice, memory_order_relaxed);
    }
    return choice == ACCELERATED;
}

void varve_sha256_allow_acceleration(bool allowed) {
    atomic_store_explicit(&chosen, allowed ? UNKNOWN : SCALAR, memory_order_relaxed);
}

static void process(uint32_t state[8], const uint8_t *data, size_t blocks) {
    if (varve_sha256_is_accelerated()) {
        accelerated_blocks(state, data, blocks);
    } else {
        scalar_blocks(state, data, blocks);
    }
}

void varve_sha256_init(varve_sha256 *context) {
    memset(context, 0, sizeof *context);
    memcpy(context->state, initial, sizeof context->state);
}

void varve_sha256_update(varve_sha256 *context, const void *data, size_t length) {
    if (length == 0) return;
    const uint8_t *bytes = data;
    const size_t buffered = context->length % BLOCK;
    context->length += length;
    if (buffered != 0) {
        const size_t room = BLOCK - buffered;
        const size_t taken = length < room ? length : room;
        memcpy(context->buffer + buffered, bytes, taken);
        if (taken < room) return;
        process(context->state, context->buffer, 1);
        bytes += taken;
        length -= taken;
    }
    const size_t blocks = length / BLOCK;
    process(context->state, bytes, blocks);
    memcpy(context->buffer, bytes + blocks * BLOCK, length % BLOCK);
}

void varve_sha256_final(varve_sha256 *context, uint8_t out[32]) {
    uint8_t tail[2 * BLOCK] = {0};
    const size_t rest = context->length % BLOCK;
    const size_t blocks = rest < BLOCK - 8 ? 1 : 2;
    const uint64_t bits = __builtin_bswap64(context->length << 3);
    memcpy(tail, context->buffer, rest);
    tail[rest] = 0x80;
    memcpy(tail + blocks * BLOCK - 8, &bits, 8);
    process(context->state, tail, blocks);
    for (size_t index = 0; index < 8; index++) {
        const uint32_t word = __builtin_bswap32(context->state[index]);
        memcpy(out + 4 * index, &word, 4);
    }
}
