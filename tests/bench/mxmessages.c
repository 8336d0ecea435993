/* Round trips of large messages, beside mxload.c, whose messages have 65,000 bytes at most.
   mxmessages rr PROXY PORT TARGETPORT N SECS SIZE    N sessions that send SIZE bytes and await as many; prints round trips a second, and
                                                      p50/p99 of one in microseconds
   PROXY: socks5 | direct. All on 127.0.0.1; the target is mxload's, which echoes while it receives. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_SIZE = 16 << 20, ROOM = 1 << 18, MOST_TIMES = 4000000, OPENING_SECONDS = 20 };
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }
static void die(const char *what) { perror(what); exit(1); }

struct session { int fd, sent, received, waits; double since; };
static char *message, room[ROOM];
static double times[MOST_TIMES];
static int ep, size;

static void all(int fd, const void *bytes, int length) { if (send(fd, bytes, length, MSG_NOSIGNAL) != length) die("send"); }
static void exactly(int fd, void *bytes, int length) { if (recv(fd, bytes, length, MSG_WAITALL) != length) die("receive"); }

/* A session whose target has been told to echo. */
static int opened(const char *proxy, int port, int target)
{
    int direct = !strcmp(proxy, "direct"), one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval limit = { .tv_sec = OPENING_SECONDS };
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(direct ? target : port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (void *)&a, sizeof a)) die("connect");
    if (!direct) {
        unsigned char answer[10], request[10] = { 5, 1, 0, 1, 127, 0, 0, 1, target >> 8, target & 255 };
        all(fd, "\5\1\0", 3);
        exactly(fd, answer, 2);
        all(fd, request, sizeof request);
        exactly(fd, answer, sizeof answer);
        if (answer[1]) { fprintf(stderr, "reply %d\n", answer[1]); exit(1); }
    }
    all(fd, "E", 1);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return fd;
}

/* Sends what is left of the message; the socket says when it takes more. */
static void push(struct session *s)
{
    while (s->sent < size) {
        ssize_t n = send(s->fd, message + s->sent, size - s->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) break;
        if (n < 0) die("send");
        s->sent += n;
    }
    int waits = s->sent < size;
    if (waits == s->waits) return;
    s->waits = waits;
    epoll_ctl(ep, EPOLL_CTL_MOD, s->fd, &(struct epoll_event) { .events = EPOLLIN | (waits ? EPOLLOUT : 0), .data.ptr = s });
}

static void begin(struct session *s) { s->sent = s->received = 0; s->since = now(); push(s); }

/* Whether the whole answer is there. */
static int pull(struct session *s)
{
    while (s->received < size) {
        ssize_t n = read(s->fd, room, ROOM);
        if (n < 0 && errno == EAGAIN) return 0;
        if (n <= 0) die("the session ended");
        s->received += n;
    }
    return 1;
}

static int compare(const void *a, const void *b) { double x = *(const double *)a, y = *(const double *)b; return (x > y) - (x < y); }

int main(int count, char **words)
{
    if (count < 8) { fprintf(stderr, "see the head of mxmessages.c\n"); return 2; }
    int n = atoi(words[5]);
    double seconds = atof(words[6]);
    size = atoi(words[7]);
    if (size < 1 || size > MOST_SIZE || n < 1) { fprintf(stderr, "1 to %d bytes, and a session\n", MOST_SIZE); return 2; }
    message = malloc(size);
    memset(message, 'x', size);
    struct session *sessions = calloc(n, sizeof *sessions);
    struct epoll_event events[256];
    ep = epoll_create1(0);
    for (int i = 0; i < n; i++) {
        sessions[i].fd = opened(words[2], atoi(words[3]), atoi(words[4]));
        epoll_ctl(ep, EPOLL_CTL_ADD, sessions[i].fd, &(struct epoll_event) { .events = EPOLLIN, .data.ptr = &sessions[i] });
    }
    double start = now(), end = start + seconds;
    long done = 0;
    for (int i = 0; i < n; i++) begin(&sessions[i]);
    while (now() < end) {
        int ready = epoll_wait(ep, events, 256, 100);
        for (int i = 0; i < ready; i++) {
            struct session *s = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) push(s);
            if (!pull(s)) continue;
            if (done < MOST_TIMES) times[done] = now() - s->since;
            done++;
            begin(s);
        }
    }
    double took = now() - start;
    if (!done) { printf("rr n=%d nothing done\n", n); return 1; }
    long kept = done < MOST_TIMES ? done : MOST_TIMES;
    qsort(times, kept, sizeof *times, compare);
    printf("rr n=%d per_s=%.0f p50_us=%.0f p99_us=%.0f\n", n, done / took, times[kept / 2] * 1e6, times[(long)(kept * .99)] * 1e6);
}
