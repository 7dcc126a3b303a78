// SPDX-License-Identifier: BSD-3-Clause
// Constrained vectors and matrices in recorded programs.
#include "credence/autodiff/density.hpp"
#include "credence/autodiff/program.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/distributions/transforms.hpp"
#include "support/catch.hpp"
#include "support/program_check.hpp"

namespace credence {

namespace {
struct constraint_case {
  const char* name;
  constraint range;
  bool matrix;
};
}  // namespace

TEST_CASE("constrained vectors and matrices: adjoints, and unconstrain inverts them", "[autodiff][constraints]") {
  const auto c = GENERATE(
      constraint_case{"simplex", simplex(), false}, constraint_case{"ordered", ordered(), false},
      constraint_case{"positive_ordered", positive_ordered(), false},
      constraint_case{"unit_vector", unit_vector(), false}, constraint_case{"sum_to_zero", sum_to_zero(), false},
      constraint_case{"cholesky_corr", cholesky_corr(), true}, constraint_case{"corr", corr(), true},
      constraint_case{"cholesky_cov", cholesky_cov(), true}, constraint_case{"cov", cov(), true});
  const std::int64_t n = GENERATE(2, 5);
  CAPTURE(c.name, n);
  const shape_type shape = c.matrix ? shape_type{n, n} : shape_type{n};
  const program p = model([&](recorder& r) {
                      const var before = r.parameter("before"), x = r.parameter("x", shape, c.range);
                      r.prior += log_pdf(normal{before, 2.0}, x) + log_pdf(normal{0.0, 1.0}, before);
                      r.prior += sin(3.0 * x) * x;
                    }).compile({});
  // The vjp of a matrix factorisation loses about a digit.
  test::check_program(p, {.low = -0.8, .high = 0.8, .adjoint_tolerance = 1e-11});

  lanes<double> point(p.dimension(), 1), out(p.output_size(), 1);
  for (std::int64_t d = 0; d < p.dimension(); ++d) point(d, 0) = test::spread(static_cast<std::uint64_t>(d + 60));
  p.evaluate_outputs(exec::cpu(1), point, out);
  std::vector<double> x(out.values.begin() + 1, out.values.end());
  const auto back = p.unconstrain({{"before", out(0, 0)}, {"x", data_array(shape, x)}});
  for (std::int64_t d = 0; d < p.dimension(); ++d) {
    if (std::string(c.name) == "unit_vector" && d > 0) continue;  // its length is free
    CHECK_THAT(back[static_cast<std::size_t>(d)], WithinAbs(point(d, 0), 1e-12));
  }
}

TEST_CASE("constrained vectors: refusals name the parameter", "[autodiff][constraints]") {
  recorder r(named_data{});
  CHECK_THROWS_WITH(r.parameter("p", {2, 2}, simplex()), Contains("p has shape (2, 2)") && Contains("a vector"));
  CHECK_THROWS_WITH(r.parameter("c", {3}, cov()), Contains("a square matrix"));
  CHECK_THROWS_WITH(r.parameter("s", {1}, simplex()), Contains("nothing left to vary"));
  const program p = model([](recorder& rec) { rec.prior += square(rec.parameter("p", {3}, simplex())); }).compile({});
  CHECK_THROWS_WITH(p.unconstrain({{"p", data_array{0.5, 0.4, 0.3}}}), Contains("p: ") && Contains("sum 1"));
}

}  // namespace credence
