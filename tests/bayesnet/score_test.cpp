// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/score.hpp"
#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/sampling.hpp"

#include "bayesnet/support.hpp"
#include "credence/table/csv.hpp"

using namespace credence;
using namespace credence::bayesnet;

namespace {

network pair_of(const std::string& arrows) {
  const bool joined = arrows.find("->") != std::string::npos;
  return network_builder::from_arrows(arrows)
      .cpd("a", {0.5, 0.5})
      .cpd("b", joined ? std::vector<double>{1, 0, 0, 0.25, 0.25, 0.5} : std::vector<double>{0.25, 0.25, 0.5})
      .build();
}

table rows_of(const std::string& text) { return parse_csv(exec::cpu(1), text, {.infer_types = false}); }

}  // namespace

TEST_CASE("scores: a table small enough for pencil and paper", "[bayesnet][score]") {
  // counts of (a, b): (0,x) 2, (0,y) 1, (1,z) 1
  const table data = rows_of("b,a,more\nx,0,?\nx,0,?\ny,0,?\nz,1,?\n");
  const network_scores s = score(pair_of("a{0,1}->b{x,y,z}"), data, 6.0);
  CHECK(s.rows == 4);
  CHECK(s.parameters == 1 + 4);
  const double loglik = 3 * std::log(0.75) + std::log(0.25) + 2 * std::log(2.0 / 3) + std::log(1.0 / 3);
  CHECK_THAT(s.loglik, WithinRel(loglik, 1e-13));
  CHECK_THAT(s.aic, WithinRel(loglik - 5, 1e-13));
  CHECK_THAT(s.bic, WithinRel(loglik - 2.5 * std::log(4.0), 1e-13));
  // K2 in factorials: a: 1! / 5! * 3! 1!; b | 0: 2! / 5! * 2! 1!; b | 1: 2! / 3! * 1!
  CHECK_THAT(s.k2, WithinRel(std::log(6.0 / 120) + std::log(2.0 * 2 / 120) + std::log(2.0 / 6), 1e-13));
  // BDeu with 6: a has weights 3, 3: 3*4*5 * 3 / (6*7*8*9); b has weights 1 in a row of 3: 1*2 * 1 / (3*4*5) and 1 / 3
  CHECK_THAT(s.bdeu, WithinRel(std::log(60.0 * 3 / 3024) + std::log(2.0 / 60) + std::log(1.0 / 3), 1e-13));
}

TEST_CASE("scores: BDeu and the likelihood are equal for equivalent graphs, and the true arc wins",
          "[bayesnet][score]") {
  const network net = read_bif(CREDENCE_SOURCE_DIR "/models/networks/student.bif");
  const sample_table drawn = forward_sample(exec::cpu(1), net, 2000, {3, 0});
  std::vector<column> columns;
  for (node_id v : {1, 3}) {
    std::vector<std::string> texts;
    for (const std::int32_t s : drawn.column(v)) texts.push_back(s == 0 ? "lo" : "hi");
    columns.push_back(make_column(net.at(v).name, std::span<const std::string>(texts)));
  }
  const table data(columns);
  const auto make = [](const std::string& arrows, std::vector<double> i, std::vector<double> s) {
    return network_builder::from_arrows(arrows).cpd("I", std::move(i)).cpd("S", std::move(s)).build();
  };
  const std::vector<double> half{.5, .5}, halves{.5, .5, .5, .5};
  const network_scores forward = score(make("I{lo,hi}->S{lo,hi}", half, halves), data);
  const network_scores backward = score(make("I{lo,hi}<-S{lo,hi}", halves, half), data);
  const network_scores apart = score(make("I{lo,hi};S{lo,hi}", half, half), data);
  CHECK_THAT(forward.bdeu, WithinRel(backward.bdeu, 1e-12));
  CHECK_THAT(forward.loglik, WithinRel(backward.loglik, 1e-12));
  CHECK(forward.bic > apart.bic);
  CHECK(forward.bdeu > apart.bdeu);
  CHECK(forward.k2 > apart.k2);
}

TEST_CASE("scores: data that do not fit are refused by row and column", "[bayesnet][score]") {
  const network net = pair_of("a{0,1};b{x,y,z}");
  CHECK_THROWS_WITH(score(net, rows_of("a\n0\n")), Contains("b"));
  CHECK_THROWS_WITH(score(net, rows_of("a,b\n0,x\n1,w\n")), Contains("'b' in row 1") && Contains("'w'"));
  CHECK_THROWS_WITH(score(net, rows_of("a,b\n0,x\n,x\n")), Contains("'a' is missing in row 1"));
  CHECK_THROWS_AS(score(net, rows_of("a,b\n0,x\n"), 0.0), domain_error);
  CHECK(state_codes(net, rows_of("a,b\n0,z\n,x\n")) == std::vector<std::vector<std::int32_t>>{{0, -1}, {2, 0}});
  CHECK(score(net, parse_csv(exec::cpu(1), "a,b\n0,x\n1,y\n")).rows == 2);  // numbers are states too
}
