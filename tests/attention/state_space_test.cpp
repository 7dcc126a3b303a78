// SPDX-License-Identifier: BSD-3-Clause
// State-space models: HiPPO by its identities, S4 and S4D in three shapes, the selective scan forward and backward.
#include "attention/support.hpp"

#include "credence/attention/selective_scan.hpp"
#include "credence/attention/state_space.hpp"
#include "credence/tensor/scan.hpp"

using namespace credence;
using namespace credence::test;
using attention::discretisation;

namespace {

const auto one_core = exec::cpu(1);

std::vector<double> normals(std::size_t n, std::uint64_t seed) {
  std::vector<double> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(random::normal(rng_key{seed, 0}, i));
  return out;
}
void check_close(const std::vector<double>& a, const std::vector<double>& b, double near) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(a[i] == Approx(b[i]).epsilon(near).margin(near));
}

/// Everything that a selective scan takes, with its views.
template <class T>
struct selective_case {
  tensor<T> u, delta, a, b, c, skip, initial;

  selective_case(std::int64_t batch, std::int64_t length, std::int64_t channels, std::int64_t states)
      : u(normal_tensor<T>({batch, length, channels}, 1)),
        delta(normal_tensor<T>({batch, length, channels}, 2)),
        a(normal_tensor<T>({channels, states}, 3)),
        b(normal_tensor<T>({batch, length, states}, 4)),
        c(normal_tensor<T>({batch, length, states}, 5)),
        skip(normal_tensor<T>({channels}, 6)),
        initial(normal_tensor<T>({batch, channels, states}, 7)) {
    for (T& x : delta) x = std::log1p(std::exp(x));
    for (T& x : a) x = -std::exp(x);
  }
  [[nodiscard]] attention::selective_inputs<T> in() const {
    return {u.template view<3>(), delta.template view<3>(), a.template view<2>(),      b.template view<3>(),
            c.template view<3>(), skip.template view<1>(),  initial.template view<3>()};
  }
};

}  // namespace

TEST_CASE("HiPPO-LegS: the matrices, and the memories of constants and ramps", "[attention][state_space]") {
  const auto m = attention::hippo_legs(6);
  CHECK(m.a(0, 0) == -1.0);
  CHECK(m.a(3, 3) == -4.0);
  CHECK(m.a(2, 1) == Approx(-std::sqrt(15.0)).epsilon(1e-15));
  CHECK(m.a(1, 2) == 0.0);
  CHECK(m.b[4] == 3.0);
  // dx/dt = (A x + B f) / t. f = 1: x = e_0, so A e_0 + B = 0. f = t: x = t w with w = (1/2, 1/(2 sqrt 3), 0, ..), so
  // w = A w + B.
  for (std::int64_t r = 0; r < 6; ++r) {
    CHECK(m.a(r, 0) + m.b[r] == Approx(0.0).margin(1e-15));
    const double w = r == 0 ? 0.5 : r == 1 ? 0.5 / std::sqrt(3.0) : 0.0;
    CHECK(0.5 * m.a(r, 0) + 0.5 / std::sqrt(3.0) * m.a(r, 1) + m.b[r] == Approx(w).margin(1e-14));
  }
  const std::vector<double> ones(50, 1.0);
  const auto constant = attention::legs_memory(ones, 6);
  for (std::int64_t r = 0; r < 6; ++r) CHECK(constant(49, r) == Approx(r == 0 ? 1.0 : 0.0).margin(1e-13));
  // A ramp f(t) = t sampled 4000 times: x = (t / 2, t / (2 sqrt 3), 0, ..) up to the first, unknown, sample's weight.
  std::vector<double> ramp;
  for (int i = 0; i < 4000; ++i) ramp.push_back(i + 1.0);
  const auto memory = attention::legs_memory(ramp, 6);
  CHECK(memory(3999, 0) / 4000.0 == Approx(0.5).margin(1e-3));
  CHECK(memory(3999, 1) / 4000.0 == Approx(0.5 / std::sqrt(3.0)).margin(1e-3));
  for (std::int64_t r = 2; r < 6; ++r) CHECK(std::abs(memory(3999, r) / 4000.0) < 1e-3);
}

TEST_CASE("HiPPO-LegT: constants and ramps in the window", "[attention][state_space]") {
  const double window = 2.5, t = 7.0;
  const auto m = attention::hippo_legt(5, window);
  // f = 1: x = e_0 stands still. f = t: x = (t - window / 2, window / (2 sqrt 3), 0, ..) moves with (1, 0, ..).
  for (std::int64_t r = 0; r < 5; ++r) {
    CHECK(m.a(r, 0) + m.b[r] == Approx(0.0).margin(1e-15));
    const double slope = m.a(r, 0) * (t - window / 2) + m.a(r, 1) * window / (2 * std::sqrt(3.0)) + m.b[r] * t;
    CHECK(slope == Approx(r == 0 ? 1.0 : 0.0).margin(1e-14));
  }
}

TEST_CASE("discretisation: orders and exactness", "[attention][state_space]") {
  // One state: x' = -x + u. Held: exp(-dt), 1 - exp(-dt). Bilinear: (1 - dt/2) / (1 + dt/2).
  const attention::state_matrices one{{{1, 1}, {-1.0}}, {{1}, {1.0}}};
  const auto held = attention::discretise(one, 0.3, discretisation::zero_order_hold);
  CHECK(held.a[0] == Approx(std::exp(-0.3)).epsilon(1e-15));
  CHECK(held.b[0] == Approx(1.0 - std::exp(-0.3)).epsilon(1e-14));
  const auto bilinear = attention::discretise(one, 0.3, discretisation::bilinear);
  CHECK(bilinear.a[0] == Approx(0.85 / 1.15).epsilon(1e-15));
  CHECK(bilinear.b[0] == Approx(0.3 / 1.15).epsilon(1e-15));
  // Two held half steps are one step.
  const auto legs = attention::hippo_legs(5);
  const auto whole = attention::discretise(legs, 0.4, discretisation::zero_order_hold);
  const auto half = attention::discretise(legs, 0.2, discretisation::zero_order_hold);
  for (std::int64_t r = 0; r < 5; ++r) {
    double b = half.b[r];
    for (std::int64_t c = 0; c < 5; ++c) {
      double a = 0.0;
      for (std::int64_t k = 0; k < 5; ++k) a += half.a(r, k) * half.a(k, c);
      CHECK(a == Approx(whole.a(r, c)).margin(1e-14));
      b += half.a(r, c) * half.b[c];
    }
    CHECK(b == Approx(whole.b[r]).margin(1e-14));
  }
  CHECK_THROWS_WITH(attention::discretise(legs, 0.0, discretisation::bilinear), Contains("dt"));
}

TEST_CASE("S4: recurrence = convolution = scan", "[attention][state_space]") {
  const auto u = normals(300, 1), c = normals(8, 2);
  for (const auto rule : {discretisation::bilinear, discretisation::zero_order_hold}) {
    const auto model = attention::discretise(attention::hippo_legs(8), 0.05, rule);
    const auto y = attention::ssm_recurrence(model, c, u);
    const auto kernel = attention::ssm_kernel(model, c, 300);
    check_close(attention::causal_convolution(kernel, u), y, 1e-12);
    check_close(attention::ssm_scan(one_core, model, c, u), y, 1e-12);
    // The convolution by its sum.
    for (std::size_t t = 0; t < 300; t += 37) {
      double sum = 0.0;
      for (std::size_t i = 0; i <= t; ++i) sum += kernel[i] * u[t - i];
      CHECK(sum == Approx(y[t]).epsilon(1e-12).margin(1e-13));
    }
  }
}

TEST_CASE("S4D: recurrence = convolution = scan, and its scan is associative", "[attention][state_space]") {
  const auto u = normals(20000, 1), parts = normals(16, 3);
  std::vector<std::complex<double>> c;
  for (std::size_t i = 0; i < 8; ++i) c.emplace_back(parts[2 * i], parts[2 * i + 1]);
  for (const auto& model : {attention::s4d_linear(8, c, 0.02), attention::s4d_inverse(8, c, 0.02)}) {
    const auto y = attention::s4d_recurrence(model, u);
    check_close(attention::causal_convolution(attention::s4d_kernel(model, 20000), u), y, 1e-10);
    const auto scanned = attention::s4d_scan(one_core, model, u);
    check_close(scanned, y, 1e-11);
    CHECK(scanned == attention::s4d_scan(exec::cpu(4), model, u));
  }
  const attention::compose_affine<double> compose;
  const attention::affine_map<double> f{0.5, 2.0}, g{-1.5, 0.25}, h{3.0, -4.0};
  const auto left = compose(compose(f, g), h), right = compose(f, compose(g, h));
  CHECK(left.a == right.a);
  CHECK(left.b == Approx(right.b).epsilon(1e-15));
  CHECK_THROWS_WITH(attention::s4d_recurrence({{{0.5, 1.0}}, {{1.0, 0.0}}, 0.1}, u), Contains("rate"));
}

TEST_CASE("selective scan: the recurrence as written, and an associative scan", "[attention][selective]") {
  const auto channels = GENERATE(1, 5, 16, 37);
  const auto states = GENERATE(1, 2, 7, 16);
  const std::int64_t length = 70;
  const selective_case<double> x(2, length, channels, states);
  const auto got = attention::selective_scan<double>(one_core, x.in());
  CHECK(same_bits(got.y, attention::selective_scan<double>(exec::cpu(5), x.in()).y));
  for (std::int64_t b = 0; b < 2; ++b) {
    for (std::int64_t ch = 0; ch < channels; ++ch) {
      std::vector<double> y(static_cast<std::size_t>(length));
      for (std::int64_t t = 0; t < length; ++t) y[static_cast<std::size_t>(t)] = x.skip[ch] * x.u(b, t, ch);
      for (std::int64_t n = 0; n < states; ++n) {
        tensor<attention::affine_map<double>> maps({length});
        double state = x.initial(b, ch, n);
        for (std::int64_t t = 0; t < length; ++t) {
          const double decay = std::exp(x.delta(b, t, ch) * x.a(ch, n)),
                       input = x.delta(b, t, ch) * x.b(b, t, n) * x.u(b, t, ch);
          state = decay * state + input;
          maps[t] = {decay, input};
          y[static_cast<std::size_t>(t)] += x.c(b, t, n) * state;
        }
        CHECK(got.state(b, ch, n) == Approx(state).epsilon(1e-12).margin(1e-13));
        const auto prefix = associative_scan(one_core, maps, 0, attention::compose_affine<double>());
        const auto& last = prefix[length - 1];
        CHECK(last.a * x.initial(b, ch, n) + last.b == Approx(state).epsilon(1e-12).margin(1e-13));
      }
      for (std::int64_t t = 0; t < length; ++t) {
        REQUIRE(got.y(b, t, ch) == Approx(y[static_cast<std::size_t>(t)]).epsilon(1e-12).margin(1e-12));
      }
    }
  }
}

TEST_CASE("selective scan: float is double rounded, pieces are the whole", "[attention][selective]") {
  const selective_case<float> x(1, 500, 24, 16);
  const auto got = attention::selective_scan<float>(one_core, x.in());
  selective_case<double> wide(1, 500, 24, 16);
  wide.u = doubles(x.u), wide.delta = doubles(x.delta), wide.a = doubles(x.a), wide.b = doubles(x.b);
  wide.c = doubles(x.c), wide.skip = doubles(x.skip), wide.initial = doubles(x.initial);
  const auto exact = attention::selective_scan<double>(one_core, wide.in());
  // The tolerance of Mamba's own float tests is 6e-4 relative and 2e-3 absolute; states decay, so errors do not add up.
  CHECK(largest_difference(got.y, exact.y) < 2e-5 * 30.0);

  auto in = x.in();
  const auto part = [&](std::int64_t begin, std::int64_t end, const tensor<float>& initial) {
    auto piece = in;
    const auto cut = [&](view<const float, 3> v) {
      return view<const float, 3>(v.data + begin * v.extents[2], 1, end - begin, v.extents[2]);
    };
    piece.u = cut(in.u), piece.delta = cut(in.delta), piece.b = cut(in.b), piece.c = cut(in.c);
    piece.initial = initial.view<3>();
    return attention::selective_scan<float>(one_core, piece);
  };
  const auto first = part(0, 123, x.initial), second = part(123, 500, first.state);
  CHECK(same_bits(second.state, got.state));
  for (std::int64_t i = 0; i < second.y.size(); ++i) REQUIRE(second.y[i] == got.y[123 * 24 + i]);
}

TEST_CASE("selective scan: gradients are those of differences", "[attention][selective]") {
  const auto channels = GENERATE(3, 9);
  selective_case<double> x(2, 37, channels, 3);
  const auto d_y = normal_tensor<double>({2, 37, channels}, 8), d_state = normal_tensor<double>({2, channels, 3}, 9);
  const auto loss = [&] {
    const auto got = attention::selective_scan<double>(one_core, x.in());
    double sum = 0.0;
    for (std::int64_t i = 0; i < d_y.size(); ++i) sum += got.y[i] * d_y[i];
    for (std::int64_t i = 0; i < d_state.size(); ++i) sum += got.state[i] * d_state[i];
    return sum;
  };
  const auto g = attention::selective_scan_backward<double>(one_core, x.in(), d_y.view<3>(), d_state.view<3>());
  const auto check = [&](tensor<double>& at, const tensor<double>& gradient) {
    REQUIRE(at.shape() == gradient.shape());
    for (std::int64_t i = 0; i < at.size(); ++i) {
      const double before = at[i], h = 6e-6 * std::max(1.0, std::abs(before));
      if (&at == &x.delta && before < h) continue;  // at the border of what is allowed
      at[i] = before + h;
      const double up = loss();
      at[i] = before - h;
      const double down = loss();
      at[i] = before;
      REQUIRE(gradient[i] == Approx((up - down) / (2 * h)).epsilon(2e-7).margin(2e-8));
    }
  };
  check(x.u, g.u);
  check(x.delta, g.delta);
  check(x.a, g.a);
  check(x.b, g.b);
  check(x.c, g.c);
  check(x.skip, g.skip);
  check(x.initial, g.initial);
}

TEST_CASE("selective scan: gradients do not depend on threads", "[attention][selective]") {
  const selective_case<float> x(2, 100, 150, 16);
  const auto d_y = normal_tensor<float>({2, 100, 150}, 8);
  const auto one = attention::selective_scan_backward<float>(one_core, x.in(), d_y.view<3>());
  const auto many = attention::selective_scan_backward<float>(exec::cpu(6), x.in(), d_y.view<3>());
  CHECK(same_bits(one.u, many.u));
  CHECK(same_bits(one.delta, many.delta));
  CHECK(same_bits(one.a, many.a));
  CHECK(same_bits(one.b, many.b));
  CHECK(same_bits(one.c, many.c));
  CHECK(same_bits(one.skip, many.skip));
  CHECK(same_bits(one.initial, many.initial));
}

TEST_CASE("selective scan: refuses what does not fit", "[attention][selective][errors]") {
  selective_case<double> x(1, 4, 3, 2);
  const tensor<double> wrong({1, 5, 2});
  auto in = x.in();
  in.b = wrong.view<3>();
  CHECK_THROWS_WITH(attention::selective_scan<double>(one_core, in),
                    Contains("b has shape (1, 5, 2)") && Contains("(1, 4, 2)"));
  x.a[1] = 0.5;
  CHECK_THROWS_WITH(attention::selective_scan<double>(one_core, x.in()), Contains("a is 0.5"));
  x.a[1] = -0.5;
  x.delta[0] = -1.0;
  CHECK_THROWS_WITH(attention::selective_scan<double>(one_core, x.in()), Contains("delta is -1"));
}
