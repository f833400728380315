// Churn: sessions that come, ask once and leave, at an exact rate. One thread, epoll; says nothing about the server's memory.
//
//   churn --port P [--rate R] [--seconds S] [--together N]
//
// R times a second: connect, Handshake, one Request of 32 bytes, its answer, Disconnect, close. At most N are under way at
// once; one that has to wait for another to leave is late. Every connection comes from the next of 16 addresses
// (127.0.0.1 to 127.0.0.16), because each leaves its port in TIME_WAIT for a minute.
// One line of key=value pairs on standard output; exit 1 if any connection failed, or took longer than 10 s.
#include "client.h"

enum { ADDRESSES = 16, PAYLOAD = 32, IN_BYTES = 512, SESSION_S_MAX = 10, LATE_MS = 100, DISCONNECT = 0x05 };

static int rate = 500, together = 2000, free_count;
static double seconds = 600;
static uint64_t *begun_at, begun, done, failures, late;
static Conn **free_list;

static void leave(Conn *c) {
  hang_up(c);
  free_list[free_count++] = c;
}
static void lost(Conn *c) {
  failures++;
  leave(c);
}

static void on_frame(Conn *c, uint8_t *p, uint32_t length, uint64_t now) {
  if (p[4] == HANDSHAKE_ACK) put(c, REQUEST, 1, PAYLOAD, 0);
  else if (p[4] == RESPONSE && length == 9 + PAYLOAD) {
    record(now - begun_at[c - all]);
    put(c, DISCONNECT, 0, 0, 0);
    send(c->fd, c->out, c->out_len, MSG_NOSIGNAL);
    done++;
    leave(c);
  } else lost(c);
}

static void come(uint64_t now) {
  Conn *c = free_list[--free_count];
  begun_at[c - all] = now;
  if (dial(c, SOCK_NONBLOCK, 0, begun++ % ADDRESSES)) { lost(c); return; }
  put(c, HANDSHAKE, 1, 0, 0);
  listen_to(c, EPOLLIN | EPOLLOUT);
}

static void end_overdue(uint64_t now) {
  for (Conn *c = all; c < all + together; c++)
    if (c->fd >= 0 && now - begun_at[c - all] > SESSION_S_MAX * 1000000000ull) lost(c);
}

int main(int argc, char **argv) {
  begin(argc, argv, 1, (Option[]){{"--rate", &rate, 0}, {"--together", &together, 0}, {"--seconds", 0, &seconds}, {0}});
  all = calloc(together, sizeof(Conn));
  begun_at = calloc(together, sizeof *begun_at);
  free_list = malloc(together * sizeof *free_list);
  for (Conn *c = all; c < all + together; c++) {
    c->fd = -1;
    c->in = malloc(c->in_cap = IN_BYTES);
    free_list[free_count++] = c;
  }
  uint64_t start = now_ns(), total = (uint64_t)(rate * seconds), look_at = start;
  struct epoll_event ev[256];
  for (uint64_t now; (now = now_ns()), begun < total || free_count < together;) {
    uint64_t due = start + begun * 1000000000ull / rate;
    for (; begun < total && due <= now && free_count; due = start + begun * 1000000000ull / rate) {
      late += now - due > LATE_MS * 1000000ull;
      come(now);
    }
    if (now >= look_at) { end_overdue(now); look_at = now + 1000000000ull; }
    int ms = begun < total && free_count ? (int)((due - now) / 1000000) + 1 : 50;
    int k = epoll_wait(epoll_fd, ev, 256, ms);
    for (int i = 0; i < k; i++) {
      Conn *c = ev[i].data.ptr;
      if (ev[i].events & EPOLLOUT) flush_out(c);
      if (c->fd >= 0 && ev[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(c);
    }
  }
  double took = (now_ns() - start) / 1e9;
  printf("mode=churn rate=%d seconds=%.1f begun=%lu done=%lu failures=%lu late=%lu per_s=%.1f p50_us=%.0f p99_us=%.0f\n", rate,
         took, begun, done, failures, late, done / took, percentile(.5), percentile(.99));
  return failures ? 1 : 0;
}
