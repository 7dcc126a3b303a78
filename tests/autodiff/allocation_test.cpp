// SPDX-License-Identifier: BSD-3-Clause
// A gradient allocates nothing after the first one.
#include "credence/autodiff/density.hpp"
#include "credence/autodiff/program.hpp"
#include "credence/distributions/bernoulli_logit.hpp"
#include "credence/distributions/normal.hpp"
#include "support/catch.hpp"
#include "support/program_check.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<long> allocations{0};
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace credence {

TEST_CASE("programs: no allocation in a gradient", "[autodiff][program]") {
  const std::int64_t n = 40, d = 6;
  std::vector<double> x(static_cast<std::size_t>(n * d)), y(static_cast<std::size_t>(n));
  for (std::size_t k = 0; k < x.size(); ++k) x[k] = test::spread(k);
  for (std::size_t k = 0; k < y.size(); ++k) y[k] = test::spread(k + 900) > 0 ? 1.0 : 0.0;
  const program p =
      model([](recorder& r) {
        const var beta = r.parameter("beta", {6}), s = r.parameter("s", {3}, simplex()),
                  c = r.parameter("c", {3, 3}, cov());
        const var states = r.scan(sum(s), {r.data("y")}, [&](const var& state, const std::vector<var>& row) {
          return tanh(state * 0.5 + row[0] * s[1]);
        });
        r.prior += log_pdf(normal{0.0, 1.0}, beta) + log_pdf(normal{0.0, 1.0}, solve_lower(cholesky(c), s));
        r.likelihood += log_pdf(bernoulli_logit{matmul(r.data("X"), beta)}, r.data("y"));
        r.likelihood += log_pdf(normal{states, 1.0}, r.data("y"));
      }).compile({{"X", data_array({n, d}, x)}, {"y", data_array(y)}});
  for (const std::int64_t count : {1, 64, 100}) {
    lanes<double> at(p.dimension(), count), gradient(p.dimension(), count);
    std::vector<double> value(static_cast<std::size_t>(count));
    const exec::context one = exec::cpu(1);
    p.evaluate(one, at, value, gradient);
    const long before = allocations.load();
    for (int k = 0; k < 10; ++k) p.evaluate(one, at, value, gradient);
    CHECK(allocations.load() - before == 0);
  }
}

}  // namespace credence
