// SPDX-License-Identifier: BSD-3-Clause
// One NUTS transition without recursion. The 2^depth leaves of a new subtree come one after the other; like the bits of
// a counter, finished left halves wait by depth until their right halves are there, and then are judged together.
// Points are weighted by exp(-(energy - first energy)); the candidate of a subtree is kept with probability weight of
// the new leaf / weight of the leaves so far, which draws it by the multinomial weights in one pass.
#include "nuts_kernel.hpp"

#include "credence/base/portable_math.hpp"

namespace credence::detail {
namespace CREDENCE_ISA {

namespace {

/// Sums of exp(x) for x up to any size: kept relative to exp(offset), which rises when a term would overflow.
struct weight_sum {
  double sum;
  double offset;
};

/// exp(log_weight) in the scale of the sum, which may have to rise first.
CREDENCE_INLINE double scaled_weight(weight_sum& total_weight, weight_sum& subtree, double log_weight) {
  if (log_weight > subtree.offset + 300.0) {
    const double factor = math::exp(subtree.offset - log_weight);
    subtree.sum *= factor;
    total_weight.sum *= factor;
    subtree.offset = total_weight.offset = log_weight;
  }
  return math::exp(log_weight - subtree.offset);
}

CREDENCE_INLINE double next_uniform(nuts_work& w) {
  if (w.uniforms_used == uniform_pool) {
    w.refill(w);
    w.uniforms_used = 0;
  }
  return w.uniforms[w.uniforms_used++];
}

/// Two halves that follow each other in the order of integration: momenta at the first and last point, and their sums.
struct half {
  const double* first;
  const double* last;
  const double* rho;
};

/// Whether the trajectory of both halves, and each half with the neighbouring point of the other, still moves apart at
/// both ends. Writes the sum of all momenta.
CREDENCE_INLINE bool moves_apart(const half& a, const half& b, double* rho, std::int64_t padded) {
  wide whole_first{}, whole_last{}, head_first{}, head_last{}, tail_first{}, tail_last{};
  for (std::int64_t i = 0; i < padded; i += block) {
    const wide a_first = at(a.first + i), a_last = at(a.last + i), a_rho = at(a.rho + i);
    const wide b_first = at(b.first + i), b_last = at(b.last + i), b_rho = at(b.rho + i);
    const wide whole = a_rho + b_rho, head = a_rho + b_first, tail = b_rho + a_last;
    at(rho + i) = whole;
    whole_first += a_first * whole;
    whole_last += b_last * whole;
    head_first += a_first * head;
    head_last += b_first * head;
    tail_first += a_last * tail;
    tail_last += b_last * tail;
  }
  return total(whole_first) > 0.0 && total(whole_last) > 0.0 && total(head_first) > 0.0 && total(head_last) > 0.0 &&
         total(tail_first) > 0.0 && total(tail_last) > 0.0;
}

/// The same for two single points, where all three conditions are one.
CREDENCE_INLINE bool two_points_move_apart(const double* a, const double* b, double* rho, std::int64_t padded) {
  wide first{}, last{};
  for (std::int64_t i = 0; i < padded; i += block) {
    const wide p = at(a + i), q = at(b + i), both = p + q;
    at(rho + i) = both;
    first += p * both;
    last += q * both;
  }
  return total(first) > 0.0 && total(last) > 0.0;
}

CREDENCE_INLINE void swap(double*& a, double*& b) {
  double* const t = a;
  a = b;
  b = t;
}

/// What a subtree leaves behind.
struct subtree_result {
  bool valid;
  double* first_momentum;
  double log_density, energy;  ///< of the candidate
};

/// Extends one end by 2^depth points. The caller reads `w.candidate`, `w.subtree_rho` and the sums.
subtree_result build_subtree(nuts_work& w, kernel_point& end, double step, int depth, double first_energy,
                             weight_sum& total_weight, weight_sum& subtree) {
  const density_call density{w.density_object, w.density_call};
  subtree_result result{false, end.momentum, 0.0, 0.0};
  const std::int64_t leaves = std::int64_t{1} << depth;
  for (std::int64_t leaf = 0; leaf < leaves; ++leaf) {
    const double energy = leapfrog_step(density, w.scale, step, w.padded, end);
    ++w.leapfrogs;
    const double log_weight = first_energy - energy;
    if (-log_weight > w.max_energy_error) {
      w.divergent = true;
      return result;
    }
    const double weight = scaled_weight(total_weight, subtree, log_weight);
    subtree.sum += weight;
    w.acceptance_sum += log_weight >= 0.0 ? 1.0 : (subtree.offset == 0.0 ? weight : math::exp(log_weight));
    if (leaf == 0 || next_uniform(w) * subtree.sum < weight) {
      copy(end.position, w.candidate[0], w.padded);
      copy(end.gradient, w.candidate[1], w.padded);
      result.log_density = end.log_density;
      result.energy = energy;
    }

    // Join with the left halves that this leaf completes.
    double* first = end.momentum;
    int level = 0;
    double** source = nullptr;  // whose slot `first` is
    for (; (leaf >> level & 1) != 0; ++level) {
      double** left = w.waiting[level];
      const bool apart = level == 0 ? two_points_move_apart(left[0], end.momentum, w.subtree_rho, w.padded)
                                    : moves_apart({left[0], left[1], left[2]}, {first, end.momentum, w.subtree_rho},
                                                  w.subtree_rho, w.padded);
      if (!apart) return result;
      source = left;
      first = left[0];
    }
    if (leaf + 1 == leaves) {
      result.first_momentum = first;
      break;
    }
    double** slot = w.waiting[level];
    if (level == 0) {
      copy(end.momentum, slot[0], w.padded);
    } else {
      swap(slot[0], source[0]);
      copy(end.momentum, slot[1], w.padded);
      swap(slot[2], w.subtree_rho);
    }
  }
  if (depth == 0) copy(end.momentum, w.subtree_rho, w.padded);
  result.valid = true;
  return result;
}

}  // namespace

void nuts_transition(nuts_work& w) {
  const std::int64_t padded = w.padded;
  kernel_point forward{w.forward[0], w.forward[1], w.forward[2], w.chosen_log_density};
  kernel_point backward{w.backward[0], w.backward[1], w.backward[2], w.chosen_log_density};
  const double first_energy = kinetic_energy(forward.momentum, padded) - w.chosen_log_density;
  w.chosen_energy = first_energy;
  copy(forward.momentum, w.rho, padded);
  weight_sum all{1.0, 0.0};

  while (w.depth < w.max_depth) {
    const bool ahead = next_uniform(w) > 0.5;
    kernel_point& end = ahead ? forward : backward;
    const kernel_point& far = ahead ? backward : forward;
    copy(end.momentum, w.old_end, padded);
    weight_sum subtree{0.0, all.offset};
    const subtree_result grown =
        build_subtree(w, end, ahead ? w.step_size : -w.step_size, w.depth, first_energy, all, subtree);
    if (!grown.valid) break;
    ++w.depth;
    // The later half is preferred: the draw moves there with probability min(1, its weight / the weight before).
    if (subtree.sum > all.sum || next_uniform(w) * all.sum < subtree.sum) {
      swap(w.chosen[0], w.candidate[0]);
      swap(w.chosen[1], w.candidate[1]);
      w.chosen_log_density = grown.log_density;
      w.chosen_energy = grown.energy;
    }
    all.sum += subtree.sum;
    if (!moves_apart({far.momentum, w.old_end, w.rho}, {grown.first_momentum, end.momentum, w.subtree_rho}, w.rho,
                     padded)) {
      break;
    }
  }
}

double leapfrog_steps(const void* object, double (*call)(const void* object, const double* x, double* gradient),
                      std::int64_t padded, const double* scale, double step_size, std::int64_t steps, double* position,
                      double* momentum, double* gradient, double* log_density) {
  kernel_point z{position, momentum, gradient, *log_density};
  double energy = kinetic_energy(momentum, padded) - z.log_density;
  for (std::int64_t k = 0; k < steps; ++k) energy = leapfrog_step({object, call}, scale, step_size, padded, z);
  *log_density = z.log_density;
  return energy == energy ? energy : __builtin_inf();
}

double kinetic_energy(const double* momentum, std::int64_t padded) {
  wide sum{};
  for (std::int64_t i = 0; i < padded; i += block) {
    const wide p = at(momentum + i);
    sum += p * p;
  }
  return 0.5 * total(sum);
}

}  // namespace CREDENCE_ISA
}  // namespace credence::detail
