/* Reads its input through WASI in small pieces, again and again, and writes what
   came to standard output, every letter as a capital. Here the calls of WASI
   are the work. Input: repetitions, bytes of a piece, and any text; the first
   line is part of what is written. */
#include "bench.h"

enum { MOST_PIECE = 4096 };

static uint32_t repetitions, piece, file;
static uint64_t bytes_read, calls;

void prepare(void) {
    repetitions = next_number(1000000);
    piece = next_number(MOST_PIECE);
    if (!piece) give_up("a piece must have bytes");
    file = open_input();
}

void work(void) {
    static uint8_t buffer[MOST_PIECE];
    for (uint32_t repetition = 0; repetition < repetitions; repetition++) {
        rewind_file(file);
        uint32_t n;
        while ((n = read_some(file, buffer, piece))) {
            for (uint32_t i = 0; i < n; i++) {
                if (buffer[i] >= 'a' && buffer[i] <= 'z') buffer[i] -= 'a' - 'A';
            }
            write_all(buffer, n);
            bytes_read += n;
            calls++;
        }
    }
}

void answer(void) {
    print("bytes ");
    print_number(bytes_read);
    print("\npieces ");
    print_number(calls);
    print("\n");
}
