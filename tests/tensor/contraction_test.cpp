// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/contraction.hpp"

#include "credence/base/errors.hpp"
#include "support/catch.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <map>
#include <random>

using namespace credence;
using rational = boost::multiprecision::cpp_rational;

namespace {

const double inf = std::numeric_limits<double>::infinity();

template <class T>
named_tensor<T> random_factor(std::vector<int> axes, const std::map<int, std::int64_t>& sizes, unsigned seed) {
  std::mt19937 engine(seed);
  tensor_shape shape;
  for (const int axis : axes) shape.push_back(sizes.at(axis));
  named_tensor<T> out{std::move(axes), tensor<T>(shape)};
  for (T& v : out.values) v = T(static_cast<int>(engine() % 1000) + 1) / T(1000);
  return out;
}

/// The value of a factor at an assignment of all axes.
template <class T>
T at(const named_tensor<T>& f, const std::map<int, std::int64_t>& assignment) {
  std::int64_t offset = 0;
  for (int d = 0; d < f.values.rank(); ++d) {
    offset = offset * f.values.extent(d) + assignment.at(f.axes[static_cast<std::size_t>(d)]);
  }
  return f.values[offset];
}

/// Calls visit(assignment) for every joint state, the last axis fastest.
template <class F>
void enumerate(const std::map<int, std::int64_t>& sizes, const F& visit) {
  std::int64_t states = 1;
  for (const auto& [axis, size] : sizes) states *= size;
  for (std::int64_t s = 0; s < states; ++s) {
    std::map<int, std::int64_t> assignment;
    std::int64_t rest = s;
    for (auto entry = sizes.rbegin(); entry != sizes.rend(); ++entry) {
      assignment[entry->first] = rest % entry->second;
      rest /= entry->second;
    }
    visit(assignment);
  }
}

/// The slow twin: the joint table is enumerated and added up.
template <semiring S, class T = typename S::value_type>
named_tensor<T> contract_by_enumeration(const std::vector<named_tensor<T>>& factors,
                                        const std::map<int, std::int64_t>& sizes, const std::vector<int>& keep) {
  tensor_shape shape;
  for (const int axis : keep) shape.push_back(sizes.at(axis));
  named_tensor<T> out{keep, tensor<T>::filled(shape, S::zero())};
  enumerate(sizes, [&](const std::map<int, std::int64_t>& assignment) {
    T term = S::one();
    for (const auto& f : factors) term = S::times(term, at(f, assignment));
    std::int64_t offset = 0;
    for (const int axis : keep) offset = offset * sizes.at(axis) + assignment.at(axis);
    out.values[offset] = S::plus(out.values[offset], term);
  });
  return out;
}

const std::map<int, std::int64_t> small{{0, 2}, {1, 3}, {2, 4}, {3, 2}, {7, 5}};

template <class T>
std::vector<named_tensor<T>> small_factors() {
  return {random_factor<T>({0, 1}, small, 1), random_factor<T>({2, 1}, small, 2), random_factor<T>({3, 0, 2}, small, 3),
          random_factor<T>({7}, small, 4), random_factor<T>({7, 3}, small, 5)};
}

template <class S>
void check_against_enumeration() {
  using T = typename S::value_type;
  std::vector<named_tensor<T>> factors = small_factors<T>();
  if constexpr (!std::is_same_v<S, sum_product<T>> && !std::is_same_v<S, max_product<T>>) {
    for (auto& f : factors) {
      for (T& v : f.values) v = std::log(v);
    }
  }
  for (const std::vector<int>& keep : {std::vector<int>{}, {2}, {7, 0}, {1, 3, 7}, {3, 2, 1, 0, 7}}) {
    for (const std::vector<int>& order : {std::vector<int>{}, {0}, {1, 0}}) {
      bool fits = true;
      for (const int axis : order) fits = fits && std::find(keep.begin(), keep.end(), axis) == keep.end();
      if (!fits) continue;
      const auto got = contract(exec::cpu(2), S{}, factors, keep, order);
      const auto want = contract_by_enumeration<S>(factors, small, keep);
      REQUIRE(got.axes == keep);
      REQUIRE(got.values.shape() == want.values.shape());
      for (std::int64_t i = 0; i < got.values.size(); ++i) {
        // at most 240 terms of at most five factors: some hundred roundings, of logarithms in their own scale
        const double epsilon = std::numeric_limits<T>::epsilon();
        CHECK(std::abs(got.values[i] - want.values[i]) <= 64 * epsilon * (1 + std::abs(want.values[i])));
      }
    }
  }
}

}  // namespace

TEST_CASE("contract: agrees with the enumerated joint table", "[tensor][contraction]") {
  SECTION("sum-product f64") { check_against_enumeration<sum_product<double>>(); }
  SECTION("sum-product f32") { check_against_enumeration<sum_product<float>>(); }
  SECTION("max-product f64") { check_against_enumeration<max_product<double>>(); }
  SECTION("max-product f32") { check_against_enumeration<max_product<float>>(); }
  SECTION("log f64") { check_against_enumeration<log_sum_product<double>>(); }
  SECTION("log f32") { check_against_enumeration<log_sum_product<float>>(); }
  SECTION("max-sum f64") { check_against_enumeration<max_sum<double>>(); }
  SECTION("max-sum f32") { check_against_enumeration<max_sum<float>>(); }
  SECTION("min-sum f64") { check_against_enumeration<min_sum<double>>(); }
  SECTION("min-sum f32") { check_against_enumeration<min_sum<float>>(); }
}

TEST_CASE("contract: is exact over rationals, in every order", "[tensor][contraction]") {
  const auto factors = small_factors<rational>();
  const auto want = contract_by_enumeration<sum_product<rational>>(factors, small, {2, 0});
  for (const std::vector<int>& order : {std::vector<int>{1, 3, 7}, {7, 3, 1}, {3, 1, 7}, {}}) {
    CHECK(contract(exec::cpu(1), sum_product<rational>{}, factors, {2, 0}, order).values == want.values);
  }
}

TEST_CASE("contract: the loops of every stride pattern agree with enumeration", "[tensor][contraction]") {
  // rows and runs, unit, repeated and general strides, longer than a chunk, with tails
  const std::map<int, std::int64_t> sizes{{0, GENERATE(1, 3, 31)}, {1, GENERATE(1, 9, 43)}, {2, GENERATE(2, 597)}};
  const std::vector<int> axes_a =
      GENERATE(std::vector<int>{0, 1, 2}, std::vector<int>{2, 1, 0}, std::vector<int>{1, 2});
  const std::vector<int> axes_b = GENERATE(std::vector<int>{2, 1}, std::vector<int>{0}, std::vector<int>{1, 0, 2});
  const auto a = random_factor<double>(axes_a, sizes, 11), b = random_factor<double>(axes_b, sizes, 12);
  std::map<int, std::int64_t> present;
  for (const auto& list : {axes_a, axes_b}) {
    for (const int axis : list) present[axis] = sizes.at(axis);
  }
  for (const std::vector<int>& gone : {std::vector<int>{}, {1}, {2}, {2, 1}, {1, 2}}) {
    bool fits = true;
    for (const int axis : gone) fits = fits && present.contains(axis);
    if (!fits) continue;
    const auto got = product_marginalised(exec::cpu(3), sum_product<>{}, a, b, gone);
    const auto want = contract_by_enumeration<sum_product<double>>({a, b}, present, got.axes);
    double worst = 0.0;
    for (std::int64_t i = 0; i < got.values.size(); ++i) {
      worst = std::max(worst, std::abs(got.values[i] / want.values[i] - 1.0));
    }
    // positive terms: each of at most 25671 additions loses half an ulp of a growing sum in the worst case, its square
    // root on average
    CHECK(worst <= 1e-12);
    const auto serial = product_marginalised(exec::cpu(1), sum_product<>{}, a, b, gone);
    CHECK(serial.values == got.values);
  }
}

TEST_CASE("contract: the same bits on any number of threads", "[tensor][contraction]") {
  const std::map<int, std::int64_t> sizes{{0, 40}, {1, 50}, {2, 60}, {3, 7}};
  const std::vector<named_tensor<double>> factors{random_factor<double>({0, 1, 3}, sizes, 1),
                                                  random_factor<double>({2, 1}, sizes, 2),
                                                  random_factor<double>({0, 2}, sizes, 3)};
  const auto one = contract(exec::cpu(1), sum_product<>{}, factors, {0, 3});
  const auto logs_one = contract(exec::cpu(1), log_sum_product<>{}, factors, {0, 3});
  for (const int threads : {2, 5, 8}) {
    CHECK(contract(exec::cpu(threads), sum_product<>{}, factors, {0, 3}).values == one.values);
    CHECK(contract(exec::cpu(threads), log_sum_product<>{}, factors, {0, 3}).values == logs_one.values);
  }
}

TEST_CASE("contract: zeros and infinities keep their meaning", "[tensor][contraction]") {
  const exec::context ctx;
  const named_tensor<double> logs{{0, 1}, {{3, 2}, {-inf, -inf, -inf, 0.0, inf, 1.0}}};
  const auto sums = marginalise(ctx, log_sum_product<>{}, logs, {1});
  CHECK(sums.values[0] == -inf);
  CHECK(sums.values[1] == 0.0);
  CHECK(sums.values[2] == inf);
  const named_tensor<double> huge{{0}, {{2}, {1000.0, 1000.0}}};
  CHECK(marginalise(ctx, log_sum_product<>{}, huge, {0}).values[0] == Approx(1000.0 + std::log(2.0)).epsilon(1e-15));
  const named_tensor<double> nan{{0}, {{3}, {1.0, std::nan(""), 2.0}}};
  CHECK(std::isnan(marginalise(ctx, sum_product<>{}, nan, {0}).values[0]));
  CHECK(std::isnan(marginalise(ctx, max_product<>{}, nan, {0}).values[0]));
  CHECK(std::isnan(marginalise(ctx, min_sum<>{}, nan, {0}).values[0]));
  CHECK(std::isnan(marginalise(ctx, log_sum_product<>{}, nan, {0}).values[0]));
  const named_tensor<double> empty{{0, 1}, tensor<double>({0, 2})};
  CHECK(marginalise(ctx, sum_product<>{}, empty, {0}).values == tensor<double>({2}, {0.0, 0.0}));
  CHECK(marginalise(ctx, min_sum<>{}, empty, {0}).values == tensor<double>({2}, {inf, inf}));
  CHECK(marginalise(ctx, log_sum_product<>{}, empty, {0}).values == tensor<double>({2}, {-inf, -inf}));
  CHECK(contract(ctx, sum_product<>{}, {}, {}).values == tensor<double>({}, {1.0}));
}

TEST_CASE("contract_argmax: finds the assignment that enumeration finds", "[tensor][contraction]") {
  const auto factors = small_factors<double>();
  double best = -1.0;
  std::map<int, std::int64_t> where;
  enumerate(small, [&](const std::map<int, std::int64_t>& assignment) {
    double term = 1.0;
    for (const auto& f : factors) term *= at(f, assignment);
    if (term > best) best = term, where = assignment;
  });
  for (const std::vector<int>& order : {std::vector<int>{}, {2, 7}, {7, 3, 2, 1, 0}}) {
    const auto got = contract_argmax(exec::cpu(2), max_product<>{}, factors, order);
    CHECK(got.value == Approx(best).epsilon(1e-14));
    REQUIRE(got.axes == std::vector<int>{0, 1, 2, 3, 7});
    for (std::size_t k = 0; k < got.axes.size(); ++k) CHECK(got.indices[k] == where.at(got.axes[k]));
  }
}

TEST_CASE("maximise: ties go to the smallest index, NaN wins", "[tensor][contraction]") {
  const named_tensor<double> a{{4, 9}, {{2, 3}, {1.0, 5.0, 5.0, 2.0, std::nan(""), 7.0}}};
  const auto along_rows = maximise(exec::context{}, a, 9);
  CHECK(along_rows.value.axes == std::vector<int>{4});
  CHECK(along_rows.where.values == tensor<std::int32_t>({2}, {1, 1}));
  CHECK(along_rows.value.values[0] == 5.0);
  CHECK(std::isnan(along_rows.value.values[1]));
  CHECK(maximise(exec::context{}, a, 4).where.values == tensor<std::int32_t>({3}, {1, 1, 1}));
}

TEST_CASE("quotient: 0 / 0 is 0", "[tensor][contraction]") {
  const named_tensor<double> a{{0, 1}, {{2, 2}, {1.0, 0.0, 6.0, 8.0}}};
  const named_tensor<double> b{{1}, {{2}, {2.0, 0.0}}};
  const auto q = quotient(exec::context{}, a, b);
  CHECK(q.axes == a.axes);
  CHECK(q.values == tensor<double>({2, 2}, {0.5, 0.0, 3.0, inf}));
  CHECK_THROWS_AS(quotient(exec::context{}, b, a), shape_error);
}

TEST_CASE("select and with_axis_order: move what they say", "[tensor][contraction]") {
  const auto a = random_factor<double>({0, 1, 2}, small, 6);
  const auto part = select(a, 1, 2);
  CHECK(part.axes == std::vector<int>{0, 2});
  for (std::int64_t i = 0; i < 2; ++i) {
    for (std::int64_t k = 0; k < 4; ++k) CHECK(part.values(i, k) == a.values(i, 2, k));
  }
  const auto moved = with_axis_order(a, {2, 0, 1});
  for (std::int64_t i = 0; i < 2; ++i) {
    for (std::int64_t j = 0; j < 3; ++j) {
      for (std::int64_t k = 0; k < 4; ++k) CHECK(moved.values(k, i, j) == a.values(i, j, k));
    }
  }
  CHECK(select(a, 99, 0).values == a.values);
  CHECK_THROWS_AS(select(a, 1, 3), shape_error);
  CHECK_THROWS_AS(with_axis_order(a, {0, 1}), shape_error);
}

TEST_CASE("contraction: names what does not fit", "[tensor][contraction]") {
  const exec::context ctx;
  const named_tensor<double> a{{0, 1}, tensor<double>({2, 3})};
  const named_tensor<double> b{{1}, tensor<double>({4})};
  CHECK_THROWS_WITH(product(ctx, sum_product<>{}, a, b), Contains("axis 1 has size 3") && Contains("size 4"));
  CHECK_THROWS_AS(contract(ctx, sum_product<>{}, {a, b}, {}), shape_error);
  CHECK_THROWS_WITH(marginalise(ctx, sum_product<>{}, a, {5}), Contains("axis 5") && Contains("no table"));
  CHECK_THROWS_WITH(marginalise(ctx, sum_product<>{}, a, {1, 1}), Contains("named twice"));
  CHECK_THROWS_WITH(contract(ctx, sum_product<>{}, {a}, {5}), Contains("keep is 5"));
  CHECK_THROWS_WITH(contract(ctx, sum_product<>{}, {a}, {0}, {0}), Contains("order is 0"));
  const named_tensor<double> repeated{{0, 0}, tensor<double>({2, 2})};
  CHECK_THROWS_AS(product(ctx, sum_product<>{}, repeated, a), shape_error);
  const named_tensor<double> misnamed{{0}, tensor<double>({2, 2})};
  CHECK_THROWS_AS(product(ctx, sum_product<>{}, misnamed, a), shape_error);
}

TEST_CASE("log_sum_product: plus is exact where it can be", "[tensor][contraction]") {
  using S = log_sum_product<double>;
  CHECK(S::plus(-inf, -inf) == -inf);
  CHECK(S::plus(-inf, 3.0) == 3.0);
  CHECK(S::plus(inf, 3.0) == inf);
  CHECK(S::plus(0.0, 0.0) == Approx(std::log(2.0)).epsilon(1e-15));
}
