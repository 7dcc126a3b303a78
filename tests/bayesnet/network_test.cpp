// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/network.hpp"

#include "bayesnet/support.hpp"

using namespace credence;
using namespace credence::bayesnet;

namespace {
network rain() {
  return network_builder::from_arrows("rain{yes,no} -> wet{soaked,damp,dry} <- hose{on,off}")
      .cpd("rain", {0.2, 0.8})
      .cpd("hose", {0.1, 0.9})
      .cpd("wet", {0.9, 0.1, 0.0, 0.6, 0.3, 0.1, 0.5, 0.4, 0.1, 0.0, 0.1, 0.9})
      .build();
}
}  // namespace

TEST_CASE("network: axes are parents in stated order, then the child", "[bayesnet][network]") {
  const network net = rain();
  CHECK(net.size() == 3);
  CHECK(net.parameter_count() == 1 + 1 + 4 * 2);
  const node_id wet = net.graph().index_of("wet");
  CHECK(net.graph().names(net.table(wet).parents) == std::vector<std::string>{"rain", "hose"});
  CHECK(net.row_states(wet, 1) == std::vector<std::string>{"yes", "off"});
  CHECK(net.row_states(wet, 2) == std::vector<std::string>{"no", "on"});
  // P(rain = no, wet = damp, hose = on) = 0.8 * 0.1 * 0.4; nodes are numbered rain, wet, hose
  const std::vector<std::int64_t> states{1, 1, 0};
  CHECK_THAT(std::exp(net.log_probability(states)), WithinRel(0.8 * 0.1 * 0.4, 1e-14));
  const std::vector<std::int64_t> never{1, 0, 1};
  CHECK(net.log_probability(never) == -std::numeric_limits<double>::infinity());
  const std::vector<std::int64_t> beyond{1, 3, 1};
  CHECK_THROWS_AS(net.log_probability(beyond), domain_error);
  CHECK(network().size() == 0);
}

TEST_CASE("network: the order of parents may differ from the order of arrows", "[bayesnet][network]") {
  const network net = network_builder()
                          .variable("a", {"0", "1"})
                          .variable("b", {"0", "1", "2"})
                          .variable("c", {"0", "1"})
                          .cpd("c", {"b", "a"}, {.1, .9, .2, .8, .3, .7, .4, .6, .5, .5, .6, .4})
                          .cpd("a", {}, {.5, .5})
                          .cpd("b", {}, {.2, .3, .5})
                          .build();
  const std::vector<std::int64_t> states{1, 2, 0};
  CHECK_THAT(std::exp(net.log_probability(states)), WithinRel(0.5 * 0.5 * 0.6, 1e-14));
}

TEST_CASE("network: rows within the tolerance are kept as given and divided by their sum in queries",
          "[bayesnet][network]") {
  const network net = network_builder().variable("a", {"x", "y"}).cpd("a", {}, {0.3333333, 0.6666666}).build();
  CHECK(net.table(0).values[0] == 0.3333333);
  const auto p = net.probabilities(0);
  CHECK_THAT(p[0] + p[1], WithinAbs(1.0, 1e-15));
  REQUIRE(net.row_warnings().size() == 1);
  CHECK_THAT(net.row_warnings()[0].sum, WithinAbs(0.9999999, 1e-15));
  CHECK_THAT(net.warnings()[0], Contains("P(a)") && Contains("0.9999999"));
  CHECK(rain().row_warnings().empty());
}

TEST_CASE("network: what is wrong is named", "[bayesnet][network]") {
  const auto with = [](std::vector<double> values) {
    return network_builder::from_arrows("r{y,n}->w{a,b}").cpd("r", {0.5, 0.5}).cpd("w", std::move(values)).build();
  };
  CHECK_NOTHROW(with({0.1, 0.9, 0.2, 0.8}));
  CHECK_THROWS_WITH(with({0.1, 0.9, 0.2, 0.7}), Contains("P(w | n)") && Contains("0.9"));
  CHECK_THROWS_WITH(with({0.1, 0.9, 0.2}), Contains("'w'") && Contains("3 entries"));
  CHECK_THROWS_WITH(with({-0.1, 1.1, 0.2, 0.8}), Contains("'w'"));
  CHECK_THROWS_WITH(with({0.1, 0.9, std::nan(""), 0.8}), Contains("NaN"));
  CHECK_THROWS_WITH(network_builder::from_arrows("a{y,n}->b{y,n}->a").cpd("a", {1}).cpd("b", {1}).build(),
                    Contains("a -> b -> a"));
  CHECK_THROWS_WITH(network_builder().variable("a", {}).cpd("a", {}, {}).build(), Contains("no states"));
  CHECK_THROWS_WITH(network_builder().variable("a", {"x", "x"}).cpd("a", {}, {.5, .5}).build(), Contains("'x' twice"));
  CHECK_THROWS_WITH(network_builder().variable("a", {"x"}).build(), Contains("'a' has no table"));
  CHECK_THROWS_WITH(network_builder().variable("a", {"x"}).variable("a", {"y"}).build(), Contains("'a'"));
  CHECK_THROWS_WITH(network_builder().variable("a", {"x"}).cpd("a", {"q"}, {1}).build(), Contains("'q'"));
}

TEST_CASE("evidence text: states, negative and soft findings, quotes", "[bayesnet][evidence]") {
  const auto kinds =
      parse_evidence("a=yes, b!=no ,c=0.2:0.8,\"d,e\"=\"x=\"\"1\"\"\",f=\"0.1:0.9\",g=0.5,h=1:x").findings();
  REQUIRE(kinds.size() == 7);
  CHECK(kinds[0].node == "a");
  CHECK(kinds[0].state == "yes");
  CHECK(kinds[1].what == finding::kind::not_state);
  CHECK(kinds[1].node == "b");
  CHECK(kinds[1].state == "no");
  CHECK(kinds[2].likelihood == std::vector<double>{0.2, 0.8});
  CHECK(kinds[3].node == "d,e");
  CHECK(kinds[3].state == "x=\"1\"");
  CHECK(kinds[4].state == "0.1:0.9");
  CHECK(kinds[5].state == "0.5");
  CHECK(kinds[6].state == "1:x");
  CHECK(parse_evidence(" ").empty());
  for (const auto* bad : {"a", "a=", "=x", "a=x,", "a=\"x", "a=x b", "a!x", ",a=x", "a==x"}) {
    CAPTURE(bad);
    if (std::string(bad) == "a=x b")
      CHECK(parse_evidence(bad).findings()[0].state == "x b");
    else
      CHECK_THROWS_AS(parse_evidence(bad), parse_error);
  }
  try {
    parse_evidence("a=x,b");
    FAIL("no error");
  } catch (const parse_error& e) {
    CHECK(e.column == 6);
  }
}

TEST_CASE("evidence: findings about one variable multiply, and must leave a state", "[bayesnet][evidence]") {
  const network net = rain();
  const auto known = resolve(net, evidence().exclude("wet", "dry").likelihood("wet", {0.5, 1.0, 1.0}), "here");
  CHECK(known.weights[1] == std::vector<double>{0.5, 1.0, 0.0});
  CHECK(known.state[1] == -1);
  CHECK(resolve(net, evidence().exclude("rain", "yes"), "here").state[0] == 1);
  CHECK(known.weights[0].empty());
  CHECK_THROWS_WITH(resolve(net, evidence{{"rain", "yes"}, {"rain", "no"}}, "here"),
                    Contains("probability zero") && Contains("rain"));
  CHECK_THROWS_WITH(resolve(net, evidence{{"snow", "yes"}}, "here"), Contains("'snow'"));
  CHECK_THROWS_WITH(resolve(net, evidence{{"rain", "maybe"}}, "here"), Contains("'maybe'") && Contains("yes, no"));
  CHECK_THROWS_AS(resolve(net, evidence().likelihood("rain", {1.0}), "here"), shape_error);
  CHECK_THROWS_AS(resolve(net, evidence().likelihood("rain", {1.0, -1.0}), "here"), domain_error);
  CHECK_THROWS_AS(resolve(net, evidence().likelihood("rain", {1.0, std::nan("")}), "here"), domain_error);
}
