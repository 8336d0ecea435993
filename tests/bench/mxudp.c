/* Load for datagrams through SOCKS5 (RFC 1928, section 7), beside mxload.c for streams.
   mxudp target PORT                                    sends back every datagram
   mxudp run PROXYPORT TARGETPORT N WINDOW SECS SIZE    N associations with WINDOW datagrams of SIZE bytes under way each; prints
                                                        answers a second, what was lost and p50/p99 of the round trip in microseconds
   All on 127.0.0.1. A datagram that has no answer within 200 ms is lost, and another one takes its place. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, ROOM = 2048, HEADER = 10, MOST = 1024, MOST_TIMES = 8000000 };
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }
static void die(const char *what) { perror(what); exit(1); }
static struct sockaddr_in local(int port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

static char rooms[BATCH][ROOM];
static struct iovec vectors[BATCH];
static struct mmsghdr messages[BATCH];
static struct sockaddr_in peers[BATCH];
static void prepare(int addresses)
{
    for (int i = 0; i < BATCH; i++) {
        vectors[i] = (struct iovec) { rooms[i], ROOM };
        messages[i].msg_hdr = (struct msghdr) { .msg_iov = &vectors[i], .msg_iovlen = 1 };
        if (addresses) { messages[i].msg_hdr.msg_name = &peers[i]; messages[i].msg_hdr.msg_namelen = sizeof peers[i]; }
    }
}

static void large(int fd) { int size = 4 << 20; setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size); setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size); }

static void target(int port)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in a = local(port);
    large(fd);
    if (bind(fd, (void *)&a, sizeof a)) die("bind");
    for (;;) {
        prepare(1);
        int n = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
        if (n < 0) continue;
        for (int i = 0; i < n; i++) vectors[i].iov_len = messages[i].msg_len;
        for (int sent = 0, k; sent < n; sent += k) if ((k = sendmmsg(fd, messages + sent, n - sent, 0)) <= 0) break;
    }
}

struct flow { int tcp, udp, under_way; double last; };
static struct flow flows[MOST];
static int size, target_port;

static void exchange(int fd, const void *request, int length, unsigned char *answer, int wanted)
{
    if (write(fd, request, length) != length) die("write");
    for (int got = 0, k; got < wanted; got += k) if ((k = read(fd, answer + got, wanted - got)) <= 0) die("handshake");
}

static void associate(struct flow *f, int proxy)
{
    struct sockaddr_in a = local(proxy);
    unsigned char answer[16];
    if ((f->tcp = socket(AF_INET, SOCK_STREAM, 0)) < 0 || connect(f->tcp, (void *)&a, sizeof a)) die("connect");
    exchange(f->tcp, "\5\1\0", 3, answer, 2);
    exchange(f->tcp, "\5\3\0\1\0\0\0\0\0\0", 10, answer, 10);
    if (answer[1] != 0 || answer[3] != 1) { fprintf(stderr, "the association was refused: %d\n", answer[1]); exit(1); }
    memcpy(&a.sin_port, answer + 8, 2);
    if ((f->udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)) < 0) die("socket");
    large(f->udp);
    if (connect(f->udp, (void *)&a, sizeof a)) die("connect");
}

static void fire(struct flow *f, int count)
{
    prepare(0);
    for (int i = 0; i < count; i++) {
        unsigned char *p = (unsigned char *)rooms[i];
        double t = now();
        memcpy(p, "\0\0\0\1\177\0\0\1", 8);
        p[8] = target_port >> 8, p[9] = target_port & 255;
        memcpy(p + HEADER, &t, sizeof t);
        vectors[i].iov_len = HEADER + size;
    }
    int sent = sendmmsg(f->udp, messages, count, 0);
    if (sent > 0) f->under_way += sent;
}

static int by_value(const void *a, const void *b) { float x = *(float *)a, y = *(float *)b; return (x > y) - (x < y); }

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[1], "target")) target(atoi(argv[2]));
    if (argc != 8 || strcmp(argv[1], "run")) { fprintf(stderr, "mxudp target PORT | run PROXYPORT TARGETPORT N WINDOW SECS SIZE\n"); return 2; }
    int proxy = atoi(argv[2]), n = atoi(argv[4]), window = atoi(argv[5]);
    double seconds = atof(argv[6]);
    target_port = atoi(argv[3]), size = atoi(argv[7]);
    if (n < 1 || n > MOST || window < 1 || window > BATCH || size < (int)sizeof(double) || size > ROOM - HEADER) { fprintf(stderr, "out of range\n"); return 2; }
    float *times = malloc(sizeof(float) * MOST_TIMES);
    if (!times) die("malloc");
    long answers = 0, lost = 0, count = 0;
    int epoll = epoll_create1(0);
    for (int i = 0; i < n; i++) {
        associate(&flows[i], proxy);
        struct epoll_event e = { .events = EPOLLIN, .data.u32 = i };
        epoll_ctl(epoll, EPOLL_CTL_ADD, flows[i].udp, &e);
        fire(&flows[i], window);
        flows[i].last = now();
    }
    double begin = now() + 0.5, end = begin + seconds, t;
    struct epoll_event events[64];
    while ((t = now()) < end) {
        int k = epoll_wait(epoll, events, 64, 50);
        t = now();
        for (int i = 0; i < k; i++) {
            struct flow *f = &flows[events[i].data.u32];
            prepare(0);
            int got = recvmmsg(f->udp, messages, window, 0, NULL);
            if (got <= 0) continue;
            f->last = t;
            f->under_way -= got;
            if (t > begin) {
                answers += got;
                for (int j = 0; j < got && count < MOST_TIMES; j++) { double sent; memcpy(&sent, rooms[j] + HEADER, sizeof sent); times[count++] = (t - sent) * 1e6; }
            }
            if (f->under_way < 0) f->under_way = 0;
            fire(f, got < window - f->under_way ? got : window - f->under_way);
        }
        for (int i = 0; i < n; i++) {
            if (t - flows[i].last < 0.2) continue;
            if (t > begin) lost += flows[i].under_way;
            flows[i].under_way = 0, flows[i].last = t;
            fire(&flows[i], window);
        }
    }
    qsort(times, count, sizeof *times, by_value);
    printf("udp n=%d window=%d size=%d per_s=%.0f lost=%ld p50_us=%.0f p99_us=%.0f\n", n, window, size, answers / seconds, lost,
        count ? times[count / 2] : 0, count ? times[(long)(count * .99)] : 0);
    return 0;
}
