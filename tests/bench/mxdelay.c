/* A link with a delay, where the kernel has no netem: two tun devices whose packets come out of the other one some time later, in order.
   mxdelay NEAR FAR MILLISECONDS    makes the devices, says "ready", and carries packets until they are deleted or it is ended */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { MTU = 9000, MOST = 16384 }; /* 147 MB under way in each direction; what comes above it is lost, as on any link */
static long now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000L + t.tv_nsec; }
static void die(const char *what) { perror(what); exit(1); }

struct packet { long due; int length; char bytes[MTU]; };
struct way { int from, to; unsigned first, last; struct packet *packets; };

static int device(const char *name)
{
    struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
    if (fd < 0) die("/dev/net/tun");
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (ioctl(fd, TUNSETIFF, &request)) die(name);
    return fd;
}

/* Takes what has come in; 0 when the device is gone. */
static int take(struct way *way, long delay)
{
    for (;;) {
        struct packet *packet = &way->packets[way->last % MOST];
        static char lost[MTU];
        int full = way->last - way->first == MOST;
        ssize_t n = read(way->from, full ? lost : packet->bytes, MTU);
        if (n < 0) return errno == EAGAIN || errno == EIO || errno == EINTR; /* EIO: the device is not up yet */
        if (full) continue;
        packet->length = n;
        packet->due = now() + delay;
        way->last++;
    }
}

/* Sends what is due; the time of the next one, or 0. */
static long give(struct way *way)
{
    for (; way->first != way->last; way->first++) {
        struct packet *packet = &way->packets[way->first % MOST];
        if (packet->due > now()) return packet->due;
        if (write(way->to, packet->bytes, packet->length) < 0 && errno == EBADFD) return 0;
    }
    return 0;
}

int main(int count, char **words)
{
    if (count < 4) { fprintf(stderr, "see the head of mxdelay.c\n"); return 2; }
    int near = device(words[1]), far = device(words[2]);
    long delay = (long)(atof(words[3]) * 1e6);
    struct way ways[2] = { { .from = near, .to = far }, { .from = far, .to = near } };
    for (int i = 0; i < 2; i++) if (!(ways[i].packets = malloc(MOST * sizeof(struct packet)))) die("memory");
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        long next = 0;
        for (int i = 0; i < 2; i++) {
            long due = give(&ways[i]);
            if (due && (!next || due < next)) next = due;
        }
        long left = next ? next - now() : -1;
        struct timespec until = { .tv_sec = left > 0 ? left / 1000000000L : 0, .tv_nsec = left > 0 ? left % 1000000000L : 0 };
        struct pollfd polled[2] = { { near, POLLIN, 0 }, { far, POLLIN, 0 } };
        if (ppoll(polled, 2, next ? &until : NULL, NULL) < 0 && errno != EINTR) die("poll");
        for (int i = 0; i < 2; i++) if ((polled[i].revents & POLLNVAL) || !take(&ways[i], delay)) return 0;
    }
}
