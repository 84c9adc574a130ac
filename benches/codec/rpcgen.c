/* What rpcgen made of shapes.x, on libtirpc, measured as case.rs measures Rust.

   rpcgen-bench DIRECTORY count|time: reads DIRECTORY/SHAPE, an encoding of ours; decodes it, encodes it again, and
   ends if the bytes differ. `count` works twice in each direction, `time` prints the median of 31 batches. */
#include <rpc/rpc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "shapes.h"

#define ROUNDS 31
#define BATCH_MAX 1024

struct shape {
    const char *name;
    xdrproc_t codec;
    size_t size;
};

static const struct shape shapes[] = {
    {"header", (xdrproc_t)xdr_message_header, sizeof(message_header)},
    {"prepare2", (xdrproc_t)xdr_domain_migrate_prepare2_args, sizeof(domain_migrate_prepare2_args)},
    {"list1000", (xdrproc_t)xdr_connect_list_all_domains_ret, sizeof(connect_list_all_domains_ret)},
    {"params100", (xdrproc_t)xdr_domain_get_cpu_stats_ret, sizeof(domain_get_cpu_stats_ret)},
    {"opaque256k", (xdrproc_t)xdr_domain_block_peek_ret, sizeof(domain_block_peek_ret)},
};

static void fail(const char *what, const char *shape)
{
    fprintf(stderr, "rpcgen-bench: %s: %s\n", shape, what);
    exit(1);
}

/* Callgrind counts from here, and dumps when this returns. */
__attribute__((noinline)) static bool_t measured(const struct shape *shape, enum xdr_op op, char *bytes, u_int len,
                                                 void *value)
{
    XDR xdr;

    xdrmem_create(&xdr, bytes, len, op);
    if (op == XDR_DECODE)
        memset(value, 0, shape->size);
    return shape->codec(&xdr, value);
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double nanoseconds(const struct shape *shape, enum xdr_op op, char *bytes, u_int len, void *value)
{
    size_t batch = 65536 / len;
    char *values = calloc(BATCH_MAX, shape->size);
    double times[ROUNDS];

    if (op == XDR_ENCODE || strcmp(shape->name, "header") == 0)
        batch = BATCH_MAX;
    else if (batch < 1)
        batch = 1;
    else if (batch > 64)
        batch = 64;
    for (int round = -1; round < ROUNDS; round++) {
        double spent = 0;
        size_t calls = 0;
        while (spent < 200e3) {
            struct timespec start, end;
            clock_gettime(CLOCK_MONOTONIC, &start);
            for (size_t i = 0; i < batch; i++)
                if (!measured(shape, op, bytes, len, op == XDR_ENCODE ? value : values + i * shape->size))
                    fail("fails", shape->name);
            clock_gettime(CLOCK_MONOTONIC, &end);
            spent += (end.tv_sec - start.tv_sec) * 1e9 + (end.tv_nsec - start.tv_nsec);
            calls += batch;
            for (size_t i = 0; op == XDR_DECODE && i < batch; i++)
                xdr_free(shape->codec, values + i * shape->size);
        }
        if (round >= 0)
            times[round] = spent / calls;
    }
    free(values);
    qsort(times, ROUNDS, sizeof(times[0]), ascending);
    return times[ROUNDS / 2];
}

static void run(const struct shape *shape, const char *directory, int count)
{
    static const char *const directions[] = {"encode", "decode"};
    char path[4096];
    FILE *file;
    /* Apart by no multiple of a page: a copy between places that differ by one is slower. */
    static char wire[1 << 20], out[(1 << 20) + 1088];
    char *value = malloc(shape->size);
    u_int len;

    snprintf(path, sizeof(path), "%s/%s", directory, shape->name);
    if (!(file = fopen(path, "rb")))
        fail("cannot be opened", path);
    len = fread(wire, 1, 1 << 20, file);
    fclose(file);

    for (int i = 0; i < 2; i++) {
        char *bytes = i == 0 ? out + 1088 : wire;
        enum xdr_op op = i == 0 ? XDR_ENCODE : XDR_DECODE;
        XDR xdr;

        memset(value, 0, shape->size);
        xdrmem_create(&xdr, wire, len, XDR_DECODE);
        if (!shape->codec(&xdr, value) || xdr_getpos(&xdr) != len)
            fail("ours is not decoded", shape->name);
        xdrmem_create(&xdr, out + 1088, len, XDR_ENCODE);
        if (!shape->codec(&xdr, value) || xdr_getpos(&xdr) != len || memcmp(out + 1088, wire, len) != 0)
            fail("is encoded otherwise than ours", shape->name);
        if (count) {
            printf("%s|rpcgen C|%s\n", shape->name, directions[i]);
            for (int turn = 0; turn < 2; turn++) {
                if (op == XDR_DECODE)
                    xdr_free(shape->codec, value);
                if (!measured(shape, op, bytes, len, value))
                    fail("fails", shape->name);
            }
        } else {
            printf("%s|rpcgen C|%s|%f\n", shape->name, directions[i], nanoseconds(shape, op, bytes, len, value));
        }
        xdr_free(shape->codec, value);
    }
    free(value);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        fail("arguments: DIRECTORY count|time", argv[0]);
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
        run(&shapes[i], argv[1], strcmp(argv[2], "count") == 0);
    return 0;
}
