#include "CHashing.h"

#include <string.h>

// DVC 2 read a file in chunks of 1 MiB, judged each chunk by its own first bytes, and converted it by itself: a CRLF
// that lies across two chunks stays.
#define CHUNK ((size_t)1 << 20)
#define HEAD ((size_t)512)

/// Text has no NUL, and at most 30 % of it lies outside printable ASCII and the usual control characters.
static bool is_text(const uint8_t *bytes, size_t length) {
    size_t others = 0;
    for (size_t index = 0; index < length; index++) {
        const uint8_t byte = bytes[index];
        if (byte == 0) return false;
        const bool printable = byte >= 0x20 && byte < 0x7f;
        const bool control = byte == '\n' || byte == '\r' || byte == '\t' || byte == '\f' || byte == '\b';
        if (!printable && !control) others++;
    }
    // DVC divides in floating point, so the border case must round as it does there.
    return length == 0 || (double)others / (double)length <= 0.30;
}

static void hash_text(varve_text_md5 *context, const uint8_t *bytes, size_t length) {
    const uint8_t *const end = bytes + length;
    if (context->carriage_return && length != 0) {
        if (*bytes != '\n') varve_md5_update(&context->md5, "\r", 1);
        context->carriage_return = false;
    }
    // What lies between `start` and `search` goes into the hash as it is.
    const uint8_t *start = bytes;
    const uint8_t *search = bytes;
    while (search != end) {
        const uint8_t *found = memchr(search, '\r', (size_t)(end - search));
        if (found == NULL) break;
        search = found + 1;
        if (search == end) {
            varve_md5_update(&context->md5, start, (size_t)(found - start));
            context->carriage_return = true;
            return;
        }
        if (*search == '\n') {
            varve_md5_update(&context->md5, start, (size_t)(found - start));
            start = search;
        }
    }
    varve_md5_update(&context->md5, start, (size_t)(end - start));
}

static void hash_decided(varve_text_md5 *context, const uint8_t *bytes, size_t length) {
    if (context->text) {
        hash_text(context, bytes, length);
    } else {
        varve_md5_update(&context->md5, bytes, length);
    }
}

/// Judges the chunk by what of its head has come, and hashes that.
static void decide(varve_text_md5 *context) {
    const size_t length = context->offset < HEAD ? context->offset : HEAD;
    context->text = is_text((const uint8_t *)context->head, length);
    context->decided = true;
    hash_decided(context, (const uint8_t *)context->head, length);
}

static void end_chunk(varve_text_md5 *context) {
    if (!context->decided) decide(context);
    if (context->carriage_return) varve_md5_update(&context->md5, "\r", 1);
    context->carriage_return = false;
    context->decided = false;
    context->offset = 0;
}

void varve_text_md5_init(varve_text_md5 *context) {
    memset(context, 0, sizeof *context);
    varve_md5_init(&context->md5);
}

void varve_text_md5_update(varve_text_md5 *context, const void *data, size_t length) {
    const uint8_t *bytes = data;
    while (length != 0) {
        const size_t room = (context->decided ? CHUNK : HEAD) - context->offset;
        const size_t taken = length < room ? length : room;
        if (context->decided) {
            hash_decided(context, bytes, taken);
        } else {
            memcpy((uint8_t *)context->head + context->offset, bytes, taken);
        }
        context->offset += taken;
        bytes += taken;
        length -= taken;
        if (!context->decided && context->offset == HEAD) decide(context);
        if (context->offset == CHUNK) end_chunk(context);
    }
}

void varve_text_md5_final(varve_text_md5 *context, uint8_t out[16]) {
    end_chunk(context);
    varve_md5_final(&context->md5, out);
}
