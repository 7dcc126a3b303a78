// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/student_t.hpp"

namespace credence {

/// Names, domains and the functions of student_t without a kernel; `p` is in the order of `parameters`.
struct student_t_family {
  using kernel = student_t_kernel;
  static constexpr const char* name = "student_t";
  static constexpr std::array<parameter_spec, 3> parameters{{{"df", parameter_domain::positive},
                                                             {"location", parameter_domain::real},
                                                             {"scale", parameter_domain::positive}}};
  static support_interval support(const double* p);
  static double cdf(const double* p, double x);
  static double ccdf(const double* p, double x);
  static double log_cdf(const double* p, double x);
  static double log_ccdf(const double* p, double x);
  static double quantile(const double* p, double probability);
  static double sample(const double* p, rng_key key, std::uint64_t index);
  static double mean(const double* p);
  static double variance(const double* p);
  static double mode(const double* p);
  static double entropy(const double* p);
};

/// Student's t, shifted and scaled: location + scale t with t on df degrees of freedom.
template <class Df = double, class Location = double, class Scale = double>
struct student_t {
  using family = student_t_family;
  using kernel = student_t_kernel;

  Df df;              ///< degrees of freedom, positive
  Location location;  ///< the median
  Scale scale;        ///< positive; not the standard deviation

  template <class P0, class P1, class P2>
  student_t(P0 df_value, P1 location_value, P2 scale_value)
      : df(detail::as_parameter<Df>(df_value)),
        location(detail::as_parameter<Location>(location_value)),
        scale(detail::as_parameter<Scale>(scale_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(df, location, scale); }
};
template <class P0, class P1, class P2>
student_t(P0, P1, P2) -> student_t<detail::promoted<P0>, detail::promoted<P1>, detail::promoted<P2>>;

}  // namespace credence
