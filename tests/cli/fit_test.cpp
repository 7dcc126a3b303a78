// SPDX-License-Identifier: BSD-3-Clause
// credence fit, as a user runs it.
#include "cli/run_credence.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

using namespace credence::test;
using json = nlohmann::json;

TEST_CASE("credence fit: closed forms, censoring, intervals, priors", "[cli][fit]") {
  const scratch_folder folder;
  // Proschan's air conditioning: sum 1297, 12 observations.
  const std::string air = folder.write("air.csv", "x\n3\n5\n7\n18\n43\n85\n91\n98\n100\n130\n230\n487\n");
  const auto ran = run_credence({"fit", "exponential", air, "--column", "x", "--format", "json", "--quiet"});
  CHECK(ran.code == 0);
  const json data = json::parse(ran.out);
  CHECK_THAT(data["parameters"]["rate"]["estimate"].get<double>(), WithinRel(12.0 / 1297.0, 1e-12));
  CHECK_THAT(data["parameters"]["rate"]["std_error"].get<double>(), WithinRel(std::sqrt(12.0) / 1297.0, 1e-8));
  for (const char* key : {"log_likelihood", "aic", "bic", "ks"}) CHECK(data[key].is_number());
  CHECK(data["warnings"].empty());
  const std::string censored = folder.write("c.csv", "t,c,l,r\n1,0,1,1\n2,1,2,\n3,0,3,3\n4,1,4,\n");
  const json right = json::parse(run_credence({"fit", "exponential", censored, "--column", "t", "--right-censored", "c",
                                               "--format", "json", "--quiet"})
                                     .out);
  CHECK_THAT(right["parameters"]["rate"]["estimate"].get<double>(), WithinRel(0.2, 1e-9));  // 2 events in 10
  const json interval = json::parse(
      run_credence({"fit", "exponential", censored, "--interval", "l,r", "--format", "json", "--quiet"}).out);
  CHECK(interval["parameters"]["rate"]["estimate"] == right["parameters"]["rate"]["estimate"]);
  const json map = json::parse(run_credence({"fit", "exponential", air, "--method", "map", "--prior", "rate=gamma:2:3",
                                             "--format", "json", "--quiet"})
                                   .out);
  CHECK_THAT(map["parameters"]["rate"]["estimate"].get<double>(), WithinRel(13.0 / 1300.0, 1e-9));
  const json ranked = json::parse(run_credence({"fit", "auto", air, "--format", "json", "--quiet"}).out);
  CHECK(ranked["families"].size() > 5);
  CHECK(ranked["aic"] == ranked["families"][0]["aic"]);
  const auto t = run_credence({"fit", "t", air, "--fix", "df=5", "--profile", "--format", "json", "--quiet"});
  CHECK(json::parse(t.out)["parameters"]["df"]["estimate"] == 5.0);
  const auto people = run_credence({"fit", "lomax", air, "--bootstrap", "20", "--seed", "1"});
  CHECK(people.code == 0);
  CHECK_THAT(people.out, Contains("scale") && Contains("AIC"));
}

TEST_CASE("credence fit: no maximum is a warning; refusals are one line each", "[cli][fit]") {
  const scratch_folder folder;
  const std::string same = folder.write("s.csv", "x\n2\n2\n2\n"), good = folder.write("g.csv", "x,w\n1,1\n2,-1\n3,1\n");
  const auto ran = run_credence({"fit", "normal", same, "--format", "json"});
  CHECK(ran.code == 0);
  CHECK(json::parse(ran.out)["parameters"]["sd"]["estimate"] == "NaN");
  CHECK_THAT(json::parse(ran.out)["warnings"][0].get<std::string>(), Contains("every observation is 2"));
  CHECK(run_credence({"fit", "normal", same, "--strict"}).code == 1);
  const auto refuse = [&](const std::vector<std::string>& arguments, int code, const std::string& what) {
    std::vector<std::string> all{"fit"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const auto refused = run_credence(all);
    CAPTURE(refused.err);
    CHECK(refused.code == code);
    CHECK(line_count(refused.err) == 1);
    CHECK(refused.out.empty());
    CHECK_THAT(refused.err, Contains(what));
  };
  refuse({"gama", good, "--column", "x"}, 64, "gamma");
  refuse({"normal", good}, 64, "--column");
  refuse({"normal", good, "--column", "y"}, 64, "y");
  refuse({"normal", good, "--column", "x", "--weights", "w"}, 65, "row 1");
  refuse({"gamma", folder.write("n.csv", "x\n1\n-2\n"), "--column", "x"}, 65, "row 1");
  refuse({"normal", folder.write("e.csv", "x\n"), "--column", "x"}, 65, "no rows");
  refuse({"normal", folder.write("t.csv", "x\na\nb\n"), "--column", "x"}, 65, "numbers");
  refuse({"normal", folder.path("none.csv")}, 66, "none.csv");
  refuse({"normal", good, "--column", "x", "--truncate", "1"}, 64, "--truncate");
  refuse({"normal", good, "--column", "x", "--prior", "mean=normal:0:1"}, 64, "map");
  refuse({"binomial", good, "--column", "x"}, 65, "trials");
}
