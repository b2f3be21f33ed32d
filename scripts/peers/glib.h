/* What NBIS, as libfprint carries it, needs of GLib: memory that is there or
 * the program ends, and multiplication that does not overflow. Used by
 * scripts/bench-peers alone. */
#pragma once
#include <assert.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef size_t gsize;
typedef int gint;
typedef int gboolean;
typedef void *gpointer;

#define G_MAXINT INT_MAX
#define g_assert(x) do { if (!(x)) abort(); } while (0)
#define g_size_checked_mul(dest, a, b) (!__builtin_mul_overflow((gsize)(a), (gsize)(b), (dest)))
#define g_free free

static inline gpointer g_malloc(gsize n)
{
    gpointer p = malloc(n ? n : 1);
    if (!p) abort();
    return p;
}

static inline gpointer g_realloc(gpointer p, gsize n)
{
    p = realloc(p, n ? n : 1);
    if (!p) abort();
    return p;
}
