#ifdef __linux__
#define _GNU_SOURCE
#endif
#include "CLibgit2Shims.h"

#include <errno.h>
#include <fcntl.h>
#include <git2.h>
#include <stdio.h>
#include <unistd.h>

int teamfix_git_set_search_path(int level, const char *path) {
    return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path);
}

int teamfix_git_set_owner_validation(int enabled) {
    return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}

int teamfix_git_allow_extensions(void) {
    const char *extensions[] = {"partialclone", "worktreeconfig", "preciousobjects"};
    return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, sizeof(extensions) / sizeof(extensions[0]));
}

int teamfix_git_publish_unnamed(const char *folder, const char *path, const char *text, size_t length) {
#ifdef O_TMPFILE
    int file = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    if (file < 0) return errno == EISDIR ? ENOTSUP : errno;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    int failure = 0;
    if (write(file, text, length) != (ssize_t)length || fsync(file) != 0 ||
        linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0)
        failure = errno ? errno : EIO;
    close(file);
    return failure;
#else
    (void)folder, (void)path, (void)text, (void)length;
    return ENOTSUP;
#endif
}
