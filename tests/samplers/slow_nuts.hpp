// SPDX-License-Identifier: BSD-3-Clause
// NUTS as the papers write it: recursion over vectors, all conditions spelt out, log weights. The same random numbers
// in the same order as the fast one, so both must take the same way.
#pragma once

#include "credence/random/normal.hpp"
#include "credence/random/uniform.hpp"
#include "credence/samplers/nuts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace credence::test {

using vec = std::vector<double>;

struct slow_point {
  vec q, p, g;
  double log_density = 0.0;
};

class slow_nuts {
 public:
  slow_nuts(const density_ref& target, const nuts::options& opt, const step_address& at)
      : target_(target),
        opt_(opt),
        choices_(at.key.split(purpose::trajectory, at.chain, at.iteration)),
        momenta_(at.key.split(purpose::momentum, at.chain, at.iteration)) {}

  nuts::info transition(vec& position) {
    slow_point z{position, position, position, 0.0};
    for (std::size_t d = 0; d < position.size();
         ++d) {  // the physical momentum: normal with variance 1 / inverse metric
      z.p[d] = random::normal<double>(momenta_, d) / std::sqrt((opt_.metric.scale[d] * opt_.metric.scale[d]));
    }
    z.log_density = target_(z.q.data(), z.g.data());
    first_energy_ = energy(z);
    slow_point forward = z, backward = z;
    vec rho = z.p;
    double log_weight = 0.0;
    draw_ = z;
    while (out_.depth < opt_.max_depth) {
      const bool ahead = uniform() > 0.5;
      slow_point& end = ahead ? forward : backward;
      const slow_point& far = ahead ? backward : forward;
      const vec old_end = end.p;
      leaves_ = 0;
      subtree_log_weight_ = -std::numeric_limits<double>::infinity();
      subtree t;
      if (!build(end, ahead ? opt_.step_size : -opt_.step_size, out_.depth, t)) break;
      ++out_.depth;
      if (subtree_log_weight_ > log_weight || uniform() < std::exp(subtree_log_weight_ - log_weight))
        draw_ = candidate_;
      log_weight = log_add(log_weight, subtree_log_weight_);
      const vec whole = add(rho, t.rho);
      const bool apart = both(far.p, end.p, whole) && both(far.p, t.first, add(rho, t.first)) &&
                         both(old_end, end.p, add(t.rho, old_end));
      rho = whole;
      if (!apart) break;
    }
    position = draw_.q;
    out_.acceptance_rate = acceptance_ / static_cast<double>(out_.leapfrogs);
    out_.energy = energy(draw_);
    return out_;
  }

 private:
  struct subtree {
    vec first, last, rho;
  };

  static vec add(const vec& a, const vec& b) {
    vec sum = a;
    for (std::size_t d = 0; d < a.size(); ++d) sum[d] += b[d];
    return sum;
  }
  static double log_add(double a, double b) {
    const double high = std::max(a, b);
    return std::isinf(high) ? high : high + std::log(std::exp(a - high) + std::exp(b - high));
  }
  [[nodiscard]] double dot(const vec& p, const vec& rho) const {
    double sum = 0.0;
    for (std::size_t d = 0; d < p.size(); ++d) sum += (opt_.metric.scale[d] * opt_.metric.scale[d]) * p[d] * rho[d];
    return sum;
  }
  [[nodiscard]] bool both(const vec& first, const vec& last, const vec& rho) const {
    return dot(first, rho) > 0.0 && dot(last, rho) > 0.0;
  }
  [[nodiscard]] double energy(const slow_point& z) const { return 0.5 * dot(z.p, z.p) - z.log_density; }
  double uniform() { return random::uniform<double>(choices_, used_++); }

  bool build(slow_point& z, double step, int depth, subtree& t) {
    if (depth == 0) return leaf(z, step, t);
    subtree a, b;
    if (!build(z, step, depth - 1, a) || !build(z, step, depth - 1, b)) return false;
    t = {a.first, b.last, add(a.rho, b.rho)};
    return both(a.first, b.last, t.rho) && both(a.first, b.first, add(a.rho, b.first)) &&
           both(a.last, b.last, add(b.rho, a.last));
  }

  bool leaf(slow_point& z, double step, subtree& t) {
    for (std::size_t d = 0; d < z.q.size(); ++d) z.p[d] += 0.5 * step * z.g[d];
    for (std::size_t d = 0; d < z.q.size(); ++d)
      z.q[d] += step * (opt_.metric.scale[d] * opt_.metric.scale[d]) * z.p[d];
    z.log_density = target_(z.q.data(), z.g.data());
    for (std::size_t d = 0; d < z.q.size(); ++d) z.p[d] += 0.5 * step * z.g[d];
    ++out_.leapfrogs;
    double gain = first_energy_ - energy(z);
    if (std::isnan(gain)) gain = -std::numeric_limits<double>::infinity();
    if (-gain > opt_.max_energy_error) {
      out_.divergent = true;
      return false;
    }
    subtree_log_weight_ = log_add(subtree_log_weight_, gain);
    acceptance_ += std::min(1.0, std::exp(gain));
    if (leaves_++ == 0 || uniform() < std::exp(gain - subtree_log_weight_)) candidate_ = z;
    t = {z.p, z.p, z.p};
    return true;
  }

  const density_ref& target_;
  const nuts::options& opt_;
  rng_key choices_, momenta_;
  std::uint64_t used_ = 0;
  double first_energy_ = 0.0, acceptance_ = 0.0, subtree_log_weight_ = 0.0;
  std::int64_t leaves_ = 0;
  slow_point draw_, candidate_;
  nuts::info out_;
};

}  // namespace credence::test
