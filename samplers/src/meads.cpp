// SPDX-License-Identifier: BSD-3-Clause
#include "lane_run.hpp"

#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/random/fill.hpp"
#include "credence/random/uniform.hpp"
#include "credence/samplers/many_chains.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace credence {

std::vector<std::string> statistic_names(const meads::options&) {
  return {"lp__", "accept_stat__", "stepsize__", "damping__", "divergent__"};
}

namespace {

/// The chains of one fold, [first, end), and how they move: learnt from the chains of the fold after it.
struct fold {
  std::int64_t first = 0, end = 0;
  double step_size = 1.0;
  double damping = 1.0;       ///< share of the velocity that is drawn anew
  std::vector<double> scale;  ///< standard deviation of each coordinate
};

/// The largest eigenvalue of the second-moment matrix of the rows, estimated from below by
/// sum_k lambda_k^2 / sum_k lambda_k. The numerator is unbiased: a row never meets itself.
double largest_eigenvalue(const std::vector<double>& rows, std::size_t count, std::size_t dimension) {
  std::vector<double> lengths(count);
  double trace = 0.0, squares = 0.0, own = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t d = 0; d < dimension; ++d) lengths[i] += rows[i * dimension + d] * rows[i * dimension + d];
    trace += lengths[i];
    own += lengths[i] * lengths[i];
  }
  if (dimension < count) {  // |X'X|^2 = |XX'|^2: the smaller one
    for (std::size_t a = 0; a < dimension; ++a) {
      for (std::size_t b = 0; b <= a; ++b) {
        double sum = 0.0;
        for (std::size_t i = 0; i < count; ++i) sum += rows[i * dimension + a] * rows[i * dimension + b];
        squares += (a == b ? 1.0 : 2.0) * sum * sum;
      }
    }
  } else {
    squares = own;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        double sum = 0.0;
        for (std::size_t d = 0; d < dimension; ++d) sum += rows[i * dimension + d] * rows[j * dimension + d];
        squares += 2.0 * sum * sum;
      }
    }
  }
  const auto n = static_cast<double>(count);
  return std::max(0.0, (squares - own) / (n * (n - 1.0)) / (trace / n));
}

class meads_run {
 public:
  meads_run(detail::lane_recorder& recorder, const meads::options& opt)
      : recorder_(recorder),
        opt_(opt),
        run_(recorder.run()),
        dimension_(recorder.target().density.dimension()),
        position_(dimension_, run_.chains),
        gradient_(dimension_, run_.chains),
        velocity_(dimension_, run_.chains),
        log_density_(static_cast<std::size_t>(run_.chains)),
        slice_(log_density_.size()),
        rate_(log_density_.size(), 1.0),
        divergent_(log_density_.size()) {
    for (std::int64_t k = 0; k < opt.folds; ++k) {
      folds_.push_back({k * run_.chains / opt.folds, (k + 1) * run_.chains / opt.folds, 1.0, 1.0, {}});
    }
  }

  void operator()() {
    using clock = std::chrono::steady_clock;
    const auto seconds = [](clock::time_point from) {
      return std::chrono::duration<double>(clock::now() - from).count();
    };
    const auto start = clock::now();
    begin();
    warm_up();
    const double warmed = seconds(start) / static_cast<double>(run_.chains);  // each chain's share
    const auto middle = clock::now();
    for (const fold& f : folds_) {
      const metric shape{metric::shape::diagonal, f.scale, {}, {}, {}};
      for (std::int64_t c = f.first; c < f.end; ++c) recorder_.begin(c, f.step_size, shape);
    }
    draw();
    for (std::int64_t c = 0; c < run_.chains; ++c) {
      chain_result& chain = recorder_.chain(c);
      chain.warmup_seconds = warmed;
      chain.sampling_seconds = seconds(middle) / static_cast<double>(run_.chains);
    }
  }

 private:
  void begin() {
    detail::find_starts(recorder_, position_);
    recorder_.target().density.evaluate(run_.context, position_, log_density_, gradient_);
    std::vector<double> one(static_cast<std::size_t>(dimension_));
    for (std::int64_t c = 0; c < run_.chains; ++c) {
      const rng_key key = recorder_.address(c, 0).key;
      random::fill_normal(key.split(purpose::momentum, static_cast<std::uint64_t>(c)), one);
      for (std::int64_t d = 0; d < dimension_; ++d) velocity_(d, c) = one[static_cast<std::size_t>(d)];
      slice_[static_cast<std::size_t>(c)] =
          2.0 * random::uniform<double>(key.split(purpose::acceptance, static_cast<std::uint64_t>(c)), 0) - 1.0;
    }
    for (std::size_t k = 0; k < folds_.size(); ++k) learn(folds_[k], folds_[(k + 1) % folds_.size()], 0);
  }

  /// Scales, step size and damping of a fold from the chains of another.
  void learn(fold& of, const fold& from, std::int64_t iteration) {
    const auto count = static_cast<std::size_t>(from.end - from.first), size = static_cast<std::size_t>(dimension_);
    std::vector<double> centred(count * size), steep(count * size);
    of.scale.resize(size);
    for (std::size_t d = 0; d < size; ++d) {
      const auto row = static_cast<std::int64_t>(d);
      double mean = 0.0, squares = 0.0;
      for (std::int64_t c = from.first; c < from.end; ++c) {
        const double n = static_cast<double>(c - from.first + 1), x = position_(row, c), before = x - mean;
        mean += before / n;
        squares += before * (x - mean);
      }
      // All chains in one place: any positive scale will do.
      const double sd = std::sqrt(squares / static_cast<double>(count));
      of.scale[d] = sd > 0.0 ? sd : 1.0;
      for (std::size_t i = 0; i < count; ++i) {
        const auto c = from.first + static_cast<std::int64_t>(i);
        centred[i * size + d] = (position_(row, c) - mean) / of.scale[d];
        steep[i * size + d] = gradient_(row, c) * of.scale[d];
      }
    }
    const double steepest = largest_eigenvalue(steep, count, size), widest = largest_eigenvalue(centred, count, size);
    const double step = opt_.step_size_factor / std::sqrt(steepest);
    of.step_size = step < 1.0 ? step : 1.0;  // also for gradients of zero
    const double slowest = 1.0 / (static_cast<double>(iteration + 1) * of.step_size);
    const double rate = widest > 0.0 ? std::max(1.0 / std::sqrt(widest), slowest) : slowest;
    of.damping = -math::expm1(-2.0 * of.step_size * rate);
  }

  /// One transition of all chains but one fold, whose chains stand still: so the ring of folds that learn from each
  /// other is open, and every fold moves given the others. False when the run shall stop.
  bool transition(std::int64_t iteration) {
    if (recorder_.stopped()) {
      for (std::int64_t c = 0; c < run_.chains; ++c) recorder_.chain(c).why = sampling_end::interrupted;
      return false;
    }
    const std::size_t count = folds_.size(), rests = static_cast<std::size_t>(iteration) % count;
    // Every fold learns from where the next one stands before anybody moves.
    for (std::size_t k = 0; k < count; ++k) {
      if (k != rests) learn(folds_[k], folds_[(k + 1) % count], iteration);
    }
    moving_.clear();
    for (std::size_t k = 0; k < count; ++k) {
      if (k == rests) continue;
      for (std::int64_t c = folds_[k].first; c < folds_[k].end; ++c) moving_.push_back({c, k});
    }
    propose(iteration);
    accept();
    return true;
  }

  struct mover {
    std::int64_t chain;
    std::size_t fold;
  };

  /// Velocities are refreshed in part; then one leapfrog step.
  void propose(std::int64_t iteration) {
    const auto count = static_cast<std::int64_t>(moving_.size());
    if (end_position_.count != count) {
      end_position_ = lanes<double>(dimension_, count);
      end_gradient_ = lanes<double>(dimension_, count);
      end_velocity_ = lanes<double>(dimension_, count);
      end_log_density_.resize(moving_.size());
    }
    std::vector<double> noise(static_cast<std::size_t>(dimension_));
    energy_.assign(moving_.size(), 0.0);
    for (std::int64_t m = 0; m < count; ++m) {
      const auto [c, k] = moving_[static_cast<std::size_t>(m)];
      const fold& f = folds_[k];
      random::fill_normal(
          recorder_.address(c, iteration)
              .key.split(purpose::momentum, static_cast<std::uint64_t>(c), static_cast<std::uint64_t>(iteration) + 1),
          noise);
      const double keep = std::sqrt(1.0 - f.damping), fresh = std::sqrt(f.damping);
      double kinetic = 0.0;
      for (std::int64_t d = 0; d < dimension_; ++d) {
        const auto i = static_cast<std::size_t>(d);
        velocity_(d, c) = keep * velocity_(d, c) + fresh * noise[i];
        kinetic += 0.5 * velocity_(d, c) * velocity_(d, c);
        end_velocity_(d, m) = velocity_(d, c) + 0.5 * f.step_size * f.scale[i] * gradient_(d, c);
        end_position_(d, m) = position_(d, c) + f.step_size * f.scale[i] * end_velocity_(d, m);
      }
      energy_[static_cast<std::size_t>(m)] = kinetic - log_density_[static_cast<std::size_t>(c)];
    }
    recorder_.target().density.evaluate(run_.context, end_position_, end_log_density_, end_gradient_);
  }

  /// Accepts with a slice variable that drifts instead of being drawn, so that rejections, which turn the velocity
  /// round, come in clusters and the chain runs straight between them.
  void accept() {
    for (std::int64_t m = 0; m < std::ssize(moving_); ++m) {
      const auto [c, k] = moving_[static_cast<std::size_t>(m)];
      const auto lane = static_cast<std::size_t>(c);
      const fold& f = folds_[k];
      double after = -end_log_density_[static_cast<std::size_t>(m)];
      for (std::int64_t d = 0; d < dimension_; ++d) {
        double& v = end_velocity_(d, m);
        v += 0.5 * f.step_size * f.scale[static_cast<std::size_t>(d)] * end_gradient_(d, m);
        after += 0.5 * v * v;
      }
      const double gain = energy_[static_cast<std::size_t>(m)] - after;
      const double ratio = gain == gain ? math::exp(gain) : 0.0;
      rate_[lane] = std::min(1.0, ratio);
      divergent_[lane] = -gain <= opt_.max_energy_error ? 0 : 1;
      double& u = slice_[lane];
      u += 0.5 * f.damping;
      if (u >= 1.0) u -= 2.0;
      if (std::abs(u) < ratio) {
        u = std::isinf(ratio) ? 0.0 : u / ratio;
        log_density_[lane] = end_log_density_[static_cast<std::size_t>(m)];
        for (std::int64_t d = 0; d < dimension_; ++d) {
          position_(d, c) = end_position_(d, m);
          gradient_(d, c) = end_gradient_(d, m);
          velocity_(d, c) = end_velocity_(d, m);
        }
      } else {
        for (std::int64_t d = 0; d < dimension_; ++d) velocity_(d, c) = -velocity_(d, c);
      }
    }
  }

  void warm_up() {
    double rate_sum = 0.0, rates = 0.0;
    std::vector<double> half_way;
    for (; iteration_ < run_.warmup; ++iteration_) {
      if (!transition(iteration_)) return;
      for (const mover& m : moving_) ++recorder_.chain(m.chain).warmup_gradients;
      if (2 * iteration_ >= run_.warmup) {
        for (const mover& m : moving_) rate_sum += rate_[static_cast<std::size_t>(m.chain)];
        rates += static_cast<double>(moving_.size());
        if (half_way.empty()) half_way = pooled_scale();
      }
      recorder_.meter().count();
    }
    if (half_way.empty()) return;
    double change = 1.0;
    const std::vector<double> now = pooled_scale();
    for (std::size_t d = 0; d < now.size(); ++d) {
      change = std::max({change, now[d] / half_way[d], half_way[d] / now[d]});
    }
    for (std::int64_t c = 0; c < run_.chains; ++c) {
      recorder_.chain(c).warmup = {rate_sum / rates, change, change <= 3.0};
    }
  }

  [[nodiscard]] std::vector<double> pooled_scale() const {
    std::vector<double> out;
    for (std::int64_t d = 0; d < dimension_; ++d) {
      double mean = 0.0, squares = 0.0;
      for (std::int64_t c = 0; c < run_.chains; ++c) {
        const double before = position_(d, c) - mean;
        mean += before / static_cast<double>(c + 1);
        squares += before * (position_(d, c) - mean);
      }
      out.push_back(std::sqrt(squares / static_cast<double>(run_.chains)));
    }
    return out;
  }

  void draw() {
    std::vector<double> x(static_cast<std::size_t>(dimension_));
    for (std::int64_t i = 0; i < run_.draws && recorder_.chain(0).why == sampling_end::completed; ++i, ++iteration_) {
      if (!transition(iteration_)) return;
      for (const mover& m : moving_) ++recorder_.chain(m.chain).sampling_gradients;
      for (const fold& f : folds_) {
        for (std::int64_t c = f.first; c < f.end; ++c) {
          recorder_.meter().count();
          if (i % run_.thin != 0) continue;
          const auto lane = static_cast<std::size_t>(c);
          for (std::int64_t d = 0; d < dimension_; ++d) x[static_cast<std::size_t>(d)] = position_(d, c);
          const double statistics[] = {rate_[lane], f.step_size, f.damping, static_cast<double>(divergent_[lane])};
          recorder_.keep(recorder_.address(c, iteration_), x, log_density_[lane], statistics);
        }
      }
      if (recorder_.enough()) return;
    }
  }

  detail::lane_recorder& recorder_;
  const meads::options& opt_;
  const run_options& run_;
  std::int64_t dimension_;
  lanes<double> position_, gradient_, velocity_;  // velocities in units of the scales
  std::vector<double> log_density_, slice_, rate_;
  std::vector<std::uint8_t> divergent_;
  std::vector<fold> folds_;
  std::int64_t iteration_ = 0;

  // Of the transition under way, for the chains that move.
  std::vector<mover> moving_;
  lanes<double> end_position_{0, 0}, end_gradient_{0, 0}, end_velocity_{0, 0};
  std::vector<double> end_log_density_, energy_;
};

}  // namespace

run_result sample(const sampling_target& target, const meads::options& sampler, const run_options& run) {
  check::at_least("meads", "folds", sampler.folds, 2);
  check::at_least("meads", "chains", run.chains, 2 * sampler.folds);
  check::positive("meads", "step_size_factor", sampler.step_size_factor);
  detail::lane_recorder recorder(target, run, statistic_names(sampler));
  detail::guarded(recorder, 0, run.chains, [&] { meads_run(recorder, sampler)(); });
  return recorder.finish();
}

}  // namespace credence
