// SPDX-License-Identifier: BSD-3-Clause
// The stored reference draws of posteriordb: published ESS and R-hat, and the slow twin on the same file.
#include "credence/diagnostics/convergence.hpp"
#include "credence/diagnostics/summary.hpp"
#include "credence/table/csv.hpp"

#include "diagnostics/slow_twin.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace credence;

namespace {

struct stored_draws {
  std::vector<std::string> names;
  std::vector<double> values;  // (chains, draws, parameters)
  std::int64_t chains = 10, draws = 1000;
};

stored_draws read_draws(const std::string& path) {
  const table file = read_csv(path);
  stored_draws result;
  result.names = file.names();
  result.names.erase(result.names.begin(), result.names.begin() + 2);  // chain, draw: the rows are in their order
  result.values = file.matrix(result.names);
  REQUIRE(result.values.size() == 10000 * result.names.size());
  return result;
}

twin::chains one_parameter(const stored_draws& stored, std::size_t p) {
  twin::chains x(10, twin::chain(1000));
  for (std::size_t c = 0; c < 10; ++c) {
    for (std::size_t d = 0; d < 1000; ++d) x[c][d] = stored.values[(c * 1000 + d) * stored.names.size() + p];
  }
  return x;
}

}  // namespace

TEST_CASE("summary: stored draws give the published ESS and R-hat, and the slow twin's numbers",
          "[diagnostics][summary]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const std::string name = GENERATE("eight_schools", "garch11", "low_dim_gauss_mix");
  CAPTURE(name);
  const std::string place = folder + "/posteriordb/" + name;
  const stored_draws stored = read_draws(place + "/reference_draws.csv.gz");
  const auto reference = nlohmann::json::parse(test::read_file(place + "/reference_summary.json"));
  const auto count = static_cast<std::int64_t>(stored.names.size());
  const view<const double, 3> draws(stored.values.data(), stored.chains, stored.draws, count);
  const draws_summary got = summary(exec::cpu(2), stored.names, draws);
  for (std::size_t p = 0; p < stored.names.size(); ++p) {
    CAPTURE(stored.names[p]);
    const auto& mine = got.parameters[p];
    const auto& expected = reference["parameters"][stored.names[p]];
    // The file carries 9 digits; ties and quantile indicators move the ESS by up to 2e-6, R-hat is published to 4e-6.
    CHECK_THAT(mine.ess_bulk, WithinRel(expected["published_ess_bulk"].get<double>(), 2e-6));
    CHECK_THAT(mine.ess_tail, WithinRel(expected["published_ess_tail"].get<double>(), 2e-6));
    CHECK_THAT(mine.rhat, WithinRel(expected["published_rhat"].get<double>(), 4e-6));
    CHECK_THAT(mine.mcse_mean, WithinRel(expected["mcse_mean"].get<double>(), 1e-6));
    const double scale = expected["sd"].get<double>();
    const double digits = 1e-8 * (std::abs(expected["mean"].get<double>()) + 4.0 * scale);  // nine of them
    CHECK_THAT(mine.mcse_sd, WithinRel(expected["mcse_sd"].get<double>(), 1e-6));
    CHECK_THAT(mine.mean, WithinAbs(expected["mean"].get<double>(), digits));
    CHECK_THAT(mine.sd, WithinRel(scale, 1e-7));
    CHECK_THAT(mine.q5, WithinAbs(expected["q05"].get<double>(), digits));
    CHECK_THAT(mine.q50, WithinAbs(expected["q50"].get<double>(), digits));
    CHECK_THAT(mine.q95, WithinAbs(expected["q95"].get<double>(), digits));

    const twin::chains x = one_parameter(stored, p);
    CHECK_THAT(mine.rhat, WithinRel(twin::r_hat(x), 1e-10));
    CHECK_THAT(mine.ess_bulk, WithinRel(twin::ess_bulk(x), 1e-10));
    CHECK_THAT(mine.ess_tail, WithinRel(twin::ess_tail(x), 1e-10));
    CHECK_THAT(mine.mcse_mean, WithinRel(twin::mcse_mean(x), 1e-10));
    CHECK_THAT(mine.mcse_sd, WithinRel(twin::mcse_sd(x), 1e-10));
    const view<const double, 2> one = [&] {
      view<const double, 2> v;
      v.data = draws.data + static_cast<std::int64_t>(p);
      v.extents[0] = 10, v.extents[1] = 1000;
      v.strides[0] = draws.strides[0], v.strides[1] = draws.strides[1];
      return v;
    }();
    CHECK_THAT(mcse_quantile(one, 0.05), WithinAbs(expected["mcse_q05"].get<double>(), digits));
    CHECK_THAT(mcse_quantile(one, 0.05), WithinRel(twin::mcse_quantile(x, 0.05), 1e-10));
  }
}
