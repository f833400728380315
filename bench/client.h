// What every load of the generator needs: sockets, frames, latencies. Does not know what a load does with them.
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
enum { STEPS = 64 * 64 };

typedef struct {
  int fd, shaken, wants_out;
  uint8_t *in, *out;
  uint32_t in_len, in_cap, out_len, out_off, out_cap;
  uint64_t next_id, *sent_at;
  int attempts, told_ms;
  uint64_t retry_at;
} Conn;

static const char *host = "127.0.0.1";
static int port = 9000, epoll_fd;
static Conn *all;
static uint64_t histograms[2][STEPS], *buckets = histograms[0];

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
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

static void put(Conn *c, uint8_t type, uint64_t id, uint32_t body, int stamp) {
  uint32_t need = c->out_len + HEADER + body;
  if (need > c->out_cap) c->out = realloc(c->out, c->out_cap = need * 2);
  uint8_t *p = c->out + c->out_len;
  uint32_t length = 9 + body;
  for (int i = 0; i < 4; i++) p[i] = length >> (24 - 8 * i);
  p[4] = type;
  for (int i = 0; i < 8; i++) p[5 + i] = id >> (56 - 8 * i);
  memset(p + HEADER, 'x', body);
  if (stamp && body >= 8) { uint64_t t = now_ns(); memcpy(p + HEADER, &t, 8); }
  c->out_len += HEADER + body;
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

// What a load does about a connection that is no more.
static void lost(Conn *c);
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

// Begins a connection (without waiting for it where `flags` has SOCK_NONBLOCK); 0, or -1 and errno.
static int dial(Conn *c, int flags, int receive_bytes) {
  int one = 1;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct sockaddr_in from = {.sin_family = AF_INET};
  inet_pton(AF_INET, host, &to.sin_addr);
  from.sin_addr.s_addr = htonl(0x7f000001 + (c - all) / 20000);  // more source ports: 127.0.0.2, .3, ...
  c->fd = socket(AF_INET, SOCK_STREAM | flags, 0);
  // The port is chosen at connect: a port in TIME_WAIT towards an earlier server is free towards this one.
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (receive_bytes) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  if (c->fd < 0 || bind(c->fd, (void *)&from, sizeof from)) return -1;
  if (connect(c->fd, (void *)&to, sizeof to) && errno != EINPROGRESS) return -1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  c->in_len = c->out_len = c->out_off = 0;
  put(c, HANDSHAKE, 1, 0, 0);
  return 0;
}
static void listen_to(Conn *c, uint32_t events) {
  struct epoll_event e = {events, {.ptr = c}};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &e);
  c->wants_out = (events & EPOLLOUT) != 0;
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
