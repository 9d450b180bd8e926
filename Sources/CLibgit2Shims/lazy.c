// libgit2 with what it needs is 15 shared libraries, which take longer to load than everything else that a short command does.
// On Linux nothing is linked against it: each function is a jump to an address that is looked up when the library is loaded.
#ifdef __linux__
#define _GNU_SOURCE
#include "CLibgit2Shims.h"

#include <dlfcn.h>
#include <git2.h>
#include <stdio.h>
#include <stdlib.h>

#define LIBRARY "libgit2.so." LIBGIT2_SOVERSION

static void not_loaded(void) {
    fputs("libgit2 was called before it was loaded\n", stderr);
    abort();
}

// Where each function is; before it is known, the call that says so.
#define F(name) __attribute__((visibility("hidden"))) void (*teamfix_##name)(void) = not_loaded;
#include "functions.h"
#undef F

#if defined(__x86_64__)
#define JUMP(name) "    jmp *teamfix_" name "(%rip)\n"
#elif defined(__aarch64__)
// x16 is the register that a call through a linkage table may change.
#define JUMP(name) \
    "    adrp x16, teamfix_" name "\n" \
    "    ldr x16, [x16, :lo12:teamfix_" name "]\n" \
    "    br x16\n"
#else
#error "this processor has no jump here: write one, or link libgit2 in Package.swift"
#endif

// Hidden, so that libgit2's own calls of itself aren't led through here.
#define F(name) \
    __asm__(".text\n.globl " #name "\n.hidden " #name "\n.type " #name ", %function\n" #name ":\n" JUMP(#name));
#include "functions.h"
#undef F

static const struct {
    const char *name;
    void (**place)(void);
} functions[] = {
#define F(name) {#name, &teamfix_##name},
#include "functions.h"
#undef F
};

const char *teamfix_git_load(void) {
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) return dlerror();
    for (size_t index = 0; index < sizeof functions / sizeof functions[0]; index++) {
        void *found = dlsym(library, functions[index].name);
        if (!found) return dlerror();
        *(void **)functions[index].place = found;
    }
    return NULL;
}
#else
#include "CLibgit2Shims.h"

const char *teamfix_git_load(void) { return NULL; }
#endif
