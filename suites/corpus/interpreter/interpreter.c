/* An interpreter for a small machine: 16 registers and 65536 words of memory,
   all of 32 bits. It dispatches through one `switch`. Input: repetitions, then a
   program, one instruction a line, targets of jumps as numbers of
   instructions counted from 0; behind `#` comes a comment.

       set a n      a = n              load a b     a = memory[b]
       move a b     a = b              store a b    memory[b] = a
       add a b c    a = b + c          jump n
       sub a b c    a = b - c          zero a n     jump if a is 0
       mul a b c    a = b * c          less a b n   jump if a < b, unsigned
       and a b c    a = b & c          out a        mix a into the answer
       xor a b c    a = b ^ c          halt
       shift a b n  a = b >> n
*/
#include "bench.h"

enum { MOST_CODE = 4096, MEMORY = 65536 };
typedef enum {
    SET, MOVE, ADD, SUB, MUL, AND, XOR, SHIFT, LOAD, STORE, JUMP, ZERO, LESS, OUT, HALT, OPERATIONS,
} operation_t;
typedef struct { const char *name, *operands; } form_t;
/* An operand is a register or a number. */
static const form_t FORMS[OPERATIONS] = {
    {"set", "rn"}, {"move", "rr"}, {"add", "rrr"}, {"sub", "rrr"}, {"mul", "rrr"},
    {"and", "rrr"}, {"xor", "rrr"}, {"shift", "rrn"}, {"load", "rr"}, {"store", "rr"},
    {"jump", "n"}, {"zero", "rn"}, {"less", "rrn"}, {"out", "r"}, {"halt", ""},
};
typedef struct { uint8_t operation, a, b, c; uint32_t n; } instruction_t;

static uint32_t repetitions;
static instruction_t code[MOST_CODE];
static uint32_t length;
static uint32_t memory[MEMORY];
static uint64_t hash = FNV_START, executed;

static bool is_space(char c) { return c == ' ' || c == '\n'; }

static void skip(const char **at, const char *end) {
    while (*at < end && (is_space(**at) || **at == '#')) {
        if (**at == '#') {
            while (*at < end && **at != '\n') ++*at;
        } else {
            ++*at;
        }
    }
}

static bool takes(const char **at, const char *end, const char *word) {
    const char *from = *at;
    while (*word && from < end && *from == *word) from++, word++;
    if (*word || (from < end && !is_space(*from))) return false;
    *at = from;
    return true;
}

static uint32_t operand(const char **at, const char *end, bool is_register) {
    while (*at < end && **at == ' ') ++*at;
    if (is_register && (*at == end || *(*at)++ != 'r')) give_up("a register is wanted");
    uint64_t number = 0;
    const char *from = *at;
    for (; *at < end && **at >= '0' && **at <= '9'; ++*at) {
        number = number * 10 + (uint64_t)(**at - '0');
        if (number > UINT32_MAX) give_up("a number is too large");
    }
    if (*at == from || (is_register && number > 15)) give_up("an operand is malformed");
    return (uint32_t)number;
}

static void assemble(const char *at, const char *end) {
    for (skip(&at, end); at < end; skip(&at, end)) {
        if (length == MOST_CODE) give_up("the program is too long");
        instruction_t *to = &code[length++];
        uint8_t *registers = &to->a;
        uint8_t operation = 0;
        while (operation < OPERATIONS && !takes(&at, end, FORMS[operation].name)) operation++;
        if (operation == OPERATIONS) give_up("there is no such instruction");
        to->operation = operation;
        for (const char *kind = FORMS[operation].operands; *kind; kind++) {
            uint32_t value = operand(&at, end, *kind == 'r');
            if (*kind == 'r') *registers++ = (uint8_t)value;
            else to->n = value;
        }
    }
    for (uint32_t i = 0; i < length; i++) {
        bool jumps = code[i].operation == JUMP || code[i].operation == ZERO || code[i].operation == LESS;
        if (jumps && code[i].n >= length) give_up("a jump leads out of the program");
        if (code[i].operation == SHIFT && code[i].n > 31) give_up("a shift is too far");
    }
    if (!length || (code[length - 1].operation != HALT && code[length - 1].operation != JUMP)) {
        give_up("the program does not end");
    }
}

static void run(uint32_t argument) {
    uint32_t r[16] = {argument};
    const instruction_t *next = code;
    for (uint64_t count = 1;; count++) {
        const instruction_t *i = next++;
        switch ((operation_t)i->operation) {
            case SET: r[i->a] = i->n; break;
            case MOVE: r[i->a] = r[i->b]; break;
            case ADD: r[i->a] = r[i->b] + r[i->c]; break;
            case SUB: r[i->a] = r[i->b] - r[i->c]; break;
            case MUL: r[i->a] = r[i->b] * r[i->c]; break;
            case AND: r[i->a] = r[i->b] & r[i->c]; break;
            case XOR: r[i->a] = r[i->b] ^ r[i->c]; break;
            case SHIFT: r[i->a] = r[i->b] >> i->n; break;
            case LOAD: r[i->a] = memory[r[i->b] % MEMORY]; break;
            case STORE: memory[r[i->b] % MEMORY] = r[i->a]; break;
            case JUMP: next = code + i->n; break;
            case ZERO: if (!r[i->a]) next = code + i->n; break;
            case LESS: if (r[i->a] < r[i->b]) next = code + i->n; break;
            case OUT: hash = fnv_u32(hash, r[i->a]); break;
            case HALT: executed += count; return;
            case OPERATIONS: give_up("there is no such instruction");
        }
    }
}

void prepare(void) {
    size_t rest;
    repetitions = next_number(1000000);
    const char *text = rest_of_input(&rest);
    assemble(text, text + rest);
}

/* The number of the repetition is in r0. */
void work(void) {
    for (uint32_t repetition = 0; repetition < repetitions; repetition++) run(repetition);
}

void answer(void) {
    print("instructions ");
    print_number(executed);
    print("\nout ");
    print_hex(hash, 16);
    print("\n");
}
