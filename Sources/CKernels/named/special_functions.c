#include "special_functions.h"

#include <math.h>
#include <stdint.h>

static const double pi = 3.14159265358979323846;

double pk_lgamma(double x) {
  int sign;
  return lgamma_r(x, &sign);
}

/// First approximation of erfinv(a) / a at w = -log(1 - a^2): Giles (2010), single precision, good
/// to about 1e-6 up to w = 16; beyond, from erfc(y) ~ exp(-y^2) / (y sqrt(pi)).
static double erfinv_start(double w) {
  if (w > 16) {
    const double log_tail = w + 0.69314718055994530942;
    return sqrt(log_tail - 0.5 * log(pi * log_tail));
  }
  if (w < 5) {
    w -= 2.5;
    double p = 2.81022636e-08;
    p = 3.43273939e-07 + p * w;
    p = -3.5233877e-06 + p * w;
    p = -4.39150654e-06 + p * w;
    p = 0.00021858087 + p * w;
    p = -0.00125372503 + p * w;
    p = -0.00417768164 + p * w;
    p = 0.246640727 + p * w;
    return 1.50140941 + p * w;
  }
  w = sqrt(w) - 3;
  double p = -0.000200214257;
  p = 0.000100950558 + p * w;
  p = 0.00134934322 + p * w;
  p = -0.00367342844 + p * w;
  p = 0.00573950773 + p * w;
  p = -0.0076224613 + p * w;
  p = 0.00943887047 + p * w;
  p = 1.00167406 + p * w;
  return 2.83297682 + p * w;
}

double pk_erfinv(double x) {
  const double a = fabs(x);
  if (!(a < 1)) return a == 1 ? copysign((double)INFINITY, x) : (double)NAN;
  if (a < 1e-9) return x * 0.88622692545275801365;
  const double w = -log1p(-a * a);
  double y = a * erfinv_start(w);
  // Halley's method on erf(y) = a, or on erfc(y) = 1 - a (exact) in the upper half.
  for (int step = w > 16 ? 0 : 2; step < 3; step++) {
    const double residual = a < 0.5 ? erf(y) - a : (1 - a) - erfc(y);
    const double newton = residual * 0.88622692545275801365 * exp(y * y);
    y -= newton / (1 + y * newton);
  }
  return copysign(y, x);
}

/// digamma(x) = sum over k of c[k] (x - root)^(k+1) around its positive root.
static const double digamma_root[] = {
  0.9676722454476212, -0.4427631689835921, 0.258499760955651, -0.16394270544240652,
  0.10782405069126237, -0.07219956125645471, 0.04880428816414311, -0.03316112647484736,
  0.022597648232218104, -0.01542476590494896, 0.010538791616612175, -0.007204534386356869,
  0.004926781395729853, -0.003369801655439328, 0.002305126326734928, -0.0015769367714301972,
  0.0010788252019162967, -0.0007380709389960052, 0.000504953265834602, -0.0003454680251063077,
  0.00023635601564027053, -0.00016170622091974803,
};

static double digamma_positive(double x) {
  const double from_root = (x - 1.4616321449683622) - 9.549995429965697e-17;
  if (fabs(from_root) < 0.25) {
    double sum = 0;
    for (int k = 21; k >= 0; k--) sum = digamma_root[k] + sum * from_root;
    return sum * from_root;
  }
  double shift = 0;
  for (; x < 10; x += 1) shift += 1 / x;
  const double u = 1 / (x * x);
  double sum = -0.4432598039215686;
  sum = 0.08333333333333333 + sum * u;
  sum = -0.021092796092796094 + sum * u;
  sum = 0.007575757575757576 + sum * u;
  sum = -0.004166666666666667 + sum * u;
  sum = 0.003968253968253968 + sum * u;
  sum = -0.008333333333333333 + sum * u;
  sum = 0.08333333333333333 + sum * u;
  return log(x) - 0.5 / x - sum * u - shift;
}

double pk_digamma(double x) {
  if (x == 0) return copysign((double)INFINITY, -x);
  if (x > 0) return x == (double)INFINITY ? x : digamma_positive(x);
  const double fraction = x - floor(x);
  if (!(fraction > 0)) return (double)NAN;
  // Reflection; the tangent of the exact fraction, taken on the side of the nearest pole.
  const double near = fraction < 0.5 ? fraction : fraction - 1;
  const double reflected = fabs(near) == 0.5 ? 0 : pi / tan(pi * near);
  return digamma_positive(1 - x) - reflected;
}

/// B(2j) / (2j)! for j = 1, 2, ...
static const double bernoulli_over_factorial[] = {
  0.08333333333333333, -0.001388888888888889, 3.306878306878307e-05, -8.267195767195768e-07,
  2.08767569878681e-08, -5.284190138687493e-10, 1.3382536530684679e-11, -3.3896802963225827e-13,
  8.586062056277845e-15, -2.174868698558062e-16, 5.5090028283602295e-18, -1.3954464685812522e-19,
};

/// Hurwitz zeta function for a whole s >= 2 by the Euler-Maclaurin formula.
static double hurwitz_zeta(double s, double q) {
  const double start = 10 + 0.5 * s;
  double sum = 0;
  if (q < -1e4) return (double)NAN;
  if (q == (double)INFINITY) return 0;
  for (; q < start; q += 1) {
    if (q == 0) return (double)INFINITY;
    const double term = pow(q, -s);
    sum += term;
    if (q > 0 && !(term > fabs(sum) * 1e-18)) return sum;
  }
  double power = pow(q, -s);
  sum += power * (q / (s - 1) + 0.5);
  double rising = s;
  power /= q;
  for (int j = 0; j < 12; j++) {
    const double term = bernoulli_over_factorial[j] * rising * power;
    sum += term;
    if (fabs(term) < fabs(sum) * 1e-18) break;
    rising *= (s + 2 * j + 1) * (s + 2 * j + 2);
    power /= q * q;
  }
  return sum;
}

double pk_polygamma(double n, double x) {
  if (!(n >= 0) || n != floor(n) || x != x) return (double)NAN;
  if (n == 0) return pk_digamma(x);
  const double zeta = hurwitz_zeta(n + 1, x);
  const double sign = fmod(n, 2) == 1 ? 1 : -1;
  if (n <= 170) return sign * tgamma(n + 1) * zeta;
  return sign * exp(pk_lgamma(n + 1) + log(zeta));
}

/// Chebyshev series on [-1, 1] by Clenshaw's recurrence; c[0] enters whole.
static double chebyshev(const double *c, int count, double t) {
  double b1 = 0, b2 = 0;
  for (int k = count - 1; k > 0; k--) {
    const double b = c[k] + 2 * t * b1 - b2;
    b2 = b1;
    b1 = b;
  }
  return c[0] + t * b1 - b2;
}

// Near: exp(-x) I(x) on [0, 8] in t = x / 4 - 1 (order 1 divided by x). Far: sqrt(x) exp(-x) I(x)
// on [8, inf] in t = 16 / x - 1.
static const double i0e_near[] = {
  0.33839763720473803, -0.3046826723431984, 0.17162090152220877,
  -0.09490109704804764, 0.04930528423967071, -0.02373741480589947,
  0.010546460394594998, -0.004324309995050576, 0.0016394756169413357,
  -0.0005763755745385824, 0.00018850288509584165, -5.754195010082104e-05,
  1.6448448070728896e-05, -4.4167383584587505e-06, 1.1173875391201037e-06,
  -2.670793853940612e-07, 6.046995022541919e-08, -1.300025009986248e-08,
  2.6598237246823866e-09, -5.189795601635263e-10, 9.675809035373237e-11,
  -1.726826291441556e-11, 2.95505266312964e-12, -4.856446783111929e-13,
  7.676185498604936e-14, -1.1685332877993451e-14, 1.715391285555133e-15,
  -2.431279846547955e-16, 3.3307945188222384e-17, -4.4153416464793395e-18,
  5.669178006921496e-19,
};
static const double i1e_near[] = {
  0.12629359322181682, -0.17641651835783406, 0.1026436586898471,
  -0.05294598120809499, 0.024726449030626516, -0.010564084894626197,
  0.004156422944312888, -0.0015135724506312532, 0.0005122859561685758,
  -0.00016176081582589674, 4.781565107550054e-05, -1.3273163656039436e-05,
  3.4702513081376785e-06, -8.568720264695455e-07, 2.0032947535521353e-07,
  -4.445059128796328e-08, 9.381537386495773e-09, -1.8872497517228294e-09,
  3.625590281552117e-10, -6.663489723502027e-11, 1.1736186298890901e-11,
  -1.9839743977649436e-12, 3.223793365945575e-13, -5.042185504727912e-14,
  7.600684294735408e-15, -1.1055969477353862e-15, 1.5536319577362005e-16,
  -2.111421214358166e-17, 2.7779141127610464e-18, -3.541581772542136e-19,
};
static const double i0e_far[] = {
  0.4022452055070544, 0.0033691164782556943, 6.889758346916825e-05,
  2.8913705208347567e-06, 2.0489185894690638e-07, 2.266668990498178e-08,
  3.3962320257083865e-09, 4.94060238822497e-10, 1.1889147107846439e-11,
  -3.1499165279632416e-11, -1.3215811840447713e-11, -1.7941785315068062e-12,
  7.180124451383666e-13, 3.8527783827421426e-13, 1.54008621752141e-14,
  -4.150569347287222e-14, -9.554846698828307e-15, 3.8116806693526224e-15,
  1.7725601330565263e-15, -3.425485619677219e-16, -2.8276239805165836e-16,
  3.461222867697461e-17, 4.46562142029676e-17, -4.830504485944182e-18,
  -7.233180487874754e-18, 9.921475412173699e-19, 1.193650890845982e-18,
};
static const double i1e_far[] = {
  0.38928811750914005, -0.009761097491361469, -0.00011058893876262371,
  -3.882564808877691e-06, -2.512236237870209e-07, -2.6314688468895196e-08,
  -3.835380385964237e-09, -5.589743462196584e-10, -1.8974958123505413e-11,
  3.2526035830154884e-11, 1.4125807436613782e-11, 2.0356285441470896e-12,
  -7.198551776245908e-13, -4.0835511110921974e-13, -2.1015418427726643e-14,
  4.272440016711951e-14, 1.0420276984128802e-14, -3.8144030724370075e-15,
  -1.8803547755107825e-15, 3.3082023109209285e-16, 2.96262899764595e-16,
  -3.209525921993424e-17, -4.6503053684893586e-17, 4.414348323071708e-18,
  7.517296310842105e-18, -9.314178867326884e-19, -1.242193275194891e-18,
};

#define PK_COUNT(table) ((int)(sizeof(table) / sizeof(table[0])))

/// Power series of I0(x) (order 0) or 2 I1(x) / x (order 1) for |x| <= 1, exact at 0.
static double bessel_series(int order, double x) {
  const double quarter = x * x / 4;
  double sum = 0;
  for (int k = 12; k > 0; k--) sum = (1 + sum) * quarter / (k * (double)(k + order));
  return 1 + sum;
}

double pk_i0e(double x) {
  const double a = fabs(x);
  if (a <= 1) return bessel_series(0, a) * exp(-a);
  if (a <= 8) return chebyshev(i0e_near, PK_COUNT(i0e_near), a / 4 - 1);
  return chebyshev(i0e_far, PK_COUNT(i0e_far), 16 / a - 1) / sqrt(a);
}

double pk_i1e(double x) {
  const double a = fabs(x);
  if (a <= 1) return x / 2 * bessel_series(1, a) * exp(-a);
  const double value = a <= 8 ? a * chebyshev(i1e_near, PK_COUNT(i1e_near), a / 4 - 1)
                              : chebyshev(i1e_far, PK_COUNT(i1e_far), 16 / a - 1) / sqrt(a);
  return x < 0 ? -value : value;
}
