#include "CHashing.h"
#include "MD5Kernels.h"

#include <string.h>

/// One stream on its way through a lane: up to two runs of full blocks, one after the other.
struct lane {
    /// The run in progress; no blocks means that the lane is idle.
    const uint8_t *data;
    size_t blocks;
    const uint8_t *next_data;
    size_t next_blocks;
    /// Which of the caller's streams this is.
    size_t stream;
    uint8_t tail[2 * VARVE_MD5_BLOCK];
};

/// Where lanes get their streams from, and give them back.
struct feed {
    /// Puts the next stream that has a full block into the lane, or returns false when there is none.
    bool (*next)(struct feed *feed, struct lane *lane, uint32_t state[4]);
    void (*done)(struct feed *feed, const struct lane *lane, const uint32_t state[4]);
};

/// Goes past `blocks` blocks; false when the stream has come to its end.
static bool advance(struct lane *lane, size_t blocks) {
    lane->data += blocks * VARVE_MD5_BLOCK;
    lane->blocks -= blocks;
    if (lane->blocks == 0) {
        lane->data = lane->next_data;
        lane->blocks = lane->next_blocks;
        lane->next_blocks = 0;
    }
    return lane->blocks != 0;
}

/// Four words, `lanes` apart in the rows of a kernel's state.
static void load_column(uint32_t state[4], const uint32_t *rows, size_t lanes) {
    for (size_t row = 0; row < 4; row++) state[row] = rows[row * lanes];
}

static void store_column(uint32_t *rows, size_t lanes, const uint32_t state[4]) {
    for (size_t row = 0; row < 4; row++) rows[row * lanes] = state[row];
}

static bool refill(struct feed *feed, struct lane *lane, uint32_t *rows, size_t lanes) {
    uint32_t state[4];
    if (!feed->next(feed, lane, state)) return false;
    store_column(rows, lanes, state);
    return true;
}

/// Advances all busy lanes by `blocks` blocks. The kernel moves every lane: an idle one reads along with a busy one,
/// and what becomes of its state is of no interest.
static void run_lanes(
    const struct varve_md5_kernel *kernel, const struct lane *lanes, uint32_t *state, size_t blocks) {
    const uint8_t *data[VARVE_MD5_MOST_LANES];
    const uint8_t *readable = NULL;
    for (size_t index = 0; index < kernel->lanes; index++) {
        if (lanes[index].blocks != 0) readable = lanes[index].data;
    }
    for (size_t index = 0; index < kernel->lanes; index++) {
        data[index] = lanes[index].blocks != 0 ? lanes[index].data : readable;
    }
    kernel->run(state, data, blocks);
}

static void finish_alone(struct feed *feed, struct lane *lane, const uint32_t *rows, size_t lanes) {
    uint32_t state[4];
    load_column(state, rows, lanes);
    size_t blocks;
    do {
        blocks = lane->blocks;
        varve_md5_scalar_blocks(state, lane->data, blocks);
    } while (advance(lane, blocks));
    feed->done(feed, lane, state);
}

static void drain(struct feed *feed) {
    const struct varve_md5_kernel *kernel = varve_md5_current_kernel();
    const size_t width = kernel->lanes;
    struct lane lanes[VARVE_MD5_MOST_LANES];
    uint32_t state[4 * VARVE_MD5_MOST_LANES] = {0};
    while (true) {
        size_t busy = 0;
        for (size_t index = 0; index < width; index++) {
            lanes[index].blocks = 0;
            if (refill(feed, &lanes[index], state + index, width)) busy++;
        }
        if (busy == 0) return;
        while (busy >= kernel->fewest_streams) {
            size_t blocks = SIZE_MAX;
            for (size_t index = 0; index < width; index++) {
                if (lanes[index].blocks != 0 && lanes[index].blocks < blocks) blocks = lanes[index].blocks;
            }
            run_lanes(kernel, lanes, state, blocks);
            for (size_t index = 0; index < width; index++) {
                struct lane *lane = &lanes[index];
                if (lane->blocks == 0 || advance(lane, blocks)) continue;
                uint32_t result[4];
                load_column(result, state + index, width);
                feed->done(feed, lane, result);
                if (!refill(feed, lane, state + index, width)) busy--;
            }
        }
        for (size_t index = 0; index < width; index++) {
            if (lanes[index].blocks != 0) finish_alone(feed, &lanes[index], state + index, width);
        }
    }
}

// Whole buffers.

#define GROUP 256
#define SIZE_CLASSES 65

struct buffer_feed {
    struct feed feed;
    const void *const *data;
    const size_t *length;
    uint8_t *out;
    size_t count;
    /// The group being fed: its streams, longest first, so that the lanes run empty together at the end.
    size_t order[GROUP];
    size_t group_start;
    size_t group_count;
    size_t group_position;
};

static size_t size_class(size_t length) {
    return length == 0 ? 0 : 64 - (size_t)__builtin_clzll(length);
}

/// Sorts the next group by size class, stable and in linear time.
static void begin_group(struct buffer_feed *feed) {
    const size_t start = feed->group_start + feed->group_count;
    const size_t left = feed->count - start;
    const size_t count = left < GROUP ? left : GROUP;
    size_t place[SIZE_CLASSES] = {0};
    for (size_t index = 0; index < count; index++) place[size_class(feed->length[start + index])]++;
    size_t total = 0;
    for (size_t class = SIZE_CLASSES; class-- != 0;) {
        const size_t size = place[class];
        place[class] = total;
        total += size;
    }
    for (size_t index = 0; index < count; index++) {
        feed->order[place[size_class(feed->length[start + index])]++] = start + index;
    }
    feed->group_start = start;
    feed->group_count = count;
    feed->group_position = 0;
}

static bool next_buffer(struct feed *base, struct lane *lane, uint32_t state[4]) {
    struct buffer_feed *feed = (struct buffer_feed *)base;
    if (feed->group_position == feed->group_count) begin_group(feed);
    if (feed->group_count == 0) return false;
    const size_t stream = feed->order[feed->group_position++];
    const size_t length = feed->length[stream];
    const size_t rest = length % VARVE_MD5_BLOCK;
    if (rest != 0) memcpy(lane->tail, (const uint8_t *)feed->data[stream] + (length - rest), rest);
    lane->stream = stream;
    lane->data = feed->data[stream];
    lane->blocks = length / VARVE_MD5_BLOCK;
    lane->next_data = lane->tail;
    lane->next_blocks = varve_md5_pad(lane->tail, length);
    if (lane->blocks == 0) {
        lane->data = lane->tail;
        lane->blocks = lane->next_blocks;
        lane->next_blocks = 0;
    }
    memcpy(state, varve_md5_initial, 16);
    return true;
}

static void buffer_done(struct feed *base, const struct lane *lane, const uint32_t state[4]) {
    struct buffer_feed *feed = (struct buffer_feed *)base;
    memcpy(feed->out + 16 * lane->stream, state, 16);
}

void varve_md5_many(const void *const *data, const size_t *length, uint8_t *out, size_t count) {
    struct buffer_feed feed;
    feed.feed.next = next_buffer;
    feed.feed.done = buffer_done;
    feed.data = data;
    feed.length = length;
    feed.out = out;
    feed.count = count;
    feed.group_start = feed.group_count = feed.group_position = 0;
    drain(&feed.feed);
}

// Open streams.

struct context_feed {
    struct feed feed;
    varve_md5 *const *contexts;
    const void *const *data;
    const size_t *length;
    size_t count;
    size_t position;
};

static bool next_context(struct feed *base, struct lane *lane, uint32_t state[4]) {
    struct context_feed *feed = (struct context_feed *)base;
    while (feed->position < feed->count) {
        const size_t stream = feed->position++;
        varve_md5 *context = feed->contexts[stream];
        const uint8_t *bytes = feed->data[stream];
        size_t length = feed->length[stream];
        const size_t buffered = context->length % VARVE_MD5_BLOCK;
        if (context->busy) __builtin_trap();
        if (length < VARVE_MD5_BLOCK - buffered) {
            varve_md5_update(context, bytes, length);
            continue;
        }
        lane->stream = stream;
        lane->next_blocks = 0;
        if (buffered != 0) {
            const size_t taken = VARVE_MD5_BLOCK - buffered;
            memcpy(context->buffer + buffered, bytes, taken);
            bytes += taken;
            length -= taken;
            lane->data = context->buffer;
            lane->blocks = 1;
            lane->next_data = bytes;
            lane->next_blocks = length / VARVE_MD5_BLOCK;
        } else {
            lane->data = bytes;
            lane->blocks = length / VARVE_MD5_BLOCK;
        }
        context->length += feed->length[stream];
        context->busy = true;
        memcpy(state, context->state, 16);
        return true;
    }
    return false;
}

static void context_done(struct feed *base, const struct lane *lane, const uint32_t state[4]) {
    struct context_feed *feed = (struct context_feed *)base;
    varve_md5 *context = feed->contexts[lane->stream];
    const size_t rest = context->length % VARVE_MD5_BLOCK;
    const uint8_t *end = (const uint8_t *)feed->data[lane->stream] + feed->length[lane->stream];
    memcpy(context->buffer, end - rest, rest);
    memcpy(context->state, state, 16);
    context->busy = false;
}

void varve_md5_update_many(
    varve_md5 *const *contexts, const void *const *data, const size_t *length, size_t count) {
    struct context_feed feed = {{next_context, context_done}, contexts, data, length, count, 0};
    drain(&feed.feed);
}
