// Loops of the special functions: the same scalar double code in every variant.

#include "../variants/variant.h"
#include "special_functions.h"

#define PK_SPECIAL1(name, type, T) \
  static void name##_##type(void *o, const void *a, const void *b, const void *c, int64_t n) { \
    (void)b, (void)c; \
    T *out = o; \
    const T *x = a; \
    for (int64_t i = 0; i < n; i++) out[i] = (T)pk_##name(x[i]); \
  }

#define PK_SPECIAL2(name, type, T) \
  static void name##_##type(void *o, const void *a, const void *b, const void *c, int64_t n) { \
    (void)c; \
    T *out = o; \
    const T *x = a, *y = b; \
    for (int64_t i = 0; i < n; i++) out[i] = (T)pk_##name(x[i], y[i]); \
  }

PK_SPECIAL1(erfinv, f32, float)
PK_SPECIAL1(erfinv, f64, double)
PK_SPECIAL1(lgamma, f32, float)
PK_SPECIAL1(lgamma, f64, double)
PK_SPECIAL1(digamma, f32, float)
PK_SPECIAL1(digamma, f64, double)
PK_SPECIAL1(i0e, f32, float)
PK_SPECIAL1(i0e, f64, double)
PK_SPECIAL1(i1e, f32, float)
PK_SPECIAL1(i1e, f64, double)
PK_SPECIAL2(polygamma, f32, float)
PK_SPECIAL2(polygamma, f64, double)

const pk_map_fn pk_special_table[PK_MAP_COUNT][2] = {
  [PK_ERFINV] = {erfinv_f32, erfinv_f64},
  [PK_LGAMMA] = {lgamma_f32, lgamma_f64},
  [PK_DIGAMMA] = {digamma_f32, digamma_f64},
  [PK_I0E] = {i0e_f32, i0e_f64},
  [PK_I1E] = {i1e_f32, i1e_f64},
  [PK_POLYGAMMA] = {polygamma_f32, polygamma_f64},
};
