// SPDX-License-Identifier: BSD-3-Clause
// credence nls: nonlinear least squares from a formula.
#include "credence/estimate_common.hpp"

#include "credence/estimate/nls.hpp"
#include "credence/table/csv.hpp"

#include <fmt/core.h>

namespace credence::app {

namespace {

struct options {
  std::string data;
  std::string formula;
  std::string start;
  std::string weights;
  std::string method = "automatic";
  double level = 0.95;
  int max_iterations = 2000;
};

std::vector<std::pair<std::string, double>> starts_of(const std::string& text) {
  std::vector<std::pair<std::string, double>> out;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    std::string part = text.substr(at, comma - at);
    part.erase(0, part.find_first_not_of(' '));
    const auto one = named_numbers("nls: --start", part);
    if (!one.family.empty()) throw usage_error("nls: --start is " + text + ", but must be b1=500,b2=1e-4");
    for (const auto& other : out) {
      if (other.first == one.name) throw usage_error("nls: --start names " + one.name + " twice");
    }
    out.emplace_back(one.name, one.arguments[0]);
    at = comma + 1;
  }
  return out;
}

document run(const options& given, session& now) {
  const auto start = starts_of(given.start);
  const table data = read_table(now, given.data);
  nls::options how;
  how.max_iterations = given.max_iterations;
  how.level = given.level;
  how.weights = given.weights;
  how.context = now.context;
  how.strategy = given.method == "lm"         ? nls::strategy::levenberg_marquardt
                 : given.method == "geodesic" ? nls::strategy::geodesic
                 : given.method == "dogleg"   ? nls::strategy::dogleg
                                              : nls::strategy::automatic;
  if (!given.weights.empty()) static_cast<void>(number_column(data, given.data, given.weights));
  const auto fit = with_formula([&] { return nls::fit(data, given.formula, start, how); });
  const auto lost = data.rows() - static_cast<std::int64_t>(fit.kept.size());
  if (lost > 0) now.warn(fmt::format("{} of {} rows have missing cells and were left out", lost, data.rows()));
  for (const std::string& finding : fit.findings) now.warn(finding);

  document out;
  table_text shown{"", {"parameter", "estimate", "std_error", "lower", "upper"}, {}, 6};
  json parameters = json::object();
  for (std::size_t j = 0; j < fit.names.size(); ++j) {
    parameters[fit.names[j]] = {{"estimate", fit.estimates[j]},
                                {"std_error", fit.std_errors[j]},
                                {"lower", fit.lower[j]},
                                {"upper", fit.upper[j]}};
    shown.rows.push_back({fit.names[j], fit.estimates[j], fit.std_errors[j], fit.lower[j], fit.upper[j]});
  }
  out.data["parameters"] = std::move(parameters);
  out.data["rss"] = fit.rss;
  out.data["residual_sd"] = fit.residual_sd;
  out.data["df_residual"] = fit.df_residual;
  out.data["log_likelihood"] = fit.log_likelihood;
  out.data["aic"] = fit.aic;
  out.data["bic"] = fit.bic;
  out.data["iterations"] = fit.iterations;
  out.data["status"] = fit.converged ? "converged" : to_string(fit.why);
  out.data["method"] = fit.method;
  out.tables.push_back(std::move(shown));
  out.notes.push_back(fmt::format("residual sum of squares {:.8g}, standard deviation {:.6g} on {} degrees of freedom",
                                  fit.rss, fit.residual_sd, fit.df_residual));
  out.notes.push_back(fmt::format("{}, {} iterations, AIC {:.6g}", fit.method, fit.iterations, fit.aic));
  if (!now.output.empty()) {
    std::vector<std::int64_t> rows(fit.kept.begin(), fit.kept.end());
    output_file file(now.output);
    file.stream() << to_csv(
        table({make_column("row", rows), make_column("fitted", fit.values), make_column("residual", fit.residuals)}));
    file.commit();
  }
  return out;
}

void declare(CLI::App& app, options& given) {
  app.add_option("data", given.data, "the table, as CSV")->required()->option_text("D.csv");
  app.add_option("--formula", given.formula, "response ~ expression of columns and parameters; ^ and ** are powers")
      ->required()
      ->option_text("F");
  app.add_option("--start", given.start, "where each parameter starts")->required()->option_text("b1=500,b2=1e-4");
  app.add_option("--weights", given.weights, "a column of weights of the squares")->option_text("COLUMN");
  app.add_option("--method", given.method, "automatic, lm, geodesic or dogleg")
      ->check(CLI::IsMember({"automatic", "lm", "geodesic", "dogleg"}))
      ->option_text("NAME");
  app.add_option("--level", given.level, "of the intervals")->check(between_0_and_1())->option_text("P");
  app.add_option("--max-iterations", given.max_iterations, "of each method")->check(at_least(1))->option_text("N");
}

}  // namespace

void add_nls(program& all) {
  all.add({.name = "nls",
           .summary = "nonlinear least squares from a formula",
           .example = "credence nls d.csv --formula \"y ~ b1*(1-exp(-b2*x))\" --start b1=500,b2=1e-4",
           .output = "fitted values and residuals, row by row"},
          declare, run);
}

}  // namespace credence::app
