// A template, included once per kernel, so no include guard. It takes these macros, and undefines them at its end:
//
//   VARVE_KERNEL   name of the function to make
//   VARVE_WIDTH    lanes of one vector: 4, 8 or 16
//   VARVE_VECTORS  vectors that take turns; MD5 is a chain of dependent operations, and two fill each other's gaps
//   VARVE_TARGET   attribute that allows the instructions, or nothing

#include "MD5Kernels.h"
#include "MD5Steps.h"

#include <string.h>

#define VARVE_PASTE(a, b) a##b
#define VARVE_JOIN(a, b) VARVE_PASTE(a, b)
#define VARVE_VECTOR VARVE_JOIN(VARVE_KERNEL, _vector)
#define VARVE_QUAD VARVE_JOIN(VARVE_KERNEL, _quad)
#define VARVE_LOAD_QUAD VARVE_JOIN(VARVE_KERNEL, _load_quad)
#define VARVE_LOAD_ROW VARVE_JOIN(VARVE_KERNEL, _load_row)
#define VARVE_LOAD_BLOCK VARVE_JOIN(VARVE_KERNEL, _load_block)
#define VARVE_INLINE static inline __attribute__((always_inline)) VARVE_TARGET

// Shuffles that stay within each quad (128 bits) of two vectors.
#if VARVE_WIDTH == 4
#define VARVE_LOW_WORDS(x, y) __builtin_shufflevector(x, y, 0, 4, 1, 5)
#define VARVE_HIGH_WORDS(x, y) __builtin_shufflevector(x, y, 2, 6, 3, 7)
#define VARVE_LOW_PAIRS(x, y) __builtin_shufflevector(x, y, 0, 1, 4, 5)
#define VARVE_HIGH_PAIRS(x, y) __builtin_shufflevector(x, y, 2, 3, 6, 7)
#elif VARVE_WIDTH == 8
#define VARVE_LOW_WORDS(x, y) __builtin_shufflevector(x, y, 0, 8, 1, 9, 4, 12, 5, 13)
#define VARVE_HIGH_WORDS(x, y) __builtin_shufflevector(x, y, 2, 10, 3, 11, 6, 14, 7, 15)
#define VARVE_LOW_PAIRS(x, y) __builtin_shufflevector(x, y, 0, 1, 8, 9, 4, 5, 12, 13)
#define VARVE_HIGH_PAIRS(x, y) __builtin_shufflevector(x, y, 2, 3, 10, 11, 6, 7, 14, 15)
#elif VARVE_WIDTH == 16
#define VARVE_LOW_WORDS(x, y) \
    __builtin_shufflevector(x, y, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define VARVE_HIGH_WORDS(x, y) \
    __builtin_shufflevector(x, y, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define VARVE_LOW_PAIRS(x, y) \
    __builtin_shufflevector(x, y, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define VARVE_HIGH_PAIRS(x, y) \
    __builtin_shufflevector(x, y, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#else
#error "a vector has 4, 8 or 16 lanes"
#endif

typedef uint32_t VARVE_VECTOR __attribute__((vector_size(4 * VARVE_WIDTH)));
typedef uint32_t VARVE_QUAD __attribute__((vector_size(16)));

VARVE_INLINE VARVE_QUAD VARVE_LOAD_QUAD(const uint8_t *data) {
    VARVE_QUAD quad;
    memcpy(&quad, data, sizeof quad);
    return quad;
}

/// Four words of lane 0, then of lane 4, lane 8, lane 12, as many as the vector has room for.
VARVE_INLINE void VARVE_LOAD_ROW(VARVE_VECTOR *row, const uint8_t *const *data, size_t offset) {
    const VARVE_QUAD first = VARVE_LOAD_QUAD(data[0] + offset);
#if VARVE_WIDTH == 4
    *row = first;
#else
    const VARVE_QUAD second = VARVE_LOAD_QUAD(data[4] + offset);
#if VARVE_WIDTH == 8
    *row = __builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7);
#else
    const VARVE_QUAD third = VARVE_LOAD_QUAD(data[8] + offset);
    const VARVE_QUAD fourth = VARVE_LOAD_QUAD(data[12] + offset);
    *row = __builtin_shufflevector(
        __builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7),
        __builtin_shufflevector(third, fourth, 0, 1, 2, 3, 4, 5, 6, 7),
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#endif
#endif
}

/// The 16 message words of a block of each lane, word by word: rows of four words are loaded so that turning each
/// quad on its own turns the whole.
VARVE_INLINE void VARVE_LOAD_BLOCK(VARVE_VECTOR *words, const uint8_t *const *data, size_t offset) {
    for (int quad = 0; quad < 4; quad++) {
        VARVE_VECTOR rows[4];
        for (int row = 0; row < 4; row++) VARVE_LOAD_ROW(&rows[row], data + row, offset + 16 * quad);
        const VARVE_VECTOR low_even = VARVE_LOW_WORDS(rows[0], rows[1]);
        const VARVE_VECTOR low_odd = VARVE_LOW_WORDS(rows[2], rows[3]);
        const VARVE_VECTOR high_even = VARVE_HIGH_WORDS(rows[0], rows[1]);
        const VARVE_VECTOR high_odd = VARVE_HIGH_WORDS(rows[2], rows[3]);
        words[4 * quad + 0] = VARVE_LOW_PAIRS(low_even, low_odd);
        words[4 * quad + 1] = VARVE_HIGH_PAIRS(low_even, low_odd);
        words[4 * quad + 2] = VARVE_LOW_PAIRS(high_even, high_odd);
        words[4 * quad + 3] = VARVE_HIGH_PAIRS(high_even, high_odd);
    }
}

#define VARVE_EACH for (int v = 0; v < VARVE_VECTORS; v++)
#define VARVE_ROW(index) (state + (index) * VARVE_WIDTH * VARVE_VECTORS + v * VARVE_WIDTH)

VARVE_TARGET static void VARVE_KERNEL(uint32_t *state, const uint8_t *const *data, size_t blocks) {
    VARVE_VECTOR a[VARVE_VECTORS], b[VARVE_VECTORS], c[VARVE_VECTORS], d[VARVE_VECTORS];
    VARVE_EACH {
        memcpy(&a[v], VARVE_ROW(0), sizeof a[v]);
        memcpy(&b[v], VARVE_ROW(1), sizeof b[v]);
        memcpy(&c[v], VARVE_ROW(2), sizeof c[v]);
        memcpy(&d[v], VARVE_ROW(3), sizeof d[v]);
    }
    for (size_t block = 0; block < blocks; block++) {
        VARVE_VECTOR words[VARVE_VECTORS][16];
        VARVE_VECTOR was_a[VARVE_VECTORS], was_b[VARVE_VECTORS], was_c[VARVE_VECTORS], was_d[VARVE_VECTORS];
        VARVE_EACH {
            VARVE_LOAD_BLOCK(words[v], data + v * VARVE_WIDTH, block * VARVE_MD5_BLOCK);
            was_a[v] = a[v];
            was_b[v] = b[v];
            was_c[v] = c[v];
            was_d[v] = d[v];
        }
#define STEP(function, a, b, c, d, word, shift, constant)                                \
    VARVE_EACH {                                                                         \
        a[v] = VARVE_MD5_##function(a[v] + words[v][word] + constant, b[v], c[v], d[v]); \
        a[v] = VARVE_MD5_ROTATED(a[v], shift) + b[v];                                    \
    }
        VARVE_MD5_ALL_STEPS(STEP)
#undef STEP
        VARVE_EACH {
            a[v] += was_a[v];
            b[v] += was_b[v];
            c[v] += was_c[v];
            d[v] += was_d[v];
        }
    }
    VARVE_EACH {
        memcpy(VARVE_ROW(0), &a[v], sizeof a[v]);
        memcpy(VARVE_ROW(1), &b[v], sizeof b[v]);
        memcpy(VARVE_ROW(2), &c[v], sizeof c[v]);
        memcpy(VARVE_ROW(3), &d[v], sizeof d[v]);
    }
}

#undef VARVE_ROW
#undef VARVE_EACH
#undef VARVE_HIGH_PAIRS
#undef VARVE_LOW_PAIRS
#undef VARVE_HIGH_WORDS
#undef VARVE_LOW_WORDS
#undef VARVE_INLINE
#undef VARVE_LOAD_BLOCK
#undef VARVE_LOAD_ROW
#undef VARVE_LOAD_QUAD
#undef VARVE_QUAD
#undef VARVE_VECTOR
#undef VARVE_JOIN
#undef VARVE_PASTE
#undef VARVE_TARGET
#undef VARVE_VECTORS
#undef VARVE_WIDTH
#undef VARVE_KERNEL
