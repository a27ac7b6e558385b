//! description = "in C: SHA-256 with the schedule on the stack of each thread, at every length of padding"
//!
//! # FIPS 180's "abc": thread i takes the first i bytes.
//! [[check]]
//! launch = "digest"
//! threads = [4]
//! returns = ""
//! write = [{ at = 0x40000, text = "abc" }]
//! memory = [
//!   { at = 0x48060, bytes = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
//!   { at = 0x48000, bytes = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
//! ]
//!
//! # 0 to 127 times the letter a: around 56 and 64 the padding takes another block.
//! [[check]]
//! launch = "digest"
//! blocks = [4]
//! threads = [32]
//! returns = ""
//! write = [{ at = 0x40000, i32-range = { count = 32, start = 0x61616161, step = 0 } }]
//! memory = [
//!   { at = 0x486e0, bytes = "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318" },
//!   { at = 0x48700, bytes = "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a" },
//!   { at = 0x487e0, bytes = "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34" },
//!   { at = 0x48800, bytes = "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb" },
//!   { at = 0x48820, bytes = "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0" },
//!   { at = 0x48ee0, bytes = "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb" },
//!   { at = 0x48f00, bytes = "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c" },
//! ]
#include "gpu.h"

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, int by) { return (x >> by) | (x << (32 - by)); }

/* The byte at a place of the padded message: its bits are counted in the last four. */
static uint32_t byte(const uint8_t *message, uint32_t length, uint32_t padded, uint32_t at) {
    if (at < length) return message[at];
    if (at == length) return 0x80;
    uint32_t left = padded - at;
    return left > 4 ? 0 : (length * 8 >> (8 * (left - 1))) & 0xff;
}

void KERNEL(digest)(void) {
    uint32_t state[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };
    uint32_t w[64];
    const uint8_t *message = (const uint8_t *)BUFFERS;
    uint32_t length = gpu_id_x();
    uint32_t padded = (length + 72) & ~63u;
    for (uint32_t block = 0; block < padded; block += 64) {
        uint32_t old[8];
        for (uint32_t i = 0; i < 16; i++) {
            w[i] = 0;
            for (uint32_t j = 0; j < 4; j++) {
                w[i] = w[i] << 8 | byte(message, length, padded, block + 4 * i + j);
            }
        }
        for (int i = 16; i < 64; i++) {
            uint32_t low = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3);
            uint32_t high = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10);
            w[i] = w[i - 16] + low + w[i - 7] + high;
        }
        for (int i = 0; i < 8; i++) old[i] = state[i];
        /* state[(k - i) & 7] is the working variable k of round i. */
        for (uint32_t i = 0; i < 64; i++) {
            uint32_t a = state[(0 - i) & 7], b = state[(1 - i) & 7], c = state[(2 - i) & 7];
            uint32_t e = state[(4 - i) & 7], f = state[(5 - i) & 7], g = state[(6 - i) & 7];
            uint32_t *d = &state[(3 - i) & 7], *h = &state[(7 - i) & 7];
            uint32_t sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
            uint32_t t1 = *h + sum1 + ((e & f) ^ (~e & g)) + K[i] + w[i];
            uint32_t sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
            *d += t1;
            *h = t1 + sum0 + ((a & b) ^ (a & c) ^ (b & c));
        }
        for (int i = 0; i < 8; i++) state[i] += old[i];
    }
    uint8_t *out = (uint8_t *)BUFFERS + 0x8000 + 32 * gpu_id_x();
    for (int i = 0; i < 32; i++) out[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}
