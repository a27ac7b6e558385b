/* Parses JSON (RFC 8259) into a tree and walks it. Input: repetitions; what is
   behind that line is the document. Numbers have at most 15 digits and no
   exponent, so that a division by a power of ten is exact enough: it gives the
   nearest 64-bit float. */
#include "bench.h"

enum { MOST_VALUES = 1 << 15, MOST_TEXT = 128 << 10, DEEPEST = 64 };
typedef enum { NIL, FALSE_, TRUE_, NUMBER, STRING, ARRAY, OBJECT } kind_t;

/* A value; members of arrays and objects are a chain. */
typedef struct value {
    kind_t kind;
    double number;
    const char *text, *key;
    uint32_t text_length, key_length;
    struct value *first, *next;
} value_t;

static uint32_t repetitions;
static const char *document, *end;
static value_t values[MOST_VALUES];
static uint32_t used;
static char texts[MOST_TEXT];
static uint32_t texts_used;
static uint64_t hash = FNV_START;
static uint64_t counts[OBJECT + 1];

static value_t *parse_value(const char **at, uint32_t depth);

static void skip_space(const char **at) {
    while (*at < end && (**at == ' ' || **at == '\n' || **at == '\t' || **at == '\r')) ++*at;
}

static void want(const char **at, char wanted) {
    if (*at == end || **at != wanted) give_up("the document is no JSON");
    ++*at;
}

static void put(uint32_t byte) {
    if (texts_used == MOST_TEXT) give_up("too much text in the document");
    texts[texts_used++] = (char)byte;
}

static uint32_t parse_hex(const char **at) {
    uint32_t code = 0;
    for (int i = 0; i < 4; i++, ++*at) {
        if (*at == end) give_up("the document ends in a string");
        char c = **at;
        uint32_t digit;
        if (c >= '0' && c <= '9') digit = (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f') digit = (uint32_t)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F') digit = (uint32_t)(c - 'A') + 10;
        else give_up("a \\u escape is malformed");
        code = code * 16 + digit;
    }
    return code;
}

static void put_code(uint32_t code) {
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xc0 | code >> 6);
        put(0x80 | (code & 63));
    } else if (code < 0x10000) {
        put(0xe0 | code >> 12);
        put(0x80 | (code >> 6 & 63));
        put(0x80 | (code & 63));
    } else {
        put(0xf0 | code >> 18);
        put(0x80 | (code >> 12 & 63));
        put(0x80 | (code >> 6 & 63));
        put(0x80 | (code & 63));
    }
}

static void parse_escape(const char **at) {
    if (*at == end) give_up("the document ends in a string");
    char c = *(*at)++;
    switch (c) {
        case 'b': put('\b'); return;
        case 'f': put('\f'); return;
        case 'n': put('\n'); return;
        case 'r': put('\r'); return;
        case 't': put('\t'); return;
        case '"': case '\\': case '/': put((uint8_t)c); return;
        case 'u': break;
        default: give_up("an escape is malformed");
    }
    uint32_t code = parse_hex(at);
    if (code >= 0xd800 && code < 0xdc00) {
        want(at, '\\');
        want(at, 'u');
        uint32_t low = parse_hex(at);
        if (low < 0xdc00 || low > 0xdfff) give_up("half of a surrogate pair");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    put_code(code);
}

static void parse_string(const char **at, const char **text, uint32_t *length) {
    want(at, '"');
    uint32_t start = texts_used;
    for (;;) {
        if (*at == end) give_up("the document ends in a string");
        char c = *(*at)++;
        if (c == '"') break;
        if (c == '\\') parse_escape(at);
        else put((uint8_t)c);
    }
    *text = texts + start;
    *length = texts_used - start;
}

static double parse_number(const char **at) {
    static const double POWERS[16] = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    };
    bool negative = **at == '-';
    if (negative) ++*at;
    int64_t mantissa = 0;
    uint32_t digits = 0, behind = 0;
    bool point = false;
    for (; *at < end; ++*at) {
        char c = **at;
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9') break;
        mantissa = mantissa * 10 + (c - '0');
        behind += point;
        if (++digits > 15) give_up("a number has more than 15 digits");
    }
    if (!digits) give_up("the document is no JSON");
    double number = (double)mantissa / POWERS[behind];
    return negative ? -number : number;
}

static void parse_word(const char **at, const char *word) {
    while (*word) want(at, *word++);
}

static void parse_members(const char **at, value_t *into, char close, uint32_t depth) {
    value_t **tail = &into->first;
    ++*at;
    skip_space(at);
    if (*at < end && **at == close) {
        ++*at;
        return;
    }
    for (;;) {
        const char *key = 0;
        uint32_t key_length = 0;
        skip_space(at);
        if (close == '}') {
            parse_string(at, &key, &key_length);
            skip_space(at);
            want(at, ':');
        }
        value_t *member = parse_value(at, depth + 1);
        member->key = key;
        member->key_length = key_length;
        *tail = member;
        tail = &member->next;
        skip_space(at);
        if (*at < end && **at == ',') {
            ++*at;
            continue;
        }
        want(at, close);
        return;
    }
}

static value_t *parse_value(const char **at, uint32_t depth) {
    if (depth > DEEPEST) give_up("the document is nested too deeply");
    if (used == MOST_VALUES) give_up("too many values in the document");
    value_t *value = &values[used++];
    value->first = value->next = 0;
    skip_space(at);
    if (*at == end) give_up("the document is no JSON");
    switch (**at) {
        case '{': value->kind = OBJECT; parse_members(at, value, '}', depth); break;
        case '[': value->kind = ARRAY; parse_members(at, value, ']', depth); break;
        case '"': value->kind = STRING; parse_string(at, &value->text, &value->text_length); break;
        case 't': value->kind = TRUE_; parse_word(at, "true"); break;
        case 'f': value->kind = FALSE_; parse_word(at, "false"); break;
        case 'n': value->kind = NIL; parse_word(at, "null"); break;
        default: value->kind = NUMBER; value->number = parse_number(at);
    }
    return value;
}

static void hash_text(const char *text, uint32_t length) {
    for (uint32_t i = 0; i < length; i++) hash = fnv_byte(hash, (uint8_t)text[i]);
}

static void walk(const value_t *value) {
    counts[value->kind]++;
    hash = fnv_byte(hash, (uint8_t)value->kind);
    if (value->kind == NUMBER) hash = fnv_u64(hash, bits_f64(value->number));
    if (value->kind == STRING) hash_text(value->text, value->text_length);
    for (const value_t *member = value->first; member; member = member->next) {
        if (value->kind == OBJECT) hash_text(member->key, member->key_length);
        walk(member);
    }
}

void prepare(void) {
    size_t length;
    repetitions = next_number(1000000);
    document = rest_of_input(&length);
    end = document + length;
}

void work(void) {
    for (uint32_t repetition = 0; repetition < repetitions; repetition++) {
        const char *at = document;
        used = texts_used = 0;
        value_t *root = parse_value(&at, 0);
        skip_space(&at);
        if (at != end) give_up("there is more than one document");
        walk(root);
    }
}

void answer(void) {
    static const char *const NAMES[] = {"null", "false", "true", "numbers", "strings", "arrays", "objects"};
    for (int kind = NIL; kind <= OBJECT; kind++) {
        print(NAMES[kind]);
        print(" ");
        print_number(counts[kind]);
        print("\n");
    }
    print("hash ");
    print_hex(hash, 16);
    print("\n");
}
