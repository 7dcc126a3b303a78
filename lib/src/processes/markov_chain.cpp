// SPDX-License-Identifier: BSD-3-Clause
#include "credence/processes/markov_chain.hpp"

#include "credence/base/check.hpp"
#include "credence/random/categorical.hpp"
#include "credence/tensor/linalg.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace credence::processes {

namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

}  // namespace

markov_chain::markov_chain(view<const double, 2> transition) : states_(transition.extent(0)) {
  check::same_size("markov_chain", "rows", transition.extent(0), "columns", transition.extent(1));
  check::at_least("markov_chain", "states", states_, 1);
  for (std::int64_t i = 0; i < states_; ++i) {
    for (std::int64_t j = 0; j < states_; ++j) values_.push_back(transition(i, j));
  }
  normalise();
}

markov_chain::markov_chain(const std::vector<std::vector<double>>& rows) : states_(std::ssize(rows)) {
  check::at_least("markov_chain", "states", states_, 1);
  for (const std::vector<double>& row : rows) {
    check::same_size("markov_chain", "a row", std::ssize(row), "states", states_);
    values_.insert(values_.end(), row.begin(), row.end());
  }
  normalise();
}

void markov_chain::normalise() {
  for (std::int64_t i = 0; i < states_; ++i) {
    const std::span<double> row(values_.data() + i * states_, at(states_));
    for (std::int64_t j = 0; j < states_; ++j) {
      if (row[at(j)] >= 0.0 && std::isfinite(row[at(j)])) continue;
      check::fail_domain("markov_chain", "the probability of " + std::to_string(i) + " -> " + std::to_string(j),
                         row[at(j)], "zero or positive");
    }
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    if (std::abs(sum - 1.0) > 1e-6) {
      check::fail_domain("markov_chain", "the sum of row " + std::to_string(i), sum, "1");
    }
    for (double& p : row) p /= sum;
  }
}

namespace {

/// Strongly connected components by Tarjan's algorithm with a stack of its own.
class component_search {
 public:
  explicit component_search(const markov_chain& chain)
      : chain_(chain), index_(at(chain.states()), -1), low_(index_), component(index_) {
    for (std::int64_t s = 0; s < chain.states(); ++s) {
      if (index_[at(s)] < 0) search(s);
    }
  }

 private:
  void search(std::int64_t root) {
    struct frame {
      std::int64_t state, next;
    };
    std::vector<frame> calls{{root, 0}};
    while (!calls.empty()) {
      auto& [s, next] = calls.back();
      if (next == 0) {
        index_[at(s)] = low_[at(s)] = count_++;
        open_.push_back(s);
      }
      bool deeper = false;
      for (; next < chain_.states(); ++next) {
        if (chain_.probability(s, next) == 0.0) continue;
        if (index_[at(next)] < 0) {
          const std::int64_t to = next++;
          calls.push_back({to, 0});
          deeper = true;
          break;
        }
        if (component[at(next)] < 0) low_[at(s)] = std::min(low_[at(s)], index_[at(next)]);
      }
      if (deeper) continue;
      const std::int64_t done = s;
      calls.pop_back();
      if (!calls.empty()) low_[at(calls.back().state)] = std::min(low_[at(calls.back().state)], low_[at(done)]);
      if (low_[at(done)] != index_[at(done)]) continue;
      std::int64_t member = -1;
      do {
        member = open_.back();
        open_.pop_back();
        component[at(member)] = components;
      } while (member != done);
      ++components;
    }
  }

  const markov_chain& chain_;
  std::vector<std::int64_t> index_, low_, open_;
  std::int64_t count_ = 0;

 public:
  std::vector<std::int64_t> component;
  std::int64_t components = 0;
};

/// The greatest common divisor of all cycle lengths through a class: depths of a breadth-first tree differ by it.
std::int64_t period_of(const markov_chain& chain, const std::vector<std::int64_t>& members,
                       const std::vector<std::int64_t>& of) {
  std::vector<std::int64_t> depth(at(chain.states()), -1), queue{members.front()};
  depth[at(members.front())] = 0;
  std::int64_t period = 0;
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const std::int64_t s = queue[head];
    for (const std::int64_t t : members) {
      if (chain.probability(s, t) == 0.0 || of[at(t)] != of[at(s)]) continue;
      if (depth[at(t)] < 0) {
        depth[at(t)] = depth[at(s)] + 1;
        queue.push_back(t);
      }
      period = std::gcd(period, std::abs(depth[at(s)] + 1 - depth[at(t)]));
    }
  }
  return period;
}

/// States from which one of `goals` can be reached without stepping out of `through`; goals among them.
std::vector<bool> reaching(const markov_chain& chain, const std::vector<bool>& goals,
                           const std::vector<bool>& through) {
  std::vector<bool> yes = goals;
  std::vector<std::int64_t> queue;
  for (std::int64_t s = 0; s < chain.states(); ++s) {
    if (goals[at(s)]) queue.push_back(s);
  }
  for (std::size_t head = 0; head < queue.size(); ++head) {
    for (std::int64_t s = 0; s < chain.states(); ++s) {
      if (yes[at(s)] || !through[at(s)] || chain.probability(s, queue[head]) == 0.0) continue;
      yes[at(s)] = true;
      queue.push_back(s);
    }
  }
  return yes;
}

std::vector<bool> marked(const char* where, const markov_chain& chain, std::span<const std::int64_t> targets) {
  check::at_least(where, "targets", std::ssize(targets), 1);
  std::vector<bool> mark(at(chain.states()));
  for (const std::int64_t t : targets) {
    check::at_least(where, "a target", t, 0);
    check::less_than(where, "a target", t, chain.states());
    mark[at(t)] = true;
  }
  return mark;
}

/// x with x_s = right_s + sum over t in `inside` of p(s, t) x_t, for s in `inside`.
std::vector<double> solve_inside(const markov_chain& chain, const std::vector<std::int64_t>& inside,
                                 const std::vector<double>& right) {
  const std::int64_t n = std::ssize(inside);
  if (n == 0) return {};
  tensor<double> a({n, n}), b({n});
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      a(i, j) = (i == j ? 1.0 : 0.0) - chain.probability(inside[at(i)], inside[at(j)]);
    }
    b[i] = right[at(i)];
  }
  const tensor<double> x = solve(exec::cpu(1), a, b);
  return {x.begin(), x.end()};
}

}  // namespace

state_classes classify(const markov_chain& chain) {
  const component_search found(chain);
  const std::int64_t n = chain.states();
  state_classes out;
  std::vector<std::int64_t> number(at(found.components), -1);
  out.of.resize(at(n));
  for (std::int64_t s = 0; s < n; ++s) {
    std::int64_t& name = number[at(found.component[at(s)])];
    if (name < 0) {
      name = std::ssize(out.members);
      out.members.emplace_back();
    }
    out.of[at(s)] = name;
    out.members[at(name)].push_back(s);
  }
  for (const std::vector<std::int64_t>& members : out.members) {
    bool closed = true;
    for (const std::int64_t s : members) {
      for (std::int64_t t = 0; t < n; ++t)
        closed = closed && (chain.probability(s, t) == 0.0 || out.of[at(t)] == out.of[at(s)]);
    }
    out.recurrent.push_back(closed);
    out.period.push_back(period_of(chain, members, out.of));
  }
  return out;
}

std::vector<double> stationary_distribution(const markov_chain& chain) {
  const state_classes classes = classify(chain);
  std::int64_t only = -1, count = 0;
  for (std::size_t k = 0; k < classes.members.size(); ++k) {
    if (!classes.recurrent[k]) continue;
    only = static_cast<std::int64_t>(k);
    ++count;
  }
  if (count > 1) {
    check::fail_domain("stationary_distribution", "the number of recurrent classes", count,
                       "1: otherwise it depends on the start");
  }
  const std::vector<std::int64_t>& members = classes.members[at(only)];
  const std::size_t n = members.size();
  std::vector<double> p(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) p[i * n + j] = chain.probability(members[i], members[j]);
  }
  // The chain watched while it is outside of the last state, again and again.
  for (std::size_t k = n; k-- > 1;) {
    double out = 0.0;
    for (std::size_t j = 0; j < k; ++j) out += p[k * n + j];
    for (std::size_t i = 0; i < k; ++i) {
      p[i * n + k] /= out;
      for (std::size_t j = 0; j < k; ++j) p[i * n + j] += p[i * n + k] * p[k * n + j];
    }
  }
  std::vector<double> weight(n, 1.0);
  double sum = 1.0;
  for (std::size_t k = 1; k < n; ++k) {
    weight[k] = 0.0;
    for (std::size_t i = 0; i < k; ++i) weight[k] += weight[i] * p[i * n + k];
    sum += weight[k];
  }
  std::vector<double> law(at(chain.states()));
  for (std::size_t k = 0; k < n; ++k) law[at(members[k])] = weight[k] / sum;
  return law;
}

std::vector<double> law_after(const markov_chain& chain, std::span<const double> law, std::int64_t steps) {
  const std::int64_t n = chain.states();
  check::same_size("law_after", "law", std::ssize(law), "states", n);
  check::at_least("law_after", "steps", steps, 0);
  double sum = 0.0;
  for (const double p : law) {
    check::non_negative("law_after", "a probability", p);
    sum += p;
  }
  if (std::abs(sum - 1.0) > 1e-6) check::fail_domain("law_after", "the sum of law", sum, "1");
  std::vector<double> now(law.begin(), law.end()), next(now.size());
  for (std::int64_t k = 0; k < steps; ++k) {
    std::fill(next.begin(), next.end(), 0.0);
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < n; ++j) next[at(j)] += now[at(i)] * chain.probability(i, j);
    }
    now.swap(next);
  }
  return now;
}

std::vector<double> hitting_probabilities(const markov_chain& chain, std::span<const std::int64_t> targets) {
  const std::vector<bool> target = marked("hitting_probabilities", chain, targets);
  const std::vector<bool> possible = reaching(chain, target, std::vector<bool>(target.size(), true));
  std::vector<std::int64_t> inside;
  std::vector<double> right, out(target.size());
  for (std::int64_t s = 0; s < chain.states(); ++s) {
    if (target[at(s)]) out[at(s)] = 1.0;
    if (target[at(s)] || !possible[at(s)]) continue;
    inside.push_back(s);
    right.push_back(0.0);
    for (std::int64_t t = 0; t < chain.states(); ++t) right.back() += target[at(t)] ? chain.probability(s, t) : 0.0;
  }
  const std::vector<double> x = solve_inside(chain, inside, right);
  for (std::size_t i = 0; i < inside.size(); ++i) out[at(inside[i])] = std::clamp(x[i], 0.0, 1.0);
  return out;
}

std::vector<double> hitting_times(const markov_chain& chain, std::span<const std::int64_t> targets) {
  const std::vector<bool> target = marked("hitting_times", chain, targets);
  const std::vector<bool> possible = reaching(chain, target, std::vector<bool>(target.size(), true));
  std::vector<bool> never(target.size()), before(target.size());
  for (std::size_t s = 0; s < target.size(); ++s) {
    never[s] = !possible[s];
    before[s] = !target[s];
  }
  const std::vector<bool> unsure = reaching(chain, never, before);
  std::vector<std::int64_t> inside;
  std::vector<double> out(target.size());
  for (std::int64_t s = 0; s < chain.states(); ++s) {
    if (target[at(s)]) continue;
    if (unsure[at(s)]) {
      out[at(s)] = std::numeric_limits<double>::infinity();
    } else {
      inside.push_back(s);
    }
  }
  const std::vector<double> x = solve_inside(chain, inside, std::vector<double>(inside.size(), 1.0));
  for (std::size_t i = 0; i < inside.size(); ++i) out[at(inside[i])] = x[i];
  return out;
}

namespace {

using matrix = std::vector<double>;

matrix product(const matrix& a, const matrix& b, std::size_t n) {
  matrix c(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t j = 0; j < n; ++j) c[i * n + j] += a[i * n + k] * b[k * n + j];
    }
  }
  return c;
}

double farthest(const matrix& power, const std::vector<double>& law) {
  const std::size_t n = law.size();
  double most = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0.0;
    for (std::size_t j = 0; j < n; ++j) sum += std::abs(power[i * n + j] - law[j]);
    most = std::max(most, 0.5 * sum);
  }
  return most;
}

}  // namespace

double distance_to_stationarity(const markov_chain& chain, std::int64_t steps) {
  check::at_least("distance_to_stationarity", "steps", steps, 0);
  const std::vector<double> law = stationary_distribution(chain);
  const std::size_t n = law.size();
  matrix power(n * n), square = chain.transition();
  for (std::size_t i = 0; i < n; ++i) power[i * n + i] = 1.0;
  for (std::int64_t left = steps; left > 0; left >>= 1) {
    if ((left & 1) != 0) power = product(power, square, n);
    if (left > 1) square = product(square, square, n);
  }
  return farthest(power, law);
}

std::int64_t mixing_time(const markov_chain& chain, double distance) {
  check::positive("mixing_time", "distance", distance);
  const state_classes classes = classify(chain);
  for (std::size_t k = 0; k < classes.members.size(); ++k) {
    if (classes.recurrent[k] && classes.period[k] > 1) {
      check::fail_domain("mixing_time", "the period", classes.period[k], "1: a periodic chain never settles");
    }
  }
  const std::vector<double> law = stationary_distribution(chain);
  const std::size_t n = law.size();
  matrix identity(n * n);
  for (std::size_t i = 0; i < n; ++i) identity[i * n + i] = 1.0;
  if (farthest(identity, law) <= distance) return 0;
  // The distance never grows: double the steps until it is small enough, then find the place by halves.
  std::vector<matrix> squares{chain.transition()};
  while (farthest(squares.back(), law) > distance) squares.push_back(product(squares.back(), squares.back(), n));
  std::int64_t steps = 0;
  matrix power = identity;
  for (std::size_t k = squares.size(); k-- > 0;) {
    const matrix next = product(power, squares[k], n);
    if (farthest(next, law) <= distance) continue;
    power = next;
    steps += std::int64_t{1} << k;
  }
  return steps + 1;
}

std::vector<std::int64_t> simulate(const markov_chain& chain, std::int64_t start, std::int64_t steps, rng_key key) {
  check::at_least("simulate", "start", start, 0);
  check::less_than("simulate", "start", start, chain.states());
  check::at_least("simulate", "steps", steps, 0);
  std::vector<std::int64_t> path{start};
  for (std::int64_t k = 0; k < steps; ++k) {
    const double* const row = chain.transition().data() + path.back() * chain.states();
    path.push_back(random::categorical(key, static_cast<std::uint64_t>(k), row, chain.states()));
  }
  return path;
}

}  // namespace credence::processes
