// SPDX-License-Identifier: BSD-3-Clause
#include "rows.hpp"

#include "credence/distributions/arrays.hpp"
#include "credence/distributions/univariate.hpp"

#include <memory>
#include <vector>

namespace credence::peers {

namespace {

constexpr std::int64_t size = 1'000'000;

/// The log likelihood of a million draws and its derivatives by the parameters.
template <class D>
std::function<row()> log_likelihood(const D& d) {
  return [d] {
    const auto x = std::make_shared<std::vector<double>>(static_cast<std::size_t>(size));
    for (std::size_t i = 0; i < x->size(); ++i) (*x)[i] = sample(d, rng_key{1, 0}, i);
    return row{static_cast<double>(size), [d, x] {
                 double score[D::family::parameters.size()];
                 keep(log_pdf_sum(exec::cpu(1), d, view<const double, 1>(x->data(), size), score));
                 keep(score);
               }};
  };
}

}  // namespace

void add_distributions_rows(rows& all) {
  all.add("log_pdf + gradient, normal", log_likelihood(normal{0.5, 2.0}));
  all.add("log_pdf + gradient, gamma", log_likelihood(credence::gamma{2.5, 0.5}));
  all.add("log_pdf + gradient, beta", log_likelihood(beta{2.0, 3.0}));
  all.add("log_pdf + gradient, student_t", log_likelihood(student_t{4.0, 0.5, 2.0}));
  all.add("log_pdf + gradient, poisson", log_likelihood(poisson{7.5}));
}

}  // namespace credence::peers
