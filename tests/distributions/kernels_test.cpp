// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/families.hpp"
#include "credence/distributions/gamma.hpp"
#include "credence/distributions/normal.hpp"
#include "support/catch.hpp"

using namespace credence;

namespace {

struct recorded {};  // stands for a variable of a recorded program

template <class Kernel, class T>
void instantiate() {
  T p[8], terms[16], variate[8], dp[8], dx;
  for (T& value : p) value = T(0.5);
  Kernel::prepare_parameters(p, terms);
  Kernel::prepare_variate(T(1), variate);
  const T value = Kernel::log_pdf(T(1), variate, p, terms);
  const T again = Kernel::partials(T(1), variate, p, terms, dx, dp);
  CHECK(((value == again) || (value != value && again != again)));
}

template <class... Kernels>
void instantiate_all(type_list<Kernels...>) {
  (instantiate<Kernels, double>(), ...);
  (instantiate<Kernels, float>(), ...);
  (instantiate<Kernels, dual<double>>(), ...);
}

}  // namespace

TEST_CASE("kernels: exist for double, float and duals, and partials returns log_pdf", "[distributions][kernel]") {
  instantiate_all(univariate_kernels{});
}

TEST_CASE("value types: numbers become double, everything else is kept", "[distributions]") {
  static_assert(std::is_same_v<decltype(normal{0, 5}), normal<double, double>>);
  static_assert(std::is_same_v<decltype(normal{recorded{}, 5.0F}), normal<recorded, double>>);
  static_assert(numeric_distribution<normal<>>);
  static_assert(!numeric_distribution<normal<recorded, double>>);
  static_assert(univariate_distribution<normal<recorded, double>>);
  CHECK(normal{0, 5}.sd == 5.0);
  CHECK_THROWS_WITH((normal{recorded{}, -5}), "normal: sd is -5, but must be positive and finite");
}
