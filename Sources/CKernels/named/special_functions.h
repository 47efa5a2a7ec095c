#ifndef PERIGEE_SPECIAL_FUNCTIONS_H
#define PERIGEE_SPECIAL_FUNCTIONS_H

/// Inverse error function: +-inf at +-1, NaN outside [-1, 1].
double pk_erfinv(double x);

/// log |gamma(x)|; +inf at 0, -1, -2, ...
double pk_lgamma(double x);

/// Logarithmic derivative of the gamma function.
double pk_digamma(double x);

/// n-th derivative of digamma at x, n a whole number >= 0 (NaN otherwise).
double pk_polygamma(double n, double x);

/// exp(-|x|) I0(x) and exp(-|x|) I1(x), I the modified Bessel functions of the first kind.
double pk_i0e(double x);
double pk_i1e(double x);

#endif
