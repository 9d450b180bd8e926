// The digest at the end of git's index. libgit2's own SHA-1 looks for forged collisions, which takes five times as long and guards
// against nothing here: this digest tells damage, and whoever can write the index can write any digest.
#include "CLibgit2Shims.h"

#ifdef __APPLE__
#include <CommonCrypto/CommonDigest.h>

void teamfix_sha1(const void *bytes, size_t length, unsigned char digest[20]) {
    CC_SHA1_CTX context;
    CC_SHA1_Init(&context);
    const unsigned char *at = bytes;
    // The length is a 32-bit number there.
    for (; length > 1u << 30; at += 1u << 30, length -= 1u << 30) CC_SHA1_Update(&context, at, 1u << 30);
    CC_SHA1_Update(&context, at, (CC_LONG)length);
    CC_SHA1_Final(digest, &context);
}
#else
#include <stdint.h>
#include <string.h>

static uint32_t rotated(uint32_t word, int by) { return word << by | word >> (32 - by); }

static void blocks_plain(uint32_t state[5], const unsigned char *bytes, size_t count) {
    for (; count > 0; count--, bytes += 64) {
        uint32_t w[80], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
        for (int t = 0; t < 16; t++)
            w[t] = (uint32_t)bytes[4 * t] << 24 | (uint32_t)bytes[4 * t + 1] << 16 | (uint32_t)bytes[4 * t + 2] << 8 |
                   bytes[4 * t + 3];
        for (int t = 16; t < 80; t++) w[t] = rotated(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
        for (int t = 0; t < 80; t++) {
            uint32_t mix = t < 20   ? ((b & c) | (~b & d)) + 0x5a827999
                           : t < 40 ? (b ^ c ^ d) + 0x6ed9eba1
                           : t < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
                                    : (b ^ c ^ d) + 0xca62c1d6;
            uint32_t next = rotated(a, 5) + mix + e + w[t];
            e = d, d = c, c = rotated(b, 30), b = a, a = next;
        }
        state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
    }
}

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

static int has_instructions(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1)) return 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 1u << 29);
}

// Four rounds a step: `w` are the last 16 words of the message schedule, of which each step replaces the oldest four.
#define STEP(number, kind)                                                                                              \
    do {                                                                                                                \
        __m128i word;                                                                                                   \
        if (number < 4)                                                                                                 \
            word = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)bytes + number), order);                           \
        else                                                                                                            \
            word = _mm_sha1msg2_epu32(                                                                                  \
                _mm_xor_si128(_mm_sha1msg1_epu32(w[number % 4], w[(number + 1) % 4]), w[(number + 2) % 4]),             \
                w[(number + 3) % 4]);                                                                                   \
        w[number % 4] = word;                                                                                           \
        __m128i input = number == 0 ? _mm_add_epi32(e, word) : _mm_sha1nexte_epu32(before, word);                       \
        before = abcd;                                                                                                  \
        abcd = _mm_sha1rnds4_epu32(abcd, input, kind);                                                                  \
    } while (0)

__attribute__((target("sha,ssse3,sse4.1"))) static void blocks_with_instructions(
    uint32_t state[5], const unsigned char *bytes, size_t count) {
    const __m128i order = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
    __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0x1b);
    __m128i e = _mm_set_epi32((int)state[4], 0, 0, 0);
    for (; count > 0; count--, bytes += 64) {
        const __m128i abcd_then = abcd, e_then = e;
        __m128i w[4], before = abcd;
        STEP(0, 0); STEP(1, 0); STEP(2, 0); STEP(3, 0); STEP(4, 0);
        STEP(5, 1); STEP(6, 1); STEP(7, 1); STEP(8, 1); STEP(9, 1);
        STEP(10, 2); STEP(11, 2); STEP(12, 2); STEP(13, 2); STEP(14, 2);
        STEP(15, 3); STEP(16, 3); STEP(17, 3); STEP(18, 3); STEP(19, 3);
        e = _mm_sha1nexte_epu32(before, e_then);
        abcd = _mm_add_epi32(abcd, abcd_then);
    }
    _mm_storeu_si128((__m128i *)state, _mm_shuffle_epi32(abcd, 0x1b));
    state[4] = (uint32_t)_mm_extract_epi32(e, 3);
}

static void blocks(uint32_t state[5], const unsigned char *bytes, size_t count) {
    if (has_instructions())
        blocks_with_instructions(state, bytes, count);
    else
        blocks_plain(state, bytes, count);
}
#else
static void blocks(uint32_t state[5], const unsigned char *bytes, size_t count) { blocks_plain(state, bytes, count); }
#endif

static void digest_with(
    void (*each)(uint32_t[5], const unsigned char *, size_t), const void *bytes, size_t length, unsigned char digest[20]) {
    uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    const size_t whole = length / 64, rest = length % 64;
    each(state, bytes, whole);
    unsigned char last[128] = {0};
    const size_t ending = rest < 56 ? 64 : 128;
    if (rest) memcpy(last, (const unsigned char *)bytes + whole * 64, rest);
    last[rest] = 0x80;
    for (int at = 0; at < 8; at++) last[ending - 1 - at] = (unsigned char)((uint64_t)length * 8 >> 8 * at);
    each(state, last, ending / 64);
    for (int at = 0; at < 20; at++) digest[at] = (unsigned char)(state[at / 4] >> (24 - 8 * (at % 4)));
}

void teamfix_sha1(const void *bytes, size_t length, unsigned char digest[20]) { digest_with(blocks, bytes, length, digest); }

void teamfix_sha1_plain(const void *bytes, size_t length, unsigned char digest[20]) {
    digest_with(blocks_plain, bytes, length, digest);
}
#endif

#ifdef __APPLE__
void teamfix_sha1_plain(const void *bytes, size_t length, unsigned char digest[20]) { teamfix_sha1(bytes, length, digest); }
#endif
