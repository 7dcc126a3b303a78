// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/check.hpp"
#include "credence/distributions/family.hpp"

#include <cmath>

namespace credence::detail {

void check_parameter(const char* family, const parameter_spec& spec, double value) {
  const bool finite = std::isfinite(value);
  const bool whole = finite && std::floor(value) == value;
  const auto require = [&](bool valid, const char* must_be) {
    if (!valid) check::fail_domain(family, spec.name, value, must_be);
  };
  switch (spec.domain) {
    case parameter_domain::real:
      return require(finite, "finite");
    case parameter_domain::positive:
      return require(finite && value > 0.0, "positive and finite");
    case parameter_domain::non_negative:
      return require(finite && value >= 0.0, "non-negative and finite");
    case parameter_domain::probability:
      return require(value >= 0.0 && value <= 1.0, "between 0 and 1");
    case parameter_domain::open_probability:
      return require(value > 0.0 && value < 1.0, "strictly between 0 and 1");
    case parameter_domain::count:
      return require(whole && value >= 0.0, "one of 0, 1, 2, ...");
    case parameter_domain::positive_count:
      return require(whole && value >= 1.0, "one of 1, 2, 3, ...");
  }
}

}  // namespace credence::detail
