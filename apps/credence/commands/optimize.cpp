// SPDX-License-Identifier: BSD-3-Clause
// credence optimize: the mode of a built-in model's density.
#include "credence/command.hpp"

#include "credence/estimate/posterior_mode.hpp"
#include "credence/models/registry.hpp"
#include "credence/table/csv.hpp"
#include "credence/table/json.hpp"

#include <fmt/core.h>

#include <cmath>

namespace credence::app {

namespace {

struct options {
  std::string model;
  std::string data;
  std::string mode = "map";
  std::string method = "lbfgs";
  std::int64_t laplace = 0;
  int starts = 1;
  int max_iterations = 2000;
  bool jacobian = false;
};

const models::entry& model_of(const std::string& name) {
  try {
    return models::find(name);
  } catch (const domain_error& failure) {
    throw usage_error(failure.what());
  }
}

/// Mean and standard deviation of each output over the draws of the approximation.
void describe_draws(const laplace_result& around, const mode_result& mode, std::int64_t draws, session& now,
                    document& out) {
  json approximation = json::object();
  std::vector<column> columns;
  for (std::size_t k = 0; k < mode.names.size(); ++k) {
    const double* row = around.draws.data() + k * static_cast<std::size_t>(draws);
    double mean = 0.0, squares = 0.0;
    for (std::int64_t l = 0; l < draws; ++l) {
      const double gap = row[l] - mean;
      mean += gap / static_cast<double>(l + 1);
      squares += gap * (row[l] - mean);
    }
    approximation[mode.names[k]] = {{"mean", mean}, {"sd", std::sqrt(squares / static_cast<double>(draws - 1))}};
    columns.push_back(make_column(mode.names[k], std::vector<double>(row, row + draws)));
  }
  out.data["laplace"] = std::move(approximation);
  out.data["log_evidence"] = around.log_evidence;
  out.notes.push_back(fmt::format("log evidence by Laplace's approximation {:.6g}", around.log_evidence));
  if (!now.output.empty()) {
    output_file file(now.output);
    file.stream() << to_csv(table(std::move(columns)));
    file.commit();
  }
}

document run(const options& given, session& now) {
  const models::entry& entry = model_of(given.model);
  if (given.data.empty() && !entry.data.empty()) {
    throw usage_error("optimize: --data is required; credence models show " + entry.name + " tells what it needs");
  }
  if (given.laplace == 1) throw usage_error("optimize: --laplace is 1, but must be at least 2 draws");
  if (given.laplace > 0 && given.mode == "mle") throw usage_error("optimize: --laplace goes with --mode map");
  if (given.laplace == 0 && !now.output.empty())
    throw usage_error("optimize: --output needs --laplace, whose draws it takes");
  const credence::program model =
      models::compile(entry, given.data.empty() ? named_data() : read_named_data(given.data));
  mode_options how;
  how.context = now.context;
  how.seed = now.seed;
  how.starts = given.starts;
  how.max_iterations = given.max_iterations;
  how.interrupt = now.interrupt;
  how.target = given.mode == "mle"                   ? mode_target::likelihood
               : given.jacobian || given.laplace > 0 ? mode_target::posterior_unconstrained
                                                     : mode_target::posterior_natural;
  how.method = given.method == "newton"        ? mode_method::newton
               : given.method == "cg"          ? mode_method::conjugate_gradient
               : given.method == "nelder-mead" ? mode_method::nelder_mead
                                               : mode_method::lbfgs;
  const mode_result mode = find_mode(model, how);
  if (!converged(mode.why)) {
    now.warn(fmt::format("the search ended by {} with a gradient of {:.3g}", to_string(mode.why), mode.gradient_norm));
  }
  if (mode.covariance.empty()) {
    now.warn(
        "the curvature at the end is not positive definite: no standard errors; there may be no mode (a ridge or a "
        "border)");
  }
  if (mode.distinct > 1)
    now.warn(fmt::format("the starts led to {} different places; the best is shown", mode.distinct));
  document out;
  table_text shown{"", {"parameter", "value", "std_error"}, {}, 6};
  json parameters = json::object(), errors = json::object();
  for (std::size_t k = 0; k < mode.names.size(); ++k) {
    parameters[mode.names[k]] = mode.values[k];
    shown.rows.push_back({mode.names[k], mode.values[k], {}});
    if (mode.std_errors.empty()) continue;
    errors[mode.names[k]] = mode.std_errors[k];
    shown.rows.back()[2] = mode.std_errors[k];
  }
  out.data["parameters"] = std::move(parameters);
  out.data["log_density"] = mode.log_density;
  out.data["iterations"] = mode.iterations;
  out.data["status"] = converged(mode.why) ? "converged" : to_string(mode.why);
  out.data["gradient_norm"] = mode.gradient_norm;
  out.data["scale"] = how.target == mode_target::posterior_unconstrained ? "unconstrained" : "natural";
  if (!mode.std_errors.empty()) out.data["std_errors"] = std::move(errors);
  out.tables.push_back(std::move(shown));
  out.notes.push_back(fmt::format("log density {:.8g}, {} iterations, gradient {:.2g}: {}", mode.log_density,
                                  mode.iterations, mode.gradient_norm, to_string(mode.why)));
  if (given.laplace > 0) {
    if (mode.covariance.empty())
      throw domain_error("optimize: --laplace: the curvature at the mode is not positive definite");
    describe_draws(laplace_approximation(model, mode, given.laplace, now.seed, now.context), mode, given.laplace, now,
                   out);
  }
  return out;
}

void declare(CLI::App& app, options& given) {
  app.add_option("model", given.model, "name of a built-in model")->required()->option_text("MODEL");
  app.add_option("--data", given.data, "the data, as JSON; a few models have none")->option_text("FILE");
  app.add_option("--mode", given.mode, "map: with the prior; mle: neither prior nor Jacobian")
      ->check(CLI::IsMember({"map", "mle"}))
      ->option_text("NAME");
  app.add_flag("--jacobian", given.jacobian,
               "the mode on the unconstrained scale; without it that of the parameters as they are (as in CmdStan)");
  app.add_option("--method", given.method, "lbfgs, newton, cg or nelder-mead")
      ->check(CLI::IsMember({"lbfgs", "newton", "cg", "nelder-mead"}))
      ->option_text("NAME");
  app.add_option("--laplace", given.laplace,
                 "draws from the normal approximation around the unconstrained mode, and the evidence")
      ->check(at_least(1))
      ->option_text("N")
      ->default_str("");
  app.add_option("--starts", given.starts, "the first at 0, the others random")
      ->check(between(1, 10000))
      ->option_text("N");
  app.add_option("--max-iterations", given.max_iterations, "of one start")->check(at_least(1))->option_text("N");
}

}  // namespace

void add_optimize(program& all) {
  all.add({.name = "optimize",
           .summary = "mode of a built-in model: posterior or likelihood, with Laplace's approximation",
           .example = "credence optimize eight_schools --data eight_schools.json --mode map --laplace 1000",
           .output = "draws of --laplace as CSV",
           .random = true},
          declare, run);
}

}  // namespace credence::app
