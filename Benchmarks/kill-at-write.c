// Preloaded into teamfix by `untouched`: counts the calls that write below one folder, over all threads and all processes
// of a run, and kills the run's first process just before one of them. strace counts by thread, and threads differ from
// run to run; this hits every write, once.
//
//   KILL_COUNT   a file of a few bytes that the processes share: the calls so far, and the first process
//   KILL_INSIDE  the folder, without links
//   KILL_AT      the call to kill at, from 1; 0 only counts
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

static struct { atomic_int calls, first; } *shared;
static const char *inside;
static int at;

__attribute__((constructor)) static void prepare(void) {
    const char *file = getenv("KILL_COUNT");
    inside = getenv("KILL_INSIDE");
    at = atoi(getenv("KILL_AT") ? getenv("KILL_AT") : "0");
    int descriptor = file && inside ? open(file, O_RDWR | O_CLOEXEC) : -1;
    if (descriptor < 0) return;
    void *memory = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (memory == MAP_FAILED) return;
    int none = 0;
    shared = memory;
    atomic_compare_exchange_strong(&shared->first, &none, getpid());
}

static void count(const char *path) {
    size_t length = strlen(inside);
    if (strncmp(path, inside, length) != 0 || (path[length] != '/' && path[length] != 0)) return;
    if (atomic_fetch_add(&shared->calls, 1) + 1 != at) return;
    kill(atomic_load(&shared->first), SIGKILL);
    for (;;) pause();
}

// Puts the path of an open file in place; 0 when it has none.
static int of_descriptor(int descriptor, char place[static PATH_MAX]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, place, PATH_MAX - 1);
    if (length <= 0) return 0;
    place[length] = 0;
    return 1;
}

static void writes(int descriptor) {
    char place[PATH_MAX];
    if (shared && of_descriptor(descriptor, place)) count(place);
}

static void changes(int folder, const char *path) {
    char place[PATH_MAX], whole[2 * PATH_MAX];
    if (!shared || !path) return;
    if (path[0] == '/') return count(path);
    if (folder == AT_FDCWD ? !getcwd(place, sizeof place) : !of_descriptor(folder, place)) return;
    snprintf(whole, sizeof whole, "%s/%s", place, path);
    count(whole);
}

#define NEXT(name) \
    static __typeof__(&name) next; \
    if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        NEXT(name); \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
        va_end(more); \
        if (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) changes(AT_FDCWD, path); \
        return next(path, flags, mode); \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        NEXT(name); \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
        va_end(more); \
        if (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) changes(folder, path); \
        return next(folder, path, flags, mode); \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

// parameters, arguments, what is counted
#define CALL(result, name, parameters, arguments, counted) \
    result name parameters { NEXT(name); counted; return next arguments; }

CALL(int, creat, (const char *path, mode_t mode), (path, mode), changes(AT_FDCWD, path))
CALL(int, creat64, (const char *path, mode_t mode), (path, mode), changes(AT_FDCWD, path))
CALL(int, mkstemp, (char *path), (path), changes(AT_FDCWD, path))
CALL(int, mkstemp64, (char *path), (path), changes(AT_FDCWD, path))
CALL(int, mkostemp, (char *path, int flags), (path, flags), changes(AT_FDCWD, path))
CALL(int, mkostemp64, (char *path, int flags), (path, flags), changes(AT_FDCWD, path))
CALL(ssize_t, write, (int file, const void *bytes, size_t size), (file, bytes, size), writes(file))
CALL(ssize_t, pwrite, (int file, const void *bytes, size_t size, off_t start), (file, bytes, size, start), writes(file))
CALL(ssize_t, pwrite64, (int file, const void *bytes, size_t size, off64_t start), (file, bytes, size, start), writes(file))
CALL(ssize_t, writev, (int file, const struct iovec *parts, int count), (file, parts, count), writes(file))
CALL(int, ftruncate, (int file, off_t size), (file, size), writes(file))
CALL(int, ftruncate64, (int file, off64_t size), (file, size), writes(file))
CALL(int, fchmod, (int file, mode_t mode), (file, mode), writes(file))
CALL(int, fchown, (int file, uid_t user, gid_t group), (file, user, group), writes(file))
CALL(int, futimens, (int file, const struct timespec times[2]), (file, times), writes(file))
CALL(int, fsync, (int file), (file), writes(file))
CALL(int, fdatasync, (int file), (file), writes(file))
CALL(int, truncate, (const char *path, off_t size), (path, size), changes(AT_FDCWD, path))
CALL(int, truncate64, (const char *path, off64_t size), (path, size), changes(AT_FDCWD, path))
CALL(int, unlink, (const char *path), (path), changes(AT_FDCWD, path))
CALL(int, unlinkat, (int folder, const char *path, int flags), (folder, path, flags), changes(folder, path))
CALL(int, rmdir, (const char *path), (path), changes(AT_FDCWD, path))
CALL(int, mkdir, (const char *path, mode_t mode), (path, mode), changes(AT_FDCWD, path))
CALL(int, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode), changes(folder, path))
CALL(int, rename, (const char *from, const char *to), (from, to), changes(AT_FDCWD, to))
CALL(int, renameat, (int old, const char *from, int folder, const char *to), (old, from, folder, to), changes(folder, to))
CALL(int, renameat2, (int old, const char *from, int folder, const char *to, unsigned flags), (old, from, folder, to, flags),
     changes(folder, to))
CALL(int, link, (const char *from, const char *to), (from, to), changes(AT_FDCWD, to))
CALL(int, linkat, (int old, const char *from, int folder, const char *to, int flags), (old, from, folder, to, flags),
     changes(folder, to))
CALL(int, symlink, (const char *target, const char *path), (target, path), changes(AT_FDCWD, path))
CALL(int, symlinkat, (const char *target, int folder, const char *path), (target, folder, path), changes(folder, path))
CALL(int, chmod, (const char *path, mode_t mode), (path, mode), changes(AT_FDCWD, path))
CALL(int, fchmodat, (int folder, const char *path, mode_t mode, int flags), (folder, path, mode, flags), changes(folder, path))
CALL(int, chown, (const char *path, uid_t user, gid_t group), (path, user, group), changes(AT_FDCWD, path))
CALL(int, fchownat, (int folder, const char *path, uid_t user, gid_t group, int flags), (folder, path, user, group, flags),
     changes(folder, path))
CALL(int, utimensat, (int folder, const char *path, const struct timespec times[2], int flags), (folder, path, times, flags),
     changes(folder, path))
CALL(int, utimes, (const char *path, const struct timeval times[2]), (path, times), changes(AT_FDCWD, path))
