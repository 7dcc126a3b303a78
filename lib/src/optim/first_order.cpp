// SPDX-License-Identifier: BSD-3-Clause
#include "credence/optim/first_order.hpp"

#include "optim/first_order_kernels.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/tensor/linalg.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace credence::first_order {

namespace {

using detail::first_order_stretch;

/// Numbers of a step in double, whatever the weights are.
struct constants {
  double rate = 0.0, decay = 0.0, a = 0.0, b = 0.0, c = 0.0, d = 0.0, keep = 1.0;
};

void check_rate(double rate) { check::non_negative("first_order", "rate", rate); }
void check_share(const char* name, double value) {
  if (!(value >= 0.0 && value < 1.0)) check::fail_domain("first_order", name, value, "at least 0 and below 1");
}

/// Makes room in the memory that a method has, on its first step.
template <class T>
void prepare(state<T>& memory, std::span<T> weights, std::span<const T> gradient, int arrays) {
  check::same_size("first_order", "gradient", std::ssize(gradient), "weights", std::ssize(weights));
  std::vector<T>* const all[] = {&memory.first, &memory.second, &memory.third};
  for (int k = 0; k < 3; ++k) {
    if ((arrays >> k & 1) == 0) continue;
    if (memory.steps == 0) all[k]->assign(weights.size(), T(0));
    check::same_size("first_order", "weights", std::ssize(weights), "those of earlier steps", std::ssize(*all[k]));
  }
  ++memory.steps;
}

template <class T>
using loop = void (*)(const first_order_stretch<T>&);

template <class T>
void run(const exec::context& ctx, loop<T> body, state<T>& memory, std::span<T> weights, std::span<const T> gradient,
         const constants& with) {
  const auto part = [](std::vector<T>& of, std::int64_t first) { return of.empty() ? nullptr : of.data() + first; };
  exec::for_each_range(ctx, std::ssize(weights), [&](std::int64_t first, std::int64_t last) {
    body({weights.data() + first, gradient.data() + first, part(memory.first, first), part(memory.second, first),
          part(memory.third, first), last - first, static_cast<T>(with.rate), static_cast<T>(with.decay),
          static_cast<T>(with.a), static_cast<T>(with.b), static_cast<T>(with.c), static_cast<T>(with.d),
          static_cast<T>(with.keep)});
  });
}

#define CREDENCE_LOOP(name)                                         \
  [] {                                                              \
    if constexpr (std::is_same_v<T, float>) {                       \
      return loop<T>(CREDENCE_SIMD_PICK(first_order_##name##_f32)); \
    } else {                                                        \
      return loop<T>(CREDENCE_SIMD_PICK(first_order_##name));       \
    }                                                               \
  }()

constexpr int first = 1, second = 2, third = 4;

template <class T>
void advance(const exec::context& ctx, const sgd& how, state<T>& memory, std::span<T> w, std::span<const T> g,
             double rate) {
  check_share("momentum", how.momentum);
  check::non_negative("first_order", "weight_decay", how.weight_decay);
  if (how.nesterov && !(how.momentum > 0.0 && how.dampening == 0.0)) {
    check::fail_domain("first_order", "nesterov", "true", "false without momentum, or with dampening");
  }
  if (how.momentum == 0.0) {
    prepare(memory, w, g, 0);
    return run<T>(ctx, CREDENCE_LOOP(plain), memory, w, g, {.rate = rate, .decay = how.weight_decay});
  }
  prepare(memory, w, g, first);
  // The memory begins as the first gradient itself.
  const double share = memory.steps == 1 ? 1.0 : 1.0 - how.dampening;
  const constants with{.rate = rate, .decay = how.weight_decay, .a = how.momentum, .b = share};
  run<T>(ctx, how.nesterov ? CREDENCE_LOOP(nesterov) : CREDENCE_LOOP(momentum), memory, w, g, with);
}

template <class T>
void advance(const exec::context& ctx, const averaged_momentum& how, state<T>& memory, std::span<T> w,
             std::span<const T> g, double rate) {
  check_share("beta", how.beta);
  prepare(memory, w, g, first);
  const double correction = 1.0 / (1.0 - std::pow(how.beta, static_cast<double>(memory.steps)));
  run<T>(ctx, CREDENCE_LOOP(average), memory, w, g, {.rate = rate, .a = how.beta, .b = correction});
}

template <class T>
void advance(const exec::context& ctx, const adagrad& how, state<T>& memory, std::span<T> w, std::span<const T> g,
             double rate) {
  check::non_negative("first_order", "epsilon", how.epsilon);
  prepare(memory, w, g, second);
  run<T>(ctx, CREDENCE_LOOP(adagrad), memory, w, g, {.rate = rate, .decay = how.weight_decay, .c = how.epsilon});
}

template <class T>
void advance(const exec::context& ctx, const rmsprop& how, state<T>& memory, std::span<T> w, std::span<const T> g,
             double rate) {
  check_share("decay", how.decay);
  prepare(memory, w, g, second);
  run<T>(ctx, CREDENCE_LOOP(rmsprop), memory, w, g,
         {.rate = rate, .decay = how.weight_decay, .b = how.decay, .c = how.epsilon});
}

template <class T>
void advance(const exec::context& ctx, const adadelta& how, state<T>& memory, std::span<T> w, std::span<const T> g,
             double rate) {
  check_share("decay", how.decay);
  prepare(memory, w, g, first | second);
  run<T>(ctx, CREDENCE_LOOP(adadelta), memory, w, g,
         {.rate = rate, .decay = how.weight_decay, .b = how.decay, .c = how.epsilon});
}

/// 1 - beta^t of both averages.
struct corrections {
  double first, second;
};
template <class T, class Method>
corrections corrected(const Method& how, const state<T>& memory) {
  const auto t = static_cast<double>(memory.steps);
  return {1.0 - std::pow(how.beta1, t), 1.0 - std::pow(how.beta2, t)};
}

template <class Method>
void check_betas(const Method& how) {
  check_share("beta1", how.beta1);
  check_share("beta2", how.beta2);
}

template <class T>
void advance(const exec::context& ctx, const adam& how, state<T>& memory, std::span<T> w, std::span<const T> g,
             double rate) {
  check_betas(how);
  prepare(memory, w, g, first | second | (how.amsgrad ? third : 0));
  const corrections by = corrected(how, memory);
  const constants with{.rate = rate / by.first,
                       .decay = how.decoupled ? 0.0 : how.weight_decay,
                       .a = how.beta1,
                       .b = how.beta2,
                       .c = how.epsilon,
                       .d = 1.0 / std::sqrt(by.second),
                       .keep = how.decoupled ? 1.0 - rate * how.weight_decay : 1.0};
  run<T>(ctx, how.amsgrad ? CREDENCE_LOOP(amsgrad) : CREDENCE_LOOP(adam), memory, w, g, with);
}

template <class T>
void advance(const exec::context& ctx, const nadam& how, state<T>& memory, std::span<T> w, std::span<const T> g,
             double rate) {
  check_betas(how);
  prepare(memory, w, g, first | second);
  const auto momentum = [&](double t) { return how.beta1 * (1.0 - 0.5 * std::pow(0.96, t * how.momentum_decay)); };
  const auto t = static_cast<double>(memory.steps);
  const double now = momentum(t), next = momentum(t + 1.0);
  memory.product *= now;
  const constants with{.rate = rate * (1.0 - now) / (1.0 - memory.product),
                       .decay = rate * next / (1.0 - memory.product * next),
                       .a = how.beta1,
                       .b = how.beta2,
                       .c = how.epsilon,
                       .d = 1.0 / std::sqrt(corrected(how, memory).second)};
  run<T>(ctx, CREDENCE_LOOP(nadam), memory, w, g, with);
}

template <class T>
void advance(const exec::context& ctx, const adamax& how, state<T>& memory, std::span<T> w, std::span<const T> g,
             double rate) {
  check_betas(how);
  check::positive("first_order", "epsilon", how.epsilon);
  prepare(memory, w, g, first | second);
  run<T>(ctx, CREDENCE_LOOP(adamax), memory, w, g,
         {.rate = rate / corrected(how, memory).first, .a = how.beta1, .b = how.beta2, .c = how.epsilon});
}

template <class T>
void advance(const exec::context& ctx, const lion& how, state<T>& memory, std::span<T> w, std::span<const T> g,
             double rate) {
  check_betas(how);
  prepare(memory, w, g, first);
  run<T>(ctx, CREDENCE_LOOP(lion), memory, w, g,
         {.rate = rate, .a = how.beta1, .b = how.beta2, .keep = 1.0 - rate * how.weight_decay});
}

#undef CREDENCE_LOOP

}  // namespace

#define CREDENCE_FIRST_ORDER_STEP(method)                                                                  \
  void step(const exec::context& ctx, const method& how, state<double>& memory, std::span<double> weights, \
            std::span<const double> gradient, double rate) {                                               \
    check_rate(rate);                                                                                      \
    advance<double>(ctx, how, memory, weights, gradient, rate);                                            \
  }                                                                                                        \
  void step(const exec::context& ctx, const method& how, state<float>& memory, std::span<float> weights,   \
            std::span<const float> gradient, double rate) {                                                \
    check_rate(rate);                                                                                      \
    advance<float>(ctx, how, memory, weights, gradient, rate);                                             \
  }
CREDENCE_FIRST_ORDER_STEP(sgd)
CREDENCE_FIRST_ORDER_STEP(averaged_momentum)
CREDENCE_FIRST_ORDER_STEP(adagrad)
CREDENCE_FIRST_ORDER_STEP(rmsprop)
CREDENCE_FIRST_ORDER_STEP(adadelta)
CREDENCE_FIRST_ORDER_STEP(adam)
CREDENCE_FIRST_ORDER_STEP(nadam)
CREDENCE_FIRST_ORDER_STEP(adamax)
CREDENCE_FIRST_ORDER_STEP(lion)
#undef CREDENCE_FIRST_ORDER_STEP

void step(const full_adagrad& how, state<double>& memory, std::span<double> weights, std::span<const double> gradient,
          double rate) {
  check_rate(rate);
  check::positive("first_order", "epsilon", how.epsilon);
  check::same_size("first_order", "gradient", std::ssize(gradient), "weights", std::ssize(weights));
  const std::int64_t n = std::ssize(weights);
  if (memory.steps == 0) memory.first.assign(static_cast<std::size_t>(n * n), 0.0);
  check::same_size("first_order", "the square of weights", n * n, "that of earlier steps", std::ssize(memory.first));
  ++memory.steps;
  tensor<double> g({n, n});
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      double& sum = memory.first[static_cast<std::size_t>(i * n + j)];
      sum += gradient[static_cast<std::size_t>(i)] * gradient[static_cast<std::size_t>(j)];
      g(i, j) = sum + (i == j ? how.epsilon : 0.0);
    }
  }
  const auto [values, vectors] = eigen_symmetric(exec::cpu(1), g);
  for (std::int64_t k = 0; k < n; ++k) {
    double along = 0.0;
    for (std::int64_t i = 0; i < n; ++i) along += vectors(i, k) * gradient[static_cast<std::size_t>(i)];
    along /= std::sqrt(std::max(values[k], how.epsilon));  // rounding may leave less than epsilon
    for (std::int64_t i = 0; i < n; ++i) weights[static_cast<std::size_t>(i)] -= rate * along * vectors(i, k);
  }
}

namespace {

template <class T>
T clip_norm(std::span<T> gradient, double most) {
  check::positive("clip_by_norm", "most", most);
  double squares = 0.0;
  for (const T g : gradient) squares += static_cast<double>(g) * static_cast<double>(g);
  const double norm = std::sqrt(squares);
  if (norm > most && std::isfinite(norm)) {
    for (T& g : gradient) g = static_cast<T>(static_cast<double>(g) * (most / norm));
  }
  return static_cast<T>(norm);
}

template <class T>
void clip_value(std::span<T> gradient, double most) {
  check::positive("clip_by_value", "most", most);
  for (T& g : gradient) g = std::clamp(g, static_cast<T>(-most), static_cast<T>(most));
}

template <class T>
bool unscaled(loss_scaling& s, std::span<T> gradient) {
  check::positive("loss_scaling", "scale", s.scale);
  const bool fine = std::all_of(gradient.begin(), gradient.end(), [](T g) { return std::isfinite(g); });
  if (!fine) {
    s.scale *= s.backoff;
    s.good = 0;
    return false;
  }
  for (T& g : gradient) g = static_cast<T>(static_cast<double>(g) / s.scale);
  if (++s.good >= s.patience) {
    s.scale *= s.growth;
    s.good = 0;
  }
  return true;
}

}  // namespace

double clip_by_norm(std::span<double> gradient, double most) { return clip_norm(gradient, most); }
float clip_by_norm(std::span<float> gradient, float most) { return clip_norm(gradient, static_cast<double>(most)); }
void clip_by_value(std::span<double> gradient, double most) { clip_value(gradient, most); }
void clip_by_value(std::span<float> gradient, float most) { clip_value(gradient, static_cast<double>(most)); }
bool loss_scaling::unscale(std::span<double> gradient) { return unscaled(*this, gradient); }
bool loss_scaling::unscale(std::span<float> gradient) { return unscaled(*this, gradient); }

}  // namespace credence::first_order
