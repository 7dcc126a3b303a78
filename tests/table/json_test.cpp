// SPDX-License-Identifier: BSD-3-Clause
#include "credence/table/json.hpp"

#include "credence/base/errors.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <filesystem>
#include <limits>

using namespace credence;

namespace {

template <class Read>
std::string error_of(const Read& read) {
  try {
    read();
  } catch (const credence::error& e) {
    return e.what();
  }
  return "no error";
}
std::string data_error(const std::string& text) {
  return error_of([&] { parse_named_data(text, "d.json"); });
}
std::string table_error(const std::string& text) {
  return error_of([&] { parse_json_table(text, "t.json"); });
}

}  // namespace

TEST_CASE("named data: scalars, vectors, matrices and words for what is not finite", "[table][json]") {
  const named_data d = parse_named_data(R"({"N": 3, "x": [1.5, -2e3, "NaN"], "m": [[1,2],[3,4],[5,6]],
     "empty": [], "wide": [[],[]], "inf": ["Infinity", "-Inf", -Infinity, NaN], "one": [7]})");
  CHECK(d.integer("N") == 3);
  CHECK(d.at("N").shape.empty());
  CHECK(d.at("N").integer);
  CHECK_FALSE(d.at("x").integer);
  CHECK(d.at("x").values[1] == -2000.0);
  CHECK(std::isnan(d.at("x").values[2]));
  CHECK(d.at("m").shape == std::vector<std::int64_t>{3, 2});
  CHECK(d.at("m").values == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(d.at("empty").shape == std::vector<std::int64_t>{0});
  CHECK(d.at("wide").shape == std::vector<std::int64_t>{2, 0});
  CHECK(d.at("inf").values[1] == -std::numeric_limits<double>::infinity());
  CHECK(d.at("one").shape == std::vector<std::int64_t>{1});
  CHECK(parse_named_data("{}").entries().empty());
}

TEST_CASE("named data: writing and reading gives the same", "[table][json]") {
  named_data d;
  d.set("x", data_array({2, 2}, {0.1, -1e-300, std::numeric_limits<double>::infinity(), 3.0}));
  d.set("quote\"\n\t\\\x01", data_array(5.0));
  d.set("none", data_array(std::vector<std::int64_t>{0, 3}, {}));
  const named_data back = parse_named_data(to_json(d));
  REQUIRE(back.entries().size() == 3);
  CHECK(back.at("x").values == d.at("x").values);
  CHECK(back.at("x").shape == d.at("x").shape);
  CHECK(back.contains("quote\"\n\t\\\x01"));
}

TEST_CASE("named data: every error has its place", "[table][json]") {
  CHECK(data_error("") == "d.json:1:1: the text ends, but an object, { was expected");
  CHECK(data_error("[1]") == "d.json:1:1: an object, { was expected");
  CHECK(data_error("{\"a\": 1,\n \"a\": 2}") == "d.json:2:2: the name a is there twice");
  CHECK(parse_named_data("{\"note\": \"as measured\", \"a\": 1, \"b\": \"Infinity\"}").entries().size() == 2);
  CHECK(data_error("{\"a\": [1, \"x\"]}") == "d.json:1:11: a holds a text, but must hold numbers");
  CHECK(data_error("{\"a\": null}") == "d.json:1:7: a holds null, but must hold numbers");
  CHECK(data_error("{\"a\": {\"b\": 1}}") == "d.json:1:7: a holds an object, but must hold numbers");
  CHECK(data_error("{\"a\": [true]}") == "d.json:1:8: a holds a truth value, but must hold numbers");
  CHECK(data_error("{\"a\": 01}") == "d.json:1:7: a number that begins with 0");
  CHECK(data_error("{\"a\": 1.}") == "d.json:1:7: a number with no digit after its point");
  CHECK(data_error("{\"a\": +1}") == "d.json:1:7: a number was expected");
  CHECK(data_error("{\"a\": 1} x") == "d.json:1:10: text after the end of the JSON value");
  CHECK(data_error("{\"a: 1}") == "d.json:1:2: a string that is never closed");
  CHECK(data_error("{\"a\\q\": 1}") == "d.json:1:4: an escape that JSON does not have");
  CHECK(data_error("{\"a\\ud800\": 1}") == "d.json:1:4: half of a surrogate pair");
  CHECK(data_error("{\"a\": [1, 2") == "d.json:1:12: the text ends, but , or ] was expected");
  CHECK(data_error("{\"a\": 1 \"b\": 2}") == "d.json:1:9: , or } was expected");
  CHECK(data_error("{\"a\": \xFF}") == "d.json:1:7: a byte that is not UTF-8");
  CHECK(data_error("{\"a\": " + std::string(1000, '[')) == "d.json:1:39: a is nested deeper than 32 arrays");
}

TEST_CASE("named data: ragged arrays are refused with their place", "[table][json]") {
  for (const char* text : {"[[1,2],[3]]", "[1,[2]]", "[[1],2]", "[[],[1]]", "[[1],[]]", "[[[1]],[2]]", "[[],[[]]]",
                           "[[[]],[]]", "[[1,2],[3,4,5]]"}) {
    CAPTURE(text);
    const std::string whole = std::string("{\"y\": ") + text + "}";
    CHECK_THROWS_AS(parse_named_data(whole), shape_error);
    CHECK_THAT(data_error(whole), Contains("d.json:1:") && Contains("y is ragged"));
  }
}

TEST_CASE("json tables: rows, columns, missing cells and texts", "[table][json]") {
  const table rows =
      parse_json_table(R"([{"a": 1, "b": "x"}, {"b": "\u00e4\ud83d\ude00", "c": 2.5}, {"a": null, "b": null}])");
  CHECK(rows.rows() == 3);
  CHECK(rows.names() == std::vector<std::string>{"a", "b", "c"});
  CHECK(rows.at("a").integers()[0] == 1);
  CHECK(rows.at("a").missing == std::vector<std::uint8_t>{0, 1, 1});
  CHECK(rows.at("b").text(1) == "\xC3\xA4\xF0\x9F\x98\x80");
  CHECK(rows.at("c").missing == std::vector<std::uint8_t>{1, 0, 1});
  const table columns = parse_json_table(R"({"a": [1, null, 3], "b": [0.5, "Infinity", "NaN"], "c": ["u", 2, true]})");
  CHECK(columns.at("a").integers() == std::vector<std::int64_t>{1, 0, 3});
  CHECK(columns.at("b").type() == column_type::real);
  CHECK(columns.at("c").texts().levels == std::vector<std::string>{"2", "true", "u"});
  const std::string text = to_json(columns);
  CHECK(to_json(parse_json_table(text)) == text);
  CHECK(parse_json_table("[]").rows() == 0);
  CHECK(parse_json_table("{\"a\": []}").at("a").size() == 0);
}

TEST_CASE("json tables: every error has its place", "[table][json]") {
  CHECK(table_error("3") == "t.json:1:1: an array of rows or an object of columns was expected");
  CHECK(table_error("[1]") == "t.json:1:2: a row, { was expected");
  CHECK(table_error("{\"a\": 1}") == "t.json:1:7: an array of cells, [ was expected");
  CHECK(table_error("{\"a\": [1], \"b\": [1, 2]}") == "t.json:1:12: column b has 2 cells, but the first has 1");
  CHECK(table_error("[{\"a\": 1, \"a\": 2}]") == "t.json:1:11: the name a is there twice");
  CHECK(table_error("[{\"a\": [1]}]") == "t.json:1:8: a cell must be a number, a string, true, false or null");
}

TEST_CASE("named data: numeric columns of a table", "[table][json]") {
  const table t = parse_json_table(R"({"n": [1, 2], "x": [0.5, 1.5]})");
  CHECK(to_named_data(t).at("n").integer);
  CHECK(to_named_data(t).at("x").values == std::vector<double>{0.5, 1.5});
  CHECK_THROWS_AS(to_named_data(parse_json_table(R"({"n": [1, null]})")), domain_error);
  CHECK_THROWS_AS(to_named_data(parse_json_table(R"({"n": ["a"]})")), domain_error);
  CHECK_THROWS_WITH(read_table("a.xls"), Contains("a.xls") && Contains("must end in"));
}

TEST_CASE("named data: the stored data of posteriordb can be read", "[table][json]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const named_data d = read_named_data(folder + "/posteriordb/eight_schools/data.json");
  CHECK(d.integer("J") == 8);
  CHECK(d.at("y").values[0] == 28.0);
  int read = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/posteriordb")) {
    if (!entry.is_directory()) continue;
    CHECK_FALSE(read_named_data(entry.path().string() + "/data.json").entries().empty());
    ++read;
  }
  CHECK(read == 9);
}
