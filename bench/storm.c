// Storm: everybody connects at once, or, resumable, loses the connection and comes back at once. One thread, epoll.
//
//   storm --port P [--conns N] [--waves W]
//
// Without --waves N connections begin at the same moment, with an empty Handshake. With it they ask for the feature
// `resume`; then, W times, all connections are cut at the same moment (by a reset, as of a network that is gone), and
// their clients come back at once, each with its session and its newest secret.
// A connection that fails or is refused is tried again after a back-off, or after the time the server told it. A storm
// is over when all have their HandshakeAck; latency is from the moment they began. Waves are given as their median, worst
// and recovered: the sessions that were continued, of all waves together.
// One line of key=value pairs on standard output; exit 1 if any connection failed for good or a session was not continued.
#include "client.h"

enum { BACKOFF_MS = 100, BACKOFF_MAX_MS = 2000, WAVES_MAX = 100, SETTLE_MS = 300, STORM_S_MAX = 60 };

typedef struct { int attempts, told_ms; uint64_t retry_at; char session[40], secret[80]; } Client;

static Client *clients;
static int conns = 2000, waves, shaken_count, waiting;
static uint64_t began, failures, retries, refusals, recovered;

static void come_at(Conn *c, uint64_t when) {
  clients[c - all].retry_at = when;
  waiting++;
}

// A connection that is no more: after the handshake a failure, before it a reason to try again.
static void lost(Conn *c) {
  Client *client = &clients[c - all];
  hang_up(c);
  if (c->shaken) { failures++; return; }
  int ms = client->told_ms ? client->told_ms : BACKOFF_MS << (client->attempts < 5 ? client->attempts : 5);
  if (!client->told_ms && ms > BACKOFF_MAX_MS) ms = BACKOFF_MAX_MS;
  come_at(c, now_ns() + (uint64_t)(ms * (1 + drand48() / 4) * 1e6));
  client->attempts++;
  retries++;
}

// The text behind `key`, up to the next quote.
static void text_of(const uint8_t *json, uint32_t length, const char *key, char *into, size_t size) {
  const char *at = memmem(json, length, key, strlen(key));
  const char *end = at ? memchr(at + strlen(key), '"', (const char *)json + length - at - strlen(key)) : 0;
  size_t n = end ? (size_t)(end - at) - strlen(key) : size;
  if (n >= size) { fprintf(stderr, "no %s in a HandshakeAck\n", key); exit(1); }
  memcpy(into, at + strlen(key), n);
  into[n] = 0;
}

static void on_frame(Conn *c, uint8_t *p, uint32_t length, uint64_t now) {
  Client *client = &clients[c - all];
  uint8_t *json = p + HEADER;
  uint32_t n = length - 9;
  if (p[4] == HANDSHAKE_ACK) {
    c->shaken = 1;
    shaken_count++;
    record(now - began);
    if (!n) return;
    recovered += memmem(json, n, "\"recovered\":true", 16) != 0;
    text_of(json, n, "\"session\":\"", client->session, sizeof client->session);
    text_of(json, n, "\"secret\":\"", client->secret, sizeof client->secret);
    put(c, PING, 0, 0, 0);  // the first frame ends the time of the former secret
  } else if (p[4] == PING) memcpy(put_head(c, PONG, request_id(p), n), json, n);
  else if (p[4] == FAIL && !c->shaken) {
    const char key[] = "\"retryAfterMs\":", *told = memmem(json, n, key, sizeof key - 1);
    client->told_ms = told ? atoi(told + sizeof key - 1) : 0;
    refusals++;
  } else if (p[4] == FAIL) failures++;
}

static void say_hello(Conn *c) {
  Client *client = &clients[c - all];
  char text[320] = "";
  if (waves && !client->secret[0]) strcpy(text, "{\"features\":[\"resume\"]}");
  else if (waves)
    snprintf(text, sizeof text, "{\"features\":[\"resume\"],\"resume\":{\"session\":\"%s\",\"secret\":\"%s\",\"received\":0}}",
             client->session, client->secret);
  put_text(c, HANDSHAKE, 1, text);
}

// Connections whose time has come.
static void dial_waiting(void) {
  uint64_t now = now_ns();
  for (Conn *c = all; c < all + conns && waiting; c++) {
    Client *client = &clients[c - all];
    if (!client->retry_at || client->retry_at > now) continue;
    client->retry_at = client->told_ms = 0;
    waiting--;
    if (dial(c, SOCK_NONBLOCK, 0, (c - all) / CONNS_PER_ADDRESS)) { lost(c); continue; }
    say_hello(c);
    listen_to(c, EPOLLIN | EPOLLOUT);
  }
}

// Runs the event loop until `until`, or until everybody has shaken hands where `storm` is set.
static void run(uint64_t until, int storm) {
  struct epoll_event ev[1024];
  while (now_ns() < until && !(storm && shaken_count == conns)) {
    if (waiting) dial_waiting();
    int k = epoll_wait(epoll_fd, ev, 1024, waiting ? 5 : 50);
    for (int i = 0; i < k; i++) {
      Conn *c = ev[i].data.ptr;
      if (ev[i].events & EPOLLOUT) flush_out(c);
      if (c->fd >= 0 && ev[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(c);
    }
  }
}

// Everybody comes now; how long it took until the last one had its HandshakeAck.
static double storm(void) {
  began = now_ns();
  shaken_count = 0;
  for (int i = 0; i < conns; i++) { clients[i].attempts = 0; come_at(&all[i], 1); }
  run(began + STORM_S_MAX * 1000000000ull, 1);
  double took = (now_ns() - began) / 1e9;
  if (shaken_count < conns) { printf("error=only_%d_of_%d_shook_hands\n", shaken_count, conns); exit(1); }
  return took;
}

static void cut(void) {
  struct linger reset = {1, 0};
  for (int i = 0; i < conns; i++) {
    if (all[i].fd < 0) continue;
    setsockopt(all[i].fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    hang_up(&all[i]);
  }
}

static int by_size(const void *a, const void *b) {
  return *(const double *)a < *(const double *)b ? -1 : *(const double *)a > *(const double *)b;
}

int main(int argc, char **argv) {
  begin(argc, argv, 1, (Option[]){{"--conns", &conns, 0}, {"--waves", &waves, 0}, {0}});
  if (waves > WAVES_MAX) waves = WAVES_MAX;
  all = calloc(conns, sizeof(Conn));
  clients = calloc(conns, sizeof(Client));
  for (int i = 0; i < conns; i++) all[i].in = malloc(all[i].in_cap = 1024);
  double first = storm(), took[WAVES_MAX] = {first};
  for (int w = 0; w < waves; w++) {
    run(now_ns() + SETTLE_MS * 1000000ull, 0);
    memset(histograms, 0, sizeof histograms);
    cut();
    took[w] = storm();
  }
  int n = waves ? waves : 1;
  qsort(took, n, sizeof *took, by_size);
  printf("mode=%s conns=%d first=%.3f seconds=%.3f worst=%.3f p50_us=%.0f", waves ? "resume" : "storm", conns, first, took[n / 2],
         took[n - 1], percentile(.5));
  printf(" retries=%lu refusals=%lu failures=%lu recovered=%lu\n", retries, refusals, failures, recovered);
  return failures || recovered < (uint64_t)conns * waves ? 1 : 0;
}
