#ifndef TEAMFIX_CLIBGIT2_SHIMS_H
#define TEAMFIX_CLIBGIT2_SHIMS_H

#include <stddef.h>

/// Loads libgit2, once and before anything else of it is called. Returns NULL, or why it can't be loaded; the text is good until
/// the next call of `dlopen` and its like.
const char *teamfix_git_load(void);

// `git_libgit2_opts` is variadic, and Swift can't call variadic C functions: each option that Git sets is a plain
// function here.

/// Sets where libgit2 looks for one level of configuration files (a `git_config_level_t`); NULL resets it.
int teamfix_git_set_search_path(int level, const char *path);

/// Turns the check that a repository belongs to the current user on (1) or off (0).
int teamfix_git_set_owner_validation(int enabled);

/// Lets libgit2 open repositories with the extensions that Git itself takes care of.
int teamfix_git_allow_extensions(void);

/// Gives an unnamed file in `folder` its content and then the name `path`, which must be free: the file is there whole or
/// not at all, and nothing is left behind when the process is killed. Returns 0 or an `errno`; ENOTSUP where the system
/// has no unnamed files.
int teamfix_git_publish_unnamed(const char *folder, const char *path, const char *text, size_t length);

/// The SHA-1 of some bytes, by the processor's own instructions where it has them.
void teamfix_sha1(const void *bytes, size_t length, unsigned char digest[20]);

/// The same as any processor does it.
void teamfix_sha1_plain(const void *bytes, size_t length, unsigned char digest[20]);

#endif
