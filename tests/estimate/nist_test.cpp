// SPDX-License-Identifier: BSD-3-Clause
// The certified values of NIST's Statistical Reference Datasets. LRE: digits that agree, capped at 11 (nonlinear)
// or 15.
#include "estimate/reference.hpp"

#include "credence/base/errors.hpp"
#include "credence/estimate/glm.hpp"
#include "credence/estimate/nls.hpp"
#include "credence/estimate/univariate.hpp"
#include "credence/table/csv.hpp"

#include <sstream>

using namespace credence;
using namespace credence::test;
using json = nlohmann::ordered_json;

namespace {

/// The numbers after the last line that begins with "Data:", row by row.
std::vector<std::vector<double>> data_rows(const std::string& path) {
  std::istringstream text(read_file(path));
  std::vector<std::vector<double>> out;
  std::string line;
  bool inside = false;
  while (std::getline(text, line)) {
    if (line.rfind("Data:", 0) == 0 || line.find("---") != std::string::npos) {
      out.clear();
      inside = true;
      continue;
    }
    if (!inside) continue;
    std::istringstream words(line);
    std::vector<double> row;
    std::string word;
    while (words >> word) {
      char* end = nullptr;
      const double value = std::strtod(word.c_str(), &end);
      if (*end != '\0') {
        row.clear();
        out.clear();  // a heading
        break;
      }
      row.push_back(value);
    }
    if (!row.empty()) out.push_back(row);
  }
  return out;
}

/// x1, b2: a letter and a digit, made without what GCC 12 mistakes for an overflow.
std::string numbered(char letter, std::size_t number) { return std::string{letter, static_cast<char>('0' + number)}; }

/// Columns y, x (or y, x1, x2).
table columns_of(const std::vector<std::vector<double>>& rows) {
  std::vector<column> columns;
  const std::size_t wide = rows[0].size();
  for (std::size_t j = 0; j < wide; ++j) {
    std::vector<double> values;
    for (const auto& row : rows) values.push_back(row[j]);
    const std::string name = j == 0 ? "y" : wide == 2 ? "x" : numbered('x', j);
    columns.push_back(make_column(name, values));
  }
  return table(std::move(columns));
}

/// Python wrote infinities that are not JSON: the F of exact fits.
json certified(const std::string& folder) {
  std::string text = read_file(folder + "/nist/nist-certified.json");
  for (auto at = text.find("Infinity"); at != std::string::npos; at = text.find("Infinity"))
    text.replace(at, 8, "null");
  return json::parse(text);
}

}  // namespace

TEST_CASE("nls: every NIST problem from both starts", "[estimate][nls][nist]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  double total = 0.0;
  int runs = 0;
  const json all = certified(folder);
  for (const auto& [name, problem] : all.items()) {
    if (problem["kind"] != "nonlinear") continue;
    const auto rows = data_rows(folder + "/nist/" + problem["file"].get<std::string>());
    CAPTURE(name);
    REQUIRE(static_cast<int>(rows.size()) == problem["n"]);
    const table data = columns_of(rows);
    for (const char* which : {"start1", "start2"}) {
      std::vector<std::pair<std::string, double>> start;
      for (std::size_t j = 0; j < problem[which].size(); ++j) {
        start.emplace_back(numbered('b', j + 1), problem[which][j].get<double>());
      }
      const auto fit = nls::fit(data, problem["model"].get<std::string>(), start);
      CAPTURE(which, fit.method, fit.iterations, to_string(fit.why), fit.cosine, fit.rss);
      double worst = 11.0, worst_error = 11.0;
      for (std::size_t j = 0; j < start.size(); ++j) {
        worst = std::fmin(worst, digits(fit.estimates[j], problem["estimate"][j], 11.0));
        worst_error = std::fmin(worst_error, digits(fit.std_errors[j], problem["sd"][j], 11.0));
      }
      CHECK(fit.converged);
      CHECK(worst >= 4.0);
      // Lanczos1's residuals are at the rounding of its data: its errors have no digits in double precision.
      if (name != "Lanczos1") {
        CHECK(worst_error >= 4.0);
        CHECK(digits(fit.rss, problem["rss"], 11.0) >= 8.0);
      }
      // Rat43's file prints 9, but its residual standard deviation is that of 15 - 4 degrees of freedom.
      CHECK(fit.df_residual == problem["n"].get<int>() - problem["p"].get<int>());
      CHECK(digits(fit.residual_sd, problem["residual_sd"], 11.0) >= (name == "Lanczos1" ? 0.0 : 8.0));
      total += worst;
      ++runs;
    }
  }
  CHECK(runs == 42);
  WARN("average of the worst LRE of a run: " << total / runs);
  CHECK(total / runs >= 9.4);
}

TEST_CASE("glm: NIST's linear regressions", "[estimate][glm][nist]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  int fits = 0;
  const json all = certified(folder);
  for (const auto& [name, problem] : all.items()) {
    if (problem["kind"] != "linear") continue;
    CAPTURE(name);
    const table data = columns_of(data_rows(folder + "/nist/" + problem["file"].get<std::string>()));
    REQUIRE(static_cast<int>(data.rows()) == problem["n"]);
    std::string formula = name.rfind("NoInt", 0) == 0 ? "y ~ x - 1" : "y ~ x";
    const std::size_t powers = problem["estimate"].size();
    for (std::size_t k = 2; k < powers; ++k) formula += " + I(x^" + std::to_string(k) + ")";
    const auto fit = glm::fit(data, formula, {}).result;
    REQUIRE(fit.rank == static_cast<std::int64_t>(powers));
    double worst = 15.0, worst_error = 15.0;
    for (std::size_t j = 0; j < powers; ++j) {
      worst = std::fmin(worst, digits(fit.coefficients[j], problem["estimate"][j], 15.0));
      if (problem["sd"][j].get<double>() > 0.0) {
        worst_error = std::fmin(worst_error, digits(fit.std_errors[j], problem["sd"][j], 15.0));
      } else {
        CHECK(fit.std_errors[j] < 1e-8);
      }
    }
    CAPTURE(worst, worst_error);
    CHECK(worst >= (name.rfind("Wampler", 0) == 0 ? 9.0 : 12.0));
    CHECK(worst_error >= 9.0);
    ++fits;
  }
  CHECK(fits == 7);
}

TEST_CASE("moments_of: NIST's univariate sets", "[estimate][univariate][nist]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  int sets = 0;
  const json all = certified(folder);
  for (const auto& [name, problem] : all.items()) {
    if (problem["kind"] != "univariate") continue;
    CAPTURE(name);
    std::vector<double> x;
    for (const auto& row : data_rows(folder + "/nist/" + problem["file"].get<std::string>())) {
      x.insert(x.end(), row.begin(), row.end());
    }
    REQUIRE(static_cast<int>(x.size()) == problem["n"]);
    const auto found = moments_of(x);
    CHECK(digits(found.mean, problem["mean"], 15.0) >= 14.0);
    // NumAcc3 has seven leading digits in common and is not exact in binary: 8 digits are what is left.
    CHECK(digits(found.sd, problem["sd"], 15.0) >= (name == "NumAcc3" ? 8.0 : 11.0));
    CHECK(digits(found.autocorrelation, problem["autocorr1"], 15.0) >= (name == "NumAcc3" ? 8.0 : 10.0));
    ++sets;
  }
  CHECK(sets >= 6);
}

TEST_CASE("one_way_anova: NIST's sets", "[estimate][univariate][nist]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  int sets = 0;
  const json all = certified(folder);
  for (const auto& [name, problem] : all.items()) {
    if (problem["kind"] != "anova") continue;
    CAPTURE(name);
    std::vector<double> values;
    std::vector<std::int64_t> group;
    auto rows = data_rows(folder + "/nist/" + problem["file"].get<std::string>());
    if (rows[0][0] == 1.0 && rows[0].size() > 1 && rows[0][1] == 2.0)
      rows.erase(rows.begin());  // numbers of treatments
    for (const auto& row : rows) {
      for (std::size_t j = 0; j < row.size(); ++j) {
        values.push_back(row[j]);
        group.push_back(static_cast<std::int64_t>(j));
      }
    }
    REQUIRE(static_cast<int>(values.size()) == problem["n"]);
    const auto table = one_way_anova(values, group);
    CHECK(table.df_between == problem["df_between"]);
    CHECK(table.df_within == problem["df_within"]);
    // Thirteen digits in common (SmLs07, SmLs08) leave three in doubles, seven (SmLs04, SmLs05) leave nine.
    const double bar = name == "SmLs07t" || name == "SmLs08t"   ? 2.0
                       : name == "SmLs04t" || name == "SmLs05t" ? 8.0
                       : name == "AtmWtAgt"                     ? 8.0
                                                                : 13.0;
    CHECK(digits(table.f, problem["F"], 15.0) >= bar);
    CHECK(digits(table.ss_between, problem["ss_between"], 15.0) >= bar);
    CHECK(digits(table.ss_within, problem["ss_within"], 15.0) >= bar);
    CHECK(digits(table.r_squared, problem["r_squared"], 15.0) >= bar);
    CHECK(digits(table.residual_sd, problem["residual_sd"], 15.0) >= bar);
    ++sets;
  }
  CHECK(sets == 8);
}

TEST_CASE("nls: weights, missing rows, an unidentified parameter, and refusals", "[estimate][nls]") {
  const table data = parse_csv({}, "x,y,w\n0,5.1,1\n1,3.2,2\n2,1.9,1\n3,1.3,3\n4,,1\n5,0.5,1\n");
  const auto fit = nls::fit(data, "y ~ a*exp(-b*x)", {{"a", 1.0}, {"b", 0.1}}, {.weights = "w"});
  CHECK(fit.converged);
  CHECK(fit.kept.size() == 5);
  CHECK(fit.df_residual == 3);
  // The conditions of a minimum, by hand: weighted residuals are orthogonal to the derivatives.
  const double x[] = {0, 1, 2, 3, 5}, w[] = {1, 2, 1, 3, 1};
  double by_a = 0.0, by_b = 0.0;
  for (int i = 0; i < 5; ++i) {
    const double e = std::exp(-fit.estimates[1] * x[i]);
    by_a += w[i] * fit.residuals[static_cast<std::size_t>(i)] * e;
    by_b += w[i] * fit.residuals[static_cast<std::size_t>(i)] * fit.estimates[0] * x[i] * e;
  }
  CHECK_THAT(by_a, WithinAbs(0.0, 1e-10));
  CHECK_THAT(by_b, WithinAbs(0.0, 1e-10));
  const auto twins = nls::fit(data, "y ~ (a+c)*exp(-b*x)", {{"a", 1.0}, {"b", 0.1}, {"c", 1.0}});
  REQUIRE(twins.findings.size() == 1);
  CHECK_THAT(twins.findings[0], Contains("c is not identified"));
  CHECK(twins.std_errors[0] != twins.std_errors[0]);
  CHECK(twins.std_errors[1] > 0.0);
  CHECK_THROWS_WITH(nls::fit(data, "y ~ a*q", {{"a", 1.0}}), Contains("q"));
  CHECK_THROWS_WITH(nls::fit(data, "y ~ a*x", {{"a", 1.0}, {"b", 1.0}}), Contains("b"));
  CHECK_THROWS_WITH(nls::fit(data, "y ~ log(a*x)", {{"a", 1.0}}), Contains("row 0"));
  CHECK_THROWS_AS(nls::fit(data, "y a*x", {{"a", 1.0}}), parse_error);
  CHECK(nls::fit(data, "y ~ m", {{"m", 0.0}}).estimates[0] == Approx(2.4));  // a constant: the mean
}
