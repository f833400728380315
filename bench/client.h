// What every load needs: options, sockets, frames, latencies, a look at the server. Does not know what a load does.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEADER = 13, HANDSHAKE = 0x01, HANDSHAKE_ACK = 0x02, PING = 0x03, PONG = 0x04,
       REQUEST = 0x10, RESPONSE = 0x11, NOTIFICATION = 0x12, BROADCAST = 0x13, FAIL = 0xff };
enum { STEPS = 64 * 64, CONNS_PER_ADDRESS = 20000 };

typedef struct {
  int fd, shaken, wants_out;
  uint8_t *in, *out;
  uint32_t in_len, in_cap, out_len, out_off, out_cap;
  uint64_t next_id, *sent_at;
} Conn;
typedef struct { const char *name; int *number; double *real; } Option;

static const char *host = "127.0.0.1";
static int port = 9000, epoll_fd;
static Conn *all;
static uint64_t histograms[2][STEPS], *buckets = histograms[0];

// What a load does about a frame, and about a connection that is no more.
static void on_frame(Conn *c, uint8_t *p, uint32_t length, uint64_t now);
static void lost(Conn *c);

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

// Reads --name value pairs, allows itself as many descriptors as it may, and makes the epoll.
static void begin(int argc, char **argv, int first, const Option *options) {
  for (int i = first; i < argc; i += 2) {
    const Option *o = options;
    while (o->name && strcmp(o->name, argv[i])) o++;
    if (i + 1 == argc) { fprintf(stderr, "%s needs a value\n", argv[i]); exit(2); }
    if (o->number) *o->number = atoi(argv[i + 1]);
    else if (o->real) *o->real = atof(argv[i + 1]);
    else if (!strcmp(argv[i], "--port")) port = atoi(argv[i + 1]);
    else if (!strcmp(argv[i], "--host")) host = argv[i + 1];
    else { fprintf(stderr, "unknown option %s\n", argv[i]); exit(2); }
  }
  struct rlimit rl;
  getrlimit(RLIMIT_NOFILE, &rl);
  rl.rlim_cur = rl.rlim_max;
  setrlimit(RLIMIT_NOFILE, &rl);
  epoll_fd = epoll_create1(0);
}

// Log-linear histogram in microseconds: 64 steps per power of two.
static void record(uint64_t ns) {
  uint64_t v = ns / 1000;
  int e = 0;
  while (v >= 64) { v >>= 1; e++; }
  int b = e * 64 + (int)v;
  buckets[b < STEPS ? b : STEPS - 1]++;
}
static double percentile(double p) {
  uint64_t total = 0, sum = 0;
  for (int i = 0; i < STEPS; i++) total += buckets[i];
  for (int i = 0; i < STEPS; i++) {
    sum += buckets[i];
    if (total && sum >= total * p) return (double)((uint64_t)(i % 64) << (i / 64));
  }
  return 0;
}

// Queues the head of a frame; returns where its body goes.
static uint8_t *put_head(Conn *c, uint8_t type, uint64_t id, uint32_t body) {
  uint32_t need = c->out_len + HEADER + body;
  if (need > c->out_cap) c->out = realloc(c->out, c->out_cap = need * 2);
  uint8_t *p = c->out + c->out_len;
  uint32_t length = 9 + body;
  for (int i = 0; i < 4; i++) p[i] = length >> (24 - 8 * i);
  p[4] = type;
  for (int i = 0; i < 8; i++) p[5 + i] = id >> (56 - 8 * i);
  c->out_len = need;
  return p + HEADER;
}
static void put(Conn *c, uint8_t type, uint64_t id, uint32_t body, int stamp) {
  uint8_t *p = put_head(c, type, id, body);
  memset(p, 'x', body);
  if (stamp && body >= 8) { uint64_t t = now_ns(); memcpy(p, &t, 8); }
}
static void put_text(Conn *c, uint8_t type, uint64_t id, const char *text) {
  uint32_t body = strlen(text);
  memcpy(put_head(c, type, id, body), text, body);
}

static void watch(Conn *c, int out) {
  if (c->wants_out == out) return;
  struct epoll_event e = {EPOLLIN | (out ? EPOLLOUT : 0), {.ptr = c}};
  epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &e);
  c->wants_out = out;
}
static void hang_up(Conn *c) {
  epoll_ctl(epoll_fd, EPOLL_CTL_DEL, c->fd, 0);
  close(c->fd);
  c->fd = -1;
}
static void flush_out(Conn *c) {
  while (c->out_off < c->out_len) {
    ssize_t n = send(c->fd, c->out + c->out_off, c->out_len - c->out_off, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) { watch(c, 1); return; }
    if (n < 0) { lost(c); return; }
    c->out_off += n;
  }
  c->out_off = c->out_len = 0;
  watch(c, 0);
}

// Begins a connection (without waiting for it where `flags` has SOCK_NONBLOCK), from the `address`th address of the
// machine to itself: 127.0.0.1, .2, .3, ... have their own ports. 0, or -1 and errno. The Handshake is left to the caller.
static int dial(Conn *c, int flags, int receive_bytes, int address) {
  int one = 1;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001 + address)};
  inet_pton(AF_INET, host, &to.sin_addr);
  c->in_len = c->out_len = c->out_off = c->shaken = c->wants_out = 0;
  c->fd = socket(AF_INET, SOCK_STREAM | flags, 0);
  // The port is chosen at connect: a port in TIME_WAIT towards an earlier server is free towards this one.
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (receive_bytes) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  if (c->fd < 0 || bind(c->fd, (void *)&from, sizeof from)) return -1;
  if (connect(c->fd, (void *)&to, sizeof to) && errno != EINPROGRESS) return -1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  return 0;
}
static void listen_to(Conn *c, uint32_t events) {
  struct epoll_event e = {events, {.ptr = c}};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &e);
  c->wants_out = (events & EPOLLOUT) != 0;
}

// Reads once and hands on what is complete, until there is no connection any more.
static void on_readable(Conn *c) {
  if (c->in_len == c->in_cap) c->in = realloc(c->in, c->in_cap *= 2);
  ssize_t n = recv(c->fd, c->in + c->in_len, c->in_cap - c->in_len, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) { lost(c); return; }
  c->in_len += n;
  uint32_t off = 0;
  uint64_t now = now_ns();
  while (c->in_len - off >= 4 && c->fd >= 0) {
    uint8_t *p = c->in + off;
    uint32_t length = (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
    if (c->in_len - off < 4 + length) break;
    on_frame(c, p, length, now);
    off += 4 + length;
  }
  if (c->fd < 0) return;
  if (off) { memmove(c->in, c->in + off, c->in_len - off); c->in_len -= off; }
  flush_out(c);
}
static uint64_t request_id(const uint8_t *p) {
  uint64_t id = 0;
  for (int i = 0; i < 8; i++) id = id << 8 | p[5 + i];
  return id;
}

static long resident_kib(int pid) {
  char path[64], line[256];
  long kib = -1;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *f = fopen(path, "r");
  while (f && fgets(line, sizeof line, f)) sscanf(line, "VmRSS: %ld", &kib);
  if (f) fclose(f);
  return kib;
}
// Processor time that the process has taken so far, of its own and of the kernel's for it, in microseconds.
static void processor_us(int pid, double *user, double *kernel) {
  char path[64], line[1024] = "";
  unsigned long ticks[2] = {0, 0};
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *f = fopen(path, "r");
  if (f && fgets(line, sizeof line, f) && strrchr(line, ')'))
    sscanf(strrchr(line, ')') + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &ticks[0], &ticks[1]);
  if (f) fclose(f);
  *user = ticks[0] * 1e6 / sysconf(_SC_CLK_TCK);
  *kernel = ticks[1] * 1e6 / sysconf(_SC_CLK_TCK);
}
