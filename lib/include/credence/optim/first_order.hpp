// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Steps along noisy gradients: w moves against g. Each method is a value with its constants; its memory is a `state`;
/// a step is a function of both, the same bits for any number of threads. Recurrences are those of PyTorch's
/// torch.optim, whose defaults these are (adamw is `adam` with decoupled decay).
namespace credence::first_order {

/// m = momentum m + (1 - dampening) g, from m = g; w -= rate m, or rate (g + momentum m) after Nesterov.
struct sgd {
  double momentum = 0.0;
  double dampening = 0.0;
  bool nesterov = false;
  double weight_decay = 0.0;  ///< g + weight_decay w takes the place of g
};

/// m = beta m + (1 - beta) g; w -= rate m / (1 - beta^t).
struct averaged_momentum {
  double beta = 0.9;
};

/// s += g^2; w -= rate g / (sqrt(s) + epsilon). @source Duchi, Hazan and Singer, JMLR 2011
struct adagrad {
  double epsilon = 1e-10;
  double weight_decay = 0.0;
};

/// s = decay s + (1 - decay) g^2; w -= rate g / (sqrt(s) + epsilon). @source Tieleman and Hinton (2012)
struct rmsprop {
  double decay = 0.99;
  double epsilon = 1e-8;
  double weight_decay = 0.0;
};

/// s = decay s + (1 - decay) g^2; d = g sqrt(u + epsilon) / sqrt(s + epsilon); u = decay u + (1 - decay) d^2;
/// w -= rate d. @source Zeiler, arXiv:1212.5701
struct adadelta {
  double decay = 0.9;
  double epsilon = 1e-6;
  double weight_decay = 0.0;
};

/// m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
/// w -= rate m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon).
/// @source Kingma and Ba, ICLR 2015; AdamW: Loshchilov and Hutter, ICLR 2019; AMSGrad: Reddi, Kale and Kumar, ICLR 2018
struct adam {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.0;
  bool decoupled = false;  ///< AdamW: w shrinks by 1 - rate weight_decay instead of g growing
  bool amsgrad = false;    ///< the largest v so far
};

/// Adam with Nesterov's momentum. @source Dozat (2016); the momentum schedule beta1 (1 - 0.96^(t momentum_decay) / 2)
struct nadam {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double momentum_decay = 4e-3;
};

/// u = max(beta2 u, |g| + epsilon); w -= rate m / (1 - beta1^t) / u. @source Kingma and Ba, ICLR 2015, section 7
struct adamax {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
};

/// w shrinks by 1 - rate weight_decay; w -= rate sign(beta1 m + (1 - beta1) g); m = beta2 m + (1 - beta2) g.
/// @source Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023
struct lion {
  double beta1 = 0.9;
  double beta2 = 0.99;
  double weight_decay = 0.0;
};

/// What a method remembers; empty before the first step.
template <class T>
struct state {
  std::int64_t steps = 0;
  std::vector<T> first, second, third;
  double product = 1.0;  ///< of nadam
};

/// One step: changes `weights` and `memory`. Every element reads and writes its own numbers only.
/// @throws domain_error  when a constant is outside its range or the rate is negative or not finite
/// @throws shape_error   when the sizes differ, or from that of earlier steps
#define CREDENCE_FIRST_ORDER_STEP(method)                                                                  \
  void step(const exec::context& ctx, const method& how, state<double>& memory, std::span<double> weights, \
            std::span<const double> gradient, double rate);                                                \
  void step(const exec::context& ctx, const method& how, state<float>& memory, std::span<float> weights,   \
            std::span<const float> gradient, double rate);
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

/// AdaGrad with the full matrix: G += g g'; w -= rate (G + epsilon I)^-1/2 g. For few weights.
/// @source Duchi, Hazan and Singer, JMLR 2011, section 1.1
struct full_adagrad {
  double epsilon = 1e-10;
};
void step(const full_adagrad& how, state<double>& memory, std::span<double> weights, std::span<const double> gradient,
          double rate);

/// Scales all gradients by one factor so that their common Euclidean norm is at most `most`; returns the norm before.
/// A norm that is not finite leaves them alone.
double clip_by_norm(std::span<double> gradient, double most);
float clip_by_norm(std::span<float> gradient, float most);
/// Every component into [-most, most].
void clip_by_value(std::span<double> gradient, double most);
void clip_by_value(std::span<float> gradient, float most);

/// The factor that keeps 16-bit gradients from vanishing: the loss is multiplied by it. It grows after many good steps
/// and halves after one whose gradients overflowed, which is then left out.
/// @source Micikevicius et al., "Mixed precision training", ICLR 2018
struct loss_scaling {
  double scale = 65536.0;
  double growth = 2.0, backoff = 0.5;
  std::int64_t patience = 2000;  ///< good steps before it grows
  std::int64_t good = 0;

  /// Divides the gradients by the scale; false, with a smaller scale, when one of them is not finite: skip the step.
  bool unscale(std::span<double> gradient);
  bool unscale(std::span<float> gradient);
};

}  // namespace credence::first_order
