// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/transforms.hpp"
#include "support/catch.hpp"

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <functional>

using namespace credence;
using namespace credence::transforms;

namespace {

using high = boost::multiprecision::cpp_bin_float_50;
using highs = std::vector<high>;
using doubles = std::vector<double>;

/// A transform's second formula, written from the definition with 50 digits, and which of the constrained entries are
/// its coordinates (all when the Jacobian is not square: then the volume sqrt(det(J'J)) counts).
template <class Transform>
struct twin;

highs triangle(std::int64_t n, const highs& u, bool correlation) {
  highs l(static_cast<std::size_t>(n * n), high(0));
  std::size_t at = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    high used = 0;
    for (std::int64_t j = 0; j < i; ++j) {
      high& entry = l[static_cast<std::size_t>(i * n + j)];
      entry = correlation ? tanh(u[at]) * sqrt(1 - used) : u[at];
      ++at;
      used += entry * entry;
    }
    l[static_cast<std::size_t>(i * n + i)] = correlation ? sqrt(1 - used) : exp(u[at]);
    if (!correlation) ++at;
  }
  return l;
}

highs squared(std::int64_t n, const highs& l) {
  highs x(l.size(), high(0));
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      for (std::int64_t k = 0; k < n; ++k) {
        x[static_cast<std::size_t>(i * n + j)] +=
            l[static_cast<std::size_t>(i * n + k)] * l[static_cast<std::size_t>(j * n + k)];
      }
    }
  }
  return x;
}

std::vector<std::size_t> below(std::int64_t n, std::int64_t offset) {  // offset 1: without the diagonal
  std::vector<std::size_t> out;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j + offset <= i; ++j) out.push_back(static_cast<std::size_t>(i * n + j));
  }
  return out;
}
std::vector<std::size_t> first(std::int64_t n) {
  std::vector<std::size_t> out(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = i;
  return out;
}

highs evaluate(const lower& t, std::int64_t, highs u) {
  for (high& v : u) v = t.bound + exp(v);
  return u;
}
highs evaluate(const upper& t, std::int64_t, highs u) {
  for (high& v : u) v = t.bound - exp(v);
  return u;
}
highs evaluate(const interval& t, std::int64_t, highs u) {
  for (high& v : u) v = t.low + (high(t.high) - t.low) / (1 + exp(-v));
  return u;
}
highs evaluate(const simplex&, std::int64_t n, const highs& u) {
  highs x;
  high left = 1;
  for (std::int64_t k = 0; k + 1 < n; ++k) {
    x.push_back(left / (1 + exp(-(u[static_cast<std::size_t>(k)] - log(high(n - 1 - k))))));
    left -= x.back();
  }
  x.push_back(left);
  return x;
}
highs evaluate(const ordered&, std::int64_t, highs u) {
  for (std::size_t k = 1; k < u.size(); ++k) u[k] = u[k - 1] + exp(u[k]);
  return u;
}
highs evaluate(const positive_ordered&, std::int64_t, highs u) {
  u[0] = exp(u[0]);
  for (std::size_t k = 1; k < u.size(); ++k) u[k] = u[k - 1] + exp(u[k]);
  return u;
}
highs evaluate(const unit_vector&, std::int64_t, highs u) {
  high square = 0;
  for (const high& v : u) square += v * v;
  for (high& v : u) v /= sqrt(square);
  return u;
}
highs evaluate(const sum_to_zero&, std::int64_t n, const highs& u) {
  highs x(static_cast<std::size_t>(n), high(0));  // columns of the basis: (1, .., 1, -i, 0, ..) / sqrt(i (i + 1))
  for (std::int64_t i = 1; i < n; ++i) {
    const high w = u[static_cast<std::size_t>(i - 1)] / sqrt(high(i * (i + 1)));
    for (std::int64_t j = 0; j < i; ++j) x[static_cast<std::size_t>(j)] += w;
    x[static_cast<std::size_t>(i)] -= i * w;
  }
  return x;
}
highs evaluate(const cholesky_corr&, std::int64_t n, const highs& u) { return triangle(n, u, true); }
highs evaluate(const corr&, std::int64_t n, const highs& u) { return squared(n, triangle(n, u, true)); }
highs evaluate(const cholesky_cov&, std::int64_t n, const highs& u) { return triangle(n, u, false); }
highs evaluate(const cov&, std::int64_t n, const highs& u) { return squared(n, triangle(n, u, false)); }

template <class Transform>
std::vector<std::size_t> coordinates(const Transform& t, std::int64_t n) {
  if constexpr (std::is_same_v<Transform, simplex>) return first(n - 1);
  if constexpr (std::is_same_v<Transform, cholesky_corr> || std::is_same_v<Transform, corr>) return below(n, 1);
  if constexpr (std::is_same_v<Transform, cholesky_cov> || std::is_same_v<Transform, cov>) return below(n, 0);
  return first(t.constrained_size(n));
}

/// Central differences with step h in 50 digits: J[i][j] = d x_i / d u_j.
template <class Transform>
std::vector<highs> jacobian(const Transform& t, std::int64_t n, const highs& u, const high& h) {
  std::vector<highs> out(static_cast<std::size_t>(t.constrained_size(n)), highs(u.size()));
  for (std::size_t j = 0; j < u.size(); ++j) {
    highs up = u, down = u;
    up[j] += h;
    down[j] -= h;
    const highs a = evaluate(t, n, up), b = evaluate(t, n, down);
    for (std::size_t i = 0; i < a.size(); ++i) out[i][j] = (a[i] - b[i]) / (2 * h);
  }
  return out;
}

high log_abs_determinant(std::vector<highs> m) {
  high total = 0;
  for (std::size_t k = 0; k < m.size(); ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k; i < m.size(); ++i) {
      if (abs(m[i][k]) > abs(m[pivot][k])) pivot = i;
    }
    std::swap(m[k], m[pivot]);
    total += log(abs(m[k][k]));
    for (std::size_t i = k + 1; i < m.size(); ++i) {
      const high f = m[i][k] / m[k][k];
      for (std::size_t j = k; j < m.size(); ++j) m[i][j] -= f * m[k][j];
    }
  }
  return total;
}

template <class Transform>
high log_jacobian(const Transform& t, std::int64_t n, const highs& u) {
  if constexpr (std::is_same_v<Transform, unit_vector>) {  // by definition, see the header
    high square = 0;
    for (const high& v : u) square += v * v;
    return -square / 2;
  }
  const auto j = jacobian(t, n, u, high("1e-17"));
  if constexpr (std::is_same_v<Transform, sum_to_zero>) {
    std::vector<highs> gram(u.size(), highs(u.size(), high(0)));
    for (std::size_t a = 0; a < u.size(); ++a) {
      for (std::size_t b = 0; b < u.size(); ++b) {
        for (const highs& row : j) gram[a][b] += row[a] * row[b];
      }
    }
    return log_abs_determinant(gram) / 2;
  }
  std::vector<highs> square;
  for (const std::size_t i : coordinates(t, n)) square.push_back(j[i]);
  return log_abs_determinant(square);
}

template <class Transform>
void check_transform_at(const Transform& t, std::int64_t n, double scale) {
  CAPTURE(Transform::name, n, scale);
  const auto free = static_cast<std::size_t>(t.unconstrained_size(n));
  const auto size = static_cast<std::size_t>(t.constrained_size(n));
  doubles u(free), x(size), back(free), x_bar(size), u_bar(free, 0.25);
  doubles scratch(static_cast<std::size_t>(t.scratch_size(n)));
  for (std::size_t i = 0; i < free; ++i) u[i] = scale * std::sin(1.0 + 2.3 * static_cast<double>(i));
  for (std::size_t i = 0; i < size; ++i) x_bar[i] = std::cos(0.4 + 1.7 * static_cast<double>(i));
  const highs exact_u(u.begin(), u.end());
  const double got_log_jacobian = constrain(t, n, u, x);

  const highs exact_x = evaluate(t, n, exact_u);
  // a value is as well determined as u is: 8 roundings of the largest entry's size, times the steps that lead to it
  high largest = 0;
  for (const high& v : exact_x) largest = std::max<high>(largest, abs(v));
  const double close = 8e-16 * static_cast<double>(n) * (1.0 + scale);
  for (std::size_t i = 0; i < size; ++i) CHECK(abs(exact_x[i] - x[i]) <= close * largest);

  const high exact_log_jacobian = log_jacobian(t, n, exact_u);
  CHECK(abs(exact_log_jacobian - got_log_jacobian) <= 1e-14 * static_cast<double>(free + 1) * (1.0 + scale));

  // unconstrain cannot know u better than x was rounded: e^(2 scale) is how much a rounding of x may move u
  unconstrain(t, n, x, back);
  if constexpr (!std::is_same_v<Transform, unit_vector>) {
    for (std::size_t i = 0; i < free; ++i) {
      CHECK_THAT(back[i], WithinAbs(u[i], 1e-15 * static_cast<double>(n * n) * std::exp(2.0 * scale)));
    }
  }

  const double log_jacobian_bar = -0.7;
  t.vjp(n, u.data(), x_bar.data(), log_jacobian_bar, u_bar.data(), scratch.data());
  const auto j = jacobian(t, n, exact_u, high("1e-17"));
  for (std::size_t k = 0; k < free; ++k) {
    high expected = 0.25, terms = 1;
    for (std::size_t i = 0; i < size; ++i) {
      expected += x_bar[i] * j[i][k];
      terms += abs(x_bar[i] * j[i][k]);
    }
    highs up = exact_u, down = exact_u;
    up[k] += 1e-9;
    down[k] -= 1e-9;
    const high slope = (log_jacobian(t, n, up) - log_jacobian(t, n, down)) / (2 * high(1e-9));
    expected += log_jacobian_bar * slope;
    terms += abs(slope);
    // the terms' roundings, and 1e-15 for the finite difference of the log Jacobian
    CHECK(abs(expected - u_bar[k]) <= (4e-15 * static_cast<double>(n) * (1.0 + scale)) * terms);
  }
}

}  // namespace

TEST_CASE("transforms: values, Jacobian, inverse and adjoint agree with 50-digit definitions",
          "[distributions][transform]") {
  for (const double scale : {0.1, 1.0, 3.0}) {
    for (const std::int64_t n : {1, 2, 5}) {
      check_transform_at(lower{-2.5}, n, scale);
      check_transform_at(upper{0.75}, n, scale);
      check_transform_at(interval{-1.0, 3.0}, n, scale);
    }
    for (const std::int64_t n : {1, 2, 3, 6}) {
      for_each_vector_transform([&](const auto& t) {
        if (t.unconstrained_size(n) > 0 && n * scale <= 9.0) check_transform_at(t, n, scale);
      });
    }
  }
}

TEST_CASE("transforms: far out they stay within their bounds and finite", "[distributions][transform]") {
  for (const double u : {-700.0, -40.0, 40.0, 700.0}) {
    CAPTURE(u);
    double x[3], log_jacobian = interval{0.0, 1.0}.constrain(1, &u, x);
    CHECK((x[0] >= 0.0 && x[0] <= 1.0));
    CHECK_THAT(log_jacobian, WithinRel(-std::abs(u), 1e-15));
    const double two[] = {u, -u};
    log_jacobian = simplex{}.constrain(3, two, x);
    CHECK(std::isfinite(log_jacobian));
    CHECK_THAT(x[0] + x[1] + x[2], WithinAbs(1.0, 1e-15));
  }
}

TEST_CASE("transforms: strided storage gives the same bits", "[distributions][transform]") {
  const double u[] = {0.3, -1.2, 0.8};
  double spread[6], plain[9], wide[27];
  for (int i = 0; i < 3; ++i) spread[2 * i] = u[i];
  const double a = corr{}.constrain(3, u, plain);
  const double b = corr{}.constrain(3, strided<const double>{spread, 2}, strided<double>{wide, 3});
  CHECK(a == b);
  for (int i = 0; i < 9; ++i) CHECK(plain[i] == wide[3 * i]);
}

TEST_CASE("transforms: run on duals", "[distributions][transform]") {
  for_each_vector_transform([](const auto& t) {
    CAPTURE(t.name);
    const std::int64_t n = 3;
    const auto free = static_cast<std::size_t>(t.unconstrained_size(n));
    std::vector<dual<double>> u(free), x(static_cast<std::size_t>(t.constrained_size(n)));
    doubles values(free), x_bar(x.size()), u_bar(free, 0.0), scratch(static_cast<std::size_t>(t.scratch_size(n)));
    for (std::size_t i = 0; i < free; ++i) values[i] = 0.3 - 0.2 * static_cast<double>(i);
    for (std::size_t i = 0; i < x.size(); ++i) x_bar[i] = 1.0 + static_cast<double>(i);
    t.vjp(n, values.data(), x_bar.data(), 0.5, u_bar.data(), scratch.data());
    for (std::size_t k = 0; k < free; ++k) {
      for (std::size_t i = 0; i < free; ++i) u[i] = {values[i], i == k ? 1.0 : 0.0};
      double sum = 0.5 * t.constrain(n, u.data(), x.data()).tangent;
      for (std::size_t i = 0; i < x.size(); ++i) sum += x_bar[i] * x[i].tangent;
      CHECK_THAT(u_bar[k], WithinAbs(sum, 1e-13));  // sums of some ten terms of size up to 10
    }
  });
}

TEST_CASE("transforms: refuse what does not satisfy the constraint", "[distributions][transform]") {
  doubles u2(2), u3(3), u1(1);
  const auto refuses = [](const auto& t, std::int64_t n, const doubles& x) {
    doubles u(static_cast<std::size_t>(t.unconstrained_size(n)));
    CHECK_THROWS_WITH(unconstrain(t, n, x, u), Contains(t.name) && Contains("but must be"));
  };
  refuses(lower{1.0}, 1, {1.0});
  refuses(lower{1.0}, 1, {std::nan("")});
  refuses(upper{1.0}, 1, {1.5});
  refuses(interval{0.0, 1.0}, 1, {1.0});
  refuses(simplex{}, 3, {0.5, 0.6, -0.1});
  refuses(simplex{}, 3, {0.5, 0.4, 0.2});
  refuses(ordered{}, 3, {1.0, 3.0, 3.0});
  refuses(positive_ordered{}, 2, {0.0, 3.0});
  refuses(unit_vector{}, 2, {0.6, 0.7});
  refuses(sum_to_zero{}, 2, {0.6, 0.7});
  refuses(cholesky_corr{}, 2, {1.0, 0.1, 0.6, 0.8});
  refuses(cholesky_corr{}, 2, {1.0, 0.0, 0.6, -0.8});
  refuses(corr{}, 2, {1.0, 1.2, 1.2, 1.0});
  refuses(corr{}, 2, {1.0, 0.2, 0.3, 1.0});
  refuses(corr{}, 2, {2.0, 0.2, 0.2, 1.0});
  refuses(cholesky_cov{}, 2, {1.0, 0.0, 0.6, 0.0});
  refuses(cov{}, 2, {1.0, 2.0, 2.0, 1.0});
  CHECK_THROWS_WITH(constrain(interval{2.0, 1.0}, 1, u1, u1), "interval: high is 1, but must be above low, which is 2");
  CHECK_THROWS_AS(constrain(simplex{}, 3, u3, u3), shape_error);
}
