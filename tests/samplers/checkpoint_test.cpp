// SPDX-License-Identifier: BSD-3-Clause
// Runs that were stopped anywhere and go on give the bits of runs that were not.
#include "credence/samplers/checkpoint.hpp"
#include "credence/base/errors.hpp"
#include "credence/samplers/run.hpp"
#include "credence/table/files.hpp"
#include "samplers/targets.hpp"
#include "support/catch.hpp"

#include <unistd.h>
#include <atomic>
#include <filesystem>

using namespace credence;
using namespace credence::test;

namespace {

/// A density that asks for an interruption after so many evaluations.
struct stopping_target {
  funnel of{3};
  interrupt_flag* flag = nullptr;
  mutable std::atomic<std::int64_t> left{0};
  [[nodiscard]] std::int64_t dimension() const { return of.dimension(); }
  void evaluate(const exec::context& ctx, lanes_view<const double> x, std::span<double> value,
                lanes_view<double> g) const {
    if (left.fetch_sub(1) == 0) flag->request();
    of.evaluate(ctx, x, value, g);
  }
};

struct scratch_file {
  std::string path =
      (std::filesystem::temp_directory_path() / ("credence_checkpoint_" + std::to_string(getpid()))).string();
  ~scratch_file() { std::filesystem::remove(path); }
};

run_options plan(const std::string& path, double target_ess = 0.0) {
  run_options run;
  run.chains = 3;
  run.warmup = 150;
  run.draws = 80;
  run.thin = 2;
  run.seed = 8;
  run.target_ess = target_ess;
  if (target_ess > 0.0) run.draws = 2000;
  run.context = exec::cpu(2);
  run.checkpoint.path = path;
  run.checkpoint.every_seconds = 0.0;
  run.checkpoint.identity = {{"model", "funnel"}};
  return run;
}

/// Stops a run after `evaluations`, again and again, until it is complete.
template <class Options>
void check_resumes(const Options& opt, std::int64_t evaluations, double target_ess = 0.0) {
  const funnel plain{3};
  run_options whole = plan("", target_ess);
  const run_result expected = sample(plain, opt, whole);
  const scratch_file file;
  int stops = 0;
  for (; stops < 200; ++stops) {
    interrupt_flag flag;
    stopping_target target;
    target.flag = &flag;
    target.left = evaluations;
    run_options run = plan(file.path, target_ess);
    run.interrupt = &flag;
    if (std::filesystem::exists(file.path)) run.checkpoint.resume = file.path;
    const run_result result = sample(target, opt, run);
    if (result.why == sampling_end::interrupted) continue;
    REQUIRE(result.why == sampling_end::completed);
    CHECK(result.reached_target == expected.reached_target);
    CHECK(result.shown_draws == expected.shown_draws);
    CHECK(result.values == expected.values);
    CHECK(result.statistics == expected.statistics);
    CHECK(result.chains[1].step_size == expected.chains[1].step_size);
    CHECK(result.chains[2].sampling_gradients == expected.chains[2].sampling_gradients);
    CHECK(result.chains[2].initial_point == expected.chains[2].initial_point);
    break;
  }
  CAPTURE(stops);
  CHECK(stops > 0);
  CHECK_FALSE(std::filesystem::exists(file.path));  // nothing is left when all is done
}

}  // namespace

TEST_CASE("checkpoint: every sampler goes on to the same bits", "[samplers][checkpoint]") {
  const std::int64_t evaluations = GENERATE(97, 1201);
  CAPTURE(evaluations);
  check_resumes(nuts::options{}, 3 * evaluations);
  check_resumes(nuts::options{.adaptation = {metric::shape::dense}}, 3 * evaluations);
  check_resumes(nuts::options{.adaptation = {metric::shape::low_rank, metric_estimator::fisher}}, 3 * evaluations);
  check_resumes(nuts::options{}, 5 * evaluations, 60.0);
  check_resumes(hmc::options{}, 3 * evaluations);
  check_resumes(mala::options{}, evaluations / 2);
  check_resumes(barker::options{}, evaluations / 2);
  check_resumes(random_walk::options{}, evaluations / 2);
  check_resumes(independence_metropolis::options{}, evaluations / 2);
  check_resumes(slice_sampling::options{}, 6 * evaluations);
  check_resumes(elliptical_slice::options{}, evaluations);
}

TEST_CASE("checkpoint: refuses another run by name", "[samplers][checkpoint]") {
  const scratch_file file;
  interrupt_flag flag;
  stopping_target target;
  target.flag = &flag;
  target.left = 2000;
  run_options run = plan(file.path);
  run.interrupt = &flag;
  REQUIRE(sample(target, nuts::options{}, run).why == sampling_end::interrupted);
  const funnel plain{3};
  const auto with = [&](auto change) {
    run_options other = plan("");
    other.checkpoint.resume = file.path;
    change(other);
    return sample(plain, nuts::options{}, other);
  };
  CHECK_THROWS_WITH(with([](run_options& r) { r.checkpoint.identity[0].second = "banana"; }),
                    Contains("has model funnel, but the run has banana"));
  CHECK_THROWS_WITH(with([](run_options& r) { r.seed = 9; }), Contains("seed 8, but the run has 9"));
  CHECK_THROWS_WITH(with([](run_options& r) { r.chains = 4; }), Contains("chains 3"));
  CHECK_THROWS_WITH(with([](run_options& r) { r.initial_radius = 1.0; }), Contains("starts"));
  run_options other = plan("");
  other.checkpoint.resume = file.path;
  CHECK_THROWS_WITH(sample(plain, hmc::options{}, other), Contains("sampler nuts with options"));
  CHECK_THROWS_WITH(sample(plain, nuts::options{.max_depth = 9}, other), Contains("sampler nuts with options"));
  const funnel bigger{4};
  CHECK_THROWS_WITH(sample(bigger, nuts::options{}, other), Contains("dimension 3, but the run has 4"));

  const std::string bytes = credence::read_file(file.path);
  write_file(file.path, "nothing of the kind");
  CHECK_THROWS_WITH(sample(plain, nuts::options{}, other), Contains("no checkpoint of credence"));
  for (const std::size_t size : {bytes.size() / 4, bytes.size() / 2, bytes.size() - 1}) {
    write_file(file.path, bytes.substr(0, size));
    CHECK_THROWS_WITH(sample(plain, nuts::options{}, other), Contains("ends too early"));
  }
  write_file(file.path, bytes);
  bool seen = false;
  for (const auto& [name, value] : read_checkpoint_identity(file.path)) seen = seen || (name == "seed" && value == "8");
  CHECK(seen);
  CHECK(sample(plain, nuts::options{}, other).why == sampling_end::completed);
  std::filesystem::remove(file.path);
  CHECK_THROWS_AS(sample(plain, nuts::options{}, other), io_error);
}
