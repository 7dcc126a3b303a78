// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/autodiff/lanes.hpp"
#include "credence/autodiff/recorder.hpp"
#include "credence/random/key.hpp"
#include "credence/table/named_data.hpp"
#include "credence/tensor/dtype.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace credence {

namespace detail {
struct compiled_program;
struct device_copy;

/// The data memory of a program.
struct bound_data {
  std::vector<double> values;
  std::vector<float> single;  ///< data matrices in f32, for programs of that precision
};
}  // namespace detail

/// One reported quantity: a parameter on its constrained scale, or a generated variable.
struct output_info {
  std::string name;
  shape_type shape;        ///< empty for a scalar
  std::int64_t first = 0;  ///< its first row among the outputs
  std::int64_t size = 1;
  bool is_parameter = true;  ///< else generated
};

/// How a model is compiled.
struct compile_options {
  /// f32: products of data matrices with parameters multiply and add in f32, over at most 128 rows at a time;
  /// densities, sums over observations and therefore energy differences stay f64. Second derivatives are f64
  /// throughout.
  dtype precision = dtype::f64;
};

/// How an evaluation weighs the parts of the density, and what else it writes. Weights are one for each lane; an empty
/// span is weight 1 everywhere.
struct evaluation_options {
  std::span<const double> prior_weight{};
  std::span<const double> likelihood_weight{};  ///< tempering: lane l has density prior * likelihood ^ weight[l]
  std::span<const double> jacobian_weight{};    ///< 0 for a mode on the natural scale
  bool jacobian = true;                         ///< false: leave the log Jacobian of the constraints out
  bool prior = true;                            ///< false: maximum likelihood
  rng_key noise_key{};                          ///< what the keys of the program stand under
  std::uint64_t replay = 0;                     ///< number of this replay: fresh noise for each
  std::int64_t first_lane = 0;                  ///< number of lane 0, for its noise
};

/// A recorded log density, compiled and bound to data: replayed for many lanes at once, forwards and backwards, without
/// allocating. A value: copies share the compiled program. Results depend neither on the number of threads nor on how
/// many lanes are evaluated together. Models the concept lane_density.
class program {
 public:
  /// Compiles a recording, with the data it was recorded on.
  /// @throws domain_error  when the precision is neither f64 nor f32
  explicit program(const recorder& recorded, const compile_options& options = {});

  /// The same program on other data of the same shapes.
  /// @throws shape_error  when a shape differs
  [[nodiscard]] program rebind(const named_data& data) const;

  /// Length of the unconstrained vector.
  [[nodiscard]] std::int64_t dimension() const;
  /// Rows of the outputs: parameters in the order of recording, then generated quantities.
  [[nodiscard]] const std::vector<output_info>& outputs() const;
  [[nodiscard]] std::int64_t output_size() const;
  /// `theta[1]`, `theta[2]`, ... (1-based, as in Stan): the name of each output row.
  [[nodiscard]] std::vector<std::string> output_names() const;
  /// Observations of the pointwise log likelihood.
  [[nodiscard]] std::int64_t observations() const;

  /// Log density, and its gradient unless `gradient` is empty.
  /// With a CUDA context all pointers are device memory and the lanes are contiguous; one kernel runs all lanes.
  /// @param x            (dimension, lanes), unconstrained
  /// @param log_density  (lanes); includes every constant, and the log Jacobian of the constraints
  /// @param gradient     (dimension, lanes) or empty
  /// @throws shape_error      when the sizes do not fit
  /// @throws not_built_error  with a CUDA context, when this build has no CUDA or the program cannot run there
  void evaluate(const exec::context& ctx, lanes_view<const double> x, std::span<double> log_density,
                lanes_view<double> gradient) const;
  void evaluate(const exec::context& ctx, lanes_view<const double> x, std::span<double> log_density,
                lanes_view<double> gradient, const evaluation_options& options) const;

  /// Log likelihood of every observation: (observations, lanes).
  void pointwise_log_likelihood(const exec::context& ctx, lanes_view<const double> x, lanes_view<double> out) const;

  /// Constrained parameters and generated quantities: (output_size, lanes).
  void evaluate_outputs(const exec::context& ctx, lanes_view<const double> x, lanes_view<double> out,
                        const evaluation_options& options = {}) const;

  /// Gradient and Hessian times a direction, for each lane (forward over reverse).
  /// @param direction  (dimension, lanes)
  void hessian_vector_product(const exec::context& ctx, lanes_view<const double> x, lanes_view<const double> direction,
                              std::span<double> log_density, lanes_view<double> gradient,
                              lanes_view<double> product) const;

  /// Derivative of the log density along a direction, by forward mode alone.
  void directional_derivative(const exec::context& ctx, lanes_view<const double> x, lanes_view<const double> direction,
                              std::span<double> log_density, std::span<double> derivative) const;

  /// The full Hessian at one point, row-major (dimension, dimension), symmetrised.
  [[nodiscard]] std::vector<double> hessian(const exec::context& ctx, std::span<const double> x) const;

  /// The unconstrained vector of given constrained parameter values.
  /// @throws domain_error  when a parameter is absent or violates its constraint
  [[nodiscard]] std::vector<double> unconstrain(const named_data& parameters) const;

  /// What a replay does, for people: operations, bytes of arena, tile width for so many lanes.
  struct cost {
    std::int64_t operations = 0;
    std::int64_t arena_elements = 0;
    std::int64_t tile_width = 0;
  };
  [[nodiscard]] cost predicted_cost(std::int64_t lanes) const;

  /// For the replays of this module.
  [[nodiscard]] const detail::compiled_program& compiled() const { return *compiled_; }
  [[nodiscard]] const detail::bound_data& bound() const { return *data_; }

 private:
  program(std::shared_ptr<const detail::compiled_program> compiled, const named_data& data);
  void bind(const named_data& data);

  std::shared_ptr<const detail::compiled_program> compiled_;
  std::shared_ptr<const detail::bound_data> data_;
  std::vector<output_info> outputs_;
  mutable std::shared_ptr<detail::device_copy> device_;
};

/// A model: how to record itself on given data.
class model {
 public:
  explicit model(std::function<void(recorder&)> record) : record_(std::move(record)) {}

  /// Records the model on these data.
  [[nodiscard]] program compile(const named_data& data, const compile_options& options = {}) const {
    recorder r(data);
    record_(r);
    return program(r, options);
  }

 private:
  std::function<void(recorder&)> record_;
};

}  // namespace credence
