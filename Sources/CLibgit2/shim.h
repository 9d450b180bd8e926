#include <git2.h>
#include <git2/sys/repository.h>
// Newer versions keep git_error_clear here.
#if __has_include(<git2/sys/errors.h>)
#include <git2/sys/errors.h>
#endif
