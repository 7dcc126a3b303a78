// SPDX-License-Identifier: BSD-3-Clause
#include "estimate/glm_fisher.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <cmath>

namespace credence::estimate_detail {

using glm::family;
using glm::link;
using glm::problem_kind;

namespace {

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// What a response allows its predictor to do without losing likelihood: 1 grow, -1 fall, 0 neither, 2 anything.
int free_direction(const glm_rows& rows, std::int64_t i) {
  if (rows.weight(i) == 0.0) return 2;
  const double y = rows.y(i);
  if (rows.family() == family::binomial) return y == 1.0 ? 1 : y == 0.0 ? -1 : 0;
  return y == 0.0 ? -1 : 0;  // counts with the log link
}

bool may_separate(const glm_rows& rows) {
  if (rows.family() == family::binomial) return rows.link() != link::identity && rows.link() != link::log;
  return (rows.family() == family::poisson || rows.family() == family::negative_binomial) && rows.link() == link::log;
}

/// Whether no observation loses likelihood along the direction, and those that it moves are fitted almost perfectly.
bool never_loses(const glm_rows& rows, std::span<const double> direction, std::span<const double> b) {
  const std::vector<double> t = rows.product(direction);
  double most = 0.0;
  for (const double v : t) most = std::fmax(most, std::fabs(v));
  if (!(most > 1e-3)) return false;
  const double near = 1e-4 * most;
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    const double v = t[static_cast<std::size_t>(i)];
    const int allowed = free_direction(rows, i);
    if (allowed == 2) continue;
    if (std::fabs(v) > near && (allowed == 0 || (v > 0.0) != (allowed > 0))) return false;
  }
  const std::vector<double> eta = rows.predictor(b);
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (rows.weight(i) > 0.0 && std::fabs(t[at]) > 0.1 * most &&
        !(std::fabs(glm::inverse_link(rows.link(), eta[at]) - rows.y(i)) < 0.05)) {
      return false;
    }
  }
  return true;
}

}  // namespace

fisher_answer fisher_scoring(const glm_rows& rows, const glm::options& how, std::span<const double> start,
                             bool gram_is_safe) {
  const auto p = static_cast<std::int64_t>(rows.columns.size());
  fisher_answer out;
  std::vector<double> b(start.begin(), start.end());
  // Near-collinear columns need the triangle in every iteration; else the cheaper X'WX gives directions good enough.
  bool gram = gram_is_safe && rows.family() != family::gaussian;
  if (start.empty()) {
    const pass_sums first = rows.start();
    if (!first.valid) check::fail_domain("glm", "link", to_string(rows.link()), "one that is finite at the responses");
    b = solve_normal(first.triangle, first.score);
    gram = p > 0 && rows.family() != family::gaussian && condition_of(first.triangle, p) < 1e5;
  }
  std::vector<double> before(b.size(), 0.0), step(b.size(), 0.0);
  // Squared errors that may be left, in units of their own variance: Newton's steps (canonical links) go far below.
  const double enough = rows.link() == glm::canonical_link(rows.family()) ? 1e-18 : 1e-25;
  double deviance = HUGE_VAL, last = HUGE_VAL;
  bool finish = false;
  int halvings = 0;
  while (true) {
    out.sums = rows.at(b, gram && !finish);
    if (out.sums.gram.empty() && out.sums.triangle.empty()) finish = true;
    const bool worse = out.sums.deviance > deviance + 1e-9 * (std::fabs(deviance) + 0.1);
    if ((!out.sums.valid || worse) && halvings < 60) {
      if (deviance == HUGE_VAL && out.iterations == 0) {
        // No good point yet: towards the constant that fits best.
        for (double& v : b) v *= 0.5;
        ++halvings;
        if (halvings < 60) continue;
        check::fail_domain("glm", "first fit", "outside the range of the family", "inside; try another link");
      }
      for (std::size_t j = 0; j < b.size(); ++j) b[j] = 0.5 * (b[j] + before[j]);
      ++halvings;
      continue;
    }
    halvings = 0;
    deviance = out.sums.deviance;
    std::vector<double> factor = out.sums.triangle;
    if (!out.sums.gram.empty()) {
      factor = triangle_of_gram(out.sums.gram, p);
      if (factor.empty()) {
        gram = false;
        continue;
      }
    }
    step = solve_normal(factor, out.sums.score);
    const double decrement = dot(step, out.sums.score);  // of the deviance, in units of the dispersion
    const double scale =
        how.family == family::gaussian || how.family == family::gamma || how.family == family::inverse_gaussian
            ? std::fabs(deviance) / static_cast<double>(std::max<std::int64_t>(1, rows.rows())) + 1e-300
            : 1.0;
    // The next decrement shrinks at least as this one did.
    const double next = decrement * std::fmin(1.0, decrement / last);
    const bool stuck = decrement < 1e-12 * scale && !(decrement < 0.25 * last);
    if (finish && (decrement <= enough * scale || stuck || p == 0)) {
      out.converged = true;
      break;
    }
    if (!std::isfinite(decrement) || out.iterations >= how.max_iterations) {
      if (out.sums.triangle.empty()) {
        finish = true;
        gram = false;
        if (!std::isfinite(decrement)) break;
        continue;
      }
      break;
    }
    finish = next <= enough * scale || stuck;
    if (out.iterations >= 8 && may_separate(rows) && never_loses(rows, step, b)) {
      out.recession = step;
      if (out.sums.triangle.empty()) out.sums = rows.at(b, false);
      break;
    }
    last = decrement;
    before = b;
    for (std::size_t j = 0; j < b.size(); ++j) b[j] += step[j];
    ++out.iterations;
  }
  if (out.sums.triangle.empty()) out.sums = rows.at(b, false);
  out.coefficients = b;
  return out;
}

fisher_answer firth_scoring(const glm_rows& rows, const glm::options& how) {
  const auto p = static_cast<std::int64_t>(rows.columns.size());
  fisher_answer out;
  std::vector<double> b(static_cast<std::size_t>(p), 0.0);
  for (; out.iterations < how.max_iterations; ++out.iterations) {
    out.sums = rows.at(b, false);
    const std::vector<double> inverse = inverse_normal(out.sums.triangle, p);
    const std::vector<double> eta = rows.predictor(b);
    std::vector<double> score = out.sums.score, unit(static_cast<std::size_t>(p), 0.0);
    std::vector<std::vector<double>> x;
    for (std::int64_t j = 0; j < p; ++j) {
      std::fill(unit.begin(), unit.end(), 0.0);
      unit[static_cast<std::size_t>(j)] = 1.0;
      x.push_back(rows.product(unit));
    }
    for (std::int64_t i = 0; i < rows.rows(); ++i) {
      const auto at = static_cast<std::size_t>(i);
      const double mean = glm::inverse_link(link::logit, eta[at]);
      double leverage = 0.0;
      for (std::size_t j = 0; j < x.size(); ++j) {
        for (std::size_t k = 0; k < x.size(); ++k) leverage += x[j][at] * inverse[j * x.size() + k] * x[k][at];
      }
      leverage *= rows.weight(i) * mean * (1.0 - mean);
      for (std::size_t j = 0; j < x.size(); ++j) score[j] += x[j][at] * leverage * (0.5 - mean);
    }
    std::vector<double> step = solve_normal(out.sums.triangle, score);
    double most = 0.0;
    for (const double s : rows.product(step)) most = std::fmax(most, std::fabs(s));
    // Without the derivative of the leverages full steps may overshoot: at most 2 on the scale of the predictor.
    for (double& s : step) s *= std::fmin(1.0, 2.0 / most);
    if (most < 1e-13) {
      out.converged = true;
      break;
    }
    for (std::size_t j = 0; j < b.size(); ++j) b[j] += step[j];
  }
  out.coefficients = b;
  return out;
}

glm::finding describe_separation(const glm_rows& rows, const glm::problem& data, std::span<const double> recession,
                                 const std::vector<std::string>& names) {
  const std::vector<double> t = rows.product(recession);
  double most = 0.0;
  for (const double v : t) most = std::fmax(most, std::fabs(v));
  bool complete = true;
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    if (rows.weight(i) > 0.0 && std::fabs(t[static_cast<std::size_t>(i)]) <= 1e-4 * most) complete = false;
  }
  glm::finding out{complete ? problem_kind::separated : problem_kind::quasi_separated, "", {}};
  std::string rule;
  for (std::size_t k = 0; k < rows.columns.size(); ++k) {
    const std::int64_t column = rows.columns[k];
    double largest = 0.0;
    for (std::int64_t i = 0; i < rows.rows(); ++i) largest = std::fmax(largest, std::fabs(data.x(i, column)));
    if (std::fabs(recession[k]) * largest <= 1e-3 * most) continue;
    const std::string& name = names[static_cast<std::size_t>(column)];
    out.names.push_back(name);
    // Does this column alone tell the responses apart?
    double low0 = HUGE_VAL, high0 = -HUGE_VAL, low1 = HUGE_VAL, high1 = -HUGE_VAL;
    bool two_values = true;
    double first = data.x(0, column), second = first;
    for (std::int64_t i = 0; i < rows.rows(); ++i) {
      if (rows.weight(i) == 0.0) continue;
      const double x = data.x(i, column), y = rows.y(i);
      if (x != first && second == first) second = x;
      two_values = two_values && (x == first || x == second);
      if (y < 1.0 || rows.family() != family::binomial) low0 = std::fmin(low0, x), high0 = std::fmax(high0, x);
      if (y > 0.0) low1 = std::fmin(low1, x), high1 = std::fmax(high1, x);
    }
    const auto text = [](double v) { return check::to_text(v); };
    if (!rule.empty() || first == second) continue;
    if (rows.family() == family::binomial && high0 < low1) {
      rule = "the response is 0 for " + name + " <= " + text(high0) + " and 1 for " + name + " >= " + text(low1);
    } else if (rows.family() == family::binomial && high1 < low0) {
      rule = "the response is 1 for " + name + " <= " + text(high1) + " and 0 for " + name + " >= " + text(low0);
    } else if (two_values) {
      for (const double value : {first, second}) {
        bool all0 = true, all1 = rows.family() == family::binomial;
        for (std::int64_t i = 0; i < rows.rows(); ++i) {
          if (rows.weight(i) == 0.0 || data.x(i, column) != value) continue;
          all0 = all0 && rows.y(i) == 0.0;
          all1 = all1 && rows.y(i) == 1.0;
        }
        if (all0 || all1) {
          rule = "the response is always " + std::string(all0 ? "0" : "1") + " where " + name + " is " + text(value);
          break;
        }
      }
    }
  }
  std::string list;
  for (std::size_t k = 0; k < out.names.size(); ++k) list += (k == 0 ? "" : ", ") + out.names[k];
  out.text = std::string(complete ? "the responses are separated" : "the responses are quasi-separated") +
             (rule.empty() ? " by a combination of columns" : ": " + rule) + "; no finite estimate exists for " + list;
  return out;
}

}  // namespace credence::estimate_detail
