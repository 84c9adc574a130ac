// libvirt's own client: one connection, callers in threads, for a time. Prints what `lap` in src/lap.rs prints.
#include <libvirt/libvirt.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { LATENCIES_MAX = 1 << 20 };

static virConnectPtr connection;
static int lists;
static uint64_t start, warm, end;

struct caller {
    pthread_t thread;
    uint64_t calls, latencies;
    uint32_t *latency;
};

static uint64_t clock_ns(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void call(void) {
    if (lists) {
        virDomainPtr *domains;
        int count = virConnectListAllDomains(connection, &domains, 0);
        if (count < 0) exit(1);
        for (int at = 0; at < count; at++) virDomainFree(domains[at]);
        free(domains);
    } else {
        unsigned long version;
        if (virConnectGetLibVersion(connection, &version) < 0) exit(1);
    }
}

static void *run(void *argument) {
    struct caller *caller = argument;
    for (uint64_t now = clock_ns(CLOCK_MONOTONIC); now < end;) {
        uint64_t before = now;
        call();
        now = clock_ns(CLOCK_MONOTONIC);
        if (before < warm || now > end) continue;
        caller->calls++;
        if (caller->latencies < LATENCIES_MAX) caller->latency[caller->latencies++] = (uint32_t)(now - before);
    }
    return NULL;
}

static int by_size(const void *one, const void *other) {
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return (a > b) - (a < b);
}

static void *watch(void *argument) {
    // The processor's time of the same span in which calls are counted.
    uint64_t *spent = argument;
    struct timespec until = {(time_t)(warm / 1000000000u), (long)(warm % 1000000000u)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    uint64_t before = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    until = (struct timespec){(time_t)(end / 1000000000u), (long)(end % 1000000000u)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    *spent = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - before;
    return NULL;
}

static uint64_t resident_kib(void) {
    unsigned long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%lu %lu", &pages, &resident) != 2) exit(1);
    fclose(file);
    return resident * 4;
}

/* A volume of zeros in a pool of its own, up or down. Prints what `Moved` in src/daemon.rs prints. */
static int move_volume(const char *uri, int up, const char *folder, uint64_t bytes) {
    char xml[1024];
    static char packet[262120];
    virConnectPtr to = virConnectOpen(uri);
    if (!to) return 1;
    virSetErrorFunc(NULL, NULL);
    virStoragePoolPtr pool = virStoragePoolLookupByName(to, "bench");
    if (!pool) {
        const char *form = "<pool type='dir'><name>bench</name><target><path>%s</path></target></pool>";
        snprintf(xml, sizeof xml, form, folder);
        pool = virStoragePoolCreateXML(to, xml, 0);
    }
    if (!pool) return 1;
    virStorageVolPtr volume = virStorageVolLookupByName(pool, "volume");
    if (!volume) {
        const char *form = "<volume><name>volume</name><capacity>%llu</capacity><allocation>0</allocation>"
                           "<target><format type='raw'/></target></volume>";
        snprintf(xml, sizeof xml, form, (unsigned long long)bytes);
        volume = virStorageVolCreateXML(pool, xml, 0);
    }
    virStreamPtr stream = virStreamNew(to, 0);
    if (!volume || !stream) return 1;
    uint64_t began = clock_ns(CLOCK_MONOTONIC), spent = clock_ns(CLOCK_PROCESS_CPUTIME_ID), moved = 0;
    if (up) {
        if (virStorageVolUpload(volume, stream, 0, bytes, 0) < 0) return 1;
        while (moved < bytes) {
            uint64_t left = bytes - moved;
            int sent = virStreamSend(stream, packet, left < sizeof packet ? left : sizeof packet);
            if (sent < 0) return 1;
            moved += (uint64_t)sent;
        }
    } else {
        if (virStorageVolDownload(volume, stream, 0, bytes, 0) < 0) return 1;
        for (int got; (got = virStreamRecv(stream, packet, sizeof packet)) != 0; moved += (uint64_t)got)
            if (got < 0) return 1;
    }
    if (virStreamFinish(stream) < 0 || moved != bytes) return 1;
    began = clock_ns(CLOCK_MONOTONIC) - began;
    spent = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - spent;
    double mb = (double)bytes / 1e6;
    printf("%.1f %.2f\n", mb / ((double)began / 1e9), (double)spent / 1e3 / mb);
    return 0;
}

int main(int count, char **arguments) {
    if (count != 5) return 2;
    const char *uri = arguments[1];
    if (strcmp(arguments[2], "upload") == 0 || strcmp(arguments[2], "download") == 0)
        return move_volume(uri, arguments[2][0] == 'u', arguments[3], strtoull(arguments[4], NULL, 10));
    if (strcmp(arguments[2], "idle") == 0) {
        int connections = atoi(arguments[3]);
        if (!virConnectOpen(uri)) return 1;
        uint64_t before = resident_kib();
        for (int at = 0; at < connections; at++)
            if (!virConnectOpen(uri)) return 1;
        printf("%.2f\n", (double)(resident_kib() - before) / connections);
        return 0;
    }
    lists = strcmp(arguments[2], "list") == 0;
    int callers = atoi(arguments[3]);
    double seconds = atof(arguments[4]);
    connection = virConnectOpen(uri);
    if (!connection) return 1;
    start = clock_ns(CLOCK_MONOTONIC);
    warm = start + (uint64_t)(seconds * 0.2e9);
    end = warm + (uint64_t)(seconds * 1e9);
    struct caller *all = calloc((size_t)callers, sizeof *all);
    uint64_t spent = 0;
    pthread_t watcher;
    pthread_create(&watcher, NULL, watch, &spent);
    for (int at = 0; at < callers; at++) {
        all[at].latency = malloc(LATENCIES_MAX * sizeof(uint32_t));
        pthread_create(&all[at].thread, NULL, run, &all[at]);
    }
    uint64_t calls = 0, latencies = 0;
    for (int at = 0; at < callers; at++) {
        pthread_join(all[at].thread, NULL);
        calls += all[at].calls;
        latencies += all[at].latencies;
    }
    pthread_join(watcher, NULL);
    uint32_t *latency = malloc((latencies + 1) * sizeof *latency);
    for (uint64_t at = 0, next = 0; at < (uint64_t)callers; next += all[at].latencies, at++)
        memcpy(latency + next, all[at].latency, all[at].latencies * sizeof *latency);
    qsort(latency, latencies, sizeof *latency, by_size);
    if (!calls) return 1;
    printf("%.0f %.3f %.1f %.1f\n", (double)calls / seconds, (double)spent / 1e3 / (double)calls,
           latency[latencies / 2] / 1e3, latency[latencies * 99 / 100] / 1e3);
    virConnectClose(connection);
    return 0;
}
