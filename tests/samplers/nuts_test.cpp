// SPDX-License-Identifier: BSD-3-Clause
#include "credence/samplers/nuts.hpp"
#include "credence/base/errors.hpp"
#include "credence/random/fill.hpp"
#include "credence/samplers/hamiltonian.hpp"
#include "samplers/slow_nuts.hpp"
#include "samplers/targets.hpp"
#include "support/catch.hpp"

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <new>

namespace {
std::atomic<long> allocations{0};
}

// Counts what the whole test program allocates.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace credence;
using namespace credence::test;

namespace {

/// Transitions of the fast and the slow sampler from the same points.
template <class Target>
void check_same_way(const Target& target, double step_size, int max_depth) {
  nuts::options opt{.step_size = step_size, .max_depth = max_depth};
  std::vector<double> of;
  for (std::int64_t d = 0; d < target.dimension(); ++d) of.push_back(0.5 + 0.25 * static_cast<double>(d % 3));
  opt.metric = diagonal_metric(of);
  const density_ref density(target);
  std::vector<double> start(static_cast<std::size_t>(target.dimension()), 0.3);
  nuts::state chain = nuts::init(density, opt, start);
  for (std::uint64_t i = 0; i < 30; ++i) {
    const step_address at{{11, 0}, 2, i};
    vec slow_position = chain.position;
    const nuts::info slow = slow_nuts(density, opt, at).transition(slow_position);
    const nuts::info fast = nuts::step(at, density, opt, chain);
    CAPTURE(step_size, i);
    REQUIRE(fast.leapfrogs == slow.leapfrogs);
    REQUIRE(fast.depth == slow.depth);
    REQUIRE(fast.divergent == slow.divergent);
    // rounding, amplified along up to 2^max_depth steps
    CHECK_THAT(fast.acceptance_rate, WithinAbs(slow.acceptance_rate, 1e-9));
    CHECK_THAT(fast.energy, WithinRel(slow.energy, 1e-8) || WithinAbs(slow.energy, 1e-8));
    for (std::size_t d = 0; d < slow_position.size(); ++d) {
      CHECK_THAT(chain.position[d], WithinRel(slow_position[d], 1e-7) || WithinAbs(slow_position[d], 1e-7));
    }
  }
}

}  // namespace

TEST_CASE("nuts: takes the same way as the recursive sampler", "[samplers][nuts]") {
  const std::int64_t size = GENERATE(1, 2, 8, 10, 17);
  const double step_size = GENERATE(0.07, 0.4, 1.1);
  CAPTURE(size);
  check_same_way(correlated_normal{size, 0.5}, step_size, 7);
  if (size > 1) check_same_way(funnel{size}, step_size, 6);
}

TEST_CASE("nuts: a trajectory that leaves the density behind is divergent", "[samplers][nuts]") {
  const funnel target{10};
  const density_ref density(target);
  const nuts::options opt{.step_size = 5.0};
  nuts::state chain = nuts::init(density, opt, std::vector<double>(10, 0.1));
  int divergent = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const nuts::info info = nuts::step({{1, 0}, 0, i}, density, opt, chain);
    divergent += info.divergent ? 1 : 0;
    CHECK(info.acceptance_rate >= 0.0);
    CHECK(info.acceptance_rate <= 1.0);
  }
  CHECK(divergent > 10);
}

TEST_CASE("nuts: a transition does not allocate", "[samplers][nuts]") {
  const correlated_normal target{10, 0.3};
  const density_ref density(target);
  const nuts::options opt{.step_size = 0.1};
  nuts::state chain = nuts::init(density, opt, std::vector<double>(10, 0.5));
  const long before = allocations.load();
  std::int64_t leapfrogs = 0;
  for (std::uint64_t i = 0; i < 50; ++i) leapfrogs += nuts::step({{3, 0}, 0, i}, density, opt, chain).leapfrogs;
  CHECK(allocations.load() == before);
  CHECK(leapfrogs > 500);
}

TEST_CASE("nuts: equal inputs give equal outputs, in copies too", "[samplers][nuts]") {
  const correlated_normal target{5, 0.3};
  const density_ref density(target);
  const nuts::options opt{.step_size = 0.3};
  nuts::state one = nuts::init(density, opt, std::vector<double>(5, 0.5));
  for (std::uint64_t i = 0; i < 10; ++i) nuts::step({{3, 0}, 0, i}, density, opt, one);
  nuts::state two = one, fresh = nuts::init(density, opt, one.position);
  for (std::uint64_t i = 10; i < 20; ++i) {
    nuts::step({{3, 0}, 0, i}, density, opt, one);
    nuts::step({{3, 0}, 0, i}, density, opt, two);
    nuts::step({{3, 0}, 0, i}, density, opt, fresh);
    REQUIRE(one.position == two.position);
    REQUIRE(one.position == fresh.position);  // a chain is its position: resuming changes nothing
    REQUIRE(one.log_density == fresh.log_density);
  }
}

TEST_CASE("nuts: refuses what it cannot use", "[samplers][nuts]") {
  const correlated_normal target{2, 0.0};
  const density_ref density(target);
  const std::vector<double> start{0.0, 0.0};
  CHECK_THROWS_WITH(nuts::init(density, {.step_size = -1.0}, start), Contains("step_size is -1"));
  CHECK_THROWS_WITH(nuts::init(density, {.max_depth = 0}, start), Contains("max_depth is 0"));
  CHECK_THROWS_WITH(nuts::init(density, {.target_acceptance = 1.0}, start), Contains("target_acceptance is 1"));
  CHECK_THROWS_AS(nuts::init(density, {.metric = diagonal_metric(vec{1.0})}, start), shape_error);
  CHECK_THROWS_WITH(diagonal_metric(vec{1.0, 0.0}), Contains("variance is 0"));
  CHECK_THROWS_AS(nuts::init(density, {}, std::vector<double>{0.0}), shape_error);
  CHECK_THROWS_WITH(nuts::init(density, {}, std::vector<double>{0.0, std::nan("")}), Contains("is NaN"));
}

TEST_CASE("leapfrog: runs back to where it began", "[samplers][hamiltonian]") {
  const funnel target{6};
  const density_ref density(target);
  vec q{0.4, 0.3, -0.2, 0.1, 0.5, -0.6}, p{0.2, -1.0, 0.4, 0.9, -0.3, 0.1}, g(6), scale{1.0, 0.5, 2.0, 1.0, 0.7, 1.3};
  const vec q_first = q, p_first = p;
  hamiltonian::phase_point z{q, p, g, density(q.data(), g.data())};
  hamiltonian::leapfrog(density, scale, 0.05, 40, z);
  CHECK(std::abs(q[0] - q_first[0]) > 0.1);
  for (double& momentum : p) momentum = -momentum;
  hamiltonian::leapfrog(density, scale, 0.05, 40, z);
  for (std::size_t d = 0; d < 6; ++d) {
    CHECK_THAT(q[d], WithinAbs(q_first[d], 1e-12));  // rounding of 80 steps
    CHECK_THAT(-p[d], WithinAbs(p_first[d], 1e-12));
  }
}

TEST_CASE("leapfrog: keeps volumes", "[samplers][hamiltonian]") {
  // The determinant of the Jacobian of three steps in two dimensions, by central differences.
  const funnel target{2};
  const density_ref density(target);
  const vec scale{1.0, 0.6};
  const auto flow = [&](const vec& from) {
    vec q{from[0], from[1]}, p{from[2], from[3]}, g(2);
    hamiltonian::phase_point z{q, p, g, density(q.data(), g.data())};
    hamiltonian::leapfrog(density, scale, 0.3, 3, z);
    return vec{q[0], q[1], p[0], p[1]};
  };
  double jacobian[4][4];
  const vec centre{0.3, 0.7, -0.5, 0.4};
  constexpr double h = 1e-5;
  for (std::size_t k = 0; k < 4; ++k) {
    vec low = centre, high = centre;
    low[k] -= h;
    high[k] += h;
    const vec below = flow(low), above = flow(high);
    for (std::size_t r = 0; r < 4; ++r) jacobian[r][k] = (above[r] - below[r]) / (2.0 * h);
  }
  double determinant = 1.0;
  for (std::size_t k = 0; k < 4; ++k) {  // elimination; the flow is near the identity, so pivots are not small
    determinant *= jacobian[k][k];
    for (std::size_t r = k + 1; r < 4; ++r) {
      const double factor = jacobian[r][k] / jacobian[k][k];
      for (std::size_t c = k; c < 4; ++c) jacobian[r][c] -= factor * jacobian[k][c];
    }
  }
  CHECK_THAT(determinant, WithinAbs(1.0, 1e-8));  // the differences are good to about h^2
}

TEST_CASE("leapfrog: the energy error is of second order", "[samplers][hamiltonian]") {
  const funnel target{4};
  const density_ref density(target);
  const auto error = [&](double step, std::int64_t steps) {
    vec q{0.4, 0.3, -0.2, 0.1}, p{0.2, -1.0, 0.4, 0.9}, g(4);
    const vec scale(4, 1.0);
    hamiltonian::phase_point z{q, p, g, density(q.data(), g.data())};
    const double before = hamiltonian::energy(z);
    hamiltonian::leapfrog(density, scale, step, steps, z);
    return std::abs(hamiltonian::energy(z) - before);
  };
  // Four times smaller for half the step, over the same time.
  const double ratio = error(0.02, 50) / error(0.01, 100);
  CHECK(ratio > 3.9);
  CHECK(ratio < 4.1);
}

TEST_CASE("leapfrog: exp(-energy error) is 1 in the mean from stationary starts", "[samplers][hamiltonian]") {
  const correlated_normal target{3, 0.0};
  const density_ref density(target);
  const vec scale{1.0, 1.2, 0.7};
  constexpr int count = 20000;
  double sum = 0.0, squares = 0.0;
  for (int i = 0; i < count; ++i) {
    vec q(3), p(3), g(3);
    const rng_key key = rng_key{5, 0}.split(purpose::test, static_cast<std::uint64_t>(i));
    random::fill_normal(key, q);
    random::fill_normal(key, p, 3);
    for (std::size_t d = 0; d < 3; ++d) q[d] = target.mean(static_cast<int>(d)) + target.sd(static_cast<int>(d)) * q[d];
    hamiltonian::phase_point z{q, p, g, density(q.data(), g.data())};
    const double before = hamiltonian::energy(z);
    hamiltonian::leapfrog(density, scale, 1.1, 4, z);
    const double w = std::exp(before - hamiltonian::energy(z));
    sum += w;
    squares += w * w;
  }
  const double mean = sum / count, sd = std::sqrt(squares / count - mean * mean);
  CAPTURE(mean, sd);
  CHECK(sd > 0.2);  // the steps are long enough for the question to have an answer
  CHECK_THAT(mean, WithinAbs(1.0, 4.0 * sd / std::sqrt(count)));  // four standard errors
}

TEST_CASE("step size search: an acceptance rate near 0.8 from any beginning", "[samplers][hamiltonian]") {
  const correlated_normal target{10, 0.0};
  const density_ref density(target);
  const metric shape;
  for (const double first : {1e-4, 1.0, 100.0}) {
    const double found = hamiltonian::search_step_size({{1, 0}, 0, 0}, density, shape, first, vec(10, 1.0));
    CHECK(found > 0.1);
    CHECK(found < 10.0);
  }
}

TEST_CASE("step size search: an improper density is named", "[samplers][hamiltonian]") {
  struct flat {
    [[nodiscard]] std::int64_t dimension() const { return 1; }
    void evaluate(const exec::context&, lanes_view<const double>, std::span<double> value, lanes_view<double> g) const {
      value[0] = 0.0;
      if (!g.empty()) g(0, 0) = 0.0;
    }
  };
  const flat target;
  CHECK_THROWS_WITH(hamiltonian::search_step_size({{1, 0}, 0, 0}, density_ref(target), metric{}, 1.0, vec{0.0}),
                    Contains("improper"));
}
