/*
 * The floor in C: a WebSocket server that only moves the bytes.
 *
 *   floor_c SIZE INTERVAL_US
 *
 * It listens on a free port of 127.0.0.1 and prints "listening ADDRESS:PORT".
 * From each client it keeps the seq of the newest input: the first four bytes,
 * little endian, of a binary message. Every INTERVAL_US microseconds (0: never)
 * it sends each client one binary message of SIZE bytes that starts with that
 * client's seq. One thread, one epoll, one timerfd; no library. It ends when its
 * standard input does.
 *
 * Its only client is loadtest/benchserver: it speaks as much of RFC 6455 as that
 * one does and drops whoever sends anything else.
 *
 *   socket -> epoll -> take_input -> conn.seq
 *   timerfd -> send_state: frame with conn.seq in it -> socket
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
  MAX_FD = 1 << 16,
  MAX_SIZE = 65535,    /* of a message; longer ones have another header */
  MIN_SIZE = 4,        /* the seq */
  MAX_REQUEST = 1024,  /* of an HTTP upgrade, or a few inputs */
  BATCH = 256,         /* events taken at once */
  SHA1_SIZE = 20,
  ACCEPT_SIZE = 28,    /* SHA1_SIZE in base64 */
};

/* A client, by its file descriptor. */
struct conn {
  bool open;        /* the handshake is done */
  uint32_t seq;     /* of the newest input */
  uint32_t sending; /* the seq in the frame that is on its way */
  size_t sent;      /* bytes of that frame which the socket took */
  size_t have;      /* bytes in buf */
  uint8_t buf[MAX_REQUEST];
};

static struct conn *conns[MAX_FD];
static int last_fd; /* no client has a higher one */
static int events;  /* the epoll */

static uint8_t frame[4 + MAX_SIZE]; /* what goes out, the seq is filled in */
static size_t frame_size;
static size_t frame_seq; /* where in the frame the seq stands */

static void die(const char *what)
{
  perror(what);
  exit(1);
}

/* ---- SHA-1 (RFC 3174) and base64, for the handshake ---- */

static uint32_t rotate(uint32_t v, int n)
{
  return v << n | v >> (32 - n);
}

static void sha1_block(uint32_t h[5], const uint8_t block[64])
{
  uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
           (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
  for (int i = 16; i < 80; i++)
    w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  for (int i = 0; i < 80; i++) {
    uint32_t f = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999
                 : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1
                 : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
                          : (b ^ c ^ d) + 0xca62c1d6;
    uint32_t next = rotate(a, 5) + f + e + w[i];

    e = d, d = c, c = rotate(b, 30), b = a, a = next;
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
}

/* sha1 hashes at most 119 bytes, which is two blocks with the padding. */
static void sha1(const uint8_t *text, size_t size, uint8_t hash[SHA1_SIZE])
{
  uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  uint8_t blocks[128] = {0};
  size_t end = size < 56 ? 64 : 128;

  memcpy(blocks, text, size);
  blocks[size] = 0x80;
  blocks[end - 2] = (uint8_t)(size * 8 >> 8);
  blocks[end - 1] = (uint8_t)(size * 8);
  for (size_t at = 0; at < end; at += 64)
    sha1_block(h, blocks + at);
  for (int i = 0; i < SHA1_SIZE; i++)
    hash[i] = (uint8_t)(h[i / 4] >> (24 - i % 4 * 8));
}

static void base64(const uint8_t hash[SHA1_SIZE], char text[ACCEPT_SIZE + 1])
{
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint8_t in[SHA1_SIZE + 1] = {0};

  memcpy(in, hash, SHA1_SIZE);
  for (int i = 0; i < ACCEPT_SIZE - 1; i++) {
    int bit = i * 6, two = in[bit / 8] << 8 | in[bit / 8 + 1];

    text[i] = digits[two >> (10 - bit % 8) & 63];
  }
  text[ACCEPT_SIZE - 1] = '='; /* 20 bytes fill 27 digits */
  text[ACCEPT_SIZE] = 0;
}

/* ---- clients ---- */

static void drop(int fd)
{
  close(fd); /* leaves the epoll by itself */
  free(conns[fd]);
  conns[fd] = NULL;
  while (last_fd > 0 && !conns[last_fd])
    last_fd--;
}

static void watch(int fd)
{
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

  if (epoll_ctl(events, EPOLL_CTL_ADD, fd, &event) < 0)
    die("epoll_ctl");
}

static void accept_clients(int listener)
{
  int fd, yes = 1;

  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    if (fd >= MAX_FD || !(conns[fd] = calloc(1, sizeof **conns))) {
      close(fd);
      continue;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    last_fd = fd > last_fd ? fd : last_fd;
    watch(fd);
  }
  if (errno != EAGAIN && errno != ECONNABORTED)
    die("accept");
}

/* consume forgets the first n bytes of the buffer. */
static void consume(struct conn *c, size_t n)
{
  c->have -= n;
  memmove(c->buf, c->buf + n, c->have);
}

/* shake_hands answers the upgrade once it is there; false if it is not one. */
static bool shake_hands(int fd, struct conn *c)
{
  static const char name[] = "\r\nSec-WebSocket-Key: ";
  static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  char text[64], accept[ACCEPT_SIZE + 1], answer[160];
  uint8_t hash[SHA1_SIZE];
  char *end = memmem(c->buf, c->have, "\r\n\r\n", 4);

  if (!end)
    return c->have < sizeof c->buf;
  *end = 0;
  char *key = strcasestr((char *)c->buf, name);
  if (!key)
    return false;
  key += strlen(name);
  snprintf(text, sizeof text, "%.*s%s", (int)strcspn(key, "\r"), key, guid);
  sha1((uint8_t *)text, strlen(text), hash);
  base64(hash, accept);
  int n = snprintf(answer, sizeof answer,
                   "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
  if (send(fd, answer, (size_t)n, MSG_NOSIGNAL) != n)
    return false;
  consume(c, (size_t)(end - (char *)c->buf) + 4);
  c->open = true;
  return true;
}

/* take_inputs reads the whole frames in the buffer; false if one is no input. */
static bool take_inputs(struct conn *c)
{
  enum { HEAD = 2 + 4, FIN_BINARY = 0x82, MASKED = 0x80, LONGEST = 125 };
  size_t at = 0;

  while (c->have - at >= HEAD) {
    uint8_t *f = c->buf + at, *mask = f + 2, *payload = f + HEAD;
    size_t size = f[1] & 0x7f;

    if (f[0] != FIN_BINARY || !(f[1] & MASKED) || size < MIN_SIZE || size > LONGEST)
      return false;
    if (c->have - at < HEAD + size)
      break;
    for (size_t i = 0; i < size; i++) /* all of it: a server that uses the input must */
      payload[i] ^= mask[i % 4];
    c->seq = (uint32_t)payload[0] | (uint32_t)payload[1] << 8 |
             (uint32_t)payload[2] << 16 | (uint32_t)payload[3] << 24;
    at += HEAD + size;
  }
  consume(c, at);
  return true;
}

static void read_client(int fd)
{
  struct conn *c = conns[fd];
  ssize_t n = recv(fd, c->buf + c->have, sizeof c->buf - c->have, 0);

  if (n < 0 && errno == EAGAIN)
    return;
  if (n <= 0) {
    drop(fd);
    return;
  }
  c->have += (size_t)n;
  if ((!c->open && !shake_hands(fd, c)) || (c->open && !take_inputs(c)))
    drop(fd);
}

/* ---- ticks ---- */

/* make_frame makes the message, of which only the seq will change. */
static void make_frame(size_t size)
{
  frame[0] = 0x82; /* final, binary */
  if (size <= 125) {
    frame[1] = (uint8_t)size;
    frame_seq = 2;
  } else {
    frame[1] = 126;
    frame[2] = (uint8_t)(size >> 8);
    frame[3] = (uint8_t)size;
    frame_seq = 4;
  }
  frame_size = frame_seq + size;
}

/* send_state sends a client its frame, or the rest of the last one: what does
 * not fit into the socket waits for the next tick, and nothing is queued. */
static void send_state(int fd)
{
  struct conn *c = conns[fd];

  if (c->sent == 0)
    c->sending = c->seq;
  for (int i = 0; i < MIN_SIZE; i++)
    frame[frame_seq + (size_t)i] = (uint8_t)(c->sending >> 8 * i);
  ssize_t n = send(fd, frame + c->sent, frame_size - c->sent, MSG_NOSIGNAL);
  if (n < 0) {
    if (errno != EAGAIN)
      drop(fd);
    return;
  }
  c->sent = (c->sent + (size_t)n) % frame_size;
}

static void tick(int timer)
{
  uint64_t due;

  if (read(timer, &due, sizeof due) < 0)
    die("read timerfd");
  for (int fd = 0; fd <= last_fd; fd++)
    if (conns[fd] && conns[fd]->open)
      send_state(fd);
}

/* ---- wiring ---- */

static int listen_here(void)
{
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, SOMAXCONN) < 0 ||
      getsockname(fd, (struct sockaddr *)&at, &size) < 0)
    die("listen");
  printf("listening 127.0.0.1:%d\n", ntohs(at.sin_port));
  fflush(stdout);
  return fd;
}

static int start_timer(long interval_us)
{
  struct timespec t = {.tv_sec = interval_us / 1000000, .tv_nsec = interval_us % 1000000 * 1000};
  struct itimerspec every = {.it_interval = t, .it_value = t};
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

  if (fd < 0 || timerfd_settime(fd, 0, &every, NULL) < 0)
    die("timerfd");
  return fd;
}

/* serve returns when standard input ends. */
static void serve(int listener, int timer)
{
  struct epoll_event ready[BATCH];
  char byte;

  for (;;) {
    int n = epoll_wait(events, ready, BATCH, -1);

    if (n < 0 && errno != EINTR)
      die("epoll_wait");
    for (int i = 0; i < n; i++) {
      int fd = ready[i].data.fd;

      if (fd == STDIN_FILENO && read(fd, &byte, 1) == 0)
        return;
      if (fd == listener)
        accept_clients(fd);
      if (fd == timer)
        tick(fd);
      if (conns[fd]) /* a tick before it may have dropped it */
        read_client(fd);
    }
  }
}

int main(int argc, char **argv)
{
  long size = argc == 3 ? atol(argv[1]) : 0, interval_us = argc == 3 ? atol(argv[2]) : -1;

  if (size < MIN_SIZE || size > MAX_SIZE || interval_us < 0) {
    fprintf(stderr, "usage: floor_c SIZE INTERVAL_US, with a SIZE of %d to %d bytes\n", MIN_SIZE, MAX_SIZE);
    return 2;
  }
  make_frame((size_t)size);
  if ((events = epoll_create1(EPOLL_CLOEXEC)) < 0)
    die("epoll_create");
  int listener = listen_here(), timer = start_timer(interval_us);
  watch(listener);
  watch(timer);
  watch(STDIN_FILENO);
  serve(listener, timer);
}
