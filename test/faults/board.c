// SPDX-License-Identifier: MIT
/*
 * The board: a file, mapped by every process of the server and by the test, which says what is to
 * fail and counts what did. FAULTS names it and FAULTS_SEED, a number, is where chance begins; test
 * and board agree on the layout (test/e2e/fault_board.py). See faults.h.
 */
#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CALLS_MAX = 64, FAULTS_MAX = 20, NAME_SIZE = 32, PROCESSES_MAX = 4096 };

/* What is to fail: one in so many calls, or the nth of one call in this way. */
struct plan {
    _Atomic uint64_t one_in; /* 0: none */
    char call[NAME_SIZE];    /* "": none; read when the program starts, like what follows */
    int64_t fault;
    uint64_t nth;
};

struct call_counts {
    char name[NAME_SIZE];
    _Atomic uint64_t made;
    _Atomic uint64_t drawn; /* each fault has its turn */
    struct {
        int64_t fault;
        _Atomic uint64_t count;
    } faults[FAULTS_MAX];
};

struct board {
    struct plan plan;
    _Atomic uint64_t process_count;
    struct call_counts calls[CALLS_MAX];
    struct process {
        _Atomic uint64_t pid;
        _Atomic int64_t blocks; /* allocated and not given back, since it began */
    } processes[PROCESSES_MAX];
};

/*
 * The faults of each call: what its manual page lists. Left out are those that only a mistake of
 * the caller's brings about (EBADF, EFAULT, EINVAL, ENOTSOCK, ENOENT of epoll_ctl ...), and what
 * cannot be true of the calls that the server makes: ENFILE of a mapping without a file, EAGAIN of
 * a write to a bell in which there is room. Taken in are what recv and send bring of a connection
 * that the network has ended (tcp(7), ip(7)), and ENOSYS of epoll_pwait2 (before Linux 5.11).
 *
 * `rarely`: so much less often than the others, as it ends a worker.
 */
static const struct {
    const char *name;
    unsigned rarely;
    int faults[FAULTS_MAX];
} table[CALL_COUNT] = {
    [CALL_ACCEPT4] = {"accept4",
                      1,
                      {EAGAIN, ECONNABORTED, EINTR, EMFILE, ENFILE, ENOBUFS, ENOMEM, EPERM, EPROTO,
                       ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
                       ENETUNREACH}},
    [CALL_ALIGNED_ALLOC] = {"aligned_alloc", 1, {ENOMEM}},
    [CALL_BIND] = {"bind", 1, {EACCES, EADDRINUSE, EADDRNOTAVAIL, ENOMEM, EROFS}},
    [CALL_CALLOC] = {"calloc", 1, {ENOMEM}},
    [CALL_CLOSE] = {"close", 1, {EINTR, EIO}},
    [CALL_CONNECT] = {"connect", 1, {EACCES, EAGAIN, ECONNREFUSED, EINTR, EPROTOTYPE}},
    [CALL_DUPFD] = {"fcntl F_DUPFD_CLOEXEC", 1, {EMFILE}},
    [CALL_EPOLL_ADD] = {"epoll_ctl EPOLL_CTL_ADD", 1, {ENOMEM, ENOSPC}},
    [CALL_EPOLL_CREATE1] = {"epoll_create1", 1, {EMFILE, ENFILE, ENOMEM}},
    [CALL_EPOLL_MODIFY] = {"epoll_ctl EPOLL_CTL_MOD", 1, {ENOMEM}},
    [CALL_EPOLL_PWAIT2] = {"epoll_pwait2", 1, {EINTR, FAULT_SHORT, ENOSYS}},
    [CALL_EPOLL_WAIT] = {"epoll_wait", 1, {EINTR, FAULT_SHORT}},
    [CALL_FLOCK] = {"flock", 1, {EINTR, ENOLCK, EWOULDBLOCK}},
    [CALL_FOPEN] = {"fopen", 1, {EACCES, EMFILE, ENFILE, ENOENT, ENOMEM}},
    [CALL_FORK] = {"fork", 1, {EAGAIN, ENOMEM}},
    [CALL_GETADDRINFO] = {"getaddrinfo", 1, {EAI_AGAIN, EAI_FAIL, EAI_MEMORY, EAI_NONAME}},
    [CALL_GETPEERNAME] = {"getpeername", 1, {ENOBUFS, ENOTCONN}},
    [CALL_GETRLIMIT] = {"getrlimit", 1, {EPERM}},
    [CALL_GETSOCKNAME] = {"getsockname", 1, {ENOBUFS}},
    [CALL_LISTEN] = {"listen", 1, {EADDRINUSE}},
    [CALL_LSTAT] = {"lstat", 1, {EACCES, ENOMEM}},
    [CALL_MALLOC] = {"malloc", 1, {ENOMEM}},
    [CALL_MMAP] = {"mmap", 1, {ENOMEM}},
    [CALL_OPEN] = {"open", 1, {EACCES, EINTR, EMFILE, ENFILE, ENOMEM}},
    [CALL_PIPE2] = {"pipe2", 1, {EMFILE, ENFILE}},
    [CALL_POLL] = {"poll", 1, {EINTR, ENOMEM}},
    [CALL_PPOLL] = {"ppoll", 1, {EINTR, ENOMEM}},
    [CALL_PSELECT] = {"pselect", 1, {EINTR, ENOMEM}},
    [CALL_READ] = {"read", 1, {EAGAIN, EINTR, FAULT_SHORT}},
    [CALL_REALLOC] = {"realloc", 1, {ENOMEM}},
    [CALL_RECV] = {"recv",
                   1,
                   {EAGAIN, EINTR, FAULT_SHORT, ENOMEM, ECONNREFUSED, ECONNRESET, ETIMEDOUT,
                    EHOSTUNREACH}},
    [CALL_RING_ARMED] = {"io_uring: recv that went on",
                         1,
                         {ENOBUFS, EINTR, ENOMEM, ECONNRESET, ETIMEDOUT}},
    [CALL_RING_BUFFERS] = {"io_uring_register_buf_ring", 1, {EINVAL, ENOMEM}},
    [CALL_RING_CLOSE] = {"io_uring: close", 1, {EINTR, EIO}},
    [CALL_RING_FD] = {"io_uring_register_ring_fd", 1, {EBUSY, EINVAL, ENOMEM}},
    [CALL_RING_LOST] = {"io_uring_enter, lost", 200, {EBADR}},
    [CALL_RING_POLL] = {"io_uring: poll", 1, {ENOMEM}},
    [CALL_RING_RECV] = {"io_uring: recv",
                        1,
                        {ENOBUFS, EINTR, ENOMEM, ECONNREFUSED, ECONNRESET, ETIMEDOUT,
                         EHOSTUNREACH}},
    [CALL_RING_SEND] = {"io_uring: send",
                        1,
                        {EAGAIN, EINTR, FAULT_SHORT, ENOBUFS, ENOMEM, EPIPE, ECONNRESET, ETIMEDOUT,
                         EHOSTUNREACH, EACCES}},
    [CALL_RING_SETUP] = {"io_uring_setup", 1, {EINVAL, EMFILE, ENFILE, ENOMEM, EPERM, ENOSYS}},
    [CALL_RING_SUBMIT] = {"io_uring_enter, to submit", 1, {EAGAIN, EINTR, FAULT_SHORT}},
    [CALL_RING_TORN] = {"io_uring_enter, link torn", 1, {FAULT_SHORT}},
    [CALL_RING_WAIT] = {"io_uring_enter, to wait", 1, {EAGAIN, EINTR, EBUSY}},
    [CALL_SCHED_GETAFFINITY] = {"sched_getaffinity", 1, {EINVAL}},
    [CALL_SEND] = {"send",
                   1,
                   {EAGAIN, EINTR, FAULT_SHORT, ENOBUFS, ENOMEM, EPIPE, ECONNRESET, ETIMEDOUT,
                    EHOSTUNREACH, EACCES}},
    [CALL_SETRLIMIT] = {"setrlimit", 1, {EPERM}},
    [CALL_SETSOCKOPT] = {"setsockopt", 1, {ENOPROTOOPT, ENOMEM}},
    [CALL_SHUTDOWN] = {"shutdown", 1, {ENOTCONN}},
    [CALL_SOCKET] = {"socket", 1, {EACCES, EAFNOSUPPORT, EMFILE, ENFILE, ENOBUFS, ENOMEM}},
    [CALL_SOCKETPAIR] = {"socketpair", 1, {EMFILE, ENFILE}},
    [CALL_UNLINK] = {"unlink", 1, {EACCES, EIO, ENOENT, ENOMEM, EPERM, EROFS}},
    [CALL_WRITE] = {"write", 1, {EINTR}},
};

static struct board *board; /* NULL before main, when nothing fails */
static struct process *self;
static enum call planned = CALL_COUNT;
static uint64_t chance;

void symbols_find(const struct symbol *symbols, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        *(void **)symbols[i].to = dlsym(RTLD_NEXT, symbols[i].name);
        if (!*(void **)symbols[i].to)
            abort();
    }
}

/* xorshift64* of Marsaglia and Vigna. */
uint64_t fault_random(void)
{
    chance ^= chance >> 12;
    chance ^= chance << 25;
    chance ^= chance >> 27;
    return chance * 0x2545f4914f6cdd1dULL >> 16;
}

/* Gives this process its own chance, and its place on the board. */
static void process_begin(void)
{
    const char *seed = getenv("FAULTS_SEED");
    uint64_t number = atomic_fetch_add(&board->process_count, 1);
    self = &board->processes[number % PROCESSES_MAX];
    self->blocks = 0;
    self->pid = (uint64_t)getpid();
    chance = (seed ? strtoull(seed, NULL, 10) : 0) * PROCESSES_MAX + number + 1;
    for (int i = 0; i < 8; i++)
        (void)fault_random(); /* small seeds are alike at first */
}

/* Writes the table to the board, for the test to read, and finds the call that is planned. */
static void table_show(void)
{
    for (int call = 0; call < CALL_COUNT; call++) {
        struct call_counts *counts = &board->calls[call];
        strncpy(counts->name, table[call].name, NAME_SIZE - 1);
        for (int i = 0; i < FAULTS_MAX; i++)
            counts->faults[i].fault = table[call].faults[i];
        if (strcmp(board->plan.call, counts->name) == 0)
            planned = (enum call)call;
    }
}

static __attribute__((constructor)) void board_open(void)
{
    struct {
        __typeof__(open) *open;
        __typeof__(mmap) *mmap;
        __typeof__(close) *close;
    } original;
    const struct symbol symbols[] = {
        {"open", &original.open}, {"mmap", &original.mmap}, {"close", &original.close}};
    symbols_find(symbols, sizeof symbols / sizeof *symbols);
    const char *path = getenv("FAULTS");
    int fd = path ? original.open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0 || ftruncate(fd, sizeof *board) != 0)
        abort();
    void *map = original.mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    original.close(fd);
    if (map == MAP_FAILED || pthread_atfork(NULL, NULL, process_begin) != 0)
        abort();
    board = map;
    table_show();
    process_begin();
}

/* One of the faults of this call, each in its turn. */
static int fault_next(enum call call)
{
    const int *faults = table[call].faults;
    int count = 1;
    while (count < FAULTS_MAX && faults[count] != FAULT_NONE)
        count++;
    return faults[atomic_fetch_add(&board->calls[call].drawn, 1) % (uint64_t)count];
}

int fault_draw(enum call call)
{
    if (!board)
        return FAULT_NONE;
    uint64_t number = atomic_fetch_add(&board->calls[call].made, 1) + 1;
    if (call == planned)
        return number == board->plan.nth ? (int)board->plan.fault : FAULT_NONE;
    uint64_t one_in = board->plan.one_in * table[call].rarely;
    return one_in > 0 && fault_random() % one_in == 0 ? fault_next(call) : FAULT_NONE;
}

void fault_count(enum call call, int fault)
{
    struct call_counts *counts = &board->calls[call];
    for (int i = 0; i < FAULTS_MAX; i++) {
        if (counts->faults[i].fault == fault) {
            counts->faults[i].count++;
            return;
        }
    }
    abort(); /* the test has planned what is not in the table */
}

bool fault_strikes(enum call call)
{
    int fault = fault_draw(call);
    if (fault == FAULT_NONE)
        return false;
    fault_count(call, fault);
    errno = fault;
    return true;
}

void memory_count(int blocks)
{
    if (self)
        self->blocks += blocks;
}
