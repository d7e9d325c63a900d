/* Stands between the server and the C library. It writes down, in the order in which they happen, what the server
 * does to the files below CHAPPE_RECORD and what it sends on sockets, into CHAPPE_RECORD_FILE. One record:
 *   u8 kind, u64 number, u32 bytes of the path, u32 bytes of the data, path, data
 * kinds: c created, t truncated to number, w written at number, b a sync begins, s it is done, r renamed to
 *        data, u removed, m directory made, a sent: number is the peer's port, the size of the data stands alone.
 * A sync is noted once it is done, a send and its note exclude other notes: what stands first came first.
 * Without CHAPPE_RECORD_FILE nothing is written down.
 * CHAPPE_RECORD_TIME is what the wall clock shows when the server starts, in unix seconds.
 * CHAPPE_RECORD_FULL names a file: while it is there, the disk is full. CHAPPE_RECORD_READONLY makes it read-only.
 * CHAPPE_RECORD_EARLY makes every sync return at once and happen later, which is the mistake to be found. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ({ static __typeof__(&name) real; if (!real) real = dlsym(RTLD_NEXT, #name); real; })
/* How long a sync takes at least, so that an answer that does not wait for it is seen to come first. */
#define SYNC_MICROSECONDS 3000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int out = -1, early, readonly;
static const char *root, *full_disk;
static time_t shift;

__attribute__((constructor)) static void begin(void) {
    const char *file = getenv("CHAPPE_RECORD_FILE");
    root = getenv("CHAPPE_RECORD");
    early = getenv("CHAPPE_RECORD_EARLY") != NULL;
    readonly = getenv("CHAPPE_RECORD_READONLY") != NULL;
    full_disk = getenv("CHAPPE_RECORD_FULL");
    if (getenv("CHAPPE_RECORD_TIME")) shift = atoll(getenv("CHAPPE_RECORD_TIME")) - time(NULL);
    if (file && root) out = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int below(const char *path) {
    size_t n = root ? strlen(root) : 0;
    return n && !strncmp(path, root, n) && path[n] == '/';
}

static int name_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, PATH_MAX - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return below(path);
}

/* Called with the lock held. */
static void put(char kind, uint64_t number, const char *path, const void *data, uint32_t size, int with_data) {
    if (out < 0) return;
    uint32_t length = strlen(path);
    char head[17];
    head[0] = kind;
    memcpy(head + 1, &number, 8);
    memcpy(head + 9, &length, 4);
    memcpy(head + 13, &size, 4);
    struct iovec parts[3] = {{head, 17}, {(void *)path, length}, {(void *)data, with_data ? size : 0}};
    syscall(SYS_writev, out, parts, 3);
}

static void note(char kind, uint64_t number, const char *path, const void *data, uint32_t size) {
    pthread_mutex_lock(&lock);
    put(kind, number, path, data, size, 1);
    pthread_mutex_unlock(&lock);
}

static void absolute(int dir, const char *path, char *full) {
    if (path[0] == '/') {
        snprintf(full, PATH_MAX, "%s", path);
    } else if (dir == AT_FDCWD) {
        if (!getcwd(full, PATH_MAX - NAME_MAX)) full[0] = 0;
        strcat(strcat(full, "/"), path);
    } else {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
        ssize_t n = readlink(link, full, PATH_MAX - NAME_MAX);
        full[n < 0 ? 0 : n] = 0;
        strcat(strcat(full, "/"), path);
    }
}

static void opened(int dir, const char *path, int flags, int fd) {
    char full[PATH_MAX];
    if (out < 0 || fd < 0 || !(flags & (O_CREAT | O_TRUNC))) return;
    absolute(dir, path, full);
    if (!below(full)) return;
    note('c', 0, full, NULL, 0);
    if (flags & O_TRUNC) note('t', 0, full, NULL, 0);
}

static int may_open(int dir, const char *path, int flags) {
    char full[PATH_MAX];
    if (!readonly || !(flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC))) return 1;
    absolute(dir, path, full);
    return !below(full);
}

#define OPEN(name)                                                       \
    int name(const char *path, int flags, ...) {                         \
        va_list rest;                                                    \
        va_start(rest, flags);                                           \
        mode_t mode = va_arg(rest, mode_t);                              \
        if (!may_open(AT_FDCWD, path, flags)) return errno = EROFS, -1;  \
        int fd = REAL(name)(path, flags, mode);                          \
        va_end(rest);                                                    \
        opened(AT_FDCWD, path, flags, fd);                               \
        return fd;                                                       \
    }
#define OPENAT(name)                                                     \
    int name(int dir, const char *path, int flags, ...) {                \
        va_list rest;                                                    \
        va_start(rest, flags);                                           \
        mode_t mode = va_arg(rest, mode_t);                              \
        if (!may_open(dir, path, flags)) return errno = EROFS, -1;       \
        int fd = REAL(name)(dir, path, flags, mode);                     \
        va_end(rest);                                                    \
        opened(dir, path, flags, fd);                                    \
        return fd;                                                       \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

/* Port of the peer of a connected socket, 0 where fd is no such thing. */
static int peer(int fd) {
    struct sockaddr_storage to;
    socklen_t size = sizeof to;
    int kept = errno, port = 0;
    if (!getpeername(fd, (struct sockaddr *)&to, &size)) {
        if (to.ss_family == AF_INET) port = ntohs(((struct sockaddr_in *)&to)->sin_port);
        if (to.ss_family == AF_INET6) port = ntohs(((struct sockaddr_in6 *)&to)->sin6_port);
    }
    errno = kept;
    return port;
}

static ssize_t sent(int port, int fd, const struct iovec *parts, int count) {
    struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = count};
    pthread_mutex_lock(&lock);
    ssize_t n = syscall(SYS_sendmsg, fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    int kept = errno;
    if (n > 0) put('a', port, "", NULL, n, 0);
    pthread_mutex_unlock(&lock);
    errno = kept;
    return n;
}

static ssize_t written(int fd, const struct iovec *parts, int count, off_t at) {
    char path[PATH_MAX];
    int port;
    if (out >= 0 && at < 0 && (port = peer(fd))) return sent(port, fd, parts, count);
    if (!root || !name_of(fd, path)) {
        return at < 0 ? syscall(SYS_writev, fd, parts, count) : syscall(SYS_pwritev, fd, parts, count, at, 0);
    }
    struct iovec few = {parts->iov_base, parts->iov_len / 2};
    if (full_disk && !access(full_disk, F_OK)) {
        /* As a disk does it: a part may still find room, the rest does not. */
        if (few.iov_len < 64) return errno = ENOSPC, -1;
        parts = &few;
        count = 1;
    }
    pthread_mutex_lock(&lock);
    ssize_t n = at < 0 ? syscall(SYS_writev, fd, parts, count) : syscall(SYS_pwritev, fd, parts, count, at, 0);
    int kept = errno;
    if (n > 0) {
        uint64_t place = at < 0 ? (uint64_t)(lseek(fd, 0, SEEK_CUR) - n) : (uint64_t)at;
        for (ssize_t left = n; left > 0; parts++) {
            size_t size = parts->iov_len < (size_t)left ? parts->iov_len : (size_t)left;
            put('w', place, path, parts->iov_base, size, 1);
            place += size;
            left -= size;
        }
    }
    pthread_mutex_unlock(&lock);
    errno = kept;
    return n;
}

ssize_t write(int fd, const void *data, size_t size) {
    struct iovec part = {(void *)data, size};
    return written(fd, &part, 1, -1);
}
ssize_t writev(int fd, const struct iovec *parts, int count) { return written(fd, parts, count, -1); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    struct iovec part = {(void *)data, size};
    return written(fd, &part, 1, at);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { return pwrite(fd, data, size, at); }
ssize_t send(int fd, const void *data, size_t size, int flags) {
    struct iovec part = {(void *)data, size};
    int port = out >= 0 ? peer(fd) : 0;
    return port ? sent(port, fd, &part, 1) : syscall(SYS_sendto, fd, data, size, flags, NULL, 0);
}
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    int port = out >= 0 ? peer(fd) : 0;
    return port ? sent(port, fd, message->msg_iov, message->msg_iovlen) : syscall(SYS_sendmsg, fd, message, flags);
}

struct later { int fd; char path[PATH_MAX]; };
static void *sync_later(void *given) {
    struct later *it = given;
    usleep(10 * SYNC_MICROSECONDS);
    syscall(SYS_fdatasync, it->fd);
    note('s', 0, it->path, NULL, 0);
    close(it->fd);
    free(it);
    return NULL;
}

static int synced(int fd, long call) {
    char path[PATH_MAX];
    if (!root || !name_of(fd, path)) return syscall(call, fd);
    note('b', 0, path, NULL, 0);
    if (early) {
        struct later *it = malloc(sizeof *it);
        pthread_t thread;
        it->fd = dup(fd);
        strcpy(it->path, path);
        pthread_create(&thread, NULL, sync_later, it);
        pthread_detach(thread);
        return 0;
    }
    if (out >= 0) usleep(SYNC_MICROSECONDS);
    int result = syscall(call, fd);
    if (!result) note('s', 0, path, NULL, 0);
    return result;
}
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }
int fsync(int fd) { return synced(fd, SYS_fsync); }

int ftruncate64(int fd, off64_t size) {
    char path[PATH_MAX];
    int result = syscall(SYS_ftruncate, fd, size);
    if (!result && out >= 0 && name_of(fd, path)) note('t', size, path, NULL, 0);
    return result;
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int rename(const char *from, const char *to) {
    char old[PATH_MAX], new[PATH_MAX];
    int result = syscall(SYS_rename, from, to);
    absolute(AT_FDCWD, from, old);
    absolute(AT_FDCWD, to, new);
    if (!result && below(old)) note('r', 0, old, new, strlen(new));
    return result;
}

static int removed(int dir, const char *path, int result) {
    char full[PATH_MAX];
    absolute(dir, path, full);
    if (!result && below(full)) note('u', 0, full, NULL, 0);
    return result;
}
int unlink(const char *path) { return removed(AT_FDCWD, path, syscall(SYS_unlink, path)); }
int rmdir(const char *path) { return removed(AT_FDCWD, path, syscall(SYS_rmdir, path)); }
int unlinkat(int dir, const char *path, int flags) {
    return removed(dir, path, syscall(SYS_unlinkat, dir, path, flags));
}
int mkdir(const char *path, mode_t mode) {
    char full[PATH_MAX];
    absolute(AT_FDCWD, path, full);
    if (readonly && below(full)) return errno = EROFS, -1;
    int result = syscall(SYS_mkdir, path, mode);
    if (!result && below(full)) note('m', 0, full, NULL, 0);
    return result;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = syscall(SYS_clock_gettime, clock, now);
    if (!result && clock == CLOCK_REALTIME) now->tv_sec += shift;
    return result;
}
