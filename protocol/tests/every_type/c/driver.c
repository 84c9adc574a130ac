/*
 * Fills, encodes and decodes with the code that rpcgen made, as it is told on standard input.
 *
 * A request is an operation, the number of a type, a length and so many bytes; an answer is a word, a length and so
 * many bytes; all words as this machine has them.
 *
 *   'E'  the bytes are the choices that make a value, see choice(): answers 1 and the encoding, or 0 if refused
 *   'D'  the bytes are an encoding: answers 0 if refused, otherwise 1 + the number of bytes decoded, and the
 *        encoding of what was decoded
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "contract.h"

enum { OUTPUT_MAX = 64 << 20 };

static const char *choices, *choices_end;

static void fail(const char *why)
{
    fprintf(stderr, "driver: %s\n", why);
    exit(1);
}

static void take(void *into, size_t size)
{
    if ((size_t)(choices_end - choices) < size) fail("choices end");
    memcpy(into, choices, size);
    choices += size;
}

/* A number, a length, whether optional data is present, which arm of a union: eight bytes each. */
static uint64_t choice(void)
{
    uint64_t bits;
    take(&bits, sizeof bits);
    return bits;
}

static void *room(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory) fail("no memory");
    return memory;
}

static char *bytes(size_t size)
{
    char *memory = room(size + 1, 1);
    take(memory, size);
    return memory;
}

static double as_double(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static float as_float(uint32_t bits)
{
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

struct type {
    size_t size;
    xdrproc_t xdr;
    void (*fill)(void *);
};

#include "fill.c"

static void read_exactly(void *into, size_t size)
{
    if (fread(into, 1, size, stdin) != size) fail("request ends");
}

static void answer(uint32_t word, const char *body, uint32_t size)
{
    fwrite(&word, sizeof word, 1, stdout);
    fwrite(&size, sizeof size, 1, stdout);
    fwrite(body, 1, size, stdout);
    fflush(stdout);
}

int main(void)
{
    static char output[OUTPUT_MAX];
    int operation;
    while ((operation = getchar()) != EOF) {
        uint32_t number, size;
        read_exactly(&number, sizeof number);
        read_exactly(&size, sizeof size);
        char *body = room(size, 1);
        read_exactly(body, size);
        if (number >= sizeof types / sizeof *types) fail("no such type");
        const struct type *type = &types[number];
        void *value = room(1, type->size);
        uint32_t word = 1;
        XDR in, out;
        if (operation == 'E') {
            choices = body;
            choices_end = body + size;
            type->fill(value);
            if (choices != choices_end) fail("choices left over");
        } else {
            xdrmem_create(&in, body, size, XDR_DECODE);
            word = type->xdr(&in, value) ? 1 + xdr_getpos(&in) : 0;
        }
        xdrmem_create(&out, output, OUTPUT_MAX, XDR_ENCODE);
        if (word && !type->xdr(&out, value)) word = 0;
        answer(word, output, word ? xdr_getpos(&out) : 0);
        xdr_free(type->xdr, value);
        free(value);
        free(body);
    }
    return 0;
}
