// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/autodiff/var.hpp"

#include "credence/table/named_data.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace credence {

/// The constraint of a parameter. Samplers and optimisers move in unconstrained space; the recorder adds the transform
/// (distributions/transforms.hpp) and its log Jacobian. Made by the functions below.
struct constraint {
  enum class kind : std::uint8_t {
    none,
    lower,
    upper,
    interval,
    simplex,
    ordered,
    positive_ordered,
    unit_vector,
    sum_to_zero,
    cholesky_corr,
    corr,
    cholesky_cov,
    cov
  };
  kind what = kind::none;
  var low{};   ///< lower bound, where it is a recorded variable
  var high{};  ///< upper bound, likewise
  double low_value = 0.0;
  double high_value = 0.0;
};

/// Above a bound: a number, or a variable recorded before.
inline constraint lower(double bound) { return {constraint::kind::lower, {}, {}, bound, 0.0}; }
inline constraint lower(const var& bound) { return {constraint::kind::lower, bound, {}, 0.0, 0.0}; }
/// Below a bound.
inline constraint upper(double bound) { return {constraint::kind::upper, {}, {}, 0.0, bound}; }
inline constraint upper(const var& bound) { return {constraint::kind::upper, {}, bound, 0.0, 0.0}; }
/// Between two bounds.
inline constraint interval(double low, double high) { return {constraint::kind::interval, {}, {}, low, high}; }
inline constraint interval(double low, const var& high) { return {constraint::kind::interval, {}, high, low, 0.0}; }
inline constraint interval(const var& low, double high) { return {constraint::kind::interval, low, {}, 0.0, high}; }
inline constraint interval(const var& low, const var& high) {
  return {constraint::kind::interval, low, high, 0.0, 0.0};
}
/// Vectors of shape {n}.
inline constraint simplex() { return {constraint::kind::simplex}; }
inline constraint ordered() { return {constraint::kind::ordered}; }
inline constraint positive_ordered() { return {constraint::kind::positive_ordered}; }
inline constraint unit_vector() { return {constraint::kind::unit_vector}; }
inline constraint sum_to_zero() { return {constraint::kind::sum_to_zero}; }
/// Square matrices of shape {n, n}.
inline constraint cholesky_corr() { return {constraint::kind::cholesky_corr}; }
inline constraint corr() { return {constraint::kind::corr}; }
inline constraint cholesky_cov() { return {constraint::kind::cholesky_cov}; }
inline constraint cov() { return {constraint::kind::cov}; }

/// The terms of a log density, pointwise: what `log_pdf` of recorded variables gives. Terms of different lengths may be
/// added; each counts once. Converts to the variable that holds it where there is just one term.
class log_density {
 public:
  log_density() = default;
  explicit log_density(const var& term) : terms_{term} {}

  [[nodiscard]] const std::vector<var>& terms() const { return terms_; }
  operator var() const;

  friend log_density operator+(log_density a, const log_density& b) {
    a.terms_.insert(a.terms_.end(), b.terms_.begin(), b.terms_.end());
    return a;
  }
  friend log_density operator+(log_density a, const var& b) {
    a.terms_.push_back(b);
    return a;
  }
  friend log_density operator+(const var& a, const log_density& b) { return log_density(a) + b; }

 private:
  std::vector<var> terms_;
};

/// One of the accumulators `r.prior` and `r.likelihood`: every element of what is added counts.
class density_part {
 public:
  density_part& operator+=(const log_density& terms) {
    for (const var& term : terms.terms()) add(term);
    return *this;
  }
  density_part& operator+=(const var& term) {
    add(term);
    return *this;
  }

 private:
  friend class recorder;
  density_part(detail::graph* to, std::uint8_t which) : graph_(to), which_(which) {}
  void add(const var& term);
  detail::graph* graph_;
  std::uint8_t which_;
};

/// A stream of randomness of a recorded program, made by `recorder::key`: fresh at each replay, addressed by
/// evaluation_options::noise_key, the lane, the replay and the number of the key. As with every key of credence, what
/// is drawn twice from one key is the same twice.
class noise_key {
 private:
  friend class recorder;
  friend var normal_noise(const noise_key& key, const shape_type& shape);
  friend var uniform_noise(const noise_key& key, const shape_type& shape);
  noise_key(detail::graph* graph, std::int32_t number) : graph_(graph), number_(number) {}
  detail::graph* graph_;
  std::int32_t number_;
};

/// Standard normal noise, or uniform noise in (0, 1).
/// @throws domain_error  inside the body of a scan, where every step would see the same
var normal_noise(const noise_key& key, const shape_type& shape = {});
var uniform_noise(const noise_key& key, const shape_type& shape = {});

/// Records a model: parameters, data and the two parts of its log density. Handed to the function given to
/// `model(...)`. What is recorded is a fixed list of operations; values that may change between replays are inputs
/// (`data`, `key`), never frozen into it.
class recorder {
 public:
  explicit recorder(const named_data& data);
  ~recorder();
  recorder(const recorder&) = delete;
  recorder& operator=(const recorder&) = delete;

  /// A parameter: a scalar, or a tensor of the given shape. The returned variable is on the constrained scale.
  /// @throws domain_error  when the name is taken or the shape is empty
  var parameter(std::string_view name, const constraint& range = {});
  var parameter(std::string_view name, const shape_type& shape, const constraint& range = {});

  /// Data by name, of whatever shape it was given in.
  /// @throws domain_error  when there is no such entry
  var data(std::string_view name);
  /// The same, and its shape must be this one.
  /// @throws shape_error   when it has another shape
  var data(std::string_view name, const shape_type& shape);
  /// A single whole number of the data, for sizes. It is fixed in the program.
  std::int64_t integer(std::string_view name);

  var constant(double value);
  var constant(const std::vector<double>& values, const shape_type& shape);

  /// A new key: keys are numbered in the order of recording.
  noise_key key();

  /// Names a variable that is reported with the draws.
  var generated(std::string_view name, const var& value);

  /// A recurrence: state_{t+1} = body(state_t, row t of inputs), for every row. Returns the states after each step, of
  /// shape (steps, size of the state). `body` is recorded once, not once a step; it may use variables recorded before.
  /// @param initial  the state before the first step: a scalar or a vector
  /// @param inputs   tensors whose first axis is the step; each step sees one row
  var scan(const var& initial, const std::vector<var>& inputs,
           const std::function<var(const var& state, const std::vector<var>& inputs)>& body);

  density_part prior;
  density_part likelihood;

  /// The recording so far; used by `program`.
  [[nodiscard]] const detail::graph& recording() const { return *graph_; }
  [[nodiscard]] detail::graph& recording() { return *graph_; }

 private:
  std::unique_ptr<detail::graph> graph_;
};

}  // namespace credence
