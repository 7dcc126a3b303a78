// SPDX-License-Identifier: BSD-3-Clause
#include "credence/diagnostics/stan_csv.hpp"

#include "credence/base/errors.hpp"
#include "credence/diagnostics/summary.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <filesystem>
#include <limits>

using namespace credence;

namespace {

// As CmdStan writes it: comments before, between warm-up and draws, and after; here with saved warm-up, thinned by 2.
const std::string cmdstan = R"(# stan_version_major = 2
# model = bernoulli_model
# method = sample (Default)
#   sample
#     num_samples = 4
#     num_warmup = 3
#     save_warmup = 1
#     thin = 2
#     algorithm = hmc (Default)
#         nuts
#           max_depth = 12
# id = 1 (Default)
lp__,accept_stat__,stepsize__,treedepth__,n_leapfrog__,divergent__,energy__,theta,beta.1.2
-7.5,0.9,1.5,1,3,0,7.9,0.1,2
-7.25,0.8,1.5,2,3,0,7.9,0.2,3
# Adaptation terminated
# Step size = 0.9
# Diagonal elements of inverse mass matrix:
# 0.5, 0.25
-7,0.7,0.9,12,3,1,8,0.3,4
-6.5,0.6,0.9,1,1,0,8.5,nan,-inf

#  Elapsed Time: 0.005 seconds (Warm-up)
#                0.01 seconds (Sampling)
)";

std::string error_of(const std::string& text) {
  try {
    parse_stan_csv(text, "d.csv");
  } catch (const parse_error& e) {
    return e.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("stan csv: CmdStan's files, with warm-up and comments in the middle", "[diagnostics][stan_csv]") {
  const stan_csv s = parse_stan_csv(cmdstan);
  CHECK(s.draws == 4);
  CHECK(s.warmup_draws == 2);  // 3 warm-up iterations thinned by 2
  CHECK(s.columns.size() == 9);
  CHECK(s.setting("model") == "bernoulli_model");
  CHECK(s.setting("method") == "sample");
  CHECK(s.setting("Step size") == "0.9");
  CHECK(s.find("theta") == 7);
  CHECK(s.find("phi") == -1);
  CHECK(s.values[2 * 9 + 7] == 0.3);
  CHECK(std::isnan(s.values[3 * 9 + 7]));
  CHECK(s.values[3 * 9 + 8] == -std::numeric_limits<double>::infinity());

  const std::vector<stan_csv> chains{s, s};
  const chain_draws joined = join_chains(chains);
  CHECK(joined.chains == 2);
  CHECK(joined.draws == 2);
  CHECK(joined.parameters == std::vector<std::string>{"theta", "beta[1,2]"});
  CHECK(joined.max_tree_depth == 12);
  CHECK(joined.view_of_draws()(1, 0, 1) == 4.0);
  CHECK(joined.statistic("divergent__")(0, 0) == 1.0);
  CHECK(joined.statistic("energy__")(1, 1) == 8.5);
  CHECK(joined.statistic("absent__").data == nullptr);
}

TEST_CASE("stan csv: what is written reads back the same", "[diagnostics][stan_csv]") {
  const std::string folder = std::filesystem::temp_directory_path().string() + "/credence_stan_csv_test";
  std::filesystem::create_directories(folder);
  const std::string path = folder + "/output_1.csv";
  std::vector<std::string> columns = nuts_columns();
  columns.push_back(stan_csv_name("theta[1]"));
  columns.push_back(stan_csv_name("Sigma[2,1]"));
  CHECK(columns[8] == "Sigma.2.1");
  const std::vector<std::pair<std::string, std::string>> header{{"model", "mine"}, {"seed", "7"}};
  std::vector<double> row{-1.0 / 3, 0.9, 0.1, 3, 7, 0, 1e-300, 5e-324, std::nextafter(1.0, 2.0)};
  {
    stan_csv_writer writer(path, header, columns);
    writer.adaptation(0.1, std::vector<double>{0.5, 2.0});
    writer.write(row);
    row[7] = std::numeric_limits<double>::infinity();
    writer.write(row);
    CHECK_THROWS_AS(writer.write(std::vector<double>{1.0}), shape_error);
    writer.flush();
    CHECK(std::filesystem::exists(path + ".partial"));
    CHECK_FALSE(std::filesystem::exists(path));
    CHECK(read_stan_csv(path + ".partial").draws == 2);
    writer.elapsed(1.5, 0.25);
    writer.finish();
  }
  CHECK_FALSE(std::filesystem::exists(path + ".partial"));
  const stan_csv back = read_stan_csv(path);
  CHECK(back.columns == columns);
  CHECK(back.setting("seed") == "7");
  CHECK(back.setting("Step size") == "0.1");
  REQUIRE(back.draws == 2);
  CHECK(std::vector<double>(back.values.begin() + 9, back.values.end()) == row);
  CHECK(back.values[7] == 5e-324);
  CHECK_THROWS_AS(stan_csv_writer(folder + "/no/such.csv", header, columns), io_error);
  CHECK_THROWS_AS(read_stan_csv(folder + "/absent.csv"), io_error);
  std::filesystem::remove_all(folder);
}

TEST_CASE("stan csv: an unfinished writer leaves its draws in the partial file", "[diagnostics][stan_csv]") {
  const std::string path = std::filesystem::temp_directory_path().string() + "/credence_unfinished.csv";
  {
    const std::vector<std::string> columns{"lp__", "x"};
    stan_csv_writer writer(path, {}, columns);
    writer.write(std::vector<double>{-1.0, 2.0});
  }
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK(read_stan_csv(path + ".partial").draws == 1);
  std::filesystem::remove(path + ".partial");
}

TEST_CASE("stan csv: every error has its line and column", "[diagnostics][stan_csv]") {
  CHECK(error_of("") == "d.csv:1:1: the line of column names is missing");
  CHECK(error_of("# a\n\n") == "d.csv:3:1: the line of column names is missing");
  CHECK(error_of("a,,b\n") == "d.csv:1:3: column 2 has no name");
  CHECK(error_of("a,a\n") == "d.csv:1:3: the column name a is there twice");
  CHECK(error_of("a,b\n1,2\n# c\n3\n") == "d.csv:4:2: the row ends after 1 value, but there are 2 columns");
  CHECK(error_of("a,b\n1,2,3\n") == "d.csv:2:4: the row has more than 2 values");
  CHECK(error_of("a,b\n1,x\n") == "d.csv:2:3: the value of b is not a number");
  CHECK(error_of("a,b\n1x,2\n") == "d.csv:2:2: the value of a is not a number");
  CHECK(error_of("a,b\n1,\n") == "d.csv:2:3: the value of b is not a number");
  CHECK(error_of("a,b\n1,\xFF\n") == "d.csv:2:3: a byte that is not UTF-8");
  CHECK(error_of("a,b\r\n1,2 \r\n") == "no error");
}

TEST_CASE("stan csv: chains that differ are refused, unequal lengths are cut", "[diagnostics][stan_csv]") {
  const stan_csv a = parse_stan_csv("lp__,x\n1,2\n3,4\n"), b = parse_stan_csv("lp__,y\n1,2\n"),
                 c = parse_stan_csv("lp__,x\n5,6\n"), d = parse_stan_csv("lp__\n5\n");
  CHECK(join_chains(std::vector<stan_csv>{a, c}).draws == 1);
  CHECK_THROWS_WITH(join_chains(std::vector<stan_csv>{a, b}), Contains("chain 2 has y where chain 1 has x"));
  CHECK_THROWS_WITH(join_chains(std::vector<stan_csv>{a, d}), Contains("chain 2 has nothing where chain 1 has x"));
  CHECK_THROWS_AS(join_chains({}), domain_error);
}

TEST_CASE("stan csv: names with brackets and with dots", "[diagnostics][stan_csv]") {
  CHECK(bracket_name("theta.1") == "theta[1]");
  CHECK(bracket_name("Omega.2.13") == "Omega[2,13]");
  CHECK(bracket_name("mu") == "mu");
  CHECK(bracket_name("a.b") == "a.b");
  CHECK(bracket_name("x.") == "x.");
  CHECK(stan_csv_name("theta[1]") == "theta.1");
  CHECK(stan_csv_name("Omega[2, 13]") == "Omega.2.13");
}

TEST_CASE("stan csv: a writer goes on behind the draws that count", "[diagnostics][stan_csv]") {
  const std::string path = (std::filesystem::temp_directory_path() / "credence_go_on.csv").string();
  const std::vector<std::pair<std::string, std::string>> header{{"model", "m"}};
  const std::vector<std::string> columns{"lp__", "a"};
  const auto write = [&](double from, double to, stan_csv_writer& writer) {
    for (double x = from; x < to; ++x) writer.write(std::vector<double>{x, 0.1 * x});
  };
  {
    stan_csv_writer writer(path, header, columns);
    write(0, 5, writer);
  }
  CHECK_THROWS_WITH(stan_csv_writer(path, 6), Contains("the file ends after 5 of 6 draws"));
  {
    stan_csv_writer writer(path, 3);  // the last two are forgotten
    CHECK_THROWS_AS(writer.write(std::vector<double>{1.0}), shape_error);
    write(3, 4, writer);
  }
  {
    stan_csv_writer writer(path, 4);
    write(4, 7, writer);
    writer.finish();
  }
  const stan_csv all = read_stan_csv(path);
  REQUIRE(all.draws == 7);
  for (std::size_t i = 0; i < 7; ++i) CHECK(all.values[2 * i] == static_cast<double>(i));
  CHECK(all.setting("model") == "m");
  std::filesystem::remove(path);
}
