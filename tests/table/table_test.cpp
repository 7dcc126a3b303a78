// SPDX-License-Identifier: BSD-3-Clause
#include "credence/table/table.hpp"

#include "credence/base/errors.hpp"
#include "support/catch.hpp"

#include <cmath>

using namespace credence;

namespace {

table small() {
  column n = make_column("n", std::vector<std::int64_t>{1, 0, 3});
  n.missing = {0, 1, 0};
  return table({make_column("x", std::vector<double>{0.5, 1.5, 2.5}), n,
                make_column("g", std::vector<std::string>{"b", "a", "b"})});
}

}  // namespace

TEST_CASE("table: columns by name", "[table]") {
  const table t = small();
  CHECK(t.rows() == 3);
  CHECK(t.names() == std::vector<std::string>{"x", "n", "g"});
  CHECK(t.at("g").texts().levels == std::vector<std::string>{"a", "b"});
  CHECK(t.at("g").texts().codes == std::vector<std::int32_t>{1, 0, 1});
  CHECK(std::isnan(t.at("n").numbers()[1]));
  CHECK(t.at("n").text(1).empty());
  CHECK(t.at("n").missing_count() == 1);
  CHECK(t.at("g").text(2) == "b");
  CHECK_THROWS_WITH(t.at("y"), Contains("no column named y; there are x, n, g"));
  CHECK_THROWS_WITH(t.at("g").numbers(), Contains("column g holds text"));
}

TEST_CASE("table: rows and columns are chosen in the order asked for", "[table]") {
  const table t = small().take(std::vector<std::int64_t>{2, 0, 2});
  CHECK(t.at("x").reals() == std::vector<double>{2.5, 0.5, 2.5});
  CHECK(t.at("n").missing == std::vector<std::uint8_t>{0, 0, 0});
  CHECK(t.at("g").texts().codes == std::vector<std::int32_t>{1, 1, 1});
  CHECK(small().select(std::vector<std::string>{"g", "x"}).names() == std::vector<std::string>{"g", "x"});
  CHECK(small().take({}).rows() == 0);
  CHECK_THROWS_AS(small().take(std::vector<std::int64_t>{3}), domain_error);
  const auto m = small().matrix(std::vector<std::string>{"n", "x"});
  REQUIRE(m.size() == 6);
  CHECK(m[0] == 1.0);
  CHECK(m[1] == 0.5);
  CHECK(std::isnan(m[2]));
}

TEST_CASE("table: refuses columns that do not fit", "[table]") {
  table t = small();
  CHECK_THROWS_AS(t.set(make_column("z", std::vector<double>{1.0})), shape_error);
  t.set(make_column("x", std::vector<double>{7.0, 8.0, 9.0}));
  CHECK(t.columns().size() == 3);
  CHECK(t.at("x").reals()[0] == 7.0);
  CHECK_THROWS_AS(table({make_column("a", std::vector<double>{1.0}), make_column("a", std::vector<double>{1.0})}),
                  domain_error);
  CHECK_THROWS_AS(table({make_column("a", std::vector<double>{1.0}), make_column("b", std::vector<double>{})}),
                  shape_error);
}
