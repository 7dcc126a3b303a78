// SPDX-License-Identifier: BSD-3-Clause
// `credence sample MODEL --data D.json`: MCMC on a built-in model, one Stan CSV file for each chain.
#include "credence/draws_report.hpp"
#include "credence/sampling_method.hpp"

#include "credence/base/version.hpp"
#include "credence/diagnostics/stan_csv.hpp"
#include "credence/models/registry.hpp"
#include "credence/samplers/run.hpp"
#include "credence/table/files.hpp"
#include "credence/table/json.hpp"
#include "credence/table/npy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>

namespace credence::app {
namespace {

struct options {
  std::string model;
  std::string data;
  std::string method = "nuts";
  std::string metric;       // empty: what suits the method
  std::string estimator;    // empty: fisher for lowrank, else variance
  std::int64_t chains = 0;  // 0: 4, or enough walkers for an ensemble
  std::int64_t warmup = 1000, thin = 1;
  std::int64_t draws = 0;  // 0: 1000, or 10000 where --target-ess may end the run sooner
  double target_ess = 0.0;
  double adapt_target = 0.0;  // 0: what suits the method
  int max_depth = 10;
  double integration_time = hmc::options{}.integration_time, jitter = hmc::options{}.jitter;
  double init_radius = 2.0;
  std::string init_file;
  std::vector<std::string> variables;
  std::string checkpoint, resume;
  double checkpoint_seconds = 5.0;
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
  draw_files(const options& given, const session& now, const sampling_method& method, std::int64_t chains,
             const std::vector<std::string>& names) {
    columns_ = method.statistic_names();
    statistics_ = columns_.size();
    for (const std::string& name : names) columns_.push_back(stan_csv_name(name));
    resumed_ = !given.resume.empty();
    for (std::int64_t chain = 0; chain < chains; ++chain) {
      file& added = files_.emplace_back();
      added.path = chain_file(now.output, chain);
      added.header = header(given, now, method, chain);
      if (resumed_) continue;  // the checkpoint says how much of the old file counts
      try {
        open(added);
      } catch (const io_error& failure) {
        drop_empty();
        throw io_error(io_error::kind::write, failure.what());
      }
    }
  }
  ~draw_files() { drop_empty(); }
  draw_files(const draw_files&) = delete;
  draw_files& operator=(const draw_files&) = delete;

  draw_sink sink(bool checkpoints) {
    draw_sink to;
    to.begin = [this](const chain_setting& setting) { begin(setting); };
    to.draw = [this](std::int64_t chain, std::span<const double> statistics, std::span<const double> reported) {
      file& one = at(chain);
      one.row.assign(statistics.begin(), statistics.end());
      one.row.insert(one.row.end(), reported.begin(), reported.end());
      one.writer->write(one.row);
      ++one.draws;
    };
    if (!checkpoints) return to;
    to.flush = [this](std::int64_t chain) {
      if (at(chain).writer) at(chain).writer->flush();
    };
    to.restore = [this](std::int64_t chain, std::int64_t draws, std::vector<double>& statistics,
                        std::vector<double>& reported) { restore(chain, draws, statistics, reported); };
    return to;
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
      if (chain.draws < result.capacity) {
        writer.comment(fmt::format("stopped after {} of {} draws{}", chain.draws, result.capacity,
                                   result.reached_target ? ", which are effective enough" : ""));
      }
      writer.elapsed(chain.warmup_seconds, chain.sampling_seconds);
      writer.finish();
      finished.push_back(files_[k].path);
    }
    return finished;
  }

 private:
  using header_lines = std::vector<std::pair<std::string, std::string>>;
  struct file {
    std::string path;
    header_lines header;
    std::unique_ptr<stan_csv_writer> writer;
    std::vector<double> row;
    std::int64_t draws = 0;
  };

  static header_lines header(const options& given, const session& now, const sampling_method& method,
                             std::int64_t chain) {
    return {{"model", given.model},
            {"method", "sample"},
            {"algorithm", method.is_hamiltonian() ? "hmc" : given.method},
            {"engine", given.method},
            {"num_samples", std::to_string(given.draws)},
            {"num_warmup", std::to_string(given.warmup)},
            {"save_warmup", "0"},
            {"thin", std::to_string(given.thin)},
            {"max_depth", std::to_string(given.max_depth)},
            {"metric", method.metric_name()},
            {"delta", fmt::format("{}", method.target_acceptance())},
            {"id", std::to_string(chain + 1)},
            {"seed", std::to_string(now.seed)},
            {"data_file", given.data},
            {"credence_version", version().version}};
  }

  void open(file& one) { one.writer = std::make_unique<stan_csv_writer>(one.path, one.header, columns_); }

  void begin(const chain_setting& setting) {
    file& one = at(setting.chain);
    if (!one.writer) open(one);  // a resumed run whose chain had no checkpoint yet
    if (setting.step_size == 0.0) return;
    const metric& shape = *setting.metric;
    const std::int64_t d = setting.dimension;
    const bool dense = shape.what == metric::shape::dense || (shape.what == metric::shape::low_rank && d <= 100);
    one.writer->adaptation(setting.step_size, dense ? covariance(shape, d) : variances(shape, d), dense);
  }

  void restore(std::int64_t chain, std::int64_t draws, std::vector<double>& statistics, std::vector<double>& reported) {
    file& one = at(chain);
    one.writer = std::make_unique<stan_csv_writer>(one.path, draws);
    one.draws = draws;
    const stan_csv kept = read_stan_csv(one.path + ".partial");
    if (kept.columns != columns_) throw domain_error(one.path + ".partial: the columns are not those of this run");
    const std::size_t width = columns_.size();
    for (std::size_t row = 0; row < static_cast<std::size_t>(draws); ++row) {
      const auto first = kept.values.begin() + static_cast<std::ptrdiff_t>(row * width);
      const auto split = first + static_cast<std::ptrdiff_t>(statistics_);
      statistics.insert(statistics.end(), first, split);
      reported.insert(reported.end(), split, first + static_cast<std::ptrdiff_t>(width));
    }
  }

  file& at(std::int64_t chain) { return files_[static_cast<std::size_t>(chain)]; }

  void drop_empty() {
    for (file& one : files_) {
      if (one.draws > 0 || !one.writer || resumed_) continue;
      one.writer.reset();
      std::remove((one.path + ".partial").c_str());
    }
  }

  std::vector<file> files_;
  std::vector<std::string> columns_;
  std::size_t statistics_ = 0;
  bool resumed_ = false;
};

run_options run_settings(const options& given, const session& now, const models::entry& entry,
                         const credence::program& model) {
  run_options run;
  run.chains = given.chains;
  run.warmup = given.warmup;
  run.draws = given.draws;
  run.thin = given.thin;
  run.target_ess = given.target_ess;
  run.seed = now.seed;
  run.initial_radius = given.init_radius;
  run.variables = given.variables.empty() ? entry.reported() : given.variables;
  run.context = now.context;
  run.progress = now.progress;
  run.interrupt = now.interrupt;
  run.checkpoint.path = given.checkpoint.empty() ? given.resume : given.checkpoint;
  run.checkpoint.resume = given.resume;
  run.checkpoint.every_seconds = given.checkpoint_seconds;
  run.checkpoint.identity = {{"model", entry.name},
                             {"data", given.data.empty() ? "" : fingerprint(read_file(given.data))}};
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

/// The mean over chains, with the standard error that their differences give.
void describe_evidence(const std::vector<double>& estimates, document& shown) {
  if (estimates.empty()) return;
  const auto n = static_cast<double>(estimates.size());
  double mean = 0.0, squares = 0.0;
  for (const double z : estimates) mean += z / n;
  for (const double z : estimates) squares += (z - mean) * (z - mean);
  const double error = std::sqrt(squares / (n * (n - 1.0)));  // NaN for a single chain
  shown.data["log_evidence"] = mean;
  shown.data["log_evidence_std_error"] = error;
  shown.notes.push_back(fmt::format("log evidence {:.4f} (standard error {:.2g})", mean, error));
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
  describe_evidence(result.log_evidence, shown);
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

/// The seed that the program chose for a run, from its checkpoint.
void take_seed(const std::string& checkpoint, session& now) {
  for (const auto& [name, value] : read_checkpoint_identity(checkpoint)) {
    if (name == "seed") now.seed = std::stoull(value);
  }
  now.config["seed"] = now.seed;
}

/// Chains that one file each is too many for.
constexpr std::int64_t many_chains = 16;

/// All chains in one array, (chains, draws, columns), and what it holds beside it as JSON.
std::vector<std::string> write_arrays(const options& given, const session& now, const sampling_method& method,
                                      const run_result& result) {
  const std::size_t dot = now.output.rfind('.'), slash = now.output.rfind('/');
  const bool has_extension = dot != std::string::npos && (slash == std::string::npos || dot > slash + 1);
  const std::string stem = has_extension ? now.output.substr(0, dot) : now.output;
  const auto draws = result.draws();
  std::vector<view<const double, 2>> statistics;
  for (const std::string& name : result.statistic_names) statistics.push_back(result.statistic(name));
  std::vector<double> values;
  for (std::int64_t c = 0; c < draws.extent(0); ++c) {
    for (std::int64_t i = 0; i < draws.extent(1); ++i) {
      for (const auto& statistic : statistics) values.push_back(statistic(c, i));
      for (std::int64_t p = 0; p < draws.extent(2); ++p) values.push_back(draws(c, i, p));
    }
  }
  json columns = result.statistic_names;
  for (const std::string& name : result.names) columns.push_back(name);
  const std::int64_t shape[] = {draws.extent(0), draws.extent(1), static_cast<std::int64_t>(columns.size())};
  write_npy(stem + ".npy", values, shape);
  const json header{{"columns", columns},
                    {"axes", {"chain", "draw", "column"}},
                    {"model", given.model},
                    {"method", given.method},
                    {"warmup", given.warmup},
                    {"draws", given.draws},
                    {"thin", given.thin},
                    {"seed", now.seed},
                    {"metric", method.metric_name()},
                    {"data_file", given.data},
                    {"credence_version", version().version}};
  write_file(stem + ".json", to_json_text(header) + "\n");
  return {stem + ".npy", stem + ".json"};
}

document run(const options& asked, session& now) {
  options given = asked;
  if (given.draws == 0) given.draws = given.target_ess > 0.0 ? 10000 : 1000;
  if (given.adapt_target != 0.0 && !(given.adapt_target > 0.0 && given.adapt_target < 1.0)) {
    throw usage_error(fmt::format("sample: --adapt-target is {}, but must be between 0 and 1", given.adapt_target));
  }
  if (now.output == "-") throw usage_error("sample: --output is -, but each chain needs a file of its own");
  if (!given.resume.empty() && !now.seed_given) take_seed(given.resume, now);
  const models::entry& entry = find_model(given.model);
  const sampling_method method({given.method, given.metric, given.estimator, given.adapt_target, given.max_depth,
                                given.integration_time, given.jitter});
  if (given.data.empty() && !entry.data.empty()) {
    throw usage_error("sample: --data is required; credence models show " + entry.name + " tells what it needs");
  }
  if (given.target_ess > 0.0 && (given.method == "tempering" || given.method == "smc")) {
    throw usage_error(fmt::format("sample: --target-ess is not for {}", given.method));
  }
  if (!given.checkpoint.empty() || !given.resume.empty()) {
    if (!method.leaves_checkpoints()) {
      throw usage_error(fmt::format("sample: --checkpoint and --resume are not for {}", given.method));
    }
    if (given.chains > many_chains) throw usage_error("sample: --checkpoint is for 16 chains at most");
  }
  const credence::program model =
      models::compile(entry, given.data.empty() ? named_data() : read_named_data(given.data));
  if (given.chains == 0) {
    const std::int64_t walkers = std::max<std::int64_t>(32, 4 * model.dimension());
    given.chains = 4;
    if (given.method == "ensemble") given.chains = walkers;
    if (given.method == "chees") given.chains = 32;
    if (given.method == "meads") given.chains = 128;
  }
  const sampling_target target(model);
  run_options settings = run_settings(given, now, entry, model);
  const std::vector<std::string> names = reported_names(target, settings.variables);
  const bool arrays = given.chains > many_chains;
  draw_files files(given, now, method, arrays ? 0 : given.chains, names);
  if (!arrays) settings.sink = files.sink(!settings.checkpoint.path.empty());

  const auto start = std::chrono::steady_clock::now();
  const run_result result = [&] {
    try {
      return method.sample(target, settings);
    } catch (const io_error& failure) {
      throw io_error(failure.failed, failure.what() + files.kept());
    }
  }();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (result.why == sampling_end::failed) refuse_without_draws(result);
  document shown;
  if (result.why == sampling_end::interrupted && !settings.checkpoint.path.empty()) {
    now.say("the run can go on with --resume " + settings.checkpoint.path);
  }
  const bool goes_on = result.why == sampling_end::interrupted && !settings.checkpoint.path.empty();
  const std::vector<std::string> written = goes_on  ? std::vector<std::string>()
                                           : arrays ? write_arrays(given, now, method, result)
                                                    : files.finish(result);
  describe(summary(result, now.context), now, shown);
  describe_run(result, seconds, now, shown);
  if (given.target_ess > 0.0) {
    shown.data["target_ess_reached"] = result.reached_target;
    if (result.reached_target) {
      shown.notes.push_back(fmt::format("every quantity has {} effective draws or more after {} draws of each chain",
                                        given.target_ess, result.shown_draws));
    } else if (result.why == sampling_end::completed) {
      now.warn(fmt::format("--target-ess {} was not reached in {} draws of each chain", given.target_ess, given.draws));
    }
  }
  shown.data["files"] = written;
  if (!written.empty()) {
    shown.notes.push_back("draws are in " + written.front() + (written.size() > 1 ? " ... " + written.back() : ""));
  }
  return shown;
}

void declare(CLI::App& app, options& given) {
  app.add_option("model", given.model, "name of a built-in model")->required()->option_text("MODEL");
  app.add_option("--data", given.data, "the data, as JSON; a few models have none")->option_text("FILE");
  app.add_option(
         "--method", given.method,
         "nuts, hmc, mala, barker, rwm, independence, slice, elliptical, chees, meads, ensemble, tempering, smc")
      ->check(CLI::IsMember(sampling_method::names()))
      ->option_text("NAME");
  app.add_option("--metric", given.metric, "unit, diag, dense or lowrank; learnt in warm-up unless unit")
      ->check(CLI::IsMember({"unit", "diag", "dense", "lowrank"}))
      ->option_text("NAME");
  app.add_option("--estimator", given.estimator, "of the metric: variance (of draws) or fisher (draws and gradients)")
      ->check(CLI::IsMember({"variance", "fisher"}))
      ->option_text("NAME");
  app.add_option("--chains", given.chains,
                 "chains (4; chees 32; meads 128; ensemble 32 or 4 a dimension); above 16 in one NPY file")
      ->check(between(1, 100000))
      ->option_text("N")
      ->default_str("");
  app.add_option("--warmup", given.warmup, "iterations of adaptation, not kept")->check(at_least(0))->option_text("N");
  app.add_option("--draws", given.draws, "iterations after warm-up (1000; at most 10000 with --target-ess)")
      ->check(at_least(1))
      ->option_text("N")
      ->default_str("");
  app.add_option("--target-ess", given.target_ess,
                 "stop once every reported quantity has this many effective draws, bulk and tail")
      ->check(positive())
      ->option_text("N")
      ->default_str("");
  app.add_option("--thin", given.thin, "keep every N-th of them")->check(at_least(1))->option_text("N");
  app.add_option("--adapt-target", given.adapt_target, "acceptance rate that warm-up aims at (nuts, hmc 0.8)")
      ->option_text("P")
      ->default_str("");
  app.add_option("--max-depth", given.max_depth, "doublings of a trajectory at most")
      ->check(between(1, 30))
      ->option_text("N");
  app.add_option("--integration-time", given.integration_time, "of hmc: length of a trajectory in units of the metric")
      ->check(positive())
      ->option_text("T");
  app.add_option("--jitter", given.jitter, "of hmc: how much trajectories vary, 0 (static) to 1")
      ->check(between_0_and_1())
      ->option_text("J");
  auto* radius =
      app.add_option("--init-radius", given.init_radius, "starts are uniform within this distance of 0, unconstrained")
          ->check(non_negative())
          ->option_text("R");
  app.add_option("--init-file", given.init_file, "start of all chains: parameter values as JSON")
      ->excludes(radius)
      ->option_text("FILE");
  app.add_option("--checkpoint", given.checkpoint, "leave the state here from time to time")->option_text("FILE");
  app.add_option("--resume", given.resume, "go on from a checkpoint: with the same options, to the same bits")
      ->option_text("FILE");
  app.add_option("--checkpoint-seconds", given.checkpoint_seconds, "between two checkpoints of a chain")
      ->check(non_negative())
      ->option_text("S");
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
