// SPDX-License-Identifier: BSD-3-Clause
// `credence sample MODEL --data D.json`: MCMC on a built-in model, one Stan CSV file for each chain.
#include "credence/draws_report.hpp"

#include "credence/base/version.hpp"
#include "credence/diagnostics/stan_csv.hpp"
#include "credence/models/registry.hpp"
#include "credence/samplers/run.hpp"
#include "credence/table/json.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <memory>

namespace credence::app {
namespace {

struct options {
  std::string model;
  std::string data;
  std::string method = "nuts";
  std::string metric = "diag";
  std::int64_t chains = 4, warmup = 1000, draws = 1000, thin = 1;
  double adapt_target = 0.8;
  int max_depth = 10;
  double init_radius = 2.0;
  std::string init_file;
  std::vector<std::string> variables;
};

const models::entry& find_model(const std::string& name) {
  try {
    return models::find(name);
  } catch (const domain_error& failure) {
    throw usage_error(std::string(failure.what()) + "; credence models lists them");
  }
}

/// out.csv gives out_1.csv, out_2.csv, ...
std::string chain_file(const std::string& output, std::int64_t chain) {
  const std::size_t dot = output.rfind('.'), slash = output.rfind('/');
  const bool has_extension = dot != std::string::npos && (slash == std::string::npos || dot > slash + 1);
  const std::string stem = has_extension ? output.substr(0, dot) : output;
  return stem + "_" + std::to_string(chain + 1) + (has_extension ? output.substr(dot) : ".csv");
}

/// The files of all chains, opened before the work begins. Draws go to NAME.partial until `finish`; without it files
/// that hold draws stay there, and the others go away.
class draw_files {
 public:
  draw_files(const options& given, const session& now, const std::vector<std::string>& names) {
    std::vector<std::string> columns = nuts_columns();
    for (const std::string& name : names) columns.push_back(stan_csv_name(name));
    for (std::int64_t chain = 0; chain < given.chains; ++chain) {
      file& added = files_.emplace_back();
      added.path = chain_file(now.output, chain);
      try {
        added.writer = std::make_unique<stan_csv_writer>(added.path, header(given, now, chain), columns);
      } catch (const io_error& failure) {
        drop_empty();
        throw io_error(io_error::kind::write, failure.what());
      }
    }
  }
  ~draw_files() { drop_empty(); }
  draw_files(const draw_files&) = delete;
  draw_files& operator=(const draw_files&) = delete;

  draw_sink sink() {
    return {.begin =
                [this](const chain_setting& setting) {
                  at(setting.chain).writer->adaptation(setting.step_size, setting.inverse_metric);
                },
            .draw =
                [this](std::int64_t chain, std::span<const double> statistics, std::span<const double> reported) {
                  file& to = at(chain);
                  to.row.assign(statistics.begin(), statistics.end());
                  to.row.insert(to.row.end(), reported.begin(), reported.end());
                  to.writer->write(to.row);
                  ++to.draws;
                }};
  }

  /// Where draws are that were written before a file could not be, in words.
  [[nodiscard]] std::string kept() const {
    std::string names;
    for (const file& one : files_) {
      if (one.draws > 0) names += (names.empty() ? "" : ", ") + one.path + ".partial";
    }
    return names.empty() ? "" : "; finished draws are kept in " + names;
  }

  /// Gives the files with draws their names.
  std::vector<std::string> finish(const run_result& result) {
    std::vector<std::string> finished;
    for (std::size_t k = 0; k < files_.size(); ++k) {
      const chain_result& chain = result.chains[k];
      if (files_[k].draws == 0) continue;
      stan_csv_writer& writer = *files_[k].writer;
      if (chain.why != sampling_end::completed) {
        writer.comment(fmt::format("stopped after {} of {} draws", chain.draws, result.capacity));
      }
      writer.elapsed(chain.warmup_seconds, chain.sampling_seconds);
      writer.finish();
      finished.push_back(files_[k].path);
    }
    return finished;
  }

 private:
  struct file {
    std::string path;
    std::unique_ptr<stan_csv_writer> writer;
    std::vector<double> row;
    std::int64_t draws = 0;
  };

  static std::vector<std::pair<std::string, std::string>> header(const options& given, const session& now,
                                                                 std::int64_t chain) {
    return {{"model", given.model},
            {"method", "sample"},
            {"algorithm", "hmc"},
            {"engine", "nuts"},
            {"num_samples", std::to_string(given.draws)},
            {"num_warmup", std::to_string(given.warmup)},
            {"save_warmup", "0"},
            {"thin", std::to_string(given.thin)},
            {"max_depth", std::to_string(given.max_depth)},
            {"metric", given.metric == "diag" ? "diag_e" : "unit_e"},
            {"delta", fmt::format("{}", given.adapt_target)},
            {"id", std::to_string(chain + 1)},
            {"seed", std::to_string(now.seed)},
            {"data_file", given.data},
            {"credence_version", version().version}};
  }

  file& at(std::int64_t chain) { return files_[static_cast<std::size_t>(chain)]; }

  void drop_empty() {
    for (file& one : files_) {
      if (one.draws > 0 || !one.writer) continue;
      one.writer.reset();
      std::remove((one.path + ".partial").c_str());
    }
  }

  std::vector<file> files_;
};

run_options run_settings(const options& given, const session& now, const models::entry& entry,
                         const credence::program& model) {
  run_options run;
  run.chains = given.chains;
  run.warmup = given.warmup;
  run.draws = given.draws;
  run.thin = given.thin;
  run.seed = now.seed;
  run.initial_radius = given.init_radius;
  run.variables = given.variables.empty() ? entry.reported() : given.variables;
  run.context = now.context;
  run.progress = now.progress;
  run.interrupt = now.interrupt;
  if (!given.init_file.empty()) run.initial_points = {model.unconstrain(read_named_data(given.init_file))};
  return run;
}

/// The names that a run will report, in its order.
std::vector<std::string> reported_names(const sampling_target& target, const std::vector<std::string>& variables) {
  std::vector<std::string> names;
  for (const std::string& wanted : variables) {
    const std::size_t before = names.size();
    for (std::size_t k = 0; k < target.names.size(); ++k) {
      if (target.names[k] == wanted || target.variables[k] == wanted) names.push_back(target.names[k]);
    }
    if (names.size() == before)
      throw usage_error("sample: --variables is " + wanted + ", which the model does not have");
  }
  return names;
}

void describe_run(const run_result& result, double seconds, session& now, document& shown) {
  std::int64_t gradients = 0;
  double warmup = 0.0, sampling = 0.0;
  json chains = json::array();
  for (std::size_t k = 0; k < result.chains.size(); ++k) {
    const chain_result& chain = result.chains[k];
    gradients += chain.warmup_gradients + chain.sampling_gradients;
    warmup += chain.warmup_seconds;
    sampling += chain.sampling_seconds;
    const char* end = chain.why == sampling_end::completed     ? "completed"
                      : chain.why == sampling_end::interrupted ? "interrupted"
                                                               : "failed";
    chains.push_back({{"draws", chain.draws}, {"step_size", chain.step_size}, {"status", end}});
    if (chain.why == sampling_end::failed) {
      now.warn(fmt::format("chain {} ended after {} draws: {}", k + 1, chain.draws, chain.error));
    }
  }
  shown.data["chain_details"] = std::move(chains);
  shown.data["warmup_seconds"] = warmup;
  shown.data["sampling_seconds"] = sampling;
  shown.data["seconds"] = seconds;
  shown.data["gradients"] = gradients;
  shown.notes.push_back(
      fmt::format("{} gradients in {:.3g} s; the chains together took {:.3g} s for warm-up and "
                  "{:.3g} s for sampling",
                  gradients, seconds, warmup, sampling));
}

/// A run of which no chain has a draw, because the density failed, is an error.
void refuse_without_draws(const run_result& result) {
  std::string first;
  for (const chain_result& chain : result.chains) {
    if (chain.draws > 0) return;
    if (first.empty()) first = chain.error;
  }
  throw domain_error("sample: every chain failed: " + first);
}

document run(const options& given, session& now) {
  if (!(given.adapt_target > 0.0 && given.adapt_target < 1.0)) {
    throw usage_error(fmt::format("sample: --adapt-target is {}, but must be between 0 and 1", given.adapt_target));
  }
  if (now.output == "-") throw usage_error("sample: --output is -, but each chain needs a file of its own");
  const models::entry& entry = find_model(given.model);
  const credence::program model = models::compile(entry, read_named_data(given.data));
  const sampling_target target(model);
  run_options settings = run_settings(given, now, entry, model);
  const nuts::options sampler{
      .max_depth = given.max_depth, .target_acceptance = given.adapt_target, .adapt_metric = given.metric == "diag"};
  draw_files files(given, now, reported_names(target, settings.variables));
  settings.sink = files.sink();

  const auto start = std::chrono::steady_clock::now();
  const run_result result = [&] {
    try {
      return sample(target, sampler, settings);
    } catch (const io_error& failure) {
      throw io_error(failure.failed, failure.what() + files.kept());
    }
  }();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (result.why == sampling_end::failed) refuse_without_draws(result);
  document shown;
  const std::vector<std::string> written = files.finish(result);
  describe(summary(result, now.context), now, shown);
  describe_run(result, seconds, now, shown);
  shown.data["files"] = written;
  if (!written.empty()) {
    shown.notes.push_back("draws are in " + written.front() + (written.size() > 1 ? " ... " + written.back() : ""));
  }
  return shown;
}

void declare(CLI::App& app, options& given) {
  app.add_option("model", given.model, "name of a built-in model")->required()->option_text("MODEL");
  app.add_option("--data", given.data, "the data, as JSON")->required()->option_text("FILE");
  app.add_option("--method", given.method, "the sampler: nuts")->check(CLI::IsMember({"nuts"}))->option_text("NAME");
  app.add_option("--metric", given.metric, "diag (adapted in warm-up) or unit")
      ->check(CLI::IsMember({"diag", "unit"}))
      ->option_text("NAME");
  app.add_option("--chains", given.chains, "independent chains")->check(between(1, 100000))->option_text("N");
  app.add_option("--warmup", given.warmup, "iterations of adaptation, not kept")->check(at_least(0))->option_text("N");
  app.add_option("--draws", given.draws, "iterations after warm-up")->check(at_least(1))->option_text("N");
  app.add_option("--thin", given.thin, "keep every N-th of them")->check(at_least(1))->option_text("N");
  app.add_option("--adapt-target", given.adapt_target, "acceptance rate that warm-up aims at")->option_text("P");
  app.add_option("--max-depth", given.max_depth, "doublings of a trajectory at most")
      ->check(between(1, 30))
      ->option_text("N");
  auto* radius =
      app.add_option("--init-radius", given.init_radius, "starts are uniform within this distance of 0, unconstrained")
          ->check(non_negative())
          ->option_text("R");
  app.add_option("--init-file", given.init_file, "start of all chains: parameter values as JSON")
      ->excludes(radius)
      ->option_text("FILE");
  app.add_option("--variables", given.variables, "what to report, instead of what the model lists")
      ->delimiter(',')
      ->option_text("A,B,...");
}

}  // namespace

void add_sample(program& all) {
  all.add({.name = "sample",
           .summary = "MCMC on a built-in model: draws as Stan CSV, and their summary",
           .example = "credence sample eight_schools --data eight_schools.json --seed 1",
           .output = "draws: out.csv gives out_1.csv, out_2.csv, ... one for each chain",
           .default_output = "output.csv",
           .csv = true,
           .random = true},
          declare, run);
}

}  // namespace credence::app
