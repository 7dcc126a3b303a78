// SPDX-License-Identifier: BSD-3-Clause
#include "annealed.hpp"

#include "credence/base/portable_math.hpp"
#include "credence/random/fill.hpp"

#include <algorithm>
#include <cmath>

namespace credence::detail {

namespace {
constexpr double half_log_two_pi = 0.91893853320467274178;
}

double normal_reference::log_density(const lanes<double>& x, std::int64_t lane) const {
  double sum = 0.0;
  for (std::int64_t d = 0; d < x.dimension; ++d) {
    const auto k = static_cast<std::size_t>(d);
    const double z = (x(d, lane) - location[k]) / scale[k];
    sum -= 0.5 * z * z + math::log(scale[k]) + half_log_two_pi;
  }
  return sum;
}

annealed_lanes::annealed_lanes(const density_ref& target, std::int64_t count)
    : power(static_cast<std::size_t>(count), 1.0),
      chains(target.dimension(), count),
      target_log_density(power.size()),
      target_gradient(target.dimension(), count),
      target_(target),
      end_values_(power.size()),
      end_slopes_(target.dimension(), count),
      at_(target.dimension(), count) {
  reference.location.assign(static_cast<std::size_t>(target.dimension()), 0.0);
  reference.scale.assign(static_cast<std::size_t>(target.dimension()), 1.0);
}

void annealed_lanes::draw(const step_address& at, std::uint64_t first_chain) {
  std::vector<double> one(reference.scale.size());
  for (std::int64_t lane = 0; lane < chains.position.count; ++lane) {
    random::fill_normal(
        at.key.split(purpose::initial_point, first_chain + static_cast<std::uint64_t>(lane), at.iteration), one);
    for (std::size_t d = 0; d < one.size(); ++d) {
      chains.position(static_cast<std::int64_t>(d), lane) = reference.location[d] + reference.scale[d] * one[d];
    }
  }
  target_.evaluate(exec::context{}, chains.position, target_log_density, target_gradient);
  recombine();
}

void annealed_lanes::combine(const lanes<double>& x, std::span<const double> values, const lanes<double>& slopes,
                             std::span<double> log_density, lanes_view<double> gradient) const {
  for (std::int64_t lane = 0; lane < x.count; ++lane) {
    const auto k = static_cast<std::size_t>(lane);
    const double b = power[k];
    // Where the power is 0 the target does not count, whatever it is.
    log_density[k] = (1.0 - b) * reference.log_density(x, lane) + (b > 0.0 ? b * values[k] : 0.0);
    for (std::int64_t d = 0; d < x.dimension; ++d) {
      const auto i = static_cast<std::size_t>(d);
      const double slope = (reference.location[i] - x(d, lane)) / (reference.scale[i] * reference.scale[i]);
      gradient(d, lane) = (1.0 - b) * slope + (b > 0.0 ? b * slopes(d, lane) : 0.0);
    }
  }
}

void annealed_lanes::recombine() {
  combine(chains.position, target_log_density, target_gradient, chains.log_density, chains.gradient);
}

void annealed_lanes::step(const step_address& at, std::uint64_t first_chain, const lane_trajectory& with) {
  const lane_function density = [this](lanes_view<const double> x, std::span<double> value, lanes_view<double> g) {
    std::copy_n(x.data, at_.values.size(), at_.values.begin());
    target_.evaluate(exec::context{}, x, end_values_, end_slopes_);
    combine(at_, end_values_, end_slopes_, value, g);
  };
  step_lanes(at, first_chain, density, with, chains);
  for (std::int64_t lane = 0; lane < chains.position.count; ++lane) {
    const auto k = static_cast<std::size_t>(lane);
    if (chains.accepted[k] == 0) continue;
    target_log_density[k] = end_values_[k];
    for (std::int64_t d = 0; d < chains.position.dimension; ++d) target_gradient(d, lane) = end_slopes_(d, lane);
  }
}

void annealed_lanes::swap(std::int64_t a, std::int64_t b) {
  std::swap(target_log_density[static_cast<std::size_t>(a)], target_log_density[static_cast<std::size_t>(b)]);
  for (std::int64_t d = 0; d < chains.position.dimension; ++d) {
    std::swap(chains.position(d, a), chains.position(d, b));
    std::swap(target_gradient(d, a), target_gradient(d, b));
  }
}

void annealed_lanes::resample(std::span<const std::int64_t> from) {
  const auto pick = [&](lanes<double>& of) {
    const lanes<double> before = of;
    for (std::int64_t d = 0; d < of.dimension; ++d) {
      for (std::int64_t lane = 0; lane < of.count; ++lane)
        of(d, lane) = before(d, from[static_cast<std::size_t>(lane)]);
    }
  };
  pick(chains.position);
  pick(target_gradient);
  const std::vector<double> before = target_log_density;
  for (std::size_t k = 0; k < before.size(); ++k) target_log_density[k] = before[static_cast<std::size_t>(from[k])];
}

}  // namespace credence::detail
