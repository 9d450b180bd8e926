#ifndef TEAMFIX_CLIBGIT2_SHIMS_H
#define TEAMFIX_CLIBGIT2_SHIMS_H

// `git_libgit2_opts` is variadic, and Swift can't call variadic C functions: each option that Git sets is a plain function here.

/// Sets where libgit2 looks for one level of configuration files (a `git_config_level_t`); NULL resets it.
int teamfix_git_set_search_path(int level, const char *path);

/// Turns the check that a repository belongs to the current user on (1) or off (0).
int teamfix_git_set_owner_validation(int enabled);

#endif
