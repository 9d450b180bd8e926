// What gathering costs a program that is libgit2 and nothing else: the floor that teamfix is measured against.
//
//   cc -O2 -o floor gathering-floor.c -lgit2
//   floor staged REPOSITORY    HEAD with the index: renames, hunks, lines and the new contents, as `teamfix analyze --staged` takes them
//   floor status REPOSITORY    the whole status, with untracked files
//
// Prints how many files differ, and the milliseconds from the start of main.
#include <git2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void must(int result, const char *call) {
    if (result >= 0) return;
    const git_error *error = git_error_last();
    fprintf(stderr, "%s: %s\n", call, error ? error->message : "failed");
    exit(2);
}

static size_t staged(git_repository *repository) {
    git_object *tree;
    git_index *index;
    git_diff *diff;
    git_diff_options options;
    git_diff_find_options renames;
    must(git_revparse_single(&tree, repository, "HEAD^{tree}"), "git_revparse_single");
    must(git_repository_index(&index, repository), "git_repository_index");
    must(git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION), "git_diff_options_init");
    options.flags |= GIT_DIFF_INCLUDE_TYPECHANGE | GIT_DIFF_INCLUDE_UNREADABLE | GIT_DIFF_DISABLE_PATHSPEC_MATCH;
    options.context_lines = 3;
    options.id_abbrev = 40;
    options.max_size = 1 << 20;
    must(git_diff_tree_to_index(&diff, repository, (git_tree *)tree, index, &options), "git_diff_tree_to_index");
    must(git_diff_find_options_init(&renames, GIT_DIFF_FIND_OPTIONS_VERSION), "git_diff_find_options_init");
    renames.flags = GIT_DIFF_FIND_RENAMES;
    renames.rename_limit = 400;
    must(git_diff_find_similar(diff, &renames), "git_diff_find_similar");
    size_t count = git_diff_num_deltas(diff), bytes = 0;
    for (size_t at = 0; at < count; at++) {
        git_patch *patch;
        must(git_patch_from_diff(&patch, diff, at), "git_patch_from_diff");
        for (size_t hunk = 0; hunk < git_patch_num_hunks(patch); hunk++) {
            const git_diff_hunk *found;
            size_t lines;
            must(git_patch_get_hunk(&found, &lines, patch, hunk), "git_patch_get_hunk");
            for (size_t number = 0; number < lines; number++) {
                const git_diff_line *line;
                must(git_patch_get_line_in_hunk(&line, patch, hunk, number), "git_patch_get_line_in_hunk");
                bytes += line->content_len;
            }
        }
        const git_diff_delta *delta = git_patch_get_delta(patch);
        if (delta->status != GIT_DELTA_DELETED) {
            git_blob *blob;
            must(git_blob_lookup(&blob, repository, &delta->new_file.id), "git_blob_lookup");
            bytes += git_blob_rawsize(blob);
            git_blob_free(blob);
        }
        git_patch_free(patch);
    }
    fprintf(stderr, "%zu bytes\n", bytes);
    return count;
}

static size_t status(git_repository *repository) {
    git_status_options options;
    git_status_list *list;
    must(git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION), "git_status_options_init");
    options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
    options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS | GIT_STATUS_OPT_RENAMES_HEAD_TO_INDEX;
    must(git_status_list_new(&list, repository, &options), "git_status_list_new");
    return git_status_list_entrycount(list);
}

int main(int count, char **arguments) {
    double began = now();
    if (count != 3) return 64;
    git_repository *repository;
    must(git_libgit2_init(), "git_libgit2_init");
    must(git_repository_open_ext(&repository, arguments[2], 0, NULL), "git_repository_open_ext");
    size_t found = strcmp(arguments[1], "staged") == 0 ? staged(repository) : status(repository);
    printf("%zu %.3f\n", found, now() - began);
    return 0;
}
