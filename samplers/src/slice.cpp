// SPDX-License-Identifier: BSD-3-Clause
#include "credence/samplers/slice.hpp"

#include "sampler_parts.hpp"

#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/random/fill.hpp"
#include "credence/random/normal.hpp"
#include "credence/random/uniform.hpp"

#include <algorithm>
#include <cmath>

namespace credence {

namespace {

/// Shrinking ends sooner; so many halvings reach the position itself.
constexpr int most_shrinkings = 200;

/// Uniform numbers of one stream, one after the other.
class uniforms {
 public:
  explicit uniforms(rng_key key) : key_(key) {}
  double next() { return random::uniform<double>(key_, used_++); }

 private:
  rng_key key_;
  std::uint64_t used_ = 0;
};

struct interval {
  double low, high;
};

/// One coordinate of a chain as a function of one number.
class coordinate {
 public:
  coordinate(const density_ref& target, chain_state& now, std::int64_t which)
      : target_(target), now_(now), x_(now.position[static_cast<std::size_t>(which)]), from_(x_) {}
  double operator()(double value) {
    ++evaluations_;
    x_ = value;
    const double log_density = target_(now_.position.data(), nullptr);
    x_ = from_;
    return log_density;
  }
  [[nodiscard]] double position() const { return from_; }
  void move(double to, double log_density) {
    x_ = to;
    now_.log_density = log_density;
  }
  [[nodiscard]] std::int64_t evaluations() const { return evaluations_; }

 private:
  const density_ref& target_;
  chain_state& now_;
  double& x_;
  const double from_;
  std::int64_t evaluations_ = 0;
};

interval step_out(coordinate& f, double level, double width, std::int64_t most, uniforms& u) {
  interval i{f.position() - width * u.next(), 0.0};
  i.high = i.low + width;
  auto left = static_cast<std::int64_t>(std::floor(static_cast<double>(most) * u.next()));
  std::int64_t right = most - 1 - left;
  for (; left > 0 && f(i.low) > level; --left) i.low -= width;
  for (; right > 0 && f(i.high) > level; --right) i.high += width;
  return i;
}

interval double_out(coordinate& f, double level, double width, std::int64_t most, uniforms& u) {
  interval i{f.position() - width * u.next(), 0.0};
  i.high = i.low + width;
  double at_low = f(i.low), at_high = f(i.high);
  for (; most > 0 && (at_low > level || at_high > level); --most) {
    const double length = i.high - i.low;
    if (u.next() < 0.5) {
      i.low -= length;
      at_low = f(i.low);
    } else {
      i.high += length;
      at_high = f(i.high);
    }
  }
  return i;
}

/// Whether doubling from `point` could have led to the same interval: without it the chain is not reversible.
bool doubles_back(coordinate& f, double level, double width, interval i, double point) {
  const double from = f.position();
  bool apart = false;
  while (i.high - i.low > 1.1 * width) {
    const double middle = 0.5 * (i.low + i.high);
    apart = apart || (from < middle) != (point < middle);
    (point < middle ? i.high : i.low) = middle;
    if (apart && f(i.low) <= level && f(i.high) <= level) return false;
  }
  return true;
}

void update(coordinate& f, double log_density, double width, const slice_sampling::options& opt, uniforms& u) {
  const double level = log_density + math::log(u.next());
  const bool doubling = opt.grow == slice_sampling::growth::doubling;
  const interval whole =
      doubling ? double_out(f, level, width, opt.max_growth, u) : step_out(f, level, width, opt.max_growth, u);
  interval i = whole;
  for (int attempt = 0; attempt < most_shrinkings; ++attempt) {
    const double point = i.low + (i.high - i.low) * u.next();
    const double here = f(point);
    if (here > level && (!doubling || doubles_back(f, level, width, whole, point))) {
      f.move(point, here);
      return;
    }
    (point < f.position() ? i.low : i.high) = point;
  }
}

}  // namespace

slice_sampling::state slice_sampling::init(const density_ref& target, const options& opt,
                                           std::span<const double> position) {
  check::positive("slice", "width", opt.width);
  check::at_least("slice", "max_growth", opt.max_growth, 1);
  if (opt.grow == growth::doubling && opt.max_growth > 32) {
    check::fail_domain("slice", "max_growth", opt.max_growth, "at most 32 doublings");
  }
  if (!detail::is_diagonal(opt.metric)) throw domain_error("slice: metric must be unit or diagonal");
  check_metric("slice", opt.metric, target.dimension());
  return detail::chain_at("slice_sampling::init", target, position, detail::derivatives::none);
}

slice_sampling::info slice_sampling::step(const step_address& at, const density_ref& target, const options& opt,
                                          state& now) {
  info out;
  const std::int64_t d = target.dimension();
  for (std::int64_t i = 0; i < d; ++i) {
    uniforms u(at.key.split(purpose::proposal, at.chain, at.iteration, static_cast<std::uint64_t>(i)));
    const double scale = opt.metric.scale.empty() ? 1.0 : opt.metric.scale[static_cast<std::size_t>(i)];
    coordinate f(target, now, i);
    update(f, now.log_density, opt.width * scale, opt, u);
    out.evaluations += f.evaluations();
  }
  return out;
}

elliptical_slice::state elliptical_slice::init(const density_ref& target, const options& opt,
                                               std::span<const double> position) {
  check_metric("elliptical", opt.metric, target.dimension());
  if (!opt.location.empty()) {
    check::same_size("elliptical", "location", static_cast<std::int64_t>(opt.location.size()), "the target's dimension",
                     target.dimension());
  }
  return detail::chain_at("elliptical_slice::init", target, position, detail::derivatives::none);
}

elliptical_slice::info elliptical_slice::step(const step_address& at, const density_ref& target, const options& opt,
                                              state& now) {
  enum vector : std::int64_t { here, other, point, position, count };
  const std::int64_t d = target.dimension();
  const detail::scratch_vectors memory(now, count, d);
  const auto location = [&](std::int64_t i) {
    return opt.location.empty() ? 0.0 : opt.location[static_cast<std::size_t>(i)];
  };
  // All in coordinates in which the reference is standard normal.
  for (std::int64_t i = 0; i < d; ++i) memory[position][i] = now.position[static_cast<std::size_t>(i)] - location(i);
  detail::solve(opt.metric, memory[position], memory[here], d);
  random::fill_normal(at.key.split(purpose::proposal, at.chain, at.iteration),
                      {memory[other], static_cast<std::size_t>(d)});
  const auto half_square = [&](std::int64_t which) {
    double sum = 0.0;
    for (std::int64_t i = 0; i < d; ++i) sum += memory[which][i] * memory[which][i];
    return 0.5 * sum;
  };
  uniforms u(at.key.split(purpose::trajectory, at.chain, at.iteration));
  const double level = now.log_density + half_square(here) + math::log(u.next());
  constexpr double turn = 6.283185307179586;
  double angle = turn * u.next();
  interval bracket{angle - turn, angle};
  info out;
  for (int attempt = 0; attempt < most_shrinkings; ++attempt) {
    double sine = 0.0, cosine = 0.0;
    math::sincos(angle, sine, cosine);
    for (std::int64_t i = 0; i < d; ++i) memory[point][i] = cosine * memory[here][i] + sine * memory[other][i];
    detail::apply(opt.metric, memory[point], memory[position], d);
    for (std::int64_t i = 0; i < d; ++i) memory[position][i] += location(i);
    const double log_density = target(memory[position], nullptr);
    ++out.evaluations;
    if (log_density + half_square(point) > level) {
      std::copy_n(memory[position], now.position.size(), now.position.begin());
      now.log_density = log_density;
      break;
    }
    (angle < 0.0 ? bracket.low : bracket.high) = angle;
    angle = bracket.low + (bracket.high - bracket.low) * u.next();
  }
  return out;
}

}  // namespace credence
