// The shapes of elementwise loops. A lane never sees its neighbours, so that the bits of an element
// do not depend on its place or on n.

#define PK_UNUSED(p) (void)(p)
// No element depends on another one, also when `out` is an operand.
#define PK_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")

// Plain loops the compiler vectorises: out (type R) from x, y, z.
#define PK_MAP1(name, T, R, expression) \
  static void name(void *o, const void *a, const void *b, const void *c, int64_t n) { \
    PK_UNUSED(b), PK_UNUSED(c); \
    R *out = o; \
    const T *ax = a; \
    PK_INDEPENDENT for (int64_t i = 0; i < n; i++) { \
      const T x = ax[i]; \
      out[i] = (R)(expression); \
    } \
  }

#define PK_MAP2(name, T, R, expression) \
  static void name(void *o, const void *a, const void *b, const void *c, int64_t n) { \
    PK_UNUSED(c); \
    R *out = o; \
    const T *ax = a, *by = b; \
    PK_INDEPENDENT for (int64_t i = 0; i < n; i++) { \
      const T x = ax[i], y = by[i]; \
      out[i] = (R)(expression); \
    } \
  }

#define PK_MAP3(name, S, T, R, expression) \
  static void name(void *o, const void *a, const void *b, const void *c, int64_t n) { \
    R *out = o; \
    const S *ax = a; \
    const T *by = b, *cz = c; \
    PK_INDEPENDENT for (int64_t i = 0; i < n; i++) { \
      const S x = ax[i]; \
      const T y = by[i], z = cz[i]; \
      out[i] = (R)(expression); \
    } \
  }

// Loops over explicit vectors V of T; the rest of a block goes through padded buffers.
#define PK_VECTOR1(name, T, V, function) \
  static void name(void *o, const void *a, const void *b, const void *c, int64_t n) { \
    PK_UNUSED(b), PK_UNUSED(c); \
    enum { lanes = sizeof(V) / sizeof(T) }; \
    T *out = o; \
    const T *ax = a; \
    int64_t i = 0; \
    V x; \
    for (; i + lanes <= n; i += lanes) { \
      memcpy(&x, ax + i, sizeof x); \
      x = function(x); \
      memcpy(out + i, &x, sizeof x); \
    } \
    if (i < n) { \
      x = (V){0}; \
      memcpy(&x, ax + i, (size_t)(n - i) * sizeof(T)); \
      x = function(x); \
      memcpy(out + i, &x, (size_t)(n - i) * sizeof(T)); \
    } \
  }

#define PK_VECTOR2(name, T, V, function) \
  static void name(void *o, const void *a, const void *b, const void *c, int64_t n) { \
    PK_UNUSED(c); \
    enum { lanes = sizeof(V) / sizeof(T) }; \
    T *out = o; \
    const T *ax = a, *by = b; \
    int64_t i = 0; \
    V x, y; \
    for (; i + lanes <= n; i += lanes) { \
      memcpy(&x, ax + i, sizeof x); \
      memcpy(&y, by + i, sizeof y); \
      x = function(x, y); \
      memcpy(out + i, &x, sizeof x); \
    } \
    if (i < n) { \
      x = (V){0}, y = (V){0}; \
      memcpy(&x, ax + i, (size_t)(n - i) * sizeof(T)); \
      memcpy(&y, by + i, (size_t)(n - i) * sizeof(T)); \
      x = function(x, y); \
      memcpy(out + i, &x, (size_t)(n - i) * sizeof(T)); \
    } \
  }
