/* Counts words in a hash table with open addressing, each repetition with
   another key. Input: repetitions; what is behind that line is the text.
   The table's hash is FNV-1a; SipHash-2-4 (Aumasson and Bernstein, 2012) goes
   over every word that is new. */
#include "bench.h"

enum { SLOTS = 4096 };
typedef struct { const uint8_t *word; uint32_t length, count; uint64_t hash; } slot_t;

static uint32_t repetitions;
static const uint8_t *text;
static size_t text_length;
static slot_t slots[SLOTS];
static uint64_t distinct, most, sum;

static uint64_t rotate(uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

static void round_of(uint64_t *v) {
    v[0] += v[1]; v[1] = rotate(v[1], 13); v[1] ^= v[0]; v[0] = rotate(v[0], 32);
    v[2] += v[3]; v[3] = rotate(v[3], 16); v[3] ^= v[2];
    v[0] += v[3]; v[3] = rotate(v[3], 21); v[3] ^= v[0];
    v[2] += v[1]; v[1] = rotate(v[1], 17); v[1] ^= v[2]; v[2] = rotate(v[2], 32);
}

static uint64_t siphash(uint64_t k0, uint64_t k1, const uint8_t *bytes, uint32_t length) {
    uint64_t v[4] = {
        k0 ^ 0x736f6d6570736575ull, k1 ^ 0x646f72616e646f6dull,
        k0 ^ 0x6c7967656e657261ull, k1 ^ 0x7465646279746573ull,
    };
    for (uint32_t from = 0; from <= length; from += 8) {
        uint32_t left = length - from, n = left < 8 ? left : 8;
        uint64_t word = n < 8 ? (uint64_t)length << 56 : 0;
        for (uint32_t i = 0; i < n; i++) word |= (uint64_t)bytes[from + i] << (8 * i);
        v[3] ^= word;
        round_of(v);
        round_of(v);
        v[0] ^= word;
    }
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++) round_of(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static bool is_word(uint8_t c) { return c > ' '; }

static bool same(const uint8_t *a, const uint8_t *b, uint32_t length) {
    for (uint32_t i = 0; i < length; i++) {
        if (a[i] != b[i]) return false;
    }
    return true;
}

static void count_word(const uint8_t *word, uint32_t length, uint64_t key) {
    uint64_t hash = FNV_START ^ key;
    for (uint32_t i = 0; i < length; i++) hash = fnv_byte(hash, word[i]);
    for (uint32_t i = (uint32_t)(hash ^ hash >> 32);; i++) {
        slot_t *slot = &slots[i % SLOTS];
        if (!slot->count) {
            if (++distinct % SLOTS == SLOTS - 1) give_up("too many words");
            *slot = (slot_t){word, length, 1, hash};
            sum += siphash(key, hash, word, length);
            return;
        }
        if (slot->hash == hash && slot->length == length && same(slot->word, word, length)) {
            slot->count++;
            return;
        }
    }
}

void prepare(void) {
    repetitions = next_number(1000000);
    text = (const uint8_t *)rest_of_input(&text_length);
}

void work(void) {
    for (uint32_t repetition = 0; repetition < repetitions; repetition++) {
        for (uint32_t i = 0; i < SLOTS; i++) slots[i].count = 0;
        distinct = most = 0;
        size_t at = 0;
        while (at < text_length) {
            size_t start = at;
            while (at < text_length && is_word(text[at])) at++;
            if (at > start) count_word(text + start, (uint32_t)(at - start), repetition);
            else at++;
        }
        for (uint32_t i = 0; i < SLOTS; i++) {
            if (slots[i].count > most) most = slots[i].count;
        }
        sum = rotate(sum, 1) + most;
    }
}

void answer(void) {
    print("words ");
    print_number(distinct);
    print("\nmost ");
    print_number(most);
    print("\nsum ");
    print_hex(sum, 16);
    print("\n");
}
